//! What a request asks for, read from its method and its path.
//!
//! The rules are those of `endpoints/request/requestinfo.go` in k8s.io/apiserver.

use http::{Method, Uri};
use percent_encoding::percent_decode_str;

use super::query::Query;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Something that is no resource: discovery, health, the version.
    Path {
        /// The method in lower case.
        verb: String,
        path: String,
    },
    /// Objects.
    Resource(Call),
}

/// A request for objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) verb: Verb,
    pub(crate) group: String,
    pub(crate) version: String,
    /// Empty where the request is for a cluster-scoped kind, or for all namespaces.
    pub(crate) namespace: String,
    /// The plural.
    pub(crate) resource: String,
    /// Empty where the request is for several objects, or for one without a name yet.
    pub(crate) name: String,
    pub(crate) subresource: String,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    List,
    Watch,
    Create,
    Update,
    Patch,
    Delete,
    DeleteCollection,
}

impl Verb {
    /// As rules and discovery have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Watch => "watch",
            Self::Create => "create",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::DeleteCollection => "deletecollection",
        }
    }
}

/// The old form of a watch, `/api/v1/watch/pods`, is deprecated since 1.11.
pub(crate) struct PrefixedWatch;

impl Ask {
    pub(crate) fn of(method: &Method, uri: &Uri, query: &Query) -> Result<Self, PrefixedWatch> {
        let path = uri.path();
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (group, version, rest) = match parts.as_slice() {
            ["api", version, rest @ ..] if !rest.is_empty() => ("", *version, rest),
            ["apis", group, version, rest @ ..] if !rest.is_empty() => (*group, *version, rest),
            _ => {
                return Ok(Self::Path {
                    verb: method.as_str().to_ascii_lowercase(),
                    path: path.into(),
                });
            }
        };
        if rest.len() > 1 && matches!(rest[0], "watch" | "proxy") {
            return Err(PrefixedWatch);
        }
        let (namespace, rest) = match rest {
            ["namespaces", namespace, what, rest @ ..] if !is_of_namespaces(what) => {
                (*namespace, [&[*what], rest].concat())
            }
            _ => ("", rest.to_vec()),
        };
        let part = |index: usize| rest.get(index).copied().unwrap_or_default();
        let mut call = Call {
            verb: Verb::Get,
            group: group.into(),
            version: version.into(),
            namespace: namespace.into(),
            resource: part(0).into(),
            name: part(1).into(),
            subresource: rest.get(2..).unwrap_or_default().join("/"),
        };
        match verb(method, &call, query) {
            Some(verb) => call.verb = verb,
            None => {
                return Ok(Self::Path {
                    verb: method.as_str().to_ascii_lowercase(),
                    path: path.into(),
                });
            }
        }
        Ok(Self::Resource(call))
    }
}

fn is_of_namespaces(subresource: &str) -> bool {
    matches!(subresource, "status" | "finalize")
}

fn verb(method: &Method, call: &Call, query: &Query) -> Option<Verb> {
    let is_collection = call.name.is_empty();
    let verb = match *method {
        Method::POST => Verb::Create,
        Method::PUT => Verb::Update,
        Method::PATCH => Verb::Patch,
        Method::DELETE if is_collection => Verb::DeleteCollection,
        Method::DELETE => Verb::Delete,
        Method::GET | Method::HEAD if query.is_true("watch") && call.subresource.is_empty() => {
            Verb::Watch
        }
        Method::GET | Method::HEAD if is_collection => Verb::List,
        Method::GET | Method::HEAD => Verb::Get,
        _ => return None,
    };
    Some(verb)
}
