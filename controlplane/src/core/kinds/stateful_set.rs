//! StatefulSets, as `pkg/registry/apps/statefulset` in Kubernetes has them.

use serde_json::Value;

use super::{
    super::{
        builtin::{Builtin, Metadata, WORKLOAD},
        field::Field,
        meta, names,
        object::Object,
        resource::Part,
        selector::LabelSelector,
    },
    claim, label_selector, rules, workload,
};
use crate::{FieldError, types};

pub(super) const KIND: Builtin = Builtin {
    plural: "statefulsets",
    group: "apps",
    name: names::dns_label,
    begin: |new| drop_disabled(new, None),
    keep: |new, old, _| drop_disabled(new, Some(old)),
    validate: |new| spec(&new.value()["spec"], None),
    validate_update,
    metadata: Metadata::Told,
    warnings,
    ..WORKLOAD
};

/// What may be changed.
const MUTABLE: [&str; 7] = [
    "replicas",
    "template",
    "updateStrategy",
    "minReadySeconds",
    "ordinals",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
];

/// `maxUnavailable` is a feature that is off, but where it is in use.
fn drop_disabled(new: &mut Object, old: Option<&Object>) {
    const FIELD: &str = "/spec/updateStrategy/rollingUpdate";
    let rolling = old.and_then(|old| old.value().pointer(FIELD));
    let in_use = rolling.is_some_and(|rolling| !rolling["maxUnavailable"].is_null());
    let rolling = new.value_mut().pointer_mut(FIELD);
    if let Some(rolling) = rolling.and_then(Value::as_object_mut).filter(|_| !in_use) {
        rolling.remove("maxUnavailable");
    }
    workload::drop_disabled(new);
}

fn validate_update(new: &Object, old: &Object, part: Part) -> Vec<FieldError> {
    let of_metadata = meta::validate_update(new, old);
    let (new, old) = (new.value(), old.value());
    if part == Part::Status {
        let mut errors = status(&new["status"]);
        errors.extend(of_metadata);
        errors.extend(workload::collisions(new, old));
        return errors;
    }
    let (new, old) = (&new["spec"], &old["spec"]);
    let mut errors = of_metadata;
    errors.extend(spec(new, Some(old)));
    let fixed = |spec: &Value| {
        let mut fields = spec.as_object().cloned().unwrap_or_default();
        fields.retain(|field, _| !MUTABLE.contains(&field.as_str()));
        fields
    };
    if fixed(new) != fixed(old) {
        errors.push(FieldError::forbidden(
            "spec",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ));
    }
    errors
}

fn warnings(new: &Object, old: Option<&Object>) -> Vec<String> {
    let mut warnings = workload::template_warnings(new, old);
    for template in claim_templates(&new.value()["spec"]) {
        // Kubernetes names the spec of a template when it was changed, and then in upper case.
        let spec = template.at("spec");
        let path = match old {
            None => template.path().into(),
            Some(_) => template.at("Spec").path().to_owned(),
        };
        warnings.extend(claim::warnings_of_spec(&spec.named(path)));
    }
    let limit = new.value()["spec"]["revisionHistoryLimit"].as_i64();
    if limit.is_some_and(|limit| limit < 0) {
        warnings.push("spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended".into());
    }
    warnings
}

fn claim_templates(spec: &Value) -> Vec<Field<'_>> {
    let templates = Field::new("spec.volumeClaimTemplates", &spec["volumeClaimTemplates"]);
    templates.items().collect()
}

