//! One replica's way through an election: it waits for its chance, wins the Lease, keeps it, and gives it up.

use std::time::Duration;

use kube::runtime::events::{Event, EventType};
use thiserror::Error;
use tokio::{
    task::JoinError,
    time::{Instant, sleep_until, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::{Timing, candidate::Candidate, leadership::Term, leases::Leases, lookout::Lookout};
use crate::{clock::Clock, error::chain, recorder::Recorder, rng::Rng};

/// How far pauses are spread, as client-go's `JitterFactor`.
const JITTER: f64 = 1.2;

pub(crate) struct Election {
    pub(crate) leases: Leases,
    pub(crate) candidate: Candidate,
    pub(crate) timing: Timing,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) recorder: Recorder,
    pub(crate) term: Term,
}

/// Why a replica does not lead any more.
#[derive(Debug, Error)]
pub(crate) enum Lost {
    #[error("the lease {lease} was not renewed within {within:?}")]
    NotRenewed { lease: String, within: Duration },
    #[error("the lease {lease} has gone to {to}")]
    Gone { lease: String, to: String },
    #[error("the election has failed")]
    Failed(#[source] JoinError),
}

impl Election {
    /// Leads when it can, until `end`: then the Lease is released. Returns why it was lost, if it was.
    pub(crate) async fn run(mut self, end: CancellationToken) -> Option<Lost> {
        let won = self.win(&end).await?;
        self.announce();
        tokio::select! {
            biased;
            lost = self.keep(won) => {
                self.term.ends();
                Some(lost)
            }
            () = end.cancelled() => {
                self.release().await;
                None
            }
        }
    }

    /// Returns when the claim that won was sent; none where `end` came first. A claim that is on its way then is waited
    /// for, since it may win.
    async fn win(&mut self, end: &CancellationToken) -> Option<Instant> {
        let mut lookout = Lookout::new();
        loop {
            let chance = self.chance(&mut lookout);
            end.run_until_cancelled(chance).await?;
            match self.claim().await {
                Ok(sent) => return Some(sent),
                Err(error) if is_answered(&error, 409) => debug!("another was faster"),
                Err(error) => lookout.warn("cannot take the lease", self.leases.name(), &error),
            }
        }
    }

    /// Waits until nobody leads.
    async fn chance(&mut self, lookout: &mut Lookout) {
        loop {
            sleep_until(lookout.next_look).await;
            lookout.next_look = self.next_look();
            match self.look().await {
                Err(error) => lookout.warn("cannot read the lease", self.leases.name(), &error),
                Ok(()) if self.nobody_leads(lookout).await => return,
                Ok(()) => {}
            }
        }
    }

    /// Waits until nobody leads, or it is time to look again.
    async fn nobody_leads(&mut self, lookout: &mut Lookout) -> bool {
        while let Some(leader) = self.candidate.other_leader(Instant::now()) {
            lookout.tell_leader(self.leases.name(), leader.identity);
            let version = self.candidate.resource_version();
            tokio::select! {
                biased;
                () = sleep_until(leader.until) => {}
                () = sleep_until(lookout.next_look) => return false,
                lease = lookout.change(&self.leases, version) => {
                    self.candidate.see(lease, Instant::now());
                    lookout.next_look = self.next_look();
                }
            }
        }
        true
    }

    fn next_look(&self) -> Instant {
        Instant::now() + self.rng.jittered(self.timing.retry_period, JITTER)
    }

    /// Renews the Lease again and again. Returns why it could not go on.
    async fn keep(&mut self, won: Instant) -> Lost {
        let mut renewed = won;
        loop {
            let deadline = renewed + self.timing.renew_deadline;
            sleep_until(deadline.min(Instant::now() + self.timing.retry_period)).await;
            if Instant::now() >= deadline {
                return self.not_renewed();
            }
            match timeout_at(deadline, self.renew()).await {
                Ok(Ok(Some(sent))) => renewed = sent,
                Ok(Ok(None)) => return self.gone(),
                Ok(Err(error)) => warn!(
                    lease = self.leases.name(),
                    error = chain(&error),
                    "cannot renew the lease; will be tried again"
                ),
                Err(_) => return self.not_renewed(),
            }
        }
    }

    /// Returns when the claim that was successful was sent; none where the Lease is another's.
    async fn renew(&mut self) -> Result<Option<Instant>, kube::Error> {
        match self.claim().await {
            Err(error) if is_answered(&error, 409) || is_answered(&error, 404) => {
                self.look().await?;
                if self.candidate.is_taken() {
                    return Ok(None);
                }
                self.claim().await.map(Some)
            }
            answer => answer.map(Some),
        }
    }

    async fn look(&mut self) -> Result<(), kube::Error> {
        match self.leases.get().await? {
            Some(lease) => self.candidate.see(lease, Instant::now()),
            None => self.candidate.see_none(),
        }
        Ok(())
    }

    /// Others count from when they see the claim, which is after it was sent: until then this replica leads for sure.
    async fn claim(&mut self) -> Result<Instant, kube::Error> {
        let sent = Instant::now();
        let claim = self.candidate.claim(self.clock.exact());
        let lease = self.leases.write(&claim).await?;
        self.candidate.see(lease, Instant::now());
        self.term.lasts_until(sent + self.timing.lease_duration);
        Ok(sent)
    }

    async fn release(&mut self) {
        self.term.ends();
        let released = self.give_up().await;
        let lease = self.leases.name();
        match released {
            Ok(()) => info!(lease, "released the lease"),
            Err(error) => warn!(
                lease,
                error = chain(&error),
                "cannot release the lease; it will run out"
            ),
        }
    }

    async fn give_up(&mut self) -> Result<(), kube::Error> {
        while self.candidate.is_leader() {
            let release = self.candidate.release(self.clock.exact());
            match self.leases.write(&release).await {
                Err(error) if is_answered(&error, 409) => self.look().await?,
                answer => return answer.map(drop),
            }
        }
        Ok(())
    }

    /// Tells people, in the log and by an event on the Lease as Go's operators do.
    fn announce(&self) {
        let (lease, identity) = (self.leases.name(), self.candidate.identity());
        info!(lease, identity, "became leader");
        let event = Event {
            type_: EventType::Normal,
            reason: "LeaderElection".into(),
            note: Some(format!("{identity} became leader")),
            action: "LeaderElection".into(),
            secondary: None,
        };
        let (recorder, about) = (self.recorder.clone(), self.candidate.reference());
        tokio::spawn(async move {
            if let Err(error) = recorder.publish(&event, &about).await {
                warn!(error = chain(&error), "cannot record who leads as an event");
            }
        });
    }

    fn not_renewed(&self) -> Lost {
        Lost::NotRenewed {
            lease: self.leases.name().into(),
            within: self.timing.renew_deadline,
        }
    }

    fn gone(&self) -> Lost {
        Lost::Gone {
            lease: self.leases.name().into(),
            to: self.candidate.holder().unwrap_or("nobody").into(),
        }
    }
}

fn is_answered(error: &kube::Error, code: u16) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == code)
}

#[cfg(test)]
mod tests;
