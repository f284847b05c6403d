//! Documents that clients keep: each is told with a tag, and is not sent again to who has it.

use http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};

use super::answer::Reply;

/// How long a client need not ask for a document again that it named by its hash.
const A_YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// A tag as HTTP writes it.
fn quoted(hash: &str) -> String {
    format!("\"{hash}\"")
}

/// The document with its tag, or 304 where the client has it.
pub(crate) fn tagged(document: Reply, hash: &str, asked: &HeaderMap) -> Reply {
    let tag = quoted(hash);
    let known = asked.get(header::IF_NONE_MATCH);
    let is_known = known.is_some_and(|known| known == &*tag);
    let mut reply = if is_known {
        Reply {
            headers: document.headers,
            ..Reply::empty(304)
        }
    } else {
        document
    };
    reply.headers.push((header::ETAG, tag));
    varied(reply)
}

/// One that is another for who accepts something else.
pub(crate) fn varied(mut reply: Reply) -> Reply {
    reply.headers.push((header::VARY, "Accept".into()));
    reply
}

/// One that may be kept by whoever passes it on.
pub(crate) fn public(mut reply: Reply) -> Reply {
    reply.headers.push((header::CACHE_CONTROL, "public".into()));
    reply
}

/// One that never changes: its address has its hash.
pub(crate) fn immutable(mut reply: Reply, now: Timestamp) -> Reply {
    let expires = (now + A_YEAR).strftime("%a, %d %b %Y %H:%M:%S UTC");
    reply
        .headers
        .push((header::CACHE_CONTROL, "public, immutable".into()));
    reply.headers.push((header::EXPIRES, expires.to_string()));
    reply
}

/// 301: the document of that address is another one now.
pub(crate) fn moved(document: &Reply, address: String, hash: &str) -> Reply {
    varied(Reply {
        content_type: document.content_type,
        headers: vec![(header::ETAG, quoted(hash)), (header::LOCATION, address)],
        ..Reply::empty(301)
    })
}
