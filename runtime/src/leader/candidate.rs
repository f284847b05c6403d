//! A replica that wants to lead, as far as it needs no I/O: what it saw of the Lease, and what it may write next.
//!
//! The rules are those of client-go's `leaderelection`, so replicas written in Go and in Rust respect each other. No
//! clock but the local one is trusted: another replica's lease has run out when its record has not been seen to change
//! for as long as that record says.

use std::time::Duration;

use k8s_openapi::{
    api::{
        coordination::v1::{Lease, LeaseSpec},
        core::v1::ObjectReference,
    },
    apimachinery::pkg::apis::meta::v1::MicroTime,
    jiff::Timestamp,
};
use kube::{Resource, api::ObjectMeta};
use tokio::time::Instant;

/// What a replica knows of the Lease.
#[derive(Debug)]
pub(crate) struct Candidate {
    name: String,
    identity: String,
    lease_duration: Duration,
    seen: Option<Seen>,
}

/// The Lease as it was seen last, and since when its record has been the same.
#[derive(Debug)]
struct Seen {
    metadata: ObjectMeta,
    record: LeaseSpec,
    since: Instant,
}

/// Another replica that leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Leader<'a> {
    pub(crate) identity: &'a str,
    /// When its lease runs out, unless its record is seen to change.
    pub(crate) until: Instant,
}

impl Candidate {
    /// A replica that has not seen the Lease of this name yet. Its lease duration is in whole seconds, which is all that a
    /// Lease can say.
    pub(crate) fn new(name: String, identity: String, lease_duration: Duration) -> Self {
        Self {
            name,
            identity,
            lease_duration,
            seen: None,
        }
    }

    /// Takes in the Lease as the server has it at `now`.
    pub(crate) fn see(&mut self, lease: Lease, now: Instant) {
        let record = lease.spec.unwrap_or_default();
        let since = match &self.seen {
            Some(seen) if seen.record == record => seen.since,
            _ => now,
        };
        self.seen = Some(Seen {
            metadata: lease.metadata,
            record,
            since,
        });
    }

    /// Takes in that there is no Lease.
    pub(crate) fn see_none(&mut self) {
        self.seen = None;
    }

    /// The version of the Lease as it was seen last.
    pub(crate) fn resource_version(&self) -> Option<&str> {
        self.seen.as_ref()?.metadata.resource_version.as_deref()
    }

    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// What an event about the Lease refers to.
    pub(crate) fn reference(&self) -> ObjectReference {
        self.lease(self.record()).object_ref(&())
    }

    /// Who holds the Lease, whether or not it has run out.
    pub(crate) fn holder(&self) -> Option<&str> {
        let holder = self.seen.as_ref()?.record.holder_identity.as_deref();
        holder.filter(|holder| !holder.is_empty())
    }

    /// Whether the Lease names this replica.
    pub(crate) fn is_leader(&self) -> bool {
        self.holder() == Some(&self.identity)
    }

    /// Whether the Lease is there and does not name this replica.
    pub(crate) fn is_taken(&self) -> bool {
        self.seen.is_some() && !self.is_leader()
    }

    /// Who else leads, while that lease has not run out.
    pub(crate) fn other_leader(&self, now: Instant) -> Option<Leader<'_>> {
        let seen = self.seen.as_ref()?;
        let identity = self.holder().filter(|holder| *holder != self.identity)?;
        let seconds = seen.record.lease_duration_seconds.unwrap_or_default();
        let until = seen.since + Duration::from_secs(seconds.try_into().unwrap_or_default());
        (until > now).then_some(Leader { identity, until })
    }

    /// The Lease to write in order to lead, or to go on leading, at this time of day.
    pub(crate) fn claim(&self, now: Timestamp) -> Lease {
        let record = self.record();
        let goes_on = self.is_leader();
        let transitions = record.lease_transitions.unwrap_or_default();
        let takes_over = self.seen.is_some() && !goes_on;
        self.lease(LeaseSpec {
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: Some(whole_seconds(self.lease_duration)),
            acquire_time: record
                .acquire_time
                .filter(|_| goes_on)
                .or(Some(MicroTime(now))),
            renew_time: Some(MicroTime(now)),
            lease_transitions: Some(transitions.saturating_add(takes_over.into())),
            ..record
        })
    }

    /// The Lease to write in order to let another replica lead at once.
    pub(crate) fn release(&self, now: Timestamp) -> Lease {
        self.lease(LeaseSpec {
            holder_identity: Some(String::new()),
            lease_duration_seconds: Some(1),
            acquire_time: Some(MicroTime(now)),
            renew_time: Some(MicroTime(now)),
            ..self.record()
        })
    }

    fn record(&self) -> LeaseSpec {
        let seen = self.seen.as_ref().map(|seen| seen.record.clone());
        seen.unwrap_or_default()
    }

    /// With the version that was seen: where another has come between, the server answers 409.
    fn lease(&self, record: LeaseSpec) -> Lease {
        let seen = self.seen.as_ref().map(|seen| seen.metadata.clone());
        Lease {
            metadata: ObjectMeta {
                name: Some(self.name.clone()),
                ..seen.unwrap_or_default()
            },
            spec: Some(record),
        }
    }
}

fn whole_seconds(duration: Duration) -> i32 {
    duration.as_secs().try_into().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
