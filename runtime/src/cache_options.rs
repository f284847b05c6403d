//! What of a kind is kept in the cache.

use std::{
    any::{Any, TypeId},
    collections::BTreeMap,
    fmt,
    sync::Arc,
};

use kube::{core::ObjectMeta, runtime::watcher};
use tracing::error;

use crate::{
    object::{NamespacedName, Object, kind_of},
    panics::unless_it_panics,
    parsed::Read,
    selector::{FieldSelector, LabelSelector, WrongSelector},
};

type Transform<K> = Arc<dyn Fn(&mut K) + Send + Sync>;

/// Which objects of kind `K` an operator watches and keeps in its cache, and what of each.
///
/// ```
/// # use myop::Manager;
/// use k8s_openapi::api::core::v1::Secret;
/// use myop::CacheOptions;
///
/// # fn manager() -> Manager { Manager::new("shop", Vec::new()) }
/// let secrets = CacheOptions::<Secret>::new()
///     .labels("app=shop")
///     .fields("type=Opaque")
///     .transform(|secret| secret.data = None);
/// let manager = manager().cache_options(secrets);
/// ```
///
/// An object that the selectors do not match is not there for the operator: it is not read, it wakes nobody, and one that
/// stops matching is gone. Where that is the reconciled kind, a finalizer on such an object stays.
pub struct CacheOptions<K> {
    labels: Option<LabelSelector>,
    fields: Option<FieldSelector>,
    wrong: Option<WrongSelector>,
    transform: Option<Transform<K>>,
}

impl<K: Object> CacheOptions<K> {
    /// All objects, and all of them but `metadata.managedFields`, which is never kept.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only objects with such labels, as the server selects them: `app=shop,stage in (test,live)`.
    #[must_use]
    pub fn labels(mut self, selector: &str) -> Self {
        match LabelSelector::parse(selector) {
            Ok(selector) => self.labels = Some(selector),
            Err(wrong) => self.wrong = Some(wrong),
        }
        self
    }

    /// Only objects with such fields, as the server selects them: `type=Opaque,metadata.name!=token`. It selects by the
    /// name and the namespace, and by what else each kind lets it: see `kubectl get --field-selector`.
    #[must_use]
    pub fn fields(mut self, selector: &str) -> Self {
        match FieldSelector::parse(selector) {
            Ok(selector) => self.fields = Some(selector),
            Err(wrong) => self.wrong = Some(wrong),
        }
        self
    }

    /// Changes each object before it goes into the cache: takes away what nobody reads, to save memory. What the operator
    /// applies is answered in the same form. An object on which it panics is left alone, which is logged.
    #[must_use]
    pub fn transform(self, transform: impl Fn(&mut K) + Send + Sync + 'static) -> Self {
        Self {
            transform: Some(Arc::new(transform)),
            ..self
        }
    }

    /// What the server is asked for.
    pub(crate) fn config(&self) -> watcher::Config {
        let mut config = watcher::Config::default();
        if let Some(labels) = &self.labels {
            config = config.labels(&labels.to_string());
        }
        if let Some(fields) = &self.fields {
            config = config.fields(&fields.to_string());
        }
        config
    }

    /// Whether the watch is certain to show an object that was just written.
    pub(crate) fn shows(&self, object: &K) -> bool {
        let labels = object.meta().labels.as_ref();
        let has_labels = |selector: &LabelSelector| selector.matches(labels);
        let has_fields = |selector: &FieldSelector| {
            serde_json::to_value(object).is_ok_and(|object| selector.surely_matches(&object))
        };
        self.labels.as_ref().is_none_or(has_labels) && self.fields.as_ref().is_none_or(has_fields)
    }

    /// Brings an object into the form in which it is kept; none where that fails, which is logged.
    pub(crate) fn reduce(&self, read: &Read<K>) -> Option<Read<K>> {
        let Some(transform) = &self.transform else {
            return Some(read.clone());
        };
        let mut object = (*read.object).clone();
        let call = || {
            let name = NamespacedName::of(&*read.object);
            format!("the transform of {} {name}", kind_of::<K>())
        };
        unless_it_panics(call, || transform(&mut object))?;
        restore(read.object.meta(), object.meta_mut());
        let reduced = Read::of(object);
        reduced
            .inspect_err(|error| error!("{} makes what cannot be read: {error}", call()))
            .ok()
    }
}

