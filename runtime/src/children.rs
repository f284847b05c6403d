//! How a reconcile makes its children as they should be, and deletes those that should not be.

use std::{any::TypeId, sync::Arc};

use k8s_openapi::{ByteString, api::core::v1::Secret};
use kube::{Resource, core::ObjectMeta};
use serde_json::{Map, Value};

use crate::{
    apply::{Applied, drop_nulls},
    context::Context,
    controller::Controller,
    diff::changes_of_object,
    error::{Error, Write},
    object::{NamespacedName, Object, is_deleting, kind_of},
    ownership,
    parsed::Read,
    record::Effect,
    stored::Stored,
    writer::Answer,
};

impl<C: Controller> Context<C> {
    pub(crate) async fn apply_child<K: Object>(&self, child: K) -> Result<Arc<K>, Error> {
        let name = NamespacedName::of(&child).seen_from::<K, C::Kind>(&self.object);
        let applied = self.send_apply(child).await;
        applied.inspect_err(|error| match error {
            Error::Leaving { .. } => self.run().is_leaving = true,
            _ => self.run().wrote::<K>(Write::Apply, &name, Effect::Failed),
        })
    }

    async fn send_apply<K: Object>(&self, mut child: K) -> Result<Arc<K>, Error> {
        ownership::adopt(&*self.object, &mut child)?;
        let name = NamespacedName::of(&child);
        ownership::refuse_unwatched(&self.watches.of::<K>(), &name)?;
        let serialize = |source| Error::serialize::<K>(&name, source);
        let wanted = wanted_of(&child).map_err(serialize)?;

        let live = self.latest::<K>(&name);
        if let Some(live) = &live {
            let object = live.decode();
            ownership::refuse_stolen(&*self.object, &*object)?;
            if self
                .is_as_applied(&name, &wanted, live)
                .map_err(serialize)?
            {
                return Ok(object);
            }
            self.refuse_while_leaving(&name, &*object).await?;
        }
        let answer = self.writer.apply(&name, &wanted).await;
        let answer = answer.map_err(|source| Error::write::<K>(Write::Apply, &name, source))?;
        self.take_answer(&name, &wanted, live.as_ref(), answer)
            .map_err(serialize)
    }

    /// The garbage collector takes its owner's reference off a child that is to stay. The watch of the child may show that
    /// before the owner's shows the deletion, and a child that got the reference back would go with its owner.
    async fn refuse_while_leaving<K: Object>(
        &self,
        name: &NamespacedName,
        live: &K,
    ) -> Result<(), Error> {
        if ownership::controller_of(live).is_some() || is_deleting(&*self.object) {
            return Ok(());
        }
        let owner = NamespacedName::of(&*self.object);
        let owner = self.writer.look_up::<C::Kind>(&owner).await;
        let owner = owner.map_err(|source| Error::write::<K>(Write::Apply, name, source))?;
        let is_here = |owner: &ObjectMeta| {
            owner.uid == self.object.meta().uid && owner.deletion_timestamp.is_none()
        };
        if owner.as_ref().is_some_and(is_here) {
            return Ok(());
        }
        Err(Error::Leaving {
            kind: kind_of::<K>(),
            object: name.clone(),
        })
    }

    /// Whether applying this once more would change nothing.
    fn is_as_applied<K: Object>(
        &self,
        name: &NamespacedName,
        wanted: &Value,
        live: &Stored<K>,
    ) -> serde_json::Result<bool> {
        let id = (TypeId::of::<K>(), name.clone());
        let Some(applied) = self.run().remembered.get(&id).copied() else {
            return Ok(false);
        };
        let holds = applied.still_holds(wanted, live.json())?;
        if holds {
            self.run().applied.insert(id, applied);
        }
        Ok(holds)
    }

    fn take_answer<K: Object>(
        &self,
        name: &NamespacedName,
        wanted: &Value,
        live: Option<&Stored<K>>,
        answer: Answer<K>,
    ) -> serde_json::Result<Arc<K>> {
        let watch = self.watches.of::<K>();
        let Read { object, stored } = watch.as_cached(answer.read);
        let applied = Applied::new(wanted, stored.json())?;
        let change = live
            .map(|live| Change::between(live, &stored))
            .transpose()?;
        let had_other = match live {
            Some(live) => !applied.still_holds(wanted, live.json())?,
            None => false,
        };

        let id = (TypeId::of::<K>(), name.clone());
        let mut run = self.run();
        // A run that looked at the child before may have to hear of somebody else's doing.
        let knows_no_older = !run.asked_for.contains(&id.0);
        let is_one_step = change.as_ref().is_some_and(Change::is_one_step);
        let is_ours = knows_no_older && (answer.is_new || (had_other && is_one_step));
        run.unseen.extend(watch.written(&object, is_ours));
        let remembered = run.remembered.get(&id);
        let wanted_before = remembered.is_some_and(|applied| applied.wanted(wanted));
        let effect = change.map_or(Effect::Created, |change| change.into_effect(wanted_before));
        run.wrote::<K>(Write::Apply, name, effect);
        run.applied.insert(id.clone(), applied);
        run.children.insert(id, Some(Box::new(stored)));
        Ok(object)
    }

