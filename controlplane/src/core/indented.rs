//! JSON for people: where `?pretty=true` or `Accept: application/json;pretty=1` asks for it, and for the clients that
//! people use.

use http::{HeaderMap, header::USER_AGENT};
use serde_json::Value;

use super::{
    answer::{JSON, Reply, accept},
    query::Query,
};
use crate::table::{Encoding, Endpoint, Offer};

/// What is always written so.
const ALWAYS: [&str; 3] = ["/", "/index.html", "/version"];
/// What is written in one way alone.
const NEVER: [&str; 3] = ["/.well-known/", "/openapi/", "/openid/"];

pub(crate) fn is_wanted(path: &str, query: &Query, headers: &HeaderMap) -> bool {
    if ALWAYS.contains(&path) {
        return true;
    }
    if NEVER.iter().any(|prefix| path.starts_with(prefix)) {
        return false;
    }
    is_accepted(headers)
        || match query.get("pretty") {
            "" => is_for_people(headers),
            said => matches!(said, "1" | "t" | "T" | "true" | "TRUE" | "True"),
        }
}

fn is_accepted(headers: &HeaderMap) -> bool {
    let wanted = [Endpoint::BuiltIn, Endpoint::Groups].map(|endpoint| {
        let offer = Offer {
            encodings: &[Encoding::Json, Encoding::Yaml, Encoding::Protobuf],
            endpoint,
            route: None,
        };
        offer.negotiate(accept(headers))
    });
    wanted.into_iter().flatten().any(|wanted| wanted.pretty)
}

fn is_for_people(headers: &HeaderMap) -> bool {
    let agent = headers.get(USER_AGENT).map(http::HeaderValue::as_bytes);
    let of_people = [&b"curl"[..], b"Wget", b"Mozilla/5.0"];
    agent.is_some_and(|agent| of_people.iter().any(|begin| agent.starts_with(begin)))
}

/// Writes an answer over several lines, if it is JSON.
pub(crate) fn indent(reply: &mut Reply) {
    if reply.content_type != JSON {
        return;
    }
    if let Ok(value) = serde_json::from_slice::<Value>(&reply.body)
        && let Ok(body) = serde_json::to_vec_pretty(&value)
    {
        reply.body = body;
    }
}
