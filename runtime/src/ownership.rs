//! Who owns whom: the owner reference that makes one object the controller of another.

use std::collections::BTreeSet;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;

use crate::{
    error::Error,
    object::{NamespacedName, Object, is_namespaced, kind_of},
    watch::Watch,
};

/// The reference to the object that controls this one.
pub(crate) fn controller_of<K: Object>(object: &K) -> Option<&OwnerReference> {
    let owners = object.meta().owner_references.iter().flatten();
    owners
        .into_iter()
        .find(|owner| owner.controller == Some(true))
}

/// The uid of the object that controls this one.
pub(crate) fn controller_uid<K: Object>(object: &K) -> Option<String> {
    controller_of(object).map(|owner| owner.uid.clone())
}

/// The objects of kind `Owner` among the owners of `child` that are wanted.
pub(crate) fn owners_of<Owner: Object, K: Object>(
    child: &K,
    is_wanted: impl Fn(&OwnerReference) -> bool,
) -> BTreeSet<NamespacedName> {
    let owners = child.meta().owner_references.iter().flatten();
    owners
        .filter(|owner| is_wanted(owner))
        .filter_map(|owner| name_of::<Owner, K>(child, owner))
        .collect()
}

/// The object that `owner` names, if it is of kind `Owner`.
fn name_of<Owner: Object, K: Object>(child: &K, owner: &OwnerReference) -> Option<NamespacedName> {
    let group = owner
        .api_version
        .split_once('/')
        .map_or("", |(group, _)| group);
    let is_owner = group == Owner::group(&()) && owner.kind == Owner::kind(&());
    is_owner.then(|| NamespacedName {
        namespace: child
            .meta()
            .namespace
            .clone()
            .filter(|_| is_namespaced::<Owner>()),
        name: owner.name.clone(),
    })
}

/// Makes `owner` the controller of `child`, in the owner's namespace unless the child says otherwise.
pub(crate) fn adopt<O: Object, K: Object>(owner: &O, child: &mut K) -> Result<(), Error> {
    let home = owner
        .meta()
        .namespace
        .as_deref()
        .filter(|_| is_namespaced::<O>());
    if let Some(reason) = why_not(child, home) {
        let object = NamespacedName::of(child);
        return Err(Error::Ownership {
            kind: kind_of::<K>(),
            object,
            reason: reason.into(),
        });
    }
    if let Some(home) = home {
        child.meta_mut().namespace = Some(home.to_owned());
    }
    if let Some(mut reference) = owner.controller_owner_ref(&()) {
        reference.block_owner_deletion = Some(true);
        let references = child.meta_mut().owner_references.get_or_insert_default();
        references.retain(|other| other.uid != reference.uid);
        references.push(reference);
    }
    Ok(())
}

/// An object has one controller. That of a former object of the same name goes with it.
pub(crate) fn refuse_stolen<O: Object, K: Object>(owner: &O, live: &K) -> Result<(), Error> {
    match controller_of(live) {
        Some(by) if Some(&by.uid) != owner.meta().uid.as_ref() => Err(Error::Taken {
            kind: kind_of::<K>(),
            object: NamespacedName::of(live),
            by: format!("{} {}", by.kind, by.name),
        }),
        _ => Ok(()),
    }
}

/// Nobody would see what becomes of an object in a namespace that is not watched.
pub(crate) fn refuse_unwatched<K: Object>(
    watch: &Watch<K>,
    name: &NamespacedName,
) -> Result<(), Error> {
    if watch.reaches(name) {
        return Ok(());
    }
    Err(Error::Ownership {
        kind: kind_of::<K>(),
        object: name.clone(),
        reason:
            "its namespace is none of those that the operator watches; add it to --watch-namespace"
                .into(),
    })
}

/// Why `child` cannot have an owner that lives in `home`, or in no namespace.
fn why_not<K: Object>(child: &K, home: Option<&str>) -> Option<&'static str> {
    let meta = child.meta();
    match (is_namespaced::<K>(), home, meta.namespace.as_deref()) {
        _ if meta.name.as_deref().unwrap_or_default().is_empty() => {
            Some("it has no name; set metadata.name")
        }
        (true, Some(home), Some(elsewhere)) if home != elsewhere => Some(
            "its owner is in another namespace; leave metadata.namespace out, or make it with the raw client and \
             clean up by a finalizer",
        ),
        (true, None, None) => {
            Some("its owner is cluster-scoped; set metadata.namespace to say where it goes")
        }
        (false, Some(_), _) => Some(
            "it is cluster-scoped and its owner is not; make it with the raw client and clean up by a finalizer",
        ),
        _ => None,
    }
}
