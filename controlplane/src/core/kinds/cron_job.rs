//! CronJobs, as `pkg/registry/batch/cronjob` in Kubernetes has them.

use serde_json::Value;

use super::{
    super::{
        builtin::{Builtin, Metadata, WORKLOAD},
        meta,
        object::Object,
        resource::Part,
    },
    cron_schedule, job, pod_spec, rules, time_zone, workload,
};
use crate::{FieldError, types};

pub(super) const KIND: Builtin = Builtin {
    plural: "cronjobs",
    group: "batch",
    begin: drop_disabled,
    keep: |new, _, _| drop_disabled(new),
    validate,
    validate_update,
    metadata: Metadata::Told,
    warnings,
    ..WORKLOAD
};

/// The Jobs that it makes are named after it, with eleven letters more, and their names are labels of Pods.
const LONGEST_NAME: usize = 52;

fn drop_disabled(new: &mut Object) {
    let pod = new
        .value_mut()
        .pointer_mut("/spec/jobTemplate/spec/template/spec");
    if let Some(pod) = pod {
        pod_spec::drop_disabled(pod);
    }
}

fn validate(new: &Object) -> Vec<FieldError> {
    let mut errors = spec(&new.value()["spec"], None);
    if new.name().len() > LONGEST_NAME {
        let why = format!("must be no more than {LONGEST_NAME} characters");
        errors.push(FieldError::invalid("metadata.name", new.name(), why));
    }
    errors
}

fn validate_update(new: &Object, old: &Object, part: Part) -> Vec<FieldError> {
    if part == Part::Status {
        return Vec::new();
    }
    let mut errors = meta::validate_update(new, old);
    errors.extend(spec(&new.value()["spec"], Some(&old.value()["spec"])));
    errors
}

fn warnings(new: &Object, old: Option<&Object>) -> Vec<String> {
    let spec = &new.value()["spec"];
    let mut warnings = Vec::new();
    if old.is_none() {
        warnings.extend(workload::name_warning(new));
    }
    if old.is_none_or(|old| old.generation() != new.generation()) {
        let template = &spec["jobTemplate"]["spec"];
        warnings.extend(job::spec_warnings(template, "spec.jobTemplate.spec"));
        let path = "spec.jobTemplate.spec.template";
        warnings.extend(pod_spec::warnings_of_template(&template["template"], path));
    }
    if old.is_some() && has_time_zone(spec) {
        warnings.push("cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details".into());
    }
    warnings
}

/// Whether a schedule says in which time zone it is, as was once allowed.
fn has_time_zone(spec: &Value) -> bool {
    let schedule = spec["schedule"].as_str();
    schedule.is_some_and(|schedule| schedule.contains("TZ"))
}

fn spec(spec: &Value, old: Option<&Value>) -> Vec<FieldError> {
    let mut errors = schedule(spec, old);
    errors.extend(rules::nonnegative(
        &spec["startingDeadlineSeconds"],
        "spec.startingDeadlineSeconds",
    ));
    if let Some(name) = spec["timeZone"].as_str() {
        let is_new = old.is_none_or(|old| old["timeZone"] != spec["timeZone"]);
        errors.extend(is_new.then(|| time_zone(name)).into_iter().flatten());
    }
    let policy = &spec["concurrencyPolicy"];
    errors.extend(if policy == "" {
        Some(FieldError::required("spec.concurrencyPolicy", ""))
    } else {
        let words = ["Allow", "Forbid", "Replace"];
        rules::one_of("spec.concurrencyPolicy", policy, &words)
    });
    errors.extend(template(&spec["jobTemplate"]["spec"]));
    let limits = ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"];
    errors.extend(rules::all_nonnegative(spec, "spec", &limits));
    errors
}

fn schedule(spec: &Value, old: Option<&Value>) -> Vec<FieldError> {
    const PATH: &str = "spec.schedule";
    let schedule = spec["schedule"].as_str().unwrap_or_default();
    if schedule.is_empty() {
        return vec![FieldError::required(PATH, "")];
    }
    let wrong = cron_schedule::check(schedule).err();
    let mut complaints: Vec<String> = wrong.into_iter().collect();
    match (has_time_zone(spec), old.is_some_and(has_time_zone)) {
        (true, true) if !spec["timeZone"].is_null() => {
            complaints.push("cannot use both timeZone field and TZ or CRON_TZ in schedule".into());
        }
        (true, false) => complaints
            .push("cannot use TZ or CRON_TZ in schedule, use timeZone field instead".into()),
        _ => {}
    }
    let complaints = complaints.into_iter();
    complaints
        .map(|why| FieldError::invalid(PATH, schedule, why))
        .collect()
}

fn time_zone(name: &str) -> Vec<FieldError> {
    let invalid = |why: String| {
        let shown = crate::go::json(&name.into());
        FieldError::invalid("spec.timeZone", "", why).showing(shown)
    };
    if name.is_empty() {
        return vec![invalid("timeZone must be nil or non-empty string".into())];
    }
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || ".-_+".contains(letter);
    let is_part = |part: &str| {
        (1..=14).contains(&part.len())
            && part.chars().all(is_letter)
            && !part.starts_with('-')
            && part != "."
            && part != ".."
    };
    if !name.split('/').all(is_part) {
        return vec![invalid(format!("unknown time zone {name}"))];
    }
    let mut errors = Vec::new();
    if name.eq_ignore_ascii_case("Local") {
        errors.push(invalid(
            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
                .into(),
        ));
    }
    errors.extend(time_zone::find(name).err().map(invalid));
    errors
}

/// What is wrong with the template of Jobs: their selectors are generated.
fn template(spec: &Value) -> Vec<FieldError> {
    const PATH: &str = "spec.jobTemplate.spec";
    let mut errors = job::spec(spec, PATH);
    let selector = &spec["selector"];
    if !selector.is_null() {
        let why = "`selector` will be auto-generated";
        let error = FieldError::invalid(format!("{PATH}.selector"), "", why);
        errors.push(error.showing(types::internal("*meta.v1.LabelSelector", selector)));
    }
    if spec["manualSelector"] == true {
        errors.push(FieldError::not_supported(
            format!("{PATH}.manualSelector"),
            true,
            &["nil", "false"],
        ));
    }
    errors
}
