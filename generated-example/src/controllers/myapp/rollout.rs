//! How a Deployment is getting on, in the words of a MyApp.

use k8s_openapi::api::apps::v1::{Deployment, DeploymentCondition};
use myop::Outcome;

use crate::api::v1alpha1::myapp::{MyAppStatus, Phase};

pub(super) fn status_of(deployment: &Deployment) -> MyAppStatus {
    let healthy = is_complete(deployment);
    let errors: Vec<String> = troubles(deployment)
        .filter_map(|trouble| trouble.message.clone())
        .collect();
    let seen = deployment
        .status
        .as_ref()
        .and_then(|status| status.observed_generation);
    let phase = match (healthy, seen) {
        (true, _) => Phase::Running,
        (false, None) => Phase::Pending,
        (false, Some(_)) if errors.is_empty() => Phase::Progressing,
        (false, Some(_)) => Phase::Failed,
    };
    MyAppStatus {
        healthy,
        errors,
        phase: Some(phase),
        ..MyAppStatus::default()
    }
}

pub(super) fn outcome_of(deployment: &Deployment) -> Outcome {
    let available = deployment
        .status
        .as_ref()
        .and_then(|status| status.available_replicas);
    let (available, wanted) = (available.unwrap_or_default(), wanted_replicas(deployment));
    let count = format!("{available} of {wanted} replicas are available");
    if is_complete(deployment) {
        return Outcome::done().because("MinimumReplicasAvailable", count);
    }
    match troubles(deployment).next() {
        Some(trouble) => {
            let reason = trouble
                .reason
                .clone()
                .unwrap_or_else(|| trouble.type_.clone());
            let message = trouble.message.as_deref().unwrap_or_default();
            Outcome::waiting(reason, format!("{count}: {message}"))
        }
        None => Outcome::waiting("ReplicasUnavailable", count),
    }
}

/// What `kubectl rollout status` waits for.
fn is_complete(deployment: &Deployment) -> bool {
    let Some(status) = &deployment.status else {
        return false;
    };
    let wanted = wanted_replicas(deployment);
    status.observed_generation >= deployment.metadata.generation
        && status.updated_replicas.unwrap_or_default() >= wanted
        && status.available_replicas.unwrap_or_default() >= wanted
}

fn wanted_replicas(deployment: &Deployment) -> i32 {
    deployment
        .spec
        .as_ref()
        .and_then(|spec| spec.replicas)
        .unwrap_or(1)
}

/// The conditions that say why it gets no further.
fn troubles(deployment: &Deployment) -> impl Iterator<Item = &DeploymentCondition> {
    let conditions = deployment
        .status
        .as_ref()
        .and_then(|status| status.conditions.as_deref());
    conditions.unwrap_or_default().iter().filter(|condition| {
        matches!(
            (condition.type_.as_str(), condition.status.as_str()),
            ("Progressing", "False") | ("ReplicaFailure", "True")
        )
    })
}
