//! The subresource `eviction` of Pods: a deletion that disruption budgets may refuse.
//!
//! The real server's is `pkg/registry/core/pod/storage/eviction.go` in Kubernetes.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Asked, Core,
    answer::Reply,
    call::{Call, Verb},
    decode,
    delete::{DeleteOptions, check_preconditions},
    object::{Key, Object, seconds},
    query::{FieldValidation, WriteKind, WriteOptions},
    resource::{Part, Resource},
    selector::LabelSelector,
    store::Stored,
    write::{Write, settle_namespace},
};
use crate::{
    FieldError, Refusal, Subject,
    auth::{AUTHENTICATED, MASTERS, User},
    types,
};

/// More Pods than this are not on their way at once, as `MaxDisruptedPodSize`.
const MOST_DISRUPTED: usize = 2000;
const REFUSED: &str = "Cannot evict pod as it would violate the pod's disruption budget.";

impl Core {
    pub(crate) fn evict(
        &mut self,
        asked: &Asked<'_>,
        pods: &Arc<Resource>,
    ) -> Result<Reply, Refusal> {
        let media = decode::media(asked.headers)?;
        decode::check_size(asked.body)?;
        let mut write = Write::of(asked, pods, WriteKind::Create)?;
        let mut eviction = eviction(asked, media, &mut write)?;
        settle_namespace(&mut eviction, asked.call, pods)?;
        self.admit_to_namespace(&write, &eviction)?;
        if eviction.name() != asked.call.name {
            return Err(Refusal::bad_request(
                "name in URL does not match name in Eviction object",
            ));
        }
        let options = options(&eviction, write.options.dry_run)?;
        let pod = self.find(pods, &asked.call.namespace, &asked.call.name)?;
        if !is_expendable(&pod.object) {
            match self.budgets_of(&pod.object).as_slice() {
                [] => {}
                [budget] if is_no_loss(&pod.object, budget.object.value()) => {}
                [budget] => self.spend(asked, budget, &pod.object, options.dry_run)?,
                _ => return Ok(too_many_budgets()),
            }
        }
        self.delete_evicted(asked, pods, &pod, options)?;
        Ok(Reply::json(
            201,
            &json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}),
        ))
    }

    fn budgets_of(&self, pod: &Object) -> Vec<Arc<Stored>> {
        let budgets = self.store.collection("poddisruptionbudgets.policy");
        let budgets = budgets.map(|all| all.objects(Some(pod.namespace())));
        let mut budgets = budgets.unwrap_or_default();
        budgets.retain(|budget| {
            let selector = LabelSelector::of(&budget.object.value()["spec"]["selector"]);
            selector.is_some_and(|selector| selector.holds(pod))
        });
        budgets
    }

    /// Takes one disruption from a budget, which keeps the Pod in mind until somebody has seen it go.
    fn spend(
        &mut self,
        asked: &Asked<'_>,
        budget: &Stored,
        pod: &Object,
        dry_run: bool,
    ) -> Result<(), Refusal> {
        let mut budget = budget.object.clone();
        check_budget(&budget)?;
        let generation = budget.value()["status"]["observedGeneration"].clone();
        let status = &mut budget.value_mut()["status"];
        let left = status["disruptionsAllowed"].as_i64().unwrap_or_default() - 1;
        status["disruptionsAllowed"] = left.into();
        if left == 0 {
            forbid(status, &generation, &seconds(asked.now));
        }
        if dry_run {
            return Ok(());
        }
        if !status["disruptedPods"].is_object() {
            status["disruptedPods"] = json!({});
        }
        status["disruptedPods"][pod.name()] = seconds(asked.now).into();
        self.update_status(asked, "policy", "PodDisruptionBudget", budget)
    }

    /// As the server writes itself.
    fn update_status(
        &mut self,
        asked: &Asked<'_>,
        group: &str,
        kind: &str,
        object: Object,
    ) -> Result<(), Refusal> {
        let resource = self.resource_of_kind(group, "v1", kind);
        let resource = resource.expect("built-in kinds are served");
        let call = Call {
            verb: Verb::Update,
            group: group.into(),
            version: "v1".into(),
            namespace: object.namespace().into(),
            resource: resource.plural.clone(),
            name: object.name().into(),
            subresource: "status".into(),
        };
        let user = User {
            name: "system:apiserver".into(),
            groups: vec![MASTERS.into(), AUTHENTICATED.into()],
            ..User::default()
        };
        let mut write = Write {
            call: &call,
            resource: &resource,
            part: Part::Status,
            user: &user,
            options: WriteOptions {
                dry_run: false,
                field_manager: String::new(),
                field_validation: FieldValidation::Ignore,
                force: false,
            },
            manager: "kube-apiserver".into(),
            now: asked.now,
            warnings: asked.warnings,
        };
        self.update(&mut write, object).map(|_| ())
    }

    /// Deletes a Pod; who watches is told before why it goes.
    fn delete_evicted(
        &mut self,
        asked: &Asked<'_>,
        pods: &Arc<Resource>,
        pod: &Stored,
        mut options: DeleteOptions,
    ) -> Result<(), Refusal> {
        if !options.dry_run {
            check_preconditions(pods, &pod.object, &options)?;
            let mut marked = pod.object.clone();
            set_condition(
                &mut marked.value_mut()["status"],
                json!({
                    "type": "DisruptionTarget", "status": "True", "lastProbeTime": null,
                    "lastTransitionTime": seconds(asked.now),
                    "reason": "EvictionByEvictionAPI", "message": "Eviction API: evicting",
                }),
            );
            let marked = self.put(&pods.collection, marked);
            if options.resource_version.is_some() {
                options.resource_version = Some(marked.object.resource_version().into());
            }
        }
        let key = Key::new(&asked.call.namespace, &asked.call.name);
        self.delete_object(pods, &key, &options, asked.now)?;
        Ok(())
    }
}

