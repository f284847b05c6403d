//! PodDisruptionBudgets say how many of their Pods may be evicted: `pkg/controller/disruption` in Kubernetes.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    deployments::scaled,
    owners::{BUDGETS, DEPLOYMENTS, PODS, REPLICA_SETS, controller},
    pods::is_ready,
};
use crate::{
    Refusal,
    controllers::{
        Again, Outcome,
        desk::Desk,
        recorder::{About, Note, Recorder},
    },
    core::{
        call::Verb,
        object::{Key, Object, seconds},
        selector::LabelSelector,
    },
};

/// How long a Pod that was evicted may take to be deleted.
const DELETION_TAKES: SignedDuration = SignedDuration::from_mins(2);

/// How many Pods there are, and how many there are to be.
struct Expected {
    pods: i64,
    healthy: i64,
}

pub(super) fn sync(key: &Key, desk: &mut Desk<'_>, recorder: &mut Recorder) -> Outcome {
    let Some(found) = desk.get(BUDGETS.collection, key) else {
        return Ok(Again::No);
    };
    let budget = &found.object;
    let selector = LabelSelector::of(&budget.value()["spec"]["selector"]);
    let pods: Vec<_> = desk
        .objects(PODS, Some(&key.namespace))
        .iter()
        .map(|pod| pod.object.clone())
        .filter(|pod| {
            selector
                .as_ref()
                .is_some_and(|selector| selector.holds(pod))
        })
        .collect();
    if pods.is_empty() {
        let message = "No matching pods found".to_owned();
        BUDGETS.tell(budget, false, "NoPods", message, desk, recorder);
    }
    match expected(budget, &pods, desk, recorder) {
        Ok(expected) => tell(budget, &pods, &expected, desk, recorder),
        Err(why) => {
            let reason = "CalculateExpectedPodCountFailed";
            let message = format!("Failed to calculate the number of expected pods: {why}");
            BUDGETS.tell(budget, true, reason, message, desk, recorder);
            allow_none(budget, &why, desk)?;
            Ok(Again::No)
        }
    }
}

fn expected(
    budget: &Object,
    pods: &[Object],
    desk: &mut Desk<'_>,
    recorder: &mut Recorder,
) -> Result<Expected, String> {
    let spec = &budget.value()["spec"];
    let counted = i64::try_from(pods.len()).unwrap_or(i64::MAX);
    match (&spec["maxUnavailable"], &spec["minAvailable"]) {
        (Value::Null, Value::Null) => Ok(Expected {
            pods: 0,
            healthy: 0,
        }),
        (Value::Null, min @ Value::Number(_)) => Ok(Expected {
            pods: counted,
            healthy: min.as_i64().unwrap_or_default(),
        }),
        (Value::Null, min) => {
            let pods = wanted(budget, pods, desk, recorder)?;
            Ok(Expected {
                pods,
                healthy: scaled(min, pods, true),
            })
        }
        (max, _) => {
            let pods = wanted(budget, pods, desk, recorder)?;
            Ok(Expected {
                pods,
                healthy: (pods - scaled(max, pods, true)).max(0),
            })
        }
    }
}

/// How many Pods those want that own these.
fn wanted(
    budget: &Object,
    pods: &[Object],
    desk: &mut Desk<'_>,
    recorder: &mut Recorder,
) -> Result<i64, String> {
    let mut scales = BTreeMap::new();
    let mut has_strays = false;
    for pod in pods {
        let Some(owner) = controller(pod) else {
            has_strays = true;
            continue;
        };
        if scales.contains_key(owner.uid) {
            continue;
        }
        let (uid, scale) = scale_of(pod, desk)?
            .ok_or_else(|| format!("found no controllers for pod \"{}\"", pod.name()))?;
        scales.insert(uid, scale);
    }
    if has_strays {
        let message = format!(
            "Pods selected by this PodDisruptionBudget (selector: {}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value.",
            selector_in_go(&budget.value()["spec"]["selector"])
        );
        BUDGETS.tell(budget, true, "UnmanagedPods", message, desk, recorder);
    }
    Ok(scales.values().sum())
}

