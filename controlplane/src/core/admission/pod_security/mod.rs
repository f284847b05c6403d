//! The admission plugin `PodSecurity` of Kubernetes: a namespace says by its labels what its pods may ask of their nodes.
//!
//! [`standard`] reads the labels, [`checks`] lists the rules, [`baseline`] and [`restricted`] hold them, and [`pod`] is
//! what they look at.

mod baseline;
mod checks;
mod pod;
mod restricted;
mod standard;

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::{
    Core,
    object::{Key, Object},
    resource::Part,
    write::Write,
};
use crate::Refusal;
use checks::{Violation, violations};
use pod::{Pod, items};
use standard::{Level, Policy, Standard};

/// How many pods of a namespace are looked at when its labels change.
const MOST_PODS: usize = 3000;

impl Core {
    /// What the standards of a namespace say to a pod, to what makes pods, and to itself.
    pub(super) fn admit_by_pod_security(
        &self,
        write: &Write<'_>,
        old: Option<&Object>,
        new: &Object,
    ) -> Result<(), Refusal> {
        let is_whole = write.call.subresource.is_empty();
        match &*write.resource.collection {
            "namespaces" if is_whole => self.admit_labels(write, old, new),
            "pods" if write.part != Part::Status && is_significant(old, new) => {
                self.admit_pod_by_standard(write, new)
            }
            "cronjobs.batch" | "daemonsets.apps" | "deployments.apps" | "jobs.batch"
            | "replicasets.apps" | "statefulsets.apps"
                if is_whole =>
            {
                self.warn_of_template(write, new);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn policy(&self, namespace: &str) -> Option<Policy> {
        let found = self.store.get("namespaces", &Key::new("", namespace))?;
        Some(Policy::of(&found.object))
    }

    fn admit_pod_by_standard(&self, write: &Write<'_>, new: &Object) -> Result<(), Refusal> {
        let (Some(policy), Some(pod)) = (self.policy(&write.call.namespace), Pod::of(new)) else {
            return Ok(());
        };
        let broken = violations(policy.enforce, pod);
        if !broken.is_empty() {
            let why = format!(
                "violates PodSecurity \"{}\": {}",
                policy.enforce,
                in_detail(&broken)
            );
            return Err(Refusal::forbidden(
                &write.resource.subject(new.name()),
                &why,
            ));
        }
        warn(write, policy.warn, pod);
        Ok(())
    }

    fn warn_of_template(&self, write: &Write<'_>, new: &Object) {
        if let (Some(policy), Some(pod)) = (self.policy(&write.call.namespace), Pod::of(new)) {
            warn(write, policy.warn, pod);
        }
    }

    fn admit_labels(
        &self,
        write: &Write<'_>,
        old: Option<&Object>,
        new: &Object,
    ) -> Result<(), Refusal> {
        let policy = Policy::of(new);
        let before = old.map(Policy::of);
        let were_wrong = before.as_ref().map(|it| it.errors.as_slice());
        if !policy.errors.is_empty() && were_wrong != Some(policy.errors.as_slice()) {
            let subject = write.resource.subject_by_kind(new.name());
            return Err(Refusal::invalid(&subject, &policy.errors));
        }
        let (now, Some(before)) = (policy.enforce, before.map(|it| it.enforce)) else {
            return Ok(());
        };
        let is_eased = now.version == before.version && now.level <= before.level;
        if now.level != Level::Privileged && !is_eased {
            let warnings = self.warnings_of_pods(new.name(), now);
            write.warnings.add(warnings);
        }
        Ok(())
    }

    /// Which pods would not be let in any more: the first by name of those that break the same rules, and how many more.
    fn warnings_of_pods(&self, namespace: &str, standard: Standard) -> Vec<String> {
        let pods = self.store.collection("pods");
        let pods = pods
            .map(|it| it.objects(Some(namespace)))
            .unwrap_or_default();
        let mut warnings = Vec::new();
        if pods.len() > MOST_PODS {
            warnings.push(format!(
                "new PodSecurity enforce level only checked against the first {MOST_PODS} of {} existing pods",
                pods.len()
            ));
        }
        let mut by_reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for stored in pods.iter().take(MOST_PODS) {
            let broken = Pod::of(&stored.object).map(|pod| violations(standard, pod));
            let reasons: Vec<_> = broken.into_iter().flatten().map(|it| it.reason).collect();
            if !reasons.is_empty() {
                let names = by_reasons.entry(reasons.join(", ")).or_default();
                names.push(stored.object.name());
            }
        }
        if !by_reasons.is_empty() {
            warnings.push(format!(
                "existing pods in namespace \"{namespace}\" violate the new PodSecurity enforce level \"{standard}\""
            ));
        }
        let mut told: Vec<_> = by_reasons
            .into_iter()
            .map(|(reasons, names)| format!("{}: {reasons}", first_of(&names)))
            .collect();
        told.sort();
        warnings.extend(told);
        warnings
    }
}

fn first_of(names: &[&str]) -> String {
    let first = names.iter().min().copied().unwrap_or_default();
    match names.len() {
        1 => first.to_owned(),
        2 => format!("{first} (and 1 other pod)"),
        count => format!("{first} (and {} other pods)", count - 1),
    }
}

fn warn(write: &Write<'_>, standard: Standard, pod: Pod<'_>) {
    let broken = violations(standard, pod);
    let warning = format!(
        "would violate PodSecurity \"{standard}\": {}",
        in_detail(&broken)
    );
    write.warnings.add((!broken.is_empty()).then_some(warning));
}

fn in_detail(broken: &[Violation]) -> String {
    let each = broken
        .iter()
        .map(|it| format!("{} ({})", it.reason, it.detail));
    each.collect::<Vec<_>>().join(", ")
}

/// Whether a pod is new, or one of its containers or of their images is.
fn is_significant(old: Option<&Object>, new: &Object) -> bool {
    let Some(old) = old else { return true };
    let (new, old) = (&new.value()["spec"], &old.value()["spec"]);
    let are_others = ["containers", "initContainers"]
        .into_iter()
        .any(|list| !images(&new[list]).eq(images(&old[list])));
    let was_added = items(&new["ephemeralContainers"]).any(|one| {
        let mut before = items(&old["ephemeralContainers"]);
        let same = before.find(|it| it["name"] == one["name"]);
        same.is_none_or(|it| it["image"] != one["image"])
    });
    are_others || was_added
}

fn images(containers: &Value) -> impl Iterator<Item = &Value> {
    items(containers).map(|it| &it["image"])
}
