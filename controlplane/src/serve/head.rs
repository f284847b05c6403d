//! What Go's server answers by itself, by what comes before a body (`net/http/server.go`, `net/url`).

use http::{HeaderValue, Method, Request, Response, Version, header};

use super::answers::{self, Body};
use crate::{Reply, core::query::is_well_escaped};

/// As much as Go's server reads of a request before its body.
pub(crate) const LONGEST: usize = (1 << 20) + 4096;

/// None where a request goes on to whom it is for.
pub(crate) fn refused<T>(request: &Request<T>) -> Option<Response<Body>> {
    let (uri, headers) = (request.uri(), request.headers());
    if request.method() == Method::OPTIONS && uri.path() == "*" {
        return Some(closing(200, ""));
    }
    let hosts = headers.get_all(header::HOST).iter().count();
    let speaks_http1 = request.version() == Version::HTTP_11;
    if speaks_http1 && hosts == 0 {
        let missing = "400 Bad Request: missing required Host header";
        return Some(closing(400, missing));
    }
    if hosts > 1 || !uri.path().starts_with('/') || !is_well_escaped(uri.path()) {
        return Some(closing(400, "400 Bad Request"));
    }
    let fields = headers.iter();
    let length: usize = fields
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if length > LONGEST {
        return Some(closing(431, "431 Request Header Fields Too Large"));
    }
    let expected = headers.get(header::EXPECT);
    let is_met = |expected: &HeaderValue| {
        expected.is_empty() || expected.as_bytes().eq_ignore_ascii_case(b"100-continue")
    };
    if !expected.is_none_or(is_met) {
        return Some(closing(417, ""));
    }
    None
}

fn closing(status: u16, text: &str) -> Response<Body> {
    let mut reply = Reply::text(status, text);
    if text.is_empty() {
        reply.content_type = "";
    }
    let mut response = answers::of_reply(reply);
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}
