//! Open watches, and how they end.

use std::{
    io,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use axum::body::{Body as AnyBody, Bytes};
use futures::{FutureExt, Stream, StreamExt, stream};
use kube::client::Body;
use tokio::sync::Notify;

/// How open watches are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// They end, as they do when their time is up.
    Clean,
    /// The connection breaks.
    Broken,
    /// The connection breaks in the middle of a line.
    MidLine,
    /// They say that their version has been forgotten: 410, upon which a list is read.
    Expired,
    /// Nothing comes any more, and nothing says so: the connection is dead.
    Silent,
}

/// What kube-apiserver 1.35.4 says to a watch whose version it has forgotten.
const EXPIRED: &[u8] = br#"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 1 (206)","reason":"Expired","code":410}}
"#;

const HALF_A_LINE: &[u8] = br#"{"type":"MODIFIED","object":{"kind":"#;

/// Cuts all watches that are open, in the order in which they were opened, so that a run can be replayed.
#[derive(Default)]
pub(super) struct Cuts {
    last: Arc<Mutex<Option<Cut>>>,
    open: Arc<Notify>,
}

impl Cuts {
    pub(super) fn cut(&self, cut: Cut) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
        self.open.notify_waiters();
    }

    /// The next cut after now.
    pub(super) fn next(&self) -> impl Future<Output = Cut> + Send + use<> {
        let (last, cut) = (self.last.clone(), self.open.clone().notified_owned());
        async move {
            cut.await;
            let last = last.lock().unwrap_or_else(PoisonError::into_inner);
            last.unwrap_or(Cut::Clean)
        }
    }
}

type Chunk = Result<Bytes, io::Error>;

/// A watch that the next cut ends.
pub(super) fn cut_by(cut: impl Future<Output = Cut> + Send + 'static, body: Body) -> AnyBody {
    let struck = Arc::new(OnceLock::new());
    let cut = {
        let struck = struck.clone();
        async move { struck.set(cut.await) }
    };
    let chunks = AnyBody::new(body).into_data_stream();
    let chunks = chunks.map(|chunk| chunk.map_err(io::Error::other));
    let end = async move { end_by(struck.get().copied()) };
    AnyBody::from_stream(chunks.take_until(cut).chain(end.flatten_stream()))
}

/// The last that is heard of a watch.
fn end_by(cut: Option<Cut>) -> impl Stream<Item = Chunk> + Send {
    let broken = || Err(io::ErrorKind::ConnectionReset.into());
    let last: Vec<Chunk> = match cut {
        None | Some(Cut::Clean | Cut::Silent) => Vec::new(),
        Some(Cut::Broken) => vec![broken()],
        Some(Cut::MidLine) => vec![Ok(HALF_A_LINE.into()), broken()],
        Some(Cut::Expired) => vec![Ok(EXPIRED.into())],
    };
    let silence = match cut {
        Some(Cut::Silent) => stream::pending().left_stream(),
        _ => stream::empty().right_stream(),
    };
    stream::iter(last).chain(silence)
}
