//! What the server says.

use http::{HeaderMap, header::HeaderName};
use serde_json::Value;

use super::watch::Watch;
use crate::{
    Refusal,
    table::{Encoding, Endpoint, Offer},
    types,
};

/// What becomes of a request.
pub enum Answer {
    /// It is answered.
    Reply(Reply),
    /// It is answered for as long as something happens.
    Watch(Watch),
}

impl Answer {
    pub(crate) fn warn(&mut self, warnings: Vec<String>) {
        match self {
            Self::Reply(reply) => reply.warnings = warnings,
            Self::Watch(watch) => watch.warnings = warnings,
        }
    }
}

/// An answer that is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body; empty where it is not told.
    pub content_type: &'static str,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// The texts of its `Warning` headers.
    pub warnings: Vec<String>,
    /// Other headers.
    pub headers: Vec<(HeaderName, String)>,
    /// What is answered.
    pub body: Vec<u8>,
}

pub(super) const JSON: &str = "application/json";

impl Reply {
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        let bytes = serde_json::to_vec(value).expect("a JSON value is JSON");
        Self::json_bytes(status, bytes)
    }

    /// A document as a client wants it written.
    pub(crate) fn encoded(
        status: u16,
        document: &Value,
        encoding: Encoding,
    ) -> Result<Self, Refusal> {
        let body = match encoding {
            Encoding::Json => return Ok(Self::json(status, document)),
            Encoding::Yaml => serde_yaml::to_string(document)
                .expect("what is JSON is YAML")
                .into_bytes(),
            Encoding::Protobuf => types::protobuf(document).ok_or_else(|| {
                let kind = document["kind"].as_str().unwrap_or_default();
                Refusal::not_implemented(&format!("{kind} in protobuf"))
            })?,
        };
        Ok(Self {
            content_type: encoding.media_type(),
            ..Self::json_bytes(status, body)
        })
    }

    /// A refusal as a client wants it written, or else as JSON.
    pub(crate) fn refused(refusal: Refusal, headers: &HeaderMap) -> Self {
        let offer = Offer {
            encodings: &[Encoding::Json, Encoding::Yaml, Encoding::Protobuf],
            endpoint: Endpoint::Discovery,
            route: None,
        };
        let encoding = offer
            .negotiate(accept(headers))
            .map(|wanted| wanted.encoding);
        let written =
            encoding.and_then(|encoding| Self::encoded(refusal.code, &refusal.body(), encoding));
        match written {
            Ok(written) => Self {
                retry_after: refusal.retry_after_seconds(),
                warnings: refusal.warnings.into_vec(),
                ..written
            },
            Err(_) => refusal.into(),
        }
    }

    pub(crate) fn json_bytes(status: u16, body: Vec<u8>) -> Self {
        Self {
            content_type: JSON,
            body,
            ..Self::empty(status)
        }
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self {
            content_type: "text/plain; charset=utf-8",
            body: body.into(),
            ..Self::empty(status)
        }
    }

    /// One without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            content_type: "",
            retry_after: None,
            warnings: Vec::new(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }
}

/// What a client accepts; empty where it does not say.
pub(crate) fn accept(headers: &HeaderMap) -> &str {
    let header = headers.get(http::header::ACCEPT);
    header
        .and_then(|text| text.to_str().ok())
        .unwrap_or_default()
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        Self {
            retry_after: refusal.retry_after_seconds(),
            warnings: refusal.warnings.to_vec(),
            ..Self::json(refusal.code, &refusal.body())
        }
    }
}
