//! What a client accepts, and so gets.

use serde_json::{Value, json};

use crate::Refusal;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `application/json`.
    Json,
    /// `application/yaml`.
    Yaml,
    /// `application/vnd.kubernetes.protobuf`.
    Protobuf,
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    Whole,
    /// A `Table` of `meta.k8s.io`.
    Table(MetaVersion),
    /// The metadata of one object (`PartialObjectMetadata`).
    Metadata(MetaVersion),
    /// The metadata of a list's items (`PartialObjectMetadataList`).
    MetadataList(MetaVersion),
    /// All groups with all that they have (`APIGroupDiscoveryList` of `apidiscovery.k8s.io/v2`).
    Groups,
}

/// A version of `meta.k8s.io`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetaVersion {
    /// `meta.k8s.io/v1`.
    V1,
    /// `meta.k8s.io/v1beta1`.
    V1Beta1,
}

/// What a client gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// How it is written.
    pub encoding: Encoding,
    /// What becomes of it.
    pub form: Form,
    /// Whether JSON is written for people.
    pub pretty: bool,
}

/// What an endpoint can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer<'a> {
    /// How it writes its objects, best first. A refusal names all that Kubernetes has.
    pub encodings: &'a [Encoding],
    /// What it gives.
    pub endpoint: Endpoint,
    /// The media types of one of go-restful's routes, which know whole ones only: of all built-in kinds, `/api` and the
    /// documents of built-in group-versions. None for `/apis`, the documents of groups, and what is custom.
    pub route: Option<&'a [&'a str]>,
}

/// What a route of objects gives.
pub const OBJECTS: &[&str] = &[
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
];

/// What a route of lists gives: they can be watched.
pub const LISTS: &[&str] = &[
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
    "application/json;stream=watch",
    "application/vnd.kubernetes.protobuf;stream=watch",
];

/// What an endpoint gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Objects of Kubernetes' own kinds.
    BuiltIn,
    /// Objects of custom kinds.
    Custom,
    /// `/api` and `/apis`, which may be had with all that their groups have.
    Groups,
    /// What else there is to discover: no objects, so nothing in other forms.
    Discovery,
}

impl Encoding {
    /// As in `Content-Type`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Yaml => "application/yaml",
            Self::Protobuf => "application/vnd.kubernetes.protobuf",
        }
    }
}

impl MetaVersion {
    /// As in `apiVersion`.
    pub fn api_version(self) -> &'static str {
        match self {
            Self::V1 => "meta.k8s.io/v1",
            Self::V1Beta1 => "meta.k8s.io/v1beta1",
        }
    }
}

const ALL: [Encoding; 3] = [Encoding::Json, Encoding::Yaml, Encoding::Protobuf];

/// One of the alternatives in an `Accept` header.
struct Clause<'a> {
    kind: &'a str,
    subkind: &'a str,
    quality: f32,
    parameters: Vec<(&'a str, &'a str)>,
}

impl Offer<'_> {
    /// The first that a client accepts and the endpoint can give; 406 where there is none. `accept` is empty where the
    /// header is missing.
    ///
    /// apiserver's `pkg/endpoints/handlers/negotiation`.
    pub fn negotiate(&self, accept: &str) -> Result<Wanted, Refusal> {
        if accept.is_empty() {
            return Ok(Wanted {
                encoding: Encoding::Json,
                form: Form::Whole,
                pretty: false,
            });
        }
        if let Some(route) = self.route {
            check_route(accept, route)?;
        }
        let clauses = clauses(accept);
        let mut wanted = clauses.iter().flat_map(|clause| {
            let encodings = self
                .encodings
                .iter()
                .filter(|encoding| clause.names(**encoding));
            encodings.filter_map(|encoding| self.wanted(clause, *encoding))
        });
        wanted.next().ok_or_else(|| {
            not_acceptable(&format!(
                "only the following media types are accepted: {}",
                names()
            ))
        })
    }

    fn form(&self, kind: &str, version: &str, group: &str) -> Option<Form> {
        match (self.endpoint, group) {
            (Endpoint::BuiltIn | Endpoint::Custom, "meta.k8s.io") => meta_form(kind, version),
            (Endpoint::Groups, "apidiscovery.k8s.io") => {
                (kind == "APIGroupDiscoveryList" && version == "v2").then_some(Form::Groups)
            }
            _ => None,
        }
    }

    fn wanted(&self, clause: &Clause, encoding: Encoding) -> Option<Wanted> {
        let parameter = |wanted: &str| {
            let mut named = clause.parameters.iter().rev();
            named
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| *value)
        };
        let stream = parameter("stream").unwrap_or_default();
        let version = parameter("sv").unwrap_or_default();
        if !["", "watch"].contains(&stream) || !["", "v1"].contains(&version) {
            return None;
        }
        let conversion = ["as", "v", "g"].map(parameter);
        let form = match conversion {
            [None, None, None] => Form::Whole,
            [Some(kind), Some(version), Some(group)] => self.form(kind, version, group)?,
            _ => return None,
        };
        let in_protobuf = match form {
            Form::Whole => self.endpoint != Endpoint::Custom,
            Form::Table(_) => false,
            Form::Metadata(_) | Form::MetadataList(_) | Form::Groups => true,
        };
        if encoding == Encoding::Protobuf && !in_protobuf {
            return None;
        }
        Some(Wanted {
            encoding,
            form,
            pretty: parameter("pretty") == Some("1"),
        })
    }
}