/// `&LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}`
fn selector_in_go(selector: &Value) -> String {
    let labels = selector["matchLabels"].as_object().into_iter().flatten();
    let labels: Vec<_> = labels
        .map(|(name, value)| format!("{name}: {},", value.as_str().unwrap_or_default()))
        .collect();
    let expressions = selector["matchExpressions"].as_array();
    let expressions: Vec<_> = expressions
        .into_iter()
        .flatten()
        .map(|one| {
            let text = |field: &str| one[field].as_str().unwrap_or_default().to_owned();
            let values = one["values"].as_array().into_iter().flatten();
            let values: Vec<_> = values.filter_map(Value::as_str).collect();
            let (key, operator, values) = (text("key"), text("operator"), values.join(" "));
            format!("LabelSelectorRequirement{{Key:{key},Operator:{operator},Values:[{values}],}},")
        })
        .collect();
    let (labels, expressions) = (labels.concat(), expressions.concat());
    format!(
        "&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
    )
}

/// Who owns a Pod in the end, by its uid, and how many Pods it wants.
fn scale_of(pod: &Object, desk: &mut Desk<'_>) -> Result<Option<(String, i64)>, String> {
    if let Some(set) = REPLICA_SETS.owner_of(pod, desk) {
        let deployment = DEPLOYMENTS.owner_of(&set.object, desk);
        let is_of_deployment = controller(&set.object).is_some_and(|it| it.kind == "Deployment");
        if deployment.is_some() || !is_of_deployment {
            let owner = deployment.unwrap_or(set);
            let scale = owner.object.number("/spec/replicas");
            return Ok(Some((owner.object.uid().into(), scale)));
        }
    }
    let Some(owner) = controller(pod) else {
        return Ok(None);
    };
    let (group, version) = owner
        .api_version
        .split_once('/')
        .unwrap_or(("", owner.api_version));
    let resource = desk
        .core
        .resource_of_kind(group, version, owner.kind)
        .ok_or_else(|| {
            format!(
                "no matches for kind \"{}\" in version \"{}\"",
                owner.kind, owner.api_version
            )
        })?;
    let has_scale = resource
        .subresource("scale")
        .is_some_and(|scale| scale.verbs.contains(&Verb::Get));
    if !has_scale {
        let name = if group.is_empty() {
            resource.plural.clone()
        } else {
            format!("{}.{group}", resource.plural)
        };
        return Err(format!("{name} does not implement the scale subresource"));
    }
    let key = Key::new(pod.namespace(), owner.name);
    match desk.read(BUDGETS.source.who, &resource.collection, &key, "scale") {
        Ok(scale) if scale.uid() == owner.uid => {
            Ok(Some((scale.uid().into(), scale.number("/spec/replicas"))))
        }
        Err(refusal) if refusal.code != 404 => Err(refusal.message),
        _ => Ok(None),
    }
}

fn tell(
    budget: &Object,
    pods: &[Object],
    expected: &Expected,
    desk: &mut Desk<'_>,
    recorder: &mut Recorder,
) -> Outcome {
    let disrupted = disrupted(budget, pods, desk, recorder);
    let healthy = pods
        .iter()
        .filter(|pod| !pod.is_being_deleted() && !disrupted.contains_key(pod.name()))
        .filter(|pod| is_ready(pod));
    let healthy = i64::try_from(healthy.count()).unwrap_or(i64::MAX);
    let allowed = match healthy - expected.healthy {
        allowed if expected.pods > 0 => allowed.max(0),
        _ => 0,
    };
    let recheck = disrupted.values().min().copied();
    let mut status = json!({
        "currentHealthy": healthy, "desiredHealthy": expected.healthy,
        "expectedPods": expected.pods, "disruptionsAllowed": allowed,
    });
    if budget.generation() > 0 {
        status["observedGeneration"] = budget.generation().into();
    }
    let before = &budget.value()["status"];
    if !disrupted.is_empty() {
        let kept = disrupted
            .keys()
            .map(|name| (name.clone(), before["disruptedPods"][name].clone()));
        status["disruptedPods"] = kept.collect::<Map<_, _>>().into();
    }
    let condition = if allowed > 0 {
        condition("True", "SufficientPods", "")
    } else {
        condition("False", "InsufficientPods", "")
    };
    status["conditions"] = with_condition(before, condition, budget.generation(), desk.now);
    write(budget, status, desk)?;
    Ok(recheck.map_or(Again::No, Again::At))
}

