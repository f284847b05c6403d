//! What a reconcile has at hand: the cache, the writes, and the status of its object.

use std::{
    any::{Any, TypeId},
    collections::BTreeMap,
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
    access::{Owns, Reads},
    apply::{Applied, drop_nulls},
    cache::Written,
    condition::Statement,
    controller::Controller,
    diff::{FieldChange, changes_of_object},
    error::{Error, Write},
    index::Keys,
    memory::Children,
    object::{NamespacedName, Object, is_deleting, kind_of, resource_version},
    ownership,
    parsed::Read,
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
    object: Arc<C::Kind>,
    writer: Writer,
    watches: Arc<Watches>,
    run: Mutex<Run>,
}

/// What a run has done so far.
#[derive(Default)]
pub(crate) struct Run {
    /// What it read, where somebody wants to know.
    pub(crate) reads: Option<Vec<ReadRecord>>,
    pub(crate) writes: Vec<WriteRecord>,
    pub(crate) fields: Option<Map<String, Value>>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) events: Vec<Event>,
    /// What earlier runs applied.
    remembered: Children,
    applied: Children,
    /// What the watch is to show before the next run.
    pub(crate) unseen: Vec<Written>,
    /// The children as this run left them, which the cache does not show yet; none where it deleted them.
    children: BTreeMap<(TypeId, NamespacedName), Option<Box<dyn Any + Send + Sync>>>,
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
    /// controller becomes a child, and goes with its owner; one that another object controls is refused.
    pub fn apply<K: Object>(&self, child: K) -> Access<'_, Arc<K>>
    where
        C: Owns<K>,
    {
        Box::pin(self.send_apply(child))
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
        C::Kind: HasStatus<Status = S>,
    {
        self.run()
            .statements
            .push(Statement::new(type_, holds, reason, message));
    }

    /// Records an event about the reconciled object, for people who ask `kubectl describe`.
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

    fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place<K: Object>(&self, name: Name) -> NamespacedName {
        let Name { namespace, name } = name;
        NamespacedName { namespace, name }.seen_from::<K, C::Kind>(&self.object)
    }

    /// The object as the cache has it, or as this run has left it.
    fn latest<K: Object>(&self, name: &NamespacedName) -> Option<Stored<K>> {
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

    async fn send_apply<K: Object>(&self, mut child: K) -> Result<Arc<K>, Error> {
        ownership::adopt(&*self.object, &mut child)?;
        let name = NamespacedName::of(&child);
        ownership::refuse_unwatched(&self.watches.of::<K>(), &name)?;
        let serialize = |source| Error::serialize::<K>(&name, source);
        let mut wanted = serde_json::to_value(&child).map_err(serialize)?;
        drop_nulls(&mut wanted);
        if let Some(fields) = wanted.as_object_mut() {
            fields.remove("status");
        }

        let id = (TypeId::of::<K>(), name.clone());
        let remembered = self.run().remembered.get(&id).copied();
        let live = self.latest::<K>(&name);
        if let Some(live) = &live {
            let object = live.decode();
            ownership::refuse_stolen(&*self.object, &*object)?;
            if let Some(applied) = remembered
                && applied
                    .still_holds(&wanted, live.json())
                    .map_err(serialize)?
            {
                self.run().applied.insert(id, applied);
                return Ok(object);
            }
        }

        let answer = self.writer.apply(&name, &wanted).await;
        let answer = answer.map_err(|source| {
            self.run().wrote::<K>(Write::Apply, &name, Effect::Failed);
            Error::write::<K>(Write::Apply, &name, source)
        })?;
        let Read { object, stored } = self.watches.of::<K>().as_cached(answer.read);
        let applied = Applied::new(&wanted, stored.json()).map_err(serialize)?;
        let wanted_before = remembered.is_some_and(|applied| applied.wanted(&wanted));
        let effect = effect_of(live.as_ref(), &stored, wanted_before).map_err(serialize)?;
        let mut run = self.run();
        run.applied.insert(id.clone(), applied);
        run.unseen
            .extend(self.watches.of::<K>().written(&object, answer.is_new));
        run.wrote::<K>(Write::Apply, &name, effect);
        run.children.insert(id, Some(Box::new(stored)));
        Ok(object)
    }

    async fn send_delete<K: Object>(&self, name: NamespacedName) -> Result<(), Error> {
        let owner = self.object.meta().uid.as_ref();
        let is_ours =
            |child: &Arc<K>| ownership::controller_of(&**child).map(|by| &by.uid) == owner;
        let latest = self.latest::<K>(&name);
        let Some(child) = latest
            .as_ref()
            .map(Stored::decode)
            .filter(is_ours)
            .filter(|child| !is_deleting(&**child))
        else {
            return Ok(());
        };
        let deleted = self.writer.delete(&*child).await;
        deleted.map_err(|source| {
            self.run().wrote::<K>(Write::Delete, &name, Effect::Failed);
            Error::write::<K>(Write::Delete, &name, source)
        })?;
        let mut run = self.run();
        run.wrote::<K>(Write::Delete, &name, Effect::Deleted);
        let id = (TypeId::of::<K>(), name);
        run.remembered.remove(&id);
        run.applied.remove(&id);
        run.children.insert(id, None);
        Ok(())
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

/// What an apply made of `live`, which was there before, if anything was.
fn effect_of<K: Object>(
    live: Option<&Stored<K>>,
    answer: &Stored<K>,
    wanted_before: bool,
) -> Result<Effect, serde_json::Error> {
    let Some(live) = live else {
        return Ok(Effect::Created);
    };
    let before: Value = serde_json::from_slice(live.json())?;
    let after: Value = serde_json::from_slice(answer.json())?;
    let same = |field: &str| before["metadata"][field] == after["metadata"][field];
    Ok(match (same("uid"), same("resourceVersion")) {
        (false, _) => Effect::Created,
        (true, true) => Effect::Unchanged,
        (true, false) if wanted_before => Effect::Corrected(changes_of_object(before, after)),
        (true, false) => Effect::Changed(changes_of_object(before, after)),
    })
}

/// The cache may have gone past what this run wrote.
fn newest<K: Object>(own: &Stored<K>, cached: Option<Stored<K>>) -> Stored<K> {
    let version = |stored: &Stored<K>| resource_version(stored.decode().meta());
    match cached {
        Some(cached) if version(&cached) > version(own) => cached,
        _ => own.clone(),
    }
}