    pub(crate) async fn send_delete<K: Object>(&self, name: NamespacedName) -> Result<(), Error> {
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
}

/// What is to be sent of a child: what its author says, and not how it does.
fn wanted_of<K: Object>(child: &K) -> serde_json::Result<Value> {
    let mut wanted = serde_json::to_value(child)?;
    drop_nulls(&mut wanted);
    if let Some(fields) = wanted.as_object_mut() {
        fields.remove("status");
        if TypeId::of::<K>() == TypeId::of::<Secret>() {
            encode_string_data(fields)?;
        }
    }
    Ok(wanted)
}

/// The server writes `stringData` into `data` and shows it to nobody: what is only sent can't be compared with what is
/// there, so that a change by somebody else would stay.
fn encode_string_data(secret: &mut Map<String, Value>) -> serde_json::Result<()> {
    let Some(Value::Object(texts)) = secret.remove("stringData") else {
        return Ok(());
    };
    let data = secret.entry("data").or_insert_with(|| Map::new().into());
    for (key, text) in texts {
        let bytes = text.as_str().unwrap_or_default().as_bytes().to_vec();
        data[key] = serde_json::to_value(ByteString(bytes))?;
    }
    Ok(())
}

/// A child before and after an apply.
struct Change {
    before: Value,
    after: Value,
}

impl Change {
    fn between<K: Object>(before: &Stored<K>, after: &Stored<K>) -> serde_json::Result<Self> {
        Ok(Self {
            before: serde_json::from_slice(before.json())?,
            after: serde_json::from_slice(after.json())?,
        })
    }

    fn keeps(&self, field: &str) -> bool {
        self.before["metadata"][field] == self.after["metadata"][field]
    }

    /// Whether one write to its spec lies between the two. Where the apply had something to change, that was the apply, or
    /// somebody else's write that says the very same.
    fn is_one_step(&self) -> bool {
        let generation = |object: &Value| object["metadata"]["generation"].as_i64();
        let before = generation(&self.before).map(|before| before + 1);
        self.keeps("uid") && before.is_some() && before == generation(&self.after)
    }

    fn into_effect(self, wanted_before: bool) -> Effect {
        match (self.keeps("uid"), self.keeps("resourceVersion")) {
            (false, _) => Effect::Created,
            (true, true) => Effect::Unchanged,
            (true, false) => {
                let fields = changes_of_object(self.before, self.after);
                if wanted_before {
                    Effect::Corrected(fields)
                } else {
                    Effect::Changed(fields)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(before: Value, after: Value) -> Change {
        Change { before, after }
    }

    fn deployment(version: u64, generation: i64, replicas: u64) -> Value {
        json!({
            "metadata": {"uid": "a", "resourceVersion": version.to_string(), "generation": generation},
            "spec": {"replicas": replicas},
        })
    }

    #[test]
    fn one_step_is_one_write_to_the_spec() {
        let from = || deployment(1, 4, 2);
        assert!(change(from(), deployment(2, 5, 3)).is_one_step());
        assert!(!change(from(), deployment(3, 6, 3)).is_one_step());
        assert!(!change(from(), deployment(2, 4, 2)).is_one_step());
        let uncounted = json!({"metadata": {"uid": "a"}});
        assert!(!change(uncounted.clone(), uncounted).is_one_step());
        let mut another = deployment(2, 5, 3);
        another["metadata"]["uid"] = json!("b");
        assert!(!change(from(), another).is_one_step());
    }

    #[test]
    fn the_effect_tells_a_correction_from_a_change() {
        let effect =
            |after, wanted_before| change(deployment(1, 4, 2), after).into_effect(wanted_before);
        assert_eq!(effect(deployment(1, 4, 2), true), Effect::Unchanged);
        assert!(
            matches!(effect(deployment(2, 5, 3), false), Effect::Changed(fields) if fields.len() == 1)
        );
        assert!(matches!(
            effect(deployment(2, 5, 3), true),
            Effect::Corrected(_)
        ));
        assert_eq!(effect(json!({}), true), Effect::Created);
    }
}
