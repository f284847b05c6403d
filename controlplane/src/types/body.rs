//! What a request's body is said to be, and whether that is what is wanted.
//!
//! Order and texts: apimachinery's `pkg/runtime/serializer/json`, apiserver's `pkg/endpoints/handlers/rest.go`.

use serde_json::Value;

use super::{
    api_version, conversion, defaults,
    go::Named,
    json::{Json, quoted},
    protobuf::{self, Envelope},
    unmarshal::{self, Read},
    yaml,
};
use crate::Refusal;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/json`.
    Json,
    /// `application/yaml`.
    Yaml,
    /// `application/vnd.kubernetes.protobuf`.
    Protobuf,
}

/// What was read of a body.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The object as the API server would write it: unknown fields dropped, amounts and times in one form.
    pub value: Value,
    /// Unknown and duplicate fields, in their order.
    pub strict_errors: Vec<String>,
    kind: Wanted,
}

/// A body that can't be read as what is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Undecoded {
    /// Why, in the decoder's words: these are told of a patch.
    pub why: String,
    /// What is told of a body.
    pub refusal: Box<Refusal>,
}

impl Undecoded {
    pub(crate) fn of(why: &str, told: &str) -> Self {
        Self {
            why: why.into(),
            refusal: Box::new(Refusal::bad_request(told)),
        }
    }
}

impl From<Undecoded> for Refusal {
    fn from(undecoded: Undecoded) -> Self {
        *undecoded.refusal
    }
}

/// What is told of a body is told of a patch, too.
impl From<Refusal> for Undecoded {
    fn from(refusal: Refusal) -> Self {
        Self {
            why: refusal.message.clone(),
            refusal: Box::new(refusal),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    group: String,
    version: String,
    kind: String,
}

impl Decoded {
    /// What `fieldValidation=Warn` says of it.
    pub fn warnings(&self) -> Vec<String> {
        let errors = self.strict_errors.iter();
        errors.flat_map(|error| yaml::lines(error)).collect()
    }

    /// The object, where nothing in it is unknown or there twice: `fieldValidation=Strict`.
    pub fn strictly(self) -> Result<Value, Refusal> {
        if self.strict_errors.is_empty() {
            return Ok(self.value);
        }
        let why = format!("strict decoding error: {}", self.strict_errors.join(", "));
        let undecoded = self.kind.refused(&self.kind.version, &self.kind.kind, &why);
        Err(undecoded.into())
    }
}

/// Reads a body as an object of a built-in kind, with its defaults.
///
/// Kind and version may be missing. `None` where the kind is not built in.
///
/// ```
/// use myop_controlplane::types::{Media, decode};
///
/// let body = br#"{"metadata": {"name": "a"}, "data": {"a": 1}}"#;
/// let refused = decode("", "v1", "ConfigMap", body, Media::Json).expect("it is built in").unwrap_err();
/// assert_eq!(
///     refused.refusal.message,
///     "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: \
///      json: cannot unmarshal number into Go struct field ConfigMap.data of type string"
/// );
/// ```
pub fn decode(
    group: &str,
    version: &str,
    kind: &str,
    body: &[u8],
    media: Media,
) -> Option<Result<Decoded, Undecoded>> {
    let named = super::kind(group, version, kind)?;
    let wanted = Wanted {
        group: group.into(),
        version: version.into(),
        kind: kind.into(),
    };
    Some(wanted.read(named, body, media))
}

/// Reads `DeleteOptions`, of whatever group and version; the error is what Go's decoder says.
pub fn delete_options(body: &[u8], media: Media) -> Result<Value, String> {
    let named = super::kind("", "v1", "DeleteOptions").expect("the table has it");
    let input = Input::of(body, media)?;
    let said = input.said()?;
    if !["", "DeleteOptions"].contains(&said.kind.as_str()) {
        return Err(format!(
            "no kind {} is registered for version {} in scheme \"pkg/runtime/scheme.go:111\"",
            quoted(&said.kind),
            quoted(&api_version(&said.group, &said.version))
        ));
    }
    Ok(input.read(named)?.value)
}

/// Brings an object that was changed here into the form in which it is stored, with its defaults; and says which of its
/// fields are unknown.
///
/// The error is what Go's decoder says: the caller knows in which words a patch is refused. `None` where the kind is not
/// built in.
pub fn normalize(
    group: &str,
    version: &str,
    kind: &str,
    object: &Value,
) -> Option<Result<(Value, Vec<String>), String>> {
    let named = super::kind(group, version, kind)?;
    Some(
        unmarshal::read(named, &Json::from(object)).and_then(|read| {
            let mut value = read.value;
            value["kind"] = kind.into();
            value["apiVersion"] = api_version(group, version).into();
            defaults::set(named, &mut value);
            conversion::through_internal(named.name, &mut value)?;
            Ok((value, read.strict))
        }),
    )
}

