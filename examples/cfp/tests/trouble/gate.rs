//! Between the operator and the service: what goes wrong with requests.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{
        Method, StatusCode,
        header::{CONTENT_LENGTH, LOCATION},
    },
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use myop::testing::Result;
use tokio::sync::watch;

const DEADLINE: Duration = Duration::from_secs(30);

/// How a request goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    NothingListens,
    NoAnswer,
    Error,
    Redirect,
    Garbage,
    HalfABody,
    /// It is done, and the first answer is lost.
    Lost,
}

impl Trouble {
    async fn answer(self, request: Request, next: Next) -> Response {
        match self {
            Self::NothingListens | Self::NoAnswer => std::future::pending().await,
            Self::Error => {
                (StatusCode::INTERNAL_SERVER_ERROR, "the disk is full\n").into_response()
            }
            Self::Redirect => {
                (StatusCode::FOUND, [(LOCATION, "/")], "look there\n").into_response()
            }
            Self::Garbage => "<html>It works!</html>".into_response(),
            Self::HalfABody => half_a_body(),
            Self::Lost => {
                next.run(request).await;
                half_a_body()
            }
        }
    }
}

fn half_a_body() -> Response {
    let half = stream::iter([Ok("{\"ID\": \"")]);
    let cut = stream::once(async {
        // Here the server sends what it has.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    (
        [(CONTENT_LENGTH, "100")],
        Body::from_stream(half.chain(cut)),
    )
        .into_response()
}

/// When each request came that went wrong.
pub type Spoiled = BTreeMap<String, Vec<Instant>>;

/// Stands before the service and spoils every write, and every read of what is called `fetched`.
#[derive(Clone, Default)]
pub struct Gate {
    trouble: Arc<Mutex<Option<Trouble>>>,
    spoiled: watch::Sender<Spoiled>,
}

impl Gate {
    pub fn before(&self, service: Router) -> Router {
        service.layer(from_fn_with_state(self.clone(), pass))
    }

    /// From now on things go wrong, in this way.
    pub fn begin(&self, trouble: Trouble) {
        *self.current() = Some(trouble);
    }

    /// All is well again.
    pub fn end(&self) {
        *self.current() = None;
    }

    fn current(&self) -> MutexGuard<'_, Option<Trouble>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn trouble_for(&self, request: &Request) -> Option<Trouble> {
        let (method, path) = (request.method(), request.uri().path());
        let trouble = (*self.current())?;
        if method == Method::GET && !path.ends_with("-fetched") {
            return None;
        }
        let line = format!("{method} {path}");
        if trouble == Trouble::Lost && self.spoiled.borrow().contains_key(&line) {
            return None;
        }
        self.spoiled
            .send_modify(|spoiled| spoiled.entry(line).or_default().push(Instant::now()));
        Some(trouble)
    }

    /// Waits until so many requests went wrong, the same ones so often.
    pub async fn until_spoiled(&self, requests: usize, times: usize) -> Result<Spoiled> {
        let mut spoiled = self.spoiled.subscribe();
        let are_enough = |spoiled: &Spoiled| {
            let often = spoiled.values().filter(|all| all.len() >= times);
            often.count() >= requests
        };
        let waited = tokio::time::timeout(DEADLINE, spoiled.wait_for(are_enough)).await;
        let waited = waited.map_err(|_| "too few requests have come")??;
        Ok(waited.clone())
    }
}

async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    match gate.trouble_for(&request) {
        Some(trouble) => trouble.answer(request, next).await,
        None => next.run(request).await,
    }
}
