//! Jobs, as `pkg/registry/batch/job` in Kubernetes has them.

use serde_json::{Map, Value, json};

use super::{
    super::{
        builtin::{Builtin, Metadata, WORKLOAD},
        meta, names,
        object::Object,
        resource::Part,
        selector::LabelSelector,
    },
    job_policies, job_status, job_update, label_selector, rules, workload,
};
use crate::{FieldError, types};

pub(super) const KIND: Builtin = Builtin {
    plural: "jobs",
    group: "batch",
    fields: &["status.successful"],
    orphans: Some(
        "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning",
    ),
    begin,
    keep: |new, _, _| workload::drop_disabled(new),
    settle,
    validate: |new| validate(new, None),
    validate_update,
    metadata: Metadata::Told,
    warnings,
    ..WORKLOAD
};

const UID: &str = "batch.kubernetes.io/controller-uid";
const NAME: &str = "batch.kubernetes.io/job-name";
const OLD_UID: &str = "controller-uid";
const OLD_NAME: &str = "job-name";

/// How many Pods an Indexed Job may have at once.
const MOST_INDEXED: i64 = 100_000;
/// Jobs of more completions than this are held to narrower limits.
const MANY_COMPLETIONS: i64 = 100_000;
const MOST_OF_MANY: i64 = 10_000;
const LONGEST_MANAGER: usize = 63;

fn begin(job: &mut Object) {
    generate_selector(job);
    workload::drop_disabled(job);
}

/// Labels the template and selects by that, unless the selector is the user's own.
fn generate_selector(job: &mut Object) {
    if job.value()["spec"]["manualSelector"] == true {
        return;
    }
    let (name, uid) = (job.name().to_owned(), job.uid().to_owned());
    let spec = &mut job.value_mut()["spec"];
    let labels = entries(&mut spec["template"]["metadata"]["labels"]);
    for (label, value) in [
        (OLD_NAME, &name),
        (NAME, &name),
        (OLD_UID, &uid),
        (UID, &uid),
    ] {
        labels.entry(label).or_insert_with(|| value.clone().into());
    }
    let selected = entries(&mut spec["selector"]["matchLabels"]);
    selected.entry(UID).or_insert_with(|| uid.into());
}

fn entries(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    value.as_object_mut().expect("it was made one")
}

/// A Job that has no labels has those of its template: what is stored is read with that default.
fn settle(job: &mut Object) {
    let labels = job.value()["spec"]["template"]["metadata"]["labels"].clone();
    if job.labels().next().is_none() && labels.is_object() {
        job.set_meta("labels", labels);
    }
}

fn validate(job: &Object, old: Option<&Object>) -> Vec<FieldError> {
    let value = job.value();
    let spec = &value["spec"];
    let prefixed = old.is_none_or(|old| {
        let labels = &old.value()["spec"]["template"]["metadata"]["labels"];
        !labels[NAME].is_null() && !labels[UID].is_null()
    });
    let mut errors = generated_selector(job, prefixed);
    errors.extend(selected_spec(spec));
    let completions = spec["completions"].as_i64().filter(|number| *number > 0);
    if let (true, Some(completions)) = (spec["completionMode"] == "Indexed", completions) {
        let longest = format!("{}-{}", job.name(), completions - 1);
        if !names::dns_label(&longest).is_empty() {
            let why = format!("will not able to create pod with invalid DNS label: {longest}");
            errors.push(FieldError::invalid("metadata.name", job.name(), why));
        }
    }
    errors
}

fn validate_update(new: &Object, old: &Object, part: Part) -> Vec<FieldError> {
    if part == Part::Status {
        let mut errors = meta::validate_update(new, old);
        errors.extend(job_status::validate_update(new, old));
        return errors;
    }
    let mut errors = meta::validate(new, true);
    errors.extend(validate(new, Some(old)));
    errors.extend(meta::validate_update(new, old));
    errors.extend(selected_spec(&new.value()["spec"]));
    errors.extend(job_update::validate(new, old));
    errors
}