fn eviction(
    asked: &Asked<'_>,
    media: types::Media,
    write: &mut Write<'_>,
) -> Result<Object, Refusal> {
    let decoded = types::decode("policy", "v1", "Eviction", asked.body, media);
    let decoded = decoded.expect("an Eviction is built in")?;
    let value = match write.options.field_validation {
        FieldValidation::Strict => decoded.strictly()?,
        FieldValidation::Warn => {
            write.warnings.add(decoded.warnings());
            decoded.value
        }
        FieldValidation::Ignore => decoded.value,
    };
    Ok(Object::new(value).expect("a kind is an object"))
}

/// How the Pod is to be deleted: a dry run may be asked for in two places.
fn options(eviction: &Object, dry_run: bool) -> Result<DeleteOptions, Refusal> {
    let given = &eviction.value()["deleteOptions"];
    if given["ignoreStoreReadErrorWithClusterBreakingPotential"] == true {
        let error = FieldError::invalid(
            "deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential",
            true,
            "can not be set for pod eviction, try after removing the option",
        );
        let subject = Subject {
            group: "policy".into(),
            resource: "Eviction".into(),
            name: eviction.name().into(),
        };
        return Err(Refusal::invalid(&subject, &[error]));
    }
    let mut options = DeleteOptions::read(given)?;
    options.dry_run |= dry_run;
    Ok(options)
}

/// A Pod that runs no more, not yet, or not for long: nobody is disrupted.
fn is_expendable(pod: &Object) -> bool {
    let phase = pod.text("/status/phase");
    pod.is_being_deleted() || matches!(phase, "Succeeded" | "Failed" | "Pending")
}

/// A Pod that is not ready is no loss, where its budget says so, or where the others are enough.
fn is_no_loss(pod: &Object, budget: &Value) -> bool {
    let count = |name: &str| budget["status"][name].as_i64().unwrap_or_default();
    let wanted = count("desiredHealthy");
    !pod.has_condition("Ready", "True")
        && (budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
            || count("currentHealthy") >= wanted && wanted > 0)
}

/// Whether a budget has a disruption left (`checkAndDecrement`).
fn check_budget(budget: &Object) -> Result<(), Refusal> {
    let (name, status) = (budget.name(), &budget.value()["status"]);
    let count = |name: &str| status[name].as_i64().unwrap_or_default();
    if count("observedGeneration") < budget.generation() {
        let why = format!("The disruption budget {name} is still being processed by the server.");
        return Err(Refusal::too_many_disruptions(REFUSED, &why, 10));
    }
    let subject = Subject {
        group: "policy".into(),
        resource: "poddisruptionbudget".into(),
        name: name.into(),
    };
    if count("disruptionsAllowed") < 0 {
        return Err(Refusal::forbidden(
            &subject,
            "pdb disruptions allowed is negative",
        ));
    }
    let disrupted = status["disruptedPods"]
        .as_object()
        .map_or(0, serde_json::Map::len);
    if disrupted > MOST_DISRUPTED {
        return Err(Refusal::forbidden(
            &subject,
            "DisruptedPods map too big - too many evictions not confirmed by PDB controller",
        ));
    }
    if count("disruptionsAllowed") > 0 {
        return Ok(());
    }
    let why = why_not(
        name,
        status,
        count("desiredHealthy"),
        count("currentHealthy"),
    );
    Err(Refusal::too_many_disruptions(REFUSED, &why, 0))
}

fn why_not(name: &str, status: &Value, wanted: i64, healthy: i64) -> String {
    let conditions = status["conditions"].as_array().into_iter().flatten();
    let mut conditions = conditions.filter(|one| one["type"] == "DisruptionAllowed");
    let condition = conditions.next().filter(|one| one["status"] == "False");
    let text = |field: &str| {
        let condition = condition.unwrap_or(&Value::Null);
        condition[field].as_str().unwrap_or_default()
    };
    let (reason, message) = (text("reason"), text("message"));
    let not_now = format!("The disruption budget {name} does not allow evicting pods currently");
    if reason == "SyncFailed" && !message.is_empty() {
        format!("{not_now} because it failed sync: {message}")
    } else if healthy <= wanted {
        format!(
            "The disruption budget {name} needs {wanted} healthy pods and has {healthy} currently"
        )
    } else if !message.is_empty() {
        format!("{not_now} ({reason}): {message}")
    } else {
        not_now
    }
}

/// Notes that a budget has no disruption left.
fn forbid(status: &mut Value, generation: &Value, now: &str) {
    set_condition(
        status,
        json!({
            "type": "DisruptionAllowed", "status": "False", "observedGeneration": generation,
            "lastTransitionTime": now, "reason": "InsufficientPods", "message": "",
        }),
    );
}

/// Puts a condition in the place of another of its type, which keeps its time where its status stays.
fn set_condition(status: &mut Value, mut condition: Value) {
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    let Some(conditions) = status["conditions"].as_array_mut() else {
        return;
    };
    match conditions
        .iter_mut()
        .find(|one| one["type"] == condition["type"])
    {
        Some(before) => {
            if before["status"] == condition["status"] {
                condition["lastTransitionTime"] = before["lastTransitionTime"].clone();
            }
            *before = condition;
        }
        None => conditions.push(condition),
    }
}

fn too_many_budgets() -> Reply {
    Reply::json(
        500,
        &json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
            "code": 500,
        }),
    )
}
