//! Leader election: of several replicas of an operator, the one that holds a Lease reconciles.
//!
//! A `candidate` knows the rules, and `election` follows them on the API server, by the requests that `leases` has;
//! `lookout` is what it does while another leads. Everybody else asks for the `leadership`, first of all the `gate`, through
//! which all writes of an operator go.

mod campaign;
mod candidate;
mod election;
mod gate;
mod leadership;
mod leases;
mod lookout;

pub(crate) mod flags;

use std::{fmt, time::Duration};

use kube::{Client, Config};
use thiserror::Error;

pub(crate) use self::{
    campaign::{Campaign, Contender, lost, won},
    gate::{without_retries, writing_while_led},
    leadership::Leadership,
};
use self::{candidate::Candidate, election::Election, leases::Leases};
#[cfg(feature = "testing")]
use crate::access::Rule;
use crate::{
    clock::Clock,
    manager::ManagerError,
    metrics::Metrics,
    recorder::Recorder,
    rng::Rng,
    sends::{client_by, sending_by},
};

/// How the replicas of an operator agree on the one that reconciles, by a Lease as client-go's `leaderelection` does.
///
/// The others wait with full caches. They take over at once where the leader is stopped (SIGTERM), since it releases the
/// Lease; and after the lease duration where it has died or cannot reach the API server.
///
/// ```
/// use std::time::Duration;
/// use myop::{LeaderElection, Manager};
///
/// let manager = Manager::new("shop", Vec::new())
///     .leader_election(LeaderElection::new("shop").lease_duration(Duration::from_secs(30)));
/// ```
///
/// `--leader-elect` does the same from the command line, and `--leader-election-lease-duration` and its like replace what
/// is set here.
#[derive(Clone)]
pub struct LeaderElection {
    id: String,
    namespace: Option<String>,
    timing: Timing,
    /// Asks for the Lease, in place of the client of everything else.
    client: Option<Client>,
}

#[derive(Clone, Copy, Debug)]
struct Timing {
    lease_duration: Duration,
    renew_deadline: Duration,
    retry_period: Duration,
}

/// Durations with which no replica could lead, or two could.
#[derive(Debug, Error)]
pub(crate) enum Unworkable {
    #[error("the lease duration is in whole seconds, from 1s to 2147483647s, and not {0:?}")]
    LeaseDuration(Duration),
    #[error("the lease duration ({0:?}) must be longer than the renew deadline ({1:?})")]
    RenewDeadline(Duration, Duration),
    #[error("the renew deadline ({0:?}) must be longer than 1.2 times the retry period ({1:?})")]
    RetryPeriod(Duration, Duration),
    #[error("the retry period must be longer than 0s")]
    NoRetryPeriod,
}

impl LeaderElection {
    /// An election by the Lease of this name: one operator's, and the same for all of its replicas.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            namespace: None,
            timing: Timing {
                lease_duration: Duration::from_secs(15),
                renew_deadline: Duration::from_secs(10),
                retry_period: Duration::from_secs(2),
            },
            client: None,
        }
    }

    /// Sets the Lease's namespace; the pod's, or the kubeconfig's, unless set.
    #[must_use]
    pub fn namespace(self, namespace: impl Into<String>) -> Self {
        Self {
            namespace: Some(namespace.into()),
            ..self
        }
    }

    /// Sets for how long a replica leads after each renewal, in whole seconds; 15 s unless set. The others wait that long
    /// for a leader that has died.
    #[must_use]
    pub fn lease_duration(mut self, duration: Duration) -> Self {
        self.timing.lease_duration = duration;
        self
    }

    /// Sets for how long after a renewal the leader tries to renew again before it stops; 10 s unless set. It must be
    /// shorter than the lease duration.
    #[must_use]
    pub fn renew_deadline(mut self, deadline: Duration) -> Self {
        self.timing.renew_deadline = deadline;
        self
    }

    /// Sets how long a replica pauses between two tries; 2 s unless set. The renew deadline must be longer than 1.2 times
    /// that.
    #[must_use]
    pub fn retry_period(mut self, period: Duration) -> Self {
        self.timing.retry_period = period;
        self
    }

    /// Lets a client of its own ask for the Lease.
    pub(crate) fn connected_by(self, config: &Config) -> Result<Self, ManagerError> {
        let client = gate::without_retries(config).map_err(ManagerError::Client)?;
        Ok(Self {
            client: Some(client),
            ..self
        })
    }

    /// A replica that can take part, on the cluster of this client.
    pub(crate) fn contender(
        self,
        operator: &str,
        client: &Client,
        metrics: &Metrics,
        clock: &Clock,
        rng: Rng,
    ) -> Result<Contender, ManagerError> {
        let check = self.timing.check();
        check.map_err(|error| ManagerError::Election(error.into()))?;
        let client = self.client.as_ref().unwrap_or(client);
        let client = client_by(metrics.counting(sending_by(client)), client);
        let namespace = self.namespace.as_deref();
        let namespace = namespace.unwrap_or(client.default_namespace()).to_owned();
        let (term, leadership) = leadership::leadership(&self.id);
        let identity = identity(&rng);
        let led = writing_while_led(sending_by(&client), Some(leadership.clone()));
        let election = Election {
            recorder: Recorder::new(client_by(led, &client), operator, clock.clone()),
            leases: Leases::new(client, &namespace, &self.id, self.timing.patience()),
            candidate: Candidate::new(self.id, identity, self.timing.lease_duration),
            timing: self.timing,
            clock: clock.clone(),
            rng,
            term,
        };
        Ok(Contender {
            leadership,
            election,
        })
    }
}

