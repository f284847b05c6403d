//! Events about objects, for people.
//!
//! As kube's recorder, but for the time, which is the operator's: whole runs can be replayed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use k8s_openapi::{
    api::{
        core::v1::ObjectReference,
        events::v1::{Event as Recorded, EventSeries},
    },
    apimachinery::pkg::apis::meta::v1::MicroTime,
    jiff::Timestamp,
};
use kube::{
    Api, Client,
    api::{ObjectMeta, Patch, PatchParams, PostParams},
    runtime::events::{Event, EventType, Reporter},
};

use crate::clock::Clock;

/// How long what is told again is told as a series: as in client-go (`finishTime`).
const SERIES: Duration = Duration::from_secs(6 * 60);

/// Records events, those that repeat one another as one.
#[derive(Clone)]
pub(crate) struct Recorder {
    client: Client,
    reporter: Reporter,
    clock: Clock,
    known: Arc<Mutex<Known>>,
}

/// What was told of late.
#[derive(Default)]
struct Known {
    events: BTreeMap<Key, Recorded>,
    /// What the last name was made from: a clock may stand still.
    stamp: i128,
}

/// What events have in common that are told as one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    type_: &'static str,
    action: String,
    reason: String,
    regarding: [Option<String>; 5],
}

impl Recorder {
    /// One that tells what this operator does.
    pub(crate) fn new(client: Client, operator: &str, clock: Clock) -> Self {
        Self {
            client,
            reporter: Reporter::from(operator),
            clock,
            known: Arc::default(),
        }
    }

    pub(crate) async fn publish(
        &self,
        event: &Event,
        regarding: &ObjectReference,
    ) -> kube::Result<()> {
        let (key, now) = (Key::of(event, regarding), self.clock.exact());
        let recorded = self.recorded(&key, event, regarding, now);
        let namespace = regarding.namespace.as_deref().unwrap_or("default");
        let events: Api<Recorded> = Api::namespaced(self.client.clone(), namespace);
        if recorded.series.is_some() {
            let name = recorded.metadata.name.as_deref().unwrap_or_default();
            let patch = Patch::Merge(&recorded);
            events.patch(name, &PatchParams::default(), &patch).await?;
        } else {
            events.create(&PostParams::default(), &recorded).await?;
        }
        self.known().events.insert(key, recorded);
        Ok(())
    }

    /// A new event, or one more of a series.
    fn recorded(
        &self,
        key: &Key,
        event: &Event,
        regarding: &ObjectReference,
        now: Timestamp,
    ) -> Recorded {
        let mut known = self.known();
        known
            .events
            .retain(|_, event| now.duration_since(last_time(event)).unsigned_abs() < SERIES);
        if let Some(before) = known.events.get(key) {
            let count = before.series.as_ref().map_or(2, |series| series.count + 1);
            let series = EventSeries {
                count,
                last_observed_time: MicroTime(now),
            };
            return Recorded {
                series: Some(series),
                ..before.clone()
            };
        }
        known.stamp = now.as_nanosecond().max(known.stamp + 1);
        let about = regarding.name.as_ref().unwrap_or(&self.reporter.controller);
        let instance = self.reporter.instance.as_ref();
        let instance = instance.unwrap_or(&self.reporter.controller);
        Recorded {
            metadata: ObjectMeta {
                name: Some(format!("{about}.{:x}", known.stamp)),
                namespace: regarding.namespace.clone(),
                ..ObjectMeta::default()
            },
            event_time: Some(MicroTime(now)),
            type_: Some(key.type_.into()),
            action: Some(event.action.clone()),
            reason: Some(event.reason.clone()),
            note: event.note.clone(),
            regarding: Some(regarding.clone()),
            related: event.secondary.clone(),
            reporting_controller: Some(self.reporter.controller.clone()),
            reporting_instance: Some(instance.clone()),
            ..Recorded::default()
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    fn of(event: &Event, regarding: &ObjectReference) -> Self {
        let ObjectReference {
            api_version,
            kind,
            namespace,
            name,
            uid,
            ..
        } = regarding.clone();
        Self {
            type_: match event.type_ {
                EventType::Normal => "Normal",
                EventType::Warning => "Warning",
            },
            action: event.action.clone(),
            reason: event.reason.clone(),
            regarding: [api_version, kind, namespace, name, uid],
        }
    }
}

/// When it was told last.
fn last_time(event: &Recorded) -> Timestamp {
    let again = event
        .series
        .as_ref()
        .map(|series| &series.last_observed_time);
    again
        .or(event.event_time.as_ref())
        .map_or(Timestamp::MIN, |time| time.0)
}
