//! Whose record is whose: objects and the records of the service that they stand for.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use kube::{Resource, ResourceExt};
use myop::{
    BoxError, Change, Context, Controller, Failure, FromSetup, NamespacedName, Object, Outcome,
    Setup, access::Reads,
};
use tokio::sync::{Mutex, MutexGuard};

/// The id of an object's record. Two objects can have the same one: `a-b/c` and `a/b-c` are both `a-b-c`.
pub fn id<K: Object>(object: &K) -> [String; 1] {
    let namespace = object.namespace().unwrap_or_default();
    [format!("{namespace}-{}", object.name_any())]
}

/// Whether a change of one object can move its record to another: what an edit says moves nothing.
pub fn comes_or_goes<K>(change: &Change<K>) -> bool {
    !matches!(change, Change::Updated { .. })
}

/// The records of a controller's objects, which one object at a time can have.
pub struct Records {
    /// Whoever is at work on a record has the desk of its id, which other ids may share.
    desks: [Mutex<()>; 64],
}

impl FromSetup for Records {
    fn from_setup(_: &Setup) -> Result<Self, BoxError> {
        Ok(Self {
            desks: [const { Mutex::const_new(()) }; 64],
        })
    }
}

/// An object's record, as long as nobody else is at work on it.
pub struct Claim<'a> {
    pub id: String,
    _desk: MutexGuard<'a, ()>,
}

impl Records {
    /// The object's record, which belongs to the oldest of the objects that have its id.
    ///
    /// # Errors
    ///
    /// Where that is another one.
    pub async fn claim<C>(&self, object: &C::Kind, ctx: &Context<C>) -> Result<Claim<'_>, Failure>
    where
        C: Controller + Reads<C::Kind>,
    {
        let [id] = id(object);
        let desk = self.desk(&id).lock().await;
        let namesakes: Vec<Arc<C::Kind>> = ctx.list_by(self::id, &id);
        let oldest = namesakes
            .into_iter()
            .min_by_key(|one| (one.creation_timestamp(), one.uid()));
        match oldest.filter(|owner| owner.uid() != object.uid()) {
            None => Ok(Claim { id, _desk: desk }),
            Some(owner) => {
                let (kind, owner) = (C::Kind::kind(&()), NamespacedName::of(&*owner));
                let message =
                    format!("invalid request: the record '{id}' belongs to {kind} {owner}");
                Err(Failure::terminal("InvalidRequest", message))
            }
        }
    }

    fn desk(&self, id: &str) -> &Mutex<()> {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        let number = hasher.finish() % self.desks.len() as u64;
        &self.desks[number as usize]
    }
}

/// The outcome for an object whose record is as it should be.
pub fn reconciled<K: Object>(object: &K) -> Outcome {
    let message = format!("reconciled '{}' successfully", object.name_any());
    Outcome::done().because("Succeeded", message)
}