/// The Pods that are being evicted, and until when one waits for that.
fn disrupted(
    budget: &Object,
    pods: &[Object],
    desk: &mut Desk<'_>,
    recorder: &mut Recorder,
) -> BTreeMap<String, Timestamp> {
    let mut disrupted = BTreeMap::new();
    let told = &budget.value()["status"]["disruptedPods"];
    for pod in pods.iter().filter(|pod| !pod.is_being_deleted()) {
        let since = told[pod.name()]
            .as_str()
            .and_then(|text| text.parse::<Timestamp>().ok());
        let Some(then) = since.and_then(|since| since.checked_add(DELETION_TAKES).ok()) else {
            continue;
        };
        if then >= desk.now {
            disrupted.insert(pod.name().to_owned(), then);
            continue;
        }
        let note = Note {
            about: About {
                api_version: "v1".into(),
                kind: "Pod".into(),
                key: pod.key(),
                uid: pod.uid().into(),
                resource_version: pod.resource_version().into(),
                field: String::new(),
            },
            is_warning: true,
            reason: "NotDeleted",
            // Twice the namespace, as there.
            message: format!(
                "Pod was expected by PDB {0}/{0} to be deleted but it wasn't",
                budget.namespace()
            ),
        };
        recorder.record(desk, BUDGETS.source, &note);
    }
    disrupted
}

/// Nothing may be evicted where one does not know.
fn allow_none(budget: &Object, why: &str, desk: &mut Desk<'_>) -> Result<(), Refusal> {
    let mut status = budget.value()["status"].clone();
    let generation = budget.number("/status/observedGeneration");
    let failed = condition("False", "SyncFailed", why);
    status["conditions"] = with_condition(&status, failed, generation, desk.now);
    for count in ["currentHealthy", "desiredHealthy", "expectedPods"] {
        if status[count].is_null() {
            status[count] = 0.into();
        }
    }
    status["disruptionsAllowed"] = 0.into();
    write(budget, status, desk)
}

fn condition(status: &str, reason: &str, message: &str) -> Value {
    json!({"type": "DisruptionAllowed", "status": status, "reason": reason, "message": message})
}

/// The conditions with this one (apimachinery's `SetStatusCondition`).
fn with_condition(status: &Value, mut condition: Value, generation: i64, now: Timestamp) -> Value {
    condition["lastTransitionTime"] = seconds(now).into();
    if generation > 0 {
        condition["observedGeneration"] = generation.into();
    }
    let mut conditions = status["conditions"].as_array().cloned().unwrap_or_default();
    let known = conditions
        .iter_mut()
        .find(|one| one["type"] == condition["type"]);
    match known {
        Some(known) => {
            if known["status"] == condition["status"] {
                condition["lastTransitionTime"] = known["lastTransitionTime"].clone();
            }
            *known = condition;
        }
        None => conditions.push(condition),
    }
    conditions.into()
}

fn write(budget: &Object, status: Value, desk: &mut Desk<'_>) -> Result<(), Refusal> {
    if budget.value()["status"] == status {
        return Ok(());
    }
    let mut told = budget.clone();
    told.fields_mut().insert("status".into(), status);
    desk.update(BUDGETS.source.who, BUDGETS.collection, "status", &told)?;
    Ok(())
}
