//! Open watches, and how they end.

use std::io;

use axum::body::{Body as AnyBody, Bytes};
use futures::{FutureExt, Stream, StreamExt, stream};
use kube::client::Body;
use tokio::sync::watch;

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

type Chunk = Result<Bytes, io::Error>;

/// A watch that the next cut ends.
pub(super) fn cut_by(mut cuts: watch::Receiver<Option<Cut>>, body: Body) -> AnyBody {
    let mut signal = cuts.clone();
    let cut = async move { signal.changed().await.is_ok() };
    let chunks = AnyBody::new(body).into_data_stream();
    let chunks = chunks.map(|chunk| chunk.map_err(io::Error::other));
    let end = async move {
        let is_cut = cuts.has_changed().unwrap_or(false);
        let cut = (*cuts.borrow_and_update()).filter(|_| is_cut);
        end_by(cut)
    };
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
