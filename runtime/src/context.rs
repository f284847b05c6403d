//! What a reconcile has at hand: the cache, the writes, and the status of its object.

use std::{
    any::{Any, TypeId},
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::future::BoxFuture;
use kube::{
    Client, Resource,
    core::object::HasStatus,
    runtime::events::{Event, EventType},
};
use serde_json::{Map, Value};

use crate::{
    access::{KeepsStatus, Owns, Reads},
    cache::Written,
    condition::Statement,
    controller::Controller,
    diff::FieldChange,
    error::{Error, Write},
    index::Keys,
    memory::Children,
    object::{NamespacedName, Object, kind_of, resource_version},
    ownership,
    record::{Effect, ReadRecord, WriteRecord},
    status::{Status, fields_of},
    stored::Stored,
    watches::Watches,
    writer::Writer,
};

/// A request to the API server, under way. Its error says what was tried and on which object.
///
/// It is a type of its own rather than an `async fn`, so that an undeclared access is reported once.
pub type Access<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// What a reconcile of `C` may do, and the object that it is for.
///
/// Reads come from the cache, writes go to the API server. A run reads what it has written itself. The next run of the
/// same object waits until the watch has shown what was applied, so it reads that, too.
pub struct Context<C: Controller> {
    pub(crate) object: Arc<C::Kind>,
    pub(crate) writer: Writer,
    pub(crate) watches: Arc<Watches>,
    run: Mutex<Run>,
}

/// What a run has done so far.
#[derive(Default)]
pub(crate) struct Run {
    /// What it read, where somebody wants to know.
    pub(crate) reads: Option<Vec<ReadRecord>>,
    pub(crate) writes: Vec<WriteRecord>,
    pub(crate) flapping: Option<String>,
    pub(crate) fields: Option<Map<String, Value>>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) events: Vec<Event>,
    /// What earlier runs applied.
    pub(crate) remembered: Children,
    pub(crate) applied: Children,
    /// The kinds that it has asked the cache for.
    pub(crate) asked_for: BTreeSet<TypeId>,
    /// What the watch is to show before the next run.
    pub(crate) unseen: Vec<Written>,
    /// The children as this run left them, which the cache does not show yet; none where it deleted them.
    pub(crate) children: BTreeMap<(TypeId, NamespacedName), Option<Box<dyn Any + Send + Sync>>>,
    /// Whether its object turned out to be on its way out, of which the cache knew nothing.
    pub(crate) is_leaving: bool,
}

impl Run {
    /// What is to be remembered: after a success, what was not applied again is no child any more.
    pub(crate) fn take_children(&mut self, succeeded: bool) -> Children {
        let mut children = if succeeded {
            Children::new()
        } else {
            std::mem::take(&mut self.remembered)
        };
        children.append(&mut self.applied);
        children
    }

    pub(crate) fn wrote<K: Object>(
        &mut self,
        write: Write,
        object: &NamespacedName,
        effect: Effect,
    ) {
        self.writes.push(WriteRecord {
            write,
            kind: kind_of::<K>(),
            object: object.clone(),
            effect,
        });
    }

    fn read<K: Object>(&mut self, object: Option<&NamespacedName>, found: usize) {
        self.asked_for.insert(TypeId::of::<K>());
        if let Some(reads) = &mut self.reads {
            reads.push(ReadRecord {
                kind: kind_of::<K>(),
                object: object.cloned(),
                found,
            });
        }
    }
}

impl<C: Controller> Context<C> {
    pub(crate) fn new(
        object: Arc<C::Kind>,
        writer: Writer,
        watches: Arc<Watches>,
        remembered: Children,
        notes_reads: bool,
    ) -> Self {
        let run = Run {
            remembered,
            reads: notes_reads.then(Vec::new),
            ..Run::default()
        };
        Self {
            object,
            writer,
            watches,
            run: Mutex::new(run),
        }
    }

