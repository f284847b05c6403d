//! The admission plugins `DefaultStorageClass`, `DefaultIngressClass` and `PersistentVolumeClaimResize` of Kubernetes:
//! what names no class gets the default one, and which claims may grow is for their class to say.

use std::cmp::Reverse;

use super::{
    super::{
        Core,
        kinds::CLAIM_CLASS,
        object::{Key, Object},
        write::Write,
    },
    forbidden,
};
use crate::{Refusal, types::Quantity};

const STORAGE: &str = "storageclasses.storage.k8s.io";
const INGRESS: &str = "ingressclasses.networking.k8s.io";
/// Of a StorageClass; the second was there first.
const DEFAULT_STORAGE: [&str; 2] = [
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
];
const DEFAULT_INGRESS: &str = "ingressclass.kubernetes.io/is-default-class";
/// The class of an Ingress, before there was a field for it.
const INGRESS_CLASS: &str = "kubernetes.io/ingress.class";

impl Core {
    /// Before a claim is created.
    pub(super) fn give_storage_class(&self, claim: &mut Object) {
        if annotation(claim, CLAIM_CLASS).is_none()
            && claim.value()["spec"]["storageClassName"].is_null()
            && let Some(class) = self.default_class(STORAGE, &DEFAULT_STORAGE)
        {
            claim.value_mut()["spec"]["storageClassName"] = class.into();
        }
    }

    /// Before an Ingress is created.
    pub(super) fn give_ingress_class(&self, ingress: &mut Object) {
        if annotation(ingress, INGRESS_CLASS).is_none()
            && ingress.value()["spec"]["ingressClassName"].is_null()
            && let Some(class) = self.default_class(INGRESS, &[DEFAULT_INGRESS])
        {
            ingress.value_mut()["spec"]["ingressClassName"] = class.into();
        }
    }

    /// The class that is marked as the default: the newest, and of those the first by name.
    fn default_class(&self, collection: &str, marks: &[&str]) -> Option<String> {
        let classes = self.store.collection(collection)?.objects(None);
        let is_default = |class: &Object| {
            let mut values = marks.iter().map(|mark| annotation(class, mark));
            values.any(|value| value == Some("true"))
        };
        let defaults = classes.iter().map(|it| &it.object);
        let defaults = defaults.filter(|class| is_default(class));
        let chosen = defaults.min_by_key(|class| {
            (
                Reverse(class.text("/metadata/creationTimestamp")),
                class.name(),
            )
        });
        chosen.map(|class| class.name().into())
    }

    /// After a changed claim was found valid.
    pub(super) fn admit_resize(
        &self,
        write: &Write<'_>,
        old: &Object,
        new: &Object,
    ) -> Result<(), Refusal> {
        let size = |claim: &Object| {
            let asked = claim.text("/spec/resources/requests/storage");
            Quantity::parse(asked).ok()
        };
        let (Some(now), Some(before)) = (size(new), size(old)) else {
            return Ok(());
        };
        if !now.is_more_than(&before) {
            return Ok(());
        }
        if old.text("/status/phase") != "Bound" {
            let why = "Only bound persistent volume claims can be expanded";
            return Err(forbidden(write, new, why));
        }
        if !self.can_grow(old, new) {
            let why = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize";
            return Err(forbidden(write, new, why));
        }
        Ok(())
    }

    fn can_grow(&self, old: &Object, new: &Object) -> bool {
        let name = class_of(new);
        let class = self.store.get(STORAGE, &Key::new("", name));
        let is_the_same = !name.is_empty() && name == class_of(old);
        is_the_same && class.is_some_and(|it| it.object.value()["allowVolumeExpansion"] == true)
    }
}

fn class_of(claim: &Object) -> &str {
    annotation(claim, CLAIM_CLASS).unwrap_or_else(|| claim.text("/spec/storageClassName"))
}

fn annotation<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.meta().get("annotations")?.get(name)?.as_str()
}