impl Wanted {
    fn read(self, named: &'static Named, body: &[u8], media: Media) -> Result<Decoded, Undecoded> {
        let input = Input::of(body, media).map_err(|it| self.unrecognized(body, &it))?;
        let said = input.said().map_err(|it| self.unrecognized(body, &it))?;
        let (group, version, kind) = self.or(&said);
        let as_said = |why: &str| self.refused(&version, &kind, why);
        if self.is(&group, &version, &kind) {
            let read = input.read(named).map_err(|it| as_said(&it))?;
            let mut value = read.value;
            value["kind"] = self.kind.as_str().into();
            value["apiVersion"] = api_version(&group, &version).into();
            defaults::set(named, &mut value);
            conversion::through_internal(named.name, &mut value).map_err(|it| as_said(&it))?;
            let mut strict_errors = input.twice;
            strict_errors.extend(read.strict);
            return Ok(Decoded {
                value,
                strict_errors,
                kind: self,
            });
        }
        if self.is_older(&group, &version, &kind) {
            let (said, own) = (
                api_version(&group, &version),
                api_version(&self.group, &self.version),
            );
            let why = format!(
                "the API version in the data ({said}) does not match the expected API version ({own})"
            );
            return Err(Refusal::bad_request(why).into());
        }
        let listed = kind.strip_suffix("List");
        let other = super::kind(&group, &version, &kind);
        match other.or_else(|| super::kind(&group, &version, listed?)) {
            None => Err(as_said(&format!(
                "no kind {} is registered for version {} in scheme \"pkg/runtime/scheme.go:111\"",
                quoted(&kind),
                quoted(&api_version(&group, &version))
            ))),
            Some(other) => {
                if listed.is_none() {
                    input.read(other).map_err(|it| as_said(&it))?;
                }
                let package = match self.group.split('.').next() {
                    None | Some("") => "core",
                    Some(package) => package,
                };
                Err(as_said(&format!(
                    "converting ({version}.{kind}) to ({package}.{}): unknown conversion",
                    self.kind
                )))
            }
        }
    }

    /// What the body says, and where it says nothing what is wanted.
    fn or(&self, said: &Said) -> (String, String, String) {
        let kind = if said.kind.is_empty() {
            &self.kind
        } else {
            &said.kind
        };
        let (group, version) = match (said.group.as_str(), said.version.as_str()) {
            ("", "") => (&self.group, &self.version),
            (group, "") if group == self.group => (&self.group, &self.version),
            _ => (&said.group, &said.version),
        };
        (group.clone(), version.clone(), kind.clone())
    }

    fn is(&self, group: &str, version: &str, kind: &str) -> bool {
        self.group == group && self.version == version && self.kind == kind
    }

    /// Whether it is the kind in another of the versions that Kubernetes knew.
    fn is_older(&self, group: &str, version: &str, kind: &str) -> bool {
        const VERSIONS: &[(&str, &str, &str)] = &[
            (
                "extensions",
                "v1beta1",
                "DaemonSet Deployment Ingress NetworkPolicy ReplicaSet Scale",
            ),
            (
                "apps",
                "v1beta1",
                "ControllerRevision Deployment StatefulSet Scale",
            ),
            (
                "apps",
                "v1beta2",
                "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet Scale",
            ),
            ("batch", "v1beta1", "CronJob"),
            ("autoscaling", "v1", "HorizontalPodAutoscaler"),
            ("autoscaling", "v2beta1", "HorizontalPodAutoscaler"),
            ("autoscaling", "v2beta2", "HorizontalPodAutoscaler"),
            ("policy", "v1beta1", "PodDisruptionBudget"),
            (
                "rbac.authorization.k8s.io",
                "v1alpha1",
                "ClusterRole ClusterRoleBinding Role RoleBinding",
            ),
            (
                "rbac.authorization.k8s.io",
                "v1beta1",
                "ClusterRole ClusterRoleBinding Role RoleBinding",
            ),
            ("networking.k8s.io", "v1beta1", "Ingress IngressClass"),
            ("coordination.k8s.io", "v1beta1", "Lease"),
            ("discovery.k8s.io", "v1beta1", "EndpointSlice"),
            ("storage.k8s.io", "v1beta1", "StorageClass"),
            ("scheduling.k8s.io", "v1beta1", "PriorityClass"),
            ("scheduling.k8s.io", "v1alpha1", "PriorityClass"),
            ("", "v1", "Event"),
            ("events.k8s.io", "v1", "Event"),
            ("events.k8s.io", "v1beta1", "Event"),
            (
                "apiextensions.k8s.io",
                "v1beta1",
                "CustomResourceDefinition",
            ),
            (
                "admissionregistration.k8s.io",
                "v1beta1",
                "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
            ),
        ];
        kind == self.kind
            && VERSIONS.iter().any(|(its_group, its_version, kinds)| {
                *its_group == group
                    && *its_version == version
                    && kinds.split(' ').any(|it| it == kind)
            })
    }

