//! How long a client is ready to wait: `?timeout=`.
//!
//! What is answered at once is never late, so all that is left of it is to refuse what is no duration (apiserver's
//! `pkg/endpoints/filters`, `WithRequestDeadline`).

use percent_encoding::percent_decode_str;

use super::query::Query;
use crate::{
    Refusal,
    auth::{Attributes, Target},
    go,
};

/// What may take as long as it wants, and is not asked.
const LONG_VERBS: [&str; 2] = ["watch", "proxy"];
const LONG_SUBRESOURCES: [&str; 5] = ["attach", "exec", "proxy", "log", "portforward"];

/// 400 where the duration is none.
pub(crate) fn check<T>(request: &http::Request<T>, query: &Query) -> Result<(), Refusal> {
    let timeout = query.get("timeout");
    if timeout.is_empty() {
        return Ok(());
    }
    match go::duration(timeout) {
        Err(why) if !is_long(request, query) => Err(Refusal::bad_request(format!(
            "invalid timeout specified in the request URL - {why}"
        ))),
        _ => Ok(()),
    }
}

fn is_long<T>(request: &http::Request<T>, query: &Query) -> bool {
    let path = percent_decode_str(request.uri().path()).decode_utf8_lossy();
    let attributes = Attributes::of_request(request.method().as_str(), &path, query.pairs());
    let Ok(Attributes {
        verb,
        target: Target::Resource(target),
    }) = attributes
    else {
        return false;
    };
    LONG_VERBS.contains(&&*verb) || LONG_SUBRESOURCES.contains(&&*target.subresource)
}
