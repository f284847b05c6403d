//! The gate between an operator and the outside. It can stop the operator's words at any step.

use std::{
    fmt,
    future::pending,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header::HOST, request::Parts},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    serve::ListenerExt,
};
use kube::Client;
use myop::testing::Result;
use tokio::{net::TcpListener, sync::oneshot};

use crate::{outside::Outside, shown::Shown, step};

/// Under this path is the service. All else goes to the API server.
pub(crate) const SERVICE: &str = "/cfp";

/// Where a request is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// It never arrives.
    Before,
    /// It takes effect, and the operator never hears of it.
    After,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Before => "before",
            Self::After => "after",
        })
    }
}

/// One gate for each operator: what a dead one has said does not reach the outside later.
pub(crate) struct Gate {
    address: SocketAddr,
    watch: Arc<Watch>,
    /// What has been passed on of lists and watches.
    pub(crate) shown: Shown,
}

/// What the gate watches for: the steps about one object, and the one at which it shuts.
#[derive(Default)]
struct Watch(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    object: Option<String>,
    steps: Vec<String>,
    trap: Option<Trap>,
    is_shut: bool,
}

/// A step that the gate has noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    New(usize),
    Repeated,
}

struct Trap {
    at: usize,
    side: Side,
    sprung: oneshot::Sender<()>,
}

impl Gate {
    pub(crate) async fn open(outside: &Outside) -> Result<Self> {
        let watch = Arc::new(Watch::default());
        let shown = Shown::default();
        let doors = Router::new()
            .nest_service(SERVICE, outside.service())
            .fallback(forward)
            .with_state((outside.cluster.client(), shown.clone()))
            .layer(from_fn_with_state(watch.clone(), pass));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        // Else the kernel holds a watch's next event back, until the operator has confirmed the last one.
        let listener = listener.tap_io(|connection| {
            let _ = connection.set_nodelay(true);
        });
        tokio::spawn(async move { axum::serve(listener, doors).await });
        Ok(Self {
            address,
            watch,
            shown,
        })
    }

    /// Where the operator finds the API server.
    pub(crate) fn api_server(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the operator finds the service.
    pub(crate) fn service(&self) -> String {
        format!("http://{}{SERVICE}", self.address)
    }

    /// Watches the steps about this object from now on.
    pub(crate) fn watch(&self, object: &str) {
        *self.watch.lock() = Seen {
            object: Some(object.into()),
            ..Seen::default()
        };
    }

    /// The same, and shuts for good at the step with this number. Tells when it has.
    pub(crate) fn shut_at(&self, object: &str, at: usize, side: Side) -> oneshot::Receiver<()> {
        self.watch(object);
        let (sprung, shut) = oneshot::channel();
        self.watch.lock().trap = Some(Trap { at, side, sprung });
        shut
    }

    /// The steps so far. One that is tried again is one step.
    pub(crate) fn steps(&self) -> Vec<String> {
        self.watch.lock().steps.clone()
    }
}

impl Watch {
    /// Notes a request that is a step.
    fn note(&self, head: &Parts, body: &[u8]) -> Option<Step> {
        let mut seen = self.lock();
        let step = step::about(seen.object.as_ref()?, head, body)?;
        if seen.steps.contains(&step) {
            return Some(Step::Repeated);
        }
        seen.steps.push(step);
        Some(Step::New(seen.steps.len() - 1))
    }

    /// Waits for ever at a step where the gate is shut.
    async fn let_pass(&self, step: Option<Step>, side: Side) {
        if step.is_some_and(|step| self.stops(step, side)) {
            pending::<()>().await;
        }
    }

    /// Whether the gate is shut, or shuts now.
    fn stops(&self, step: Step, side: Side) -> bool {
        let mut seen = self.lock();
        let trap = seen
            .trap
            .take_if(|trap| step == Step::New(trap.at) && side == trap.side);
        if let Some(trap) = trap {
            seen.is_shut = true;
            // Whoever set the trap may have given up.
            let _ = trap.sprung.send(());
        }
        seen.is_shut
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn pass(State(watch): State<Arc<Watch>>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let step = watch.note(&head, &body);
    watch.let_pass(step, Side::Before).await;
    let answer = next.run(Request::from_parts(head, Body::from(body))).await;
    watch.let_pass(step, Side::After).await;
    answer
}

/// Passes a request on to the API server, and its answer back, as it comes: also that of a watch.
async fn forward(State((client, shown)): State<(Client, Shown)>, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    head.headers.remove(HOST);
    let listed = step::listed(&head);
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match client.send(Request::from_parts(head, body.into())).await {
        Ok(answer) => answer.map(|answer| match listed {
            Some(resource) => shown.follow(resource, Body::new(answer)),
            None => Body::new(answer),
        }),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}