fn warnings(new: &Object, old: Option<&Object>) -> Vec<String> {
    let mut warnings = Vec::new();
    if old.is_none() {
        warnings.extend(workload::name_warning(new));
    } else if old.is_some_and(|old| old.generation() == new.generation()) {
        return warnings;
    }
    warnings.extend(spec_warnings(&new.value()["spec"], "spec"));
    warnings.extend(workload::template_warnings(new, old));
    warnings
}

/// What the writer is to be told of a spec, but for its template.
pub(super) fn spec_warnings(spec: &Value, path: &str) -> Option<String> {
    let above = |field: &str, limit| spec[field].as_i64().unwrap_or_default() > limit;
    let is_large = spec["completionMode"] == "Indexed"
        && above("completions", MANY_COMPLETIONS)
        && above("parallelism", MOST_OF_MANY);
    is_large.then(|| format!("{path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail"))
}

/// Whether a selector that was to be generated is the one that is generated.
fn generated_selector(job: &Object, prefixed: bool) -> Vec<FieldError> {
    let spec = &job.value()["spec"];
    if spec["manualSelector"] == true || spec["selector"].is_null() {
        return Vec::new();
    }
    let labels = &spec["template"]["metadata"]["labels"];
    let mut expected = vec![(OLD_UID, job.uid()), (OLD_NAME, job.name())];
    if prefixed {
        expected.extend([(UID, job.uid()), (NAME, job.name())]);
    }
    let mut errors = Vec::new();
    for (label, value) in &expected {
        let path = format!("spec.template.metadata.labels[{label}]");
        let why = format!("must be '{value}'");
        match labels[*label].as_str() {
            None => errors.push(FieldError::required(path, why)),
            Some(given) if given != *value => {
                errors.push(FieldError::invalid(path, labels.clone(), why));
            }
            Some(_) => {}
        }
    }
    let expected: Map<String, Value> = expected
        .into_iter()
        .map(|(label, value)| (label.to_owned(), value.into()))
        .collect();
    let selector = LabelSelector::of(&spec["selector"]);
    if selector.is_some_and(|selector| !selector.selects(&expected.into())) {
        let why = "`selector` not auto-generated";
        errors.push(workload::shown_selector(&spec["selector"], why));
    }
    errors
}

/// What is wrong with the spec of a Job, its selector included.
fn selected_spec(spec: &Value) -> Vec<FieldError> {
    let mut errors = self::spec(spec, "spec");
    let selector = &spec["selector"];
    if selector.is_null() {
        errors.push(FieldError::required("spec.selector", ""));
    }
    errors.extend(label_selector::validate(selector, "spec.selector"));
    if let Some(selector) = LabelSelector::of(selector) {
        errors.extend(workload::selects_template(&selector, spec));
    }
    errors
}

/// What is wrong with the spec of a Job or of a template of Jobs, but for its selector.
pub(super) fn spec(spec: &Value, path: &str) -> Vec<FieldError> {
    let counts = [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ];
    let mut errors = rules::all_nonnegative(spec, path, &counts);
    if !spec["maxFailedIndexes"].is_null() && spec["backoffLimitPerIndex"].is_null() {
        let why = "when maxFailedIndexes is specified";
        errors.push(FieldError::required(
            format!("{path}.backoffLimitPerIndex"),
            why,
        ));
    }
    if let Some(manager) = spec["managedBy"].as_str() {
        errors.extend(managed_by(manager, &format!("{path}.managedBy")));
    }
    errors.extend(completion_mode(spec, path));
    if !spec["podFailurePolicy"].is_null() {
        errors.extend(job_policies::failure(spec, path));
    }
    if !spec["successPolicy"].is_null() {
        if spec["completionMode"] == "Indexed" {
            errors.extend(job_policies::success(spec, path));
        } else {
            let path = format!("{path}.successPolicy");
            let error = FieldError::invalid(path, "", "requires indexed completion mode");
            errors.push(error.showing(types::internal(
                "batch.SuccessPolicy",
                &spec["successPolicy"],
            )));
        }
    }
    errors.extend(job_policies::replacement(spec, path));
    errors.extend(workload::pod_template(spec, &format!("{path}.template")));
    errors.extend(restart_policy(
        spec,
        &format!("{path}.template.spec.restartPolicy"),
    ));
    errors
}

