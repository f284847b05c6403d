//! An API server that knows one Lease and lets nobody watch it, at the end of bad links.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::{Method, Request, Response, StatusCode};
use k8s_openapi::{api::coordination::v1::Lease, jiff::Timestamp};
use kube::{Client, client::Body, core::Status};
use serde::Serialize;
use tokio::time::sleep;

use super::*;
use crate::error::BoxError;

const PATH: &str = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

#[derive(Clone, Default)]
pub(super) struct Server(Arc<Mutex<Store>>);

#[derive(Default)]
struct Store {
    lease: Option<Lease>,
    version: u64,
}

/// The way from one replica to the server.
#[derive(Clone)]
pub(super) struct Link {
    state: Arc<Mutex<State>>,
    rng: Rng,
}

#[derive(Clone, Copy, Default)]
struct State {
    is_down: bool,
    is_lossy: bool,
    slowness: Duration,
}

impl Link {
    pub(super) fn set_down(&self, is_down: bool) {
        self.state.lock().expect("no panic").is_down = is_down;
    }

    pub(super) fn set_lossy(&self, is_lossy: bool) {
        self.state.lock().expect("no panic").is_lossy = is_lossy;
    }

    pub(super) fn set_slow(&self, slowness: Duration) {
        self.state.lock().expect("no panic").slowness = slowness;
    }

    /// Takes its time; what is lost never arrives.
    async fn pass(&self) {
        let second = Duration::from_secs(1);
        let fate = self.rng.jittered(second, 1.0).saturating_sub(second);
        let state = *self.state.lock().expect("no panic");
        if state.is_down || state.is_lossy && fate > second * 7 / 10 {
            std::future::pending::<()>().await;
        }
        let slowness = if state.is_lossy { fate * 9 } else { fate / 100 };
        sleep(state.slowness + slowness).await;
    }
}

impl Server {
    pub(super) fn connect(&self, rng: Rng) -> (Client, Link) {
        let link = Link {
            state: Arc::default(),
            rng,
        };
        let (server, way) = (self.clone(), link.clone());
        let service = tower::service_fn(move |request: Request<Body>| {
            let (server, way) = (server.clone(), way.clone());
            // A request that was given up goes on.
            let answering = tokio::spawn(async move {
                way.pass().await;
                let answer = server.answer(request).await;
                way.pass().await;
                answer
            });
            async move { answering.await? }
        });
        (Client::new(service, "default"), link)
    }

    /// A clock that goes with the test's time, and is wrong.
    pub(super) fn clock() -> Clock {
        let start = Instant::now();
        Clock::new(move || Timestamp::UNIX_EPOCH + start.elapsed())
    }

    pub(super) fn lease(&self) -> Option<Lease> {
        self.store().lease.clone()
    }

    pub(super) fn edit(&self, edit: impl FnOnce(&mut Lease)) {
        let mut store = self.store();
        let mut lease = store.lease.clone().expect("a lease");
        edit(&mut lease);
        store.keep(lease);
    }

    pub(super) fn delete(&self) {
        self.store().lease = None;
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.0.lock().expect("no panic")
    }

    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let (parts, body) = request.into_parts();
        let body = body.collect_bytes().await?;
        let mut store = self.store();
        let is_watched = parts
            .uri
            .query()
            .is_some_and(|query| query.contains("watch"));
        if is_watched || !parts.uri.path().starts_with(PATH) {
            return status(403);
        }
        if parts.method == Method::GET {
            return match &store.lease {
                Some(lease) => respond(200, lease),
                None => status(404),
            };
        }
        let sent: Lease = serde_json::from_slice(&body)?;
        let is_creation = parts.method == Method::POST;
        match &store.lease {
            None if !is_creation => status(404),
            Some(_) if is_creation => status(409),
            Some(lease) if lease.metadata.resource_version != sent.metadata.resource_version => {
                status(409)
            }
            _ => respond(200, &store.keep(sent)),
        }
    }
}

impl Store {
    fn keep(&mut self, mut lease: Lease) -> Lease {
        self.version += 1;
        lease.metadata.resource_version = Some(self.version.to_string());
        self.lease = Some(lease.clone());
        lease
    }
}

fn status(code: u16) -> Result<Response<Body>, BoxError> {
    let reason = match code {
        404 => "NotFound",
        409 => "Conflict",
        _ => "Forbidden",
    };
    respond(code, &Status::failure("no", reason).with_code(code))
}

fn respond(code: u16, body: &impl Serialize) -> Result<Response<Body>, BoxError> {
    let body = Body::from(serde_json::to_vec(body)?);
    let response = Response::builder().status(StatusCode::from_u16(code)?);
    Ok(response.body(body)?)
}