    pub(crate) fn into_run(self) -> Run {
        self.run
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The object of kind `K` with this name, from the cache: a name alone is looked for in the namespace of the
    /// reconciled object, `("namespace", "name")` in that namespace.
    ///
    /// A child wakes its owner when it changes, and what is watched those whom it concerns. What is only read wakes
    /// nobody.
    pub fn get<K: Object>(&self, name: impl Into<Name>) -> Option<Arc<K>>
    where
        C: Reads<K>,
    {
        let name = self.place::<K>(name.into());
        let found = self.latest(&name).as_ref().map(Stored::decode);
        let count = usize::from(found.is_some());
        self.run().read::<K>(Some(&name), count);
        found
    }

    /// All objects of kind `K`, in whatever namespace, by namespace and name, from the cache.
    pub fn list<K: Object>(&self) -> Vec<Arc<K>>
    where
        C: Reads<K>,
    {
        let cached = self.watches.of::<K>().all();
        self.overlaid(cached, |_| true)
    }

    /// The objects of kind `K` from which `keys` reads this key, by namespace and name, from an index of the cache.
    ///
    /// ```
    /// # use k8s_openapi::api::core::v1::{ConfigMap, Pod};
    /// # use myop::{Context, Controller, NamespacedName};
    /// # #[derive(Controller)]
    /// # #[controller(reconciles = ConfigMap, reads(Pod))]
    /// # struct PodsController;
    /// /// The node of a Pod.
    /// fn node_of(pod: &Pod) -> Option<String> {
    ///     pod.spec.as_ref()?.node_name.clone()
    /// }
    ///
    /// # fn reconcile(ctx: &Context<PodsController>) {
    /// let pods = ctx.list_by(node_of, &"node-1".to_owned());
    /// # }
    /// ```
    pub fn list_by<K: Object, F: Keys<K>>(&self, keys: F, key: &F::Key) -> Vec<Arc<K>>
    where
        C: Reads<K>,
    {
        let cached = self.watches.of::<K>().list_by(keys, key);
        self.overlaid(cached, |object| keys.of(object).any(|found| found == *key))
    }

    /// The objects of kind `K` whose controller is the reconciled object, by name, from the cache.
    pub fn children<K: Object>(&self) -> Vec<Arc<K>>
    where
        C: Owns<K> + Reads<K>,
    {
        let uid = self.object.meta().uid.clone().unwrap_or_default();
        self.list_by(ownership::controller_uid::<K>, &uid)
    }

    /// Makes `child` as it is given here, as a child of the reconciled object, and returns it as it then is.
    ///
    /// It is a server-side apply: fields that are not set are left to others, fields that an earlier apply set and
    /// this one does not are removed. Nothing is sent where nothing would change. The namespace is that of the
    /// reconciled object, where none is given; the owner reference is set. An object that is there already and has no
    /// controller becomes a child, and goes with its owner; one that another object controls is refused. Before it takes
    /// one that has none, it asks the API server whether the reconciled object is still to stay: else the child is left as
    /// it is, and the run ends.
    pub fn apply<K: Object>(&self, child: K) -> Access<'_, Arc<K>>
    where
        C: Owns<K>,
    {
        Box::pin(self.apply_child(child))
    }

    /// Deletes the child of kind `K` with this name. What is not there, or not a child of the reconciled object, is
    /// left alone.
    pub fn delete<K: Object>(&self, name: impl Into<Name>) -> Access<'_, ()>
    where
        C: Owns<K> + Reads<K>,
    {
        let name = self.place::<K>(name.into());
        Box::pin(self.send_delete::<K>(name))
    }

    /// Sets the status: the author's own fields. It is written once, after the reconcile, where it differs.
    ///
    /// The conditions and the observed generation are kept by the runtime, whatever is given here. A run that sets no status
    /// leaves the fields as they are.
    pub fn status<S: Status>(&self, status: S)
    where
        C: KeepsStatus,
        C::Kind: HasStatus<Status = S>,
    {
        let fields = fields_of(status).expect("what serde read it can write");
        self.run().fields = Some(fields);
    }

    /// States a condition beside those that the runtime keeps (Ready, Reconciling and Stalled, which follow from how
    /// the reconcile ends). The reason is one word in `CamelCase`, the message is for people.
    ///
    /// A condition holds for as long as each reconcile states it: what is not stated is removed. Those three cannot be
    /// stated, and a character that Kubernetes allows in no type or no reason becomes a `_`.
    pub fn condition<S: Status>(&self, type_: &str, holds: bool, reason: &str, message: &str)
    where
        C: KeepsStatus,
        C::Kind: HasStatus<Status = S>,
    {
        self.run()
            .statements
            .push(Statement::new(type_, holds, reason, message));
    }

    /// Records an event about the reconciled object, for people who ask `kubectl describe`. Within six minutes, events of
    /// the same type and reason are counted as one, which keeps the first note.
    pub fn event(&self, type_: EventType, reason: &str, note: impl Into<String>) {
        let event = Event {
            type_,
            reason: reason.into(),
            note: Some(note.into()),
            action: "Reconciling".into(),
            secondary: None,
        };
        self.run().events.push(event);
    }

    /// The raw client: what is done with it is neither declared nor cached, nor waited for. Its rules are declared
    /// with `rbac(...)`.
    pub fn undeclared_client(&self) -> Client {
        self.writer.client().clone()
    }

    pub(crate) fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place<K: Object>(&self, name: Name) -> NamespacedName {
        let Name { namespace, name } = name;
        NamespacedName { namespace, name }.seen_from::<K, C::Kind>(&self.object)
    }

    /// The object as the cache has it, or as this run has left it.
    pub(crate) fn latest<K: Object>(&self, name: &NamespacedName) -> Option<Stored<K>> {
        let cached = self.watches.of::<K>().get(name);
        match self.run().children.get(&(TypeId::of::<K>(), name.clone())) {
            None => cached,
            Some(None) => None,
            Some(Some(own)) => {
                let own: &Stored<K> = own.downcast_ref().expect("kept by its type");
                Some(newest(own, cached))
            }
        }
    }

    /// What was found in the cache, with what this run has made of it.
    fn overlaid<K: Object>(
        &self,
        cached: Vec<Arc<K>>,
        is_wanted: impl Fn(&K) -> bool,
    ) -> Vec<Arc<K>> {
        let mut objects: BTreeMap<_, _> = cached
            .into_iter()
            .map(|object| (NamespacedName::of(&*object), object))
            .collect();
        let own: Vec<_> = self.run().children.keys().cloned().collect();
        for (_, name) in own.into_iter().filter(|(id, _)| *id == TypeId::of::<K>()) {
            objects.remove(&name);
            let latest = self.latest(&name).as_ref().map(Stored::decode);
            let latest = latest.filter(|object| is_wanted(object));
            objects.extend(latest.map(|object| (name, object)));
        }
        self.run().read::<K>(None, objects.len());
        objects.into_values().collect()
    }

    /// Records that the reconciled object was written, and what of it. It must have changed by that.
    pub(crate) fn wrote_object(
        &self,
        answer: &Arc<C::Kind>,
        write: Write,
        changes: Vec<FieldChange>,
    ) {
        let mut run = self.run();
        run.unseen
            .extend(self.watches.of::<C::Kind>().written(answer, true));
        let name = NamespacedName::of(&**answer);
        run.wrote::<C::Kind>(write, &name, Effect::Changed(changes));
    }
}

impl<C: Controller> fmt::Debug for Context<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("object", &NamespacedName::of(&*self.object))
            .finish_non_exhaustive()
    }
}

/// The name of an object, and its namespace where it is another than that of the reconciled object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    namespace: Option<String>,
    name: String,
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self {
            namespace: None,
            name: name.into(),
        }
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self {
            namespace: None,
            name,
        }
    }
}

impl From<&String> for Name {
    fn from(name: &String) -> Self {
        name.as_str().into()
    }
}

impl From<NamespacedName> for Name {
    fn from(name: NamespacedName) -> Self {
        Self {
            namespace: name.namespace,
            name: name.name,
        }
    }
}

impl From<&NamespacedName> for Name {
    fn from(name: &NamespacedName) -> Self {
        name.clone().into()
    }
}

impl From<(&str, &str)> for Name {
    fn from((namespace, name): (&str, &str)) -> Self {
        Self {
            namespace: Some(namespace.into()),
            name: name.into(),
        }
    }
}

/// The cache may have gone past what this run wrote.
fn newest<K: Object>(own: &Stored<K>, cached: Option<Stored<K>>) -> Stored<K> {
    let version = |stored: &Stored<K>| resource_version(stored.decode().meta());
    match cached {
        Some(cached) if version(&cached) > version(own) => cached,
        _ => own.clone(),
    }
}