fn meta_form(kind: &str, version: &str) -> Option<Form> {
    let version = match version {
        "v1" => MetaVersion::V1,
        "v1beta1" => MetaVersion::V1Beta1,
        _ => return None,
    };
    match kind {
        "Table" => Some(Form::Table(version)),
        "PartialObjectMetadata" => Some(Form::Metadata(version)),
        "PartialObjectMetadataList" => Some(Form::MetadataList(version)),
        _ => None,
    }
}

/// 406 where no alternative names a media type of a route, or all.
pub fn check_route(accept: &str, route: &[&str]) -> Result<(), Refusal> {
    let is_known = accept.split(',').any(|clause| {
        let media_type = clause.split(';').next().unwrap_or_default().trim();
        media_type == "*/*" || route.contains(&media_type)
    });
    if accept.is_empty() || is_known {
        return Ok(());
    }
    let message = format!(
        "406: Not Acceptable\n\nAvailable representations: {}",
        route.join(", ")
    );
    Err(Refusal {
        details: Some(json!({})),
        ..not_acceptable(&message)
    })
}

fn names() -> String {
    ALL.map(Encoding::media_type).join(", ")
}

/// 406.
pub fn not_acceptable(message: &str) -> Refusal {
    Refusal::of(406, "NotAcceptable", message)
}

impl Clause<'_> {
    fn names(&self, encoding: Encoding) -> bool {
        let media_type = encoding.media_type().split_once('/');
        let (kind, subkind) = media_type.expect("each has a slash");
        self.subkind == "*" && ["*", kind].contains(&self.kind)
            || self.kind == kind && self.subkind == subkind
    }

    /// Not an order: the server's own sort asks it of neighbours.
    fn comes_before(&self, other: &Self) -> bool {
        self.quality > other.quality
            || self.kind != "*" && other.kind == "*"
            || self.subkind != "*" && other.subkind == "*"
    }
}

/// The alternatives, best first (goautoneg, `ParseAccept`).
fn clauses(accept: &str) -> Vec<Clause<'_>> {
    let mut clauses: Vec<_> = accept.split(',').filter_map(clause).collect();
    for end in 1..clauses.len() {
        let mut place = end;
        while place > 0 && clauses[place].comes_before(&clauses[place - 1]) {
            clauses.swap(place, place - 1);
            place -= 1;
        }
    }
    clauses
}

fn clause(text: &str) -> Option<Clause<'_>> {
    let mut parts = text.trim_matches(' ').split(';');
    let media_type = parts.next()?;
    let (kind, subkind) = match media_type.split_once('/') {
        Some((kind, subkind)) if !subkind.is_empty() => (kind, subkind),
        _ => (media_type.trim_end_matches('/'), ""),
    };
    let (kind, mut subkind) = (kind.trim_matches(' '), subkind.trim_matches(' '));
    if subkind.is_empty() {
        if kind != "*" {
            return None;
        }
        subkind = "*";
    }
    if subkind.contains('/') {
        return None;
    }
    let mut clause = Clause {
        kind,
        subkind,
        quality: 1.0,
        parameters: Vec::new(),
    };
    for part in parts {
        match part.split_once('=') {
            Some((_, value)) if value.is_empty() || value.contains('=') => {}
            Some((name, value)) if name.trim_matches(' ') == "q" => {
                clause.quality = value.parse().unwrap_or_default();
            }
            Some((name, value)) => {
                clause
                    .parameters
                    .push((name.trim_matches(' '), value.trim_matches(' ')));
            }
            None => {}
        }
    }
    Some(clause)
}

/// What a row of a table holds of its object (`includeObject`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IncludeObject {
    /// Its metadata.
    #[default]
    Metadata,
    /// All of it.
    Object,
    /// Nothing.
    None,
}

impl IncludeObject {
    /// By the parameter of a request; empty where it is missing.
    pub fn of(parameter: &str) -> Result<Self, Refusal> {
        match parameter {
            "" | "Metadata" => Ok(Self::Metadata),
            "Object" => Ok(Self::Object),
            "None" => Ok(Self::None),
            other => Err(Refusal::bad_request(format!(
                "Unable to convert to Table as requested: includeObject: Invalid value: {}: must be 'Metadata', \
                 'Object', 'None', or empty",
                Value::from(other)
            ))),
        }
    }
}