/// What the runtime itself goes by stays, whatever a transform does with it.
fn restore(original: &ObjectMeta, reduced: &mut ObjectMeta) {
    let original = original.clone();
    reduced.name = original.name;
    reduced.namespace = original.namespace;
    reduced.uid = original.uid;
    reduced.resource_version = original.resource_version;
    reduced.generation = original.generation;
    reduced.deletion_timestamp = original.deletion_timestamp;
    reduced.finalizers = original.finalizers;
    reduced.owner_references = original.owner_references;
}

impl<K> Default for CacheOptions<K> {
    fn default() -> Self {
        Self {
            labels: None,
            fields: None,
            wrong: None,
            transform: None,
        }
    }
}

impl<K> fmt::Debug for CacheOptions<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheOptions")
            .field("labels", &self.labels)
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}

/// The options of the kinds that have some.
#[derive(Default)]
pub(crate) struct OptionsByKind(BTreeMap<TypeId, OfKind>);

struct OfKind {
    kind: String,
    options: Box<dyn Any + Send>,
}

impl OptionsByKind {
    /// Takes these options in, in place of those that the kind had.
    pub(crate) fn set<K: Object>(&mut self, options: CacheOptions<K>) {
        let of_kind = OfKind {
            kind: kind_of::<K>(),
            options: Box::new(options),
        };
        self.0.insert(TypeId::of::<K>(), of_kind);
    }

    /// Gives the options of this kind away.
    pub(crate) fn take<K: Object>(&mut self) -> Result<CacheOptions<K>, WrongSelector> {
        let Some(of_kind) = self.0.remove(&TypeId::of::<K>()) else {
            return Ok(CacheOptions::default());
        };
        let options: Box<CacheOptions<K>> = of_kind.options.downcast().expect("kept by its type");
        match options.wrong {
            Some(wrong) => Err(wrong),
            None => Ok(*options),
        }
    }

    /// A kind whose options nobody has taken.
    pub(crate) fn left_over(&self) -> Option<&str> {
        self.0.values().next().map(|of_kind| of_kind.kind.as_str())
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Secret;
    use serde_json::json;

    use super::*;

    fn secret(labels: &serde_json::Value) -> Secret {
        let secret = json!({"metadata": {"name": "token", "labels": labels}, "type": "Opaque"});
        serde_json::from_value(secret).expect("a Secret")
    }

    #[test]
    fn only_what_the_watch_is_certain_to_show_is_waited_for() {
        let shop = secret(&json!({"app": "shop"}));
        let of = CacheOptions::<Secret>::new;
        assert!(of().shows(&shop));
        assert!(of().labels("app=shop").shows(&shop));
        assert!(of().labels("app=shop").fields("type=Opaque").shows(&shop));
        assert!(!of().labels("app=shop").shows(&secret(&json!({}))));
        assert!(!of().labels("app=shop").fields("source!=x").shows(&shop));
    }

    #[test]
    fn the_server_is_asked_for_what_is_selected() {
        let options = CacheOptions::<Secret>::new()
            .labels("app = shop, !old")
            .fields("type=Opaque");
        let config = options.config();
        assert_eq!(config.label_selector.as_deref(), Some("app=shop,!old"));
        assert_eq!(config.field_selector.as_deref(), Some("type=Opaque"));
    }

    #[test]
    fn a_panic_is_told() {
        let options = CacheOptions::<Secret>::new().transform(|secret| {
            assert!(secret.metadata.labels.is_some(), "no labels");
            secret.metadata = ObjectMeta::default();
        });
        let shop = Read::of(secret(&json!({"app": "shop"}))).expect("JSON");
        let reduced = options.reduce(&shop).expect("it has labels");
        assert_eq!(reduced.object.metadata.name.as_deref(), Some("token"));
        assert_eq!(reduced.object.metadata.labels, None);
        assert_eq!(reduced.stored.decode(), reduced.object);
        assert!(options.reduce(&reduced).is_none());
    }
}