    fn refused(&self, version: &str, kind: &str, why: &str) -> Undecoded {
        Undecoded::of(
            why,
            &format!(
                "{kind} in version {} cannot be handled as a {}: {why}",
                quoted(version),
                self.kind
            ),
        )
    }

    fn unrecognized(&self, body: &[u8], why: &str) -> Undecoded {
        unrecognized(&self.kind, body, why)
    }
}

/// 400: a body that is no object.
pub(super) fn unrecognized(kind: &str, body: &[u8], why: &str) -> Undecoded {
    Undecoded::of(
        why,
        &format!(
            "the object provided is unrecognized (must be of type {kind}): {why} ({})",
            summary(body)
        ),
    )
}

/// A body as it was written.
struct Input<'a> {
    content: Content<'a>,
    /// The keys that are in a YAML document twice.
    twice: Vec<String>,
}

enum Content<'a> {
    Json(Json),
    Protobuf(Envelope<'a>),
}

impl<'a> Input<'a> {
    fn of(body: &'a [u8], media: Media) -> Result<Self, String> {
        let (content, twice) = match media {
            Media::Json => {
                let json = Json::read(body).map_err(|it| format!("{PARSE}{it}"))?;
                (Content::Json(json), Vec::new())
            }
            Media::Yaml => {
                let (json, twice) = yaml::read(body)?;
                (Content::Json(json), twice)
            }
            Media::Protobuf => (Content::Protobuf(Envelope::read(body)?), Vec::new()),
        };
        Ok(Self { content, twice })
    }

    fn said(&self) -> Result<Said, String> {
        match &self.content {
            Content::Json(json) => Said::of(json),
            Content::Protobuf(envelope) => Said::parsed(&envelope.api_version, &envelope.kind),
        }
    }

    fn read(&self, named: &'static Named) -> Result<Read, String> {
        match &self.content {
            Content::Json(json) => unmarshal::read(named, json),
            Content::Protobuf(envelope) => protobuf::read(named, envelope.object),
        }
    }
}

pub(super) const PARSE: &str = "couldn't get version/kind; json parse error: ";

/// What an object says that it is.
pub(super) struct Said {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
}

impl Said {
    /// Go reads these two without regard to case.
    pub(super) fn of(json: &Json) -> Result<Self, String> {
        let entries = match json {
            Json::Object(entries) => entries.as_slice(),
            Json::Null => &[],
            other => {
                return Err(format!(
                    "{PARSE}json: cannot unmarshal {} into Go value of type struct {{ APIVersion string \
                     \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}",
                    other.name()
                ));
            }
        };
        let text = |name: &str| {
            let mut text = "";
            for (_, value) in entries
                .iter()
                .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            {
                match value {
                    Json::String(value) => text = value,
                    Json::Null => {}
                    other => {
                        return Err(format!(
                            "{PARSE}json: cannot unmarshal {} into Go struct field .{name} of type string",
                            other.name()
                        ));
                    }
                }
            }
            Ok(text)
        };
        let first_wrong = entries.iter().find(|(key, value)| {
            (key.eq_ignore_ascii_case("kind") || key.eq_ignore_ascii_case("apiVersion"))
                && !matches!(value, Json::String(_) | Json::Null)
        });
        if first_wrong.is_some_and(|(key, _)| key.eq_ignore_ascii_case("kind")) {
            text("kind")?;
        }
        Self::parsed(text("apiVersion")?, text("kind")?)
    }

    fn parsed(api_version: &str, kind: &str) -> Result<Self, String> {
        let (group, version) = match api_version.split_once('/') {
            Some((_, rest)) if rest.contains('/') => {
                return Err(format!("unexpected GroupVersion string: {api_version}"));
            }
            Some(both) => both,
            None => ("", api_version),
        };
        Ok(Self {
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
        })
    }
}

/// The beginning of a body, for a message.
fn summary(body: &[u8]) -> String {
    const MOST: usize = 30;
    let (beginning, more) = match body.get(..MOST) {
        Some(beginning) if body.len() > MOST => (beginning, " ..."),
        _ => (body, ""),
    };
    match beginning {
        [] => "<empty>".into(),
        [b'{', ..] => format!("{}{more}", String::from_utf8_lossy(beginning)),
        _ => beginning
            .iter()
            .map(|it| format!("{it:02x}"))
            .chain([more.to_owned()])
            .collect(),
    }
}