/// What a replica does with the Lease.
#[cfg(feature = "testing")]
pub(crate) fn rule() -> Rule {
    Rule::new(
        ["coordination.k8s.io"],
        ["leases"],
        ["create", "get", "update", "watch"],
    )
}

impl fmt::Debug for LeaderElection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeaderElection")
            .field("id", &self.id)
            .field("namespace", &self.namespace)
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}

impl Timing {
    /// What client-go asks for, and that a Lease can say it.
    fn check(self) -> Result<(), Unworkable> {
        let Self {
            lease_duration,
            renew_deadline,
            retry_period,
        } = self;
        let seconds = lease_duration.as_secs();
        let is_sayable = i32::try_from(seconds).is_ok_and(|seconds| seconds > 0);
        if !is_sayable || lease_duration.subsec_nanos() > 0 {
            return Err(Unworkable::LeaseDuration(lease_duration));
        }
        if lease_duration <= renew_deadline {
            return Err(Unworkable::RenewDeadline(lease_duration, renew_deadline));
        }
        if retry_period.is_zero() {
            return Err(Unworkable::NoRetryPeriod);
        }
        if renew_deadline * 5 <= retry_period.saturating_mul(6) {
            return Err(Unworkable::RetryPeriod(renew_deadline, retry_period));
        }
        Ok(())
    }

    /// How long one request may take, as in controller-runtime: a second one has its chance before the deadline.
    fn patience(self) -> Duration {
        self.renew_deadline / 2
    }
}

/// The machine's name, which in a cluster is the pod's, and something that no other process has.
fn identity(rng: &Rng) -> String {
    let machine = hostname::get().unwrap_or_default();
    format!("{}_{}", machine.to_string_lossy(), rng.unique())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(timing: [u64; 3]) -> Option<String> {
        let [lease_duration, renew_deadline, retry_period] = timing.map(Duration::from_millis);
        let timing = Timing {
            lease_duration,
            renew_deadline,
            retry_period,
        };
        timing.check().err().map(|error| error.to_string())
    }

    #[test]
    fn what_cannot_work_is_refused_in_a_sentence() {
        assert_eq!(refusal([15_000, 10_000, 2_000]), None);
        assert_eq!(refusal([1_000, 999, 832]), None);
        for (timing, words) in [
            ([0, 10_000, 2_000], "not 0ns"),
            ([1_500, 1_000, 100], "not 1.5s"),
            (
                [10_000, 10_000, 2_000],
                "(10s) must be longer than the renew deadline (10s)",
            ),
            (
                [15_000, 2_400, 2_000],
                "(2.4s) must be longer than 1.2 times the retry period (2s)",
            ),
            ([15_000, 0, 2_000], "(0ns) must be longer than 1.2 times"),
            ([15_000, 10_000, 0], "longer than 0s"),
        ] {
            let said = refusal(timing).expect("a refusal");
            assert!(said.contains(words), "{timing:?}: {said}");
        }
        let forever = Timing {
            lease_duration: Duration::MAX,
            ..LeaderElection::new("shop").timing
        };
        assert!(forever.check().is_err());
    }

    #[test]
    fn no_two_replicas_have_the_same_identity() {
        let rng = Rng::system();
        assert_ne!(identity(&rng), identity(&rng));
        assert_ne!(identity(&rng), identity(&Rng::system()));
    }
}