fn restart_policy(spec: &Value, path: &str) -> Option<FieldError> {
    let policy = &spec["template"]["spec"]["restartPolicy"];
    match policy.as_str().unwrap_or_default() {
        "Always" | "" => Some(FieldError::required(
            path,
            "valid values: \"OnFailure\", \"Never\"",
        )),
        "OnFailure" if !spec["podFailurePolicy"].is_null() => {
            let why = "only \"Never\" is supported when podFailurePolicy is specified";
            Some(rules::invalid_word(path, policy, why))
        }
        "OnFailure" | "Never" => None,
        _ => Some(rules::no_such_word(path, policy, &["OnFailure", "Never"])),
    }
}

fn managed_by(manager: &str, path: &str) -> Vec<FieldError> {
    let mut errors = rules::domain_prefixed(manager, path);
    if manager.len() > LONGEST_MANAGER {
        errors.push(FieldError::too_long(path, LONGEST_MANAGER));
    }
    errors
}

fn completion_mode(spec: &Value, path: &str) -> Vec<FieldError> {
    let mode = &spec["completionMode"];
    let mut errors = Vec::new();
    if !mode.is_null() {
        let words = ["NonIndexed", "Indexed"];
        errors.extend(rules::one_of(
            format!("{path}.completionMode"),
            mode,
            &words,
        ));
    }
    if mode == "Indexed" {
        errors.extend(indexed(spec, path));
    } else if mode.is_null() || mode == "NonIndexed" {
        for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
            if let Some(number) = spec[field].as_i64() {
                let why = "requires indexed completion mode";
                errors.push(FieldError::invalid(format!("{path}.{field}"), number, why));
            }
        }
    }
    errors
}

fn indexed(spec: &Value, path: &str) -> Vec<FieldError> {
    let number = |field: &str| spec[field].as_i64();
    let too_much = |field: &str, limit: i64, why: &str| {
        let number = number(field).filter(|number| *number > limit)?;
        let why = format!("must be less than or equal to {why}");
        Some(FieldError::invalid(format!("{path}.{field}"), number, why))
    };
    let missing = |field: &str, why: String| {
        let error = || FieldError::required(format!("{path}.{field}"), why);
        number(field).is_none().then(error)
    };
    let most = format!("{MOST_INDEXED} when completion mode is Indexed");
    let completions = number("completions");
    let mut errors = Vec::new();
    errors.extend(missing(
        "completions",
        "when completion mode is Indexed".into(),
    ));
    errors.extend(too_much("parallelism", MOST_INDEXED, &most));
    if let Some(completions) = completions {
        errors.extend(too_much("maxFailedIndexes", completions, "completions"));
    }
    let most = MOST_INDEXED.to_string();
    errors.extend(too_much("maxFailedIndexes", MOST_INDEXED, &most));
    let many = completions.is_some_and(|completions| completions > MANY_COMPLETIONS);
    if many && !spec["backoffLimitPerIndex"].is_null() {
        let most = format!(
            "{MOST_OF_MANY} when completions are above {MANY_COMPLETIONS} and used with backoff limit per index"
        );
        let why = format!("must be specified when completions is above {MANY_COMPLETIONS}");
        errors.extend(missing("maxFailedIndexes", why));
        errors.extend(too_much("parallelism", MOST_OF_MANY, &most));
        errors.extend(too_much("maxFailedIndexes", MOST_OF_MANY, &most));
    }
    errors
}
