//! The admission plugin `Priority` of Kubernetes: a pod has the priority of its class, and one class may be the default.

use serde_json::Value;

use super::{
    super::{
        Core,
        object::{Key, Object},
        write::Write,
    },
    forbidden,
};
use crate::Refusal;

const CLASSES: &str = "priorityclasses.scheduling.k8s.io";

impl Core {
    /// Before a pod is created.
    pub(super) fn give_priority(&self, write: &Write<'_>, pod: &mut Object) -> Result<(), Refusal> {
        let spec = &pod.value()["spec"];
        let name = spec["priorityClassName"].as_str().unwrap_or_default();
        let class = if name.is_empty() {
            self.default_priority()
        } else {
            let Some(found) = self.store.get(CLASSES, &Key::new("", name)) else {
                let why = format!("no PriorityClass with name {name} was found");
                return Err(forbidden(write, pod, &why));
            };
            Some(found.object.value().clone())
        };
        let priority = class
            .as_ref()
            .map_or(0, |it| it["value"].as_i64().unwrap_or_default());
        let policy = match &class {
            Some(class) => class["preemptionPolicy"].clone(),
            None => "PreemptLowerPriority".into(),
        };
        if let Some(given) = spec["priority"].as_i64().filter(|it| *it != priority) {
            let why = format!(
                "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name"
            );
            return Err(forbidden(write, pod, &why));
        }
        if let (Some(given), Some(computed)) = (spec["preemptionPolicy"].as_str(), policy.as_str())
            && given != computed
        {
            let why = format!(
                "the string value of PreemptionPolicy ({given}) must not be provided in pod spec; priority admission controller computed {computed} from the given PriorityClass name"
            );
            return Err(forbidden(write, pod, &why));
        }
        let spec = &mut pod.value_mut()["spec"];
        if let Some(class) = class {
            spec["priorityClassName"] = class["metadata"]["name"].clone();
        }
        spec["priority"] = priority.into();
        if !policy.is_null() {
            spec["preemptionPolicy"] = policy;
        }
        Ok(())
    }

    fn default_priority(&self) -> Option<Value> {
        let classes = self.store.collection(CLASSES)?;
        let all = classes.objects(None).into_iter();
        let defaults = all.map(|it| it.object.value().clone());
        let defaults = defaults.filter(|it| it["globalDefault"] == true);
        defaults.min_by_key(|it| it["value"].as_i64())
    }

    /// After a class was found valid: the default is one.
    pub(super) fn admit_priority_class(
        &self,
        write: &Write<'_>,
        old: Option<&Object>,
        class: &Object,
    ) -> Result<(), Refusal> {
        if class.value()["globalDefault"] != true {
            return Ok(());
        }
        let Some(default) = self.default_priority() else {
            return Ok(());
        };
        let name = default["metadata"]["name"].as_str().unwrap_or_default();
        if old.is_some() && name == class.name() {
            return Ok(());
        }
        let why = format!(
            "PriorityClass {name} is already marked as default. Only one default can exist"
        );
        Err(forbidden(write, class, &why))
    }
}

/// What was computed at first stays where nothing else is said.
pub(super) fn keep_priority(old: &Object, new: &mut Object) {
    for field in ["priority", "preemptionPolicy"] {
        let before = &old.value()["spec"][field];
        let spec = &mut new.value_mut()["spec"];
        if spec[field].is_null() && !before.is_null() {
            spec[field] = before.clone();
        }
    }
}