fn spec(spec: &Value, old: Option<&Value>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let management = &spec["podManagementPolicy"];
    if management == "" {
        errors.push(FieldError::required("spec.podManagementPolicy", ""));
    } else if management != "OrderedReady" && management != "Parallel" {
        let why = "must be 'OrderedReady' or 'Parallel'";
        errors.push(rules::invalid_word(
            "spec.podManagementPolicy",
            management,
            why,
        ));
    }
    errors.extend(strategy(&spec["updateStrategy"]));
    errors.extend(retention(&spec["persistentVolumeClaimRetentionPolicy"]));
    if old.is_none() {
        for template in claim_templates(spec) {
            errors.extend(claim::validate_spec(&template.at("spec")));
        }
    }
    errors.extend(rules::all_nonnegative(
        spec,
        "spec",
        &["replicas", "minReadySeconds"],
    ));
    errors.extend(rules::nonnegative(
        &spec["ordinals"]["start"],
        "spec.ordinals.start",
    ));
    let service = spec["serviceName"].as_str().filter(|name| !name.is_empty());
    if let Some(service) = service.filter(|_| old.is_none()) {
        let complaints = names::dns_label(service).into_iter();
        errors.extend(complaints.map(|why| FieldError::invalid("spec.serviceName", service, why)));
    }
    errors.extend(workload::selector(spec, "statefulset"));
    match LabelSelector::of(&spec["selector"]) {
        None => errors.push(workload::shown_selector(&spec["selector"], "")),
        Some(selector) => errors.extend(template(spec, &selector)),
    }
    errors.extend(workload::kept_running(spec, "StatefulSet"));
    errors
}

fn template(spec: &Value, selector: &LabelSelector) -> Vec<FieldError> {
    let metadata = &spec["template"]["metadata"];
    let mut errors = Vec::new();
    if !selector.is_empty() {
        errors.extend(workload::selects_template(selector, spec));
    }
    errors.extend(workload::pod_template(&as_of_pods(spec), "spec.template"));
    errors.extend(label_selector::labels(
        &metadata["labels"],
        "spec.template.labels",
    ));
    errors
}

/// The spec with its template as it will be: the controller gives each Pod its names, and the volumes of its claims.
fn as_of_pods(spec: &Value) -> Value {
    let mut spec = spec.clone();
    let claims: Vec<Value> = spec["volumeClaimTemplates"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|claim| claim["metadata"]["name"].clone())
        .collect();
    let Some(pod) = spec["template"]["spec"].as_object_mut() else {
        return spec;
    };
    pod.remove("subdomain");
    pod.remove("hostname");
    if !claims.is_empty() {
        let given = pod.get("volumes").and_then(Value::as_array);
        let mut volumes: Vec<Value> = given.cloned().unwrap_or_default();
        volumes.retain(|volume| !claims.contains(&volume["name"]));
        let of_claims = claims.into_iter().map(
            |name| serde_json::json!({"name": name, "persistentVolumeClaim": {"claimName": name}}),
        );
        pod.insert("volumes".into(), of_claims.chain(volumes).collect());
    }
    spec
}

fn strategy(strategy: &Value) -> Option<FieldError> {
    const PATH: &str = "spec.updateStrategy";
    let rolling = &strategy["rollingUpdate"];
    match strategy["type"].as_str().unwrap_or_default() {
        "" => Some(FieldError::required(PATH, "")),
        "OnDelete" if rolling.is_null() => None,
        "OnDelete" => {
            let why = "only allowed for updateStrategy 'RollingUpdate'";
            let error = FieldError::invalid(format!("{PATH}.rollingUpdate"), "", why);
            let shown = types::internal("apps.RollingUpdateStatefulSetStrategy", rolling);
            Some(error.showing(shown))
        }
        "RollingUpdate" => rules::nonnegative(
            &rolling["partition"],
            format!("{PATH}.rollingUpdate.partition"),
        ),
        _ => {
            let error = FieldError::invalid(PATH, "", "must be 'RollingUpdate' or 'OnDelete'");
            Some(error.showing(types::internal("apps.StatefulSetUpdateStrategy", strategy)))
        }
    }
}

fn retention(policy: &Value) -> Vec<FieldError> {
    let words = ["Retain", "Delete"];
    let fields = policy.as_object().map(|_| ["whenDeleted", "whenScaled"]);
    let wrong = fields.into_iter().flatten().filter_map(|field| {
        let path = format!("spec.persistentVolumeClaimRetentionPolicy.{field}");
        rules::one_of(path, &policy[field], &words)
    });
    wrong.collect()
}

fn status(status: &Value) -> Vec<FieldError> {
    let counts = [
        "replicas",
        "readyReplicas",
        "currentReplicas",
        "updatedReplicas",
        "availableReplicas",
        "observedGeneration",
        "collisionCount",
    ];
    let parts = [
        "readyReplicas",
        "currentReplicas",
        "updatedReplicas",
        "availableReplicas",
    ];
    workload::status(status, &counts, &parts, "status.readyReplicas")
}
