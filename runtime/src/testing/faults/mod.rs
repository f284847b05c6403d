//! What goes wrong between the operators of a test and the API server.

mod fault;
mod request;
mod streams;

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{body::Body as AnyBody, http};
use fastrand::Rng;
use kube::{Client, client::Body};
use tokio::{sync::watch, time::Instant};

use super::Result;
use crate::BoxError;

pub use fault::Fault;
use fault::Trouble;
pub use request::Request;
pub use streams::Cut;
use streams::Cuts;

/// What goes wrong between the operators of a [`Cluster`](super::Cluster) and its API server: nothing at first. The test's
/// own [client](super::Cluster::client) is spared.
///
/// ```no_run
/// use myop::testing::{Cluster, Cut, Fault, Result};
/// # fn manager() -> myop::Manager { myop::Manager::new("shop", Vec::new()) }
///
/// #[myop::test]
/// async fn goes_on_after_an_outage(cluster: Cluster) -> Result {
///     let _operator = cluster.run(manager()).await?;
///     let faults = cluster.faults();
///     faults.begin(Fault::answer(500));
///     faults.cut_watches(Cut::Broken);
///     faults.until_requested(3, |request| request.spoiled).await?;
///     faults.heal();
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Faults {
    state: Arc<State>,
}

struct State {
    current: Mutex<Current>,
    requests: watch::Sender<Vec<Request>>,
    cuts: Cuts,
}

struct Current {
    faults: Vec<Fault>,
    random: Rng,
}

impl Faults {
    /// Chooses by this seed which requests are struck by a fault that strikes a [share](Fault::share) of them.
    pub fn seed(&self, seed: u64) {
        self.current().random = Rng::with_seed(seed);
    }

    /// From now on this goes wrong, too. Of several faults, the one that began first strikes a request.
    pub fn begin(&self, fault: Fault) {
        self.current().faults.push(fault);
    }

    /// From now on nothing goes wrong.
    pub fn heal(&self) {
        self.current().faults.clear();
    }

    /// Ends all watches that are open now, in this way.
    pub fn cut_watches(&self, cut: Cut) {
        self.state.cuts.cut(cut);
    }

    /// All requests so far, in the order in which they were sent.
    pub fn requests(&self) -> Vec<Request> {
        self.state.requests.borrow().clone()
    }

    /// How many requests like this have been sent so far.
    pub fn count(&self, is_meant: impl Fn(&Request) -> bool) -> usize {
        let requests = self.state.requests.borrow();
        requests.iter().filter(|request| is_meant(request)).count()
    }

    /// Waits until so many requests like this have been sent, from the beginning.
    ///
    /// # Errors
    ///
    /// After 60 s.
    pub async fn until_requested(
        &self,
        times: usize,
        is_meant: impl Fn(&Request) -> bool,
    ) -> Result {
        let mut requests = self.state.requests.subscribe();
        let are_enough = |requests: &Vec<Request>| {
            let meant = requests.iter().filter(|request| is_meant(request));
            meant.count() >= times
        };
        let waited = tokio::time::timeout(DEADLINE, requests.wait_for(are_enough)).await;
        let late = |_| {
            let (count, seconds) = (self.count(&is_meant), DEADLINE.as_secs());
            format!("{count} of {times} requests were sent in {seconds} s")
        };
        Ok(waited.map_err(late)?.map(drop)?)
    }

    /// A client to whose requests these faults happen.
    pub fn between(&self, client: Client) -> Client {
        let faults = self.clone();
        let namespace = client.default_namespace().to_owned();
        let service = tower::service_fn(move |request: http::Request<Body>| {
            let (client, faults) = (client.clone(), faults.clone());
            async move { faults.pass(client, request).await }
        });
        Client::new(service, namespace)
    }

    async fn pass(
        self,
        client: Client,
        request: http::Request<Body>,
    ) -> Result<http::Response<AnyBody>, BoxError> {
        let described = Request::of(request.method(), request.uri());
        let is_watch = described.verb == "watch";
        let cut = self.state.cuts.next();
        let answer = async move {
            let response = client.send(request).await?;
            Ok(response.map(|body| {
                if is_watch {
                    streams::cut_by(cut, body)
                } else {
                    AnyBody::new(body)
                }
            }))
        };
        let (struck, _under_way) = self.strike(described);
        match struck {
            None => answer.await,
            Some(fault) if fault.though_done => {
                let answer = answer.await?;
                spoil(fault.trouble, async { Ok(answer) }).await
            }
            Some(fault) => spoil(fault.trouble, answer).await,
        }
    }

    /// Takes down the request, and says what goes wrong with it.
    fn strike(&self, mut request: Request) -> (Option<Fault>, UnderWay) {
        let fault = {
            let mut current = self.current();
            let Current { faults, random } = &mut *current;
            faults
                .iter_mut()
                .find_map(|fault| fault.strikes(&request, random).then(|| fault.clone()))
        };
        request.spoiled = fault.is_some();
        let mut number = 0;
        self.state.requests.send_modify(|requests| {
            number = requests.len();
            requests.push(request);
        });
        let under_way = UnderWay {
            faults: self.clone(),
            number,
        };
        (fault, under_way)
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        let current = self.state.current.lock();
        current.unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request, until it is answered or given up.
struct UnderWay {
    faults: Faults,
    number: usize,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.faults.state.requests.send_modify(|requests| {
            requests[self.number].ended = Some(Instant::now());
        });
    }
}

const DEADLINE: Duration = Duration::from_secs(60);

async fn spoil(
    trouble: Trouble,
    answer: impl Future<Output = Result<http::Response<AnyBody>, BoxError>>,
) -> Result<http::Response<AnyBody>, BoxError> {
    match trouble {
        Trouble::Answer { code, retry_after } => Ok(fault::answer(code, retry_after)),
        Trouble::NoConnection => Err(io::Error::from(io::ErrorKind::ConnectionRefused).into()),
        Trouble::Delay(delay) => {
            tokio::time::sleep(delay).await;
            answer.await
        }
        Trouble::NoAnswer => std::future::pending().await,
    }
}

/// Nothing goes wrong.
impl Default for Faults {
    fn default() -> Self {
        let current = Current {
            faults: Vec::new(),
            random: Rng::with_seed(0),
        };
        let state = State {
            current: Mutex::new(current),
            requests: watch::Sender::default(),
            cuts: Cuts::default(),
        };
        Self {
            state: Arc::new(state),
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("current", &self.current().faults)
            .finish_non_exhaustive()
    }
}
