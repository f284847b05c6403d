//! Whether somebody may: the access reviews (`kubectl auth can-i`).

use serde_json::{Value, json};

use super::{
    attributes::{Attributes, Resource, Target},
    rbac::{Decision, Rbac},
    user::User,
};
use crate::{FieldError, FieldReason, Refusal, Subject};

/// Which review is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Review<'a> {
    /// SubjectAccessReview: whether anybody may.
    Subject,
    /// SelfSubjectAccessReview: whether who asks may.
    SelfSubject(&'a User),
    /// LocalSubjectAccessReview: whether anybody may, in the namespace of the path.
    Local(&'a str),
}

impl Review<'_> {
    /// The answer: the object with its status. `object` is what was sent, decoded, with the path's namespace in its
    /// metadata where it has one.
    ///
    /// Kubernetes' `pkg/registry/authorization` and `pkg/apis/authorization/validation`.
    pub fn create(self, object: &Value, rbac: &Rbac) -> Result<Value, Refusal> {
        let errors = self.errors(object);
        if !errors.is_empty() {
            let subject = Subject {
                group: "authorization.k8s.io".to_owned(),
                ..Subject::default()
            };
            return Err(Refusal::invalid(&subject, &errors));
        }
        let spec = &object["spec"];
        let decision = match self {
            Self::SelfSubject(user) => rbac.authorize(user, &attributes_of(spec)),
            Self::Subject | Self::Local(_) => rbac.authorize(&user_of(spec), &attributes_of(spec)),
        };
        let mut answer = object.clone();
        if answer["metadata"].is_null() {
            answer["metadata"] = json!({});
        }
        answer["status"] = status(&decision, spec);
        Ok(answer)
    }

    fn errors(self, object: &Value) -> Vec<FieldError> {
        let spec = &object["spec"];
        let (resource, path) = (&spec["resourceAttributes"], &spec["nonResourceAttributes"]);
        let is_local = matches!(self, Self::Local(_));
        let mut errors = Vec::new();
        match (resource.is_null(), path.is_null()) {
            (false, false) => {
                let detail = "cannot be specified in combination with resourceAttributes";
                errors.push(of_path(path, detail));
            }
            (true, true) => errors.push(invalid(
                "spec.resourceAttributes",
                Value::Null,
                "exactly one of nonResourceAttributes or resourceAttributes must be specified",
            )),
            _ => {}
        }
        if !matches!(self, Self::SelfSubject(_))
            && text(&spec["user"]).is_empty()
            && count(&spec["groups"]) == 0
        {
            let detail = "at least one of user or group must be specified";
            errors.push(invalid("spec.user", "", detail));
        }
        for selector in [Selector::Field, Selector::Label] {
            errors.extend(selector.errors(resource));
        }
        if !has_empty_metadata(object, is_local) {
            let detail = if is_local {
                "must be empty except for namespace"
            } else {
                "must be empty"
            };
            errors.push(invalid("metadata", object["metadata"].clone(), detail));
        }
        if let Self::Local(namespace) = self {
            errors.extend(local_errors(resource, path, namespace));
        }
        errors
    }
}

fn local_errors(resource: &Value, path: &Value, namespace: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let told = text(&resource["namespace"]);
    if !resource.is_null() && told != namespace {
        let detail = "must match metadata.namespace";
        errors.push(invalid("spec.resourceAttributes.namespace", told, detail));
    }
    if !path.is_null() {
        errors.push(of_path(path, "disallowed on this kind of request"));
    }
    errors
}

fn has_empty_metadata(object: &Value, is_local: bool) -> bool {
    let metadata = object["metadata"].as_object().into_iter().flatten();
    metadata
        .filter(|(field, value)| !value.is_null() && *field != "managedFields")
        .all(|(field, _)| is_local && field == "namespace")
}

/// The server shows these attributes as it keeps them, with other names.
fn of_path(path: &Value, detail: &str) -> FieldError {
    let shown = json!({"Path": text(&path["path"]), "Verb": text(&path["verb"])});
    invalid("spec.nonResourceAttributes", shown, detail)
}

fn attributes_of(spec: &Value) -> Attributes {
    let resource = &spec["resourceAttributes"];
    let owned = |value: &Value| text(value).to_owned();
    if resource.is_null() {
        let path = &spec["nonResourceAttributes"];
        return Attributes {
            verb: owned(&path["verb"]),
            target: Target::Path(owned(&path["path"])),
        };
    }
    Attributes {
        verb: owned(&resource["verb"]),
        target: Target::Resource(Resource {
            namespace: owned(&resource["namespace"]),
            group: owned(&resource["group"]),
            version: owned(&resource["version"]),
            resource: owned(&resource["resource"]),
            subresource: owned(&resource["subresource"]),
            name: owned(&resource["name"]),
        }),
    }
}

fn user_of(spec: &Value) -> User {
    let groups = spec["groups"].as_array().into_iter().flatten();
    User {
        name: text(&spec["user"]).to_owned(),
        uid: text(&spec["uid"]).to_owned(),
        groups: groups.map(|group| text(group).to_owned()).collect(),
        ..User::default()
    }
}

/// `SubjectAccessReviewStatus`. Selectors narrow nothing here: rules don't know them.
fn status(decision: &Decision, spec: &Value) -> Value {
    let mut status = json!({"allowed": decision.is_allowed()});
    if !decision.reason().is_empty() {
        status["reason"] = decision.reason().into();
    }
    let selectors = [Selector::Field, Selector::Label].into_iter();
    let ignored: Vec<_> = selectors
        .filter_map(|selector| selector.ignored(&spec["resourceAttributes"]))
        .collect();
    if !ignored.is_empty() {
        status["evaluationError"] = ignored.join(", ").into();
    }
    status
}

/// The selectors that a review may have.
#[derive(Clone, Copy)]
enum Selector {
    Field,
    Label,
}

impl Selector {
    fn name(self) -> &'static str {
        match self {
            Self::Field => "fieldSelector",
            Self::Label => "labelSelector",
        }
    }

    fn errors(self, resource: &Value) -> Vec<FieldError> {
        let selector = &resource[self.name()];
        if selector.is_null() {
            return Vec::new();
        }
        let path = format!("spec.resourceAttributes.{}", self.name());
        let raw = text(&selector["rawSelector"]);
        let requirements = selector["requirements"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut errors = Vec::new();
        if !raw.is_empty() && !requirements.is_empty() {
            let detail = "may not specified at the same time as requirements";
            errors.push(invalid(&format!("{path}.rawSelector"), raw, detail));
        }
        if raw.is_empty() && requirements.is_empty() {
            let detail =
                format!("when {path} is specified, requirements or rawSelector is required");
            errors.push(required(&format!("{path}.requirements"), &detail));
        }
        for (index, requirement) in requirements.iter().enumerate() {
            errors.extend(
                self.requirement_errors(requirement, &format!("{path}.requirements[{index}]")),
            );
        }
        errors
    }

    fn requirement_errors(self, requirement: &Value, path: &str) -> Vec<FieldError> {
        let values = format!("{path}.values");
        let of_values = match (
            text(&requirement["operator"]),
            count(&requirement["values"]),
        ) {
            ("In" | "NotIn", 0) => Some(required(
                &values,
                "must be specified when `operator` is 'In' or 'NotIn'",
            )),
            ("Exists" | "DoesNotExist", 1..) => Some(FieldError::new(
                FieldReason::Forbidden,
                values,
                Value::Null,
                "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            )),
            _ => None,
        };
        let key = text(&requirement["key"]);
        let of_key = match self {
            Self::Field if key.is_empty() => {
                vec![required(&format!("{path}.key"), "must be specified")]
            }
            Self::Field => Vec::new(),
            Self::Label => label_key_errors(key)
                .map(|detail| invalid(&format!("{path}.key"), key, detail))
                .collect(),
        };
        match self {
            Self::Field => of_key.into_iter().chain(of_values).collect(),
            Self::Label => of_values.into_iter().chain(of_key).collect(),
        }
    }

    /// That what the selector asks for is not understood, at least in part.
    fn ignored(self, resource: &Value) -> Option<String> {
        let requirements = resource[self.name()]["requirements"].as_array()?;
        let understood = requirements
            .iter()
            .filter(|requirement| self.understands(requirement));
        let how = match understood.count() {
            all if all == requirements.len() => return None,
            0 => "ignored",
            _ => "partially ignored",
        };
        Some(format!(
            "spec.resourceAttributes.{} {how} due to parse error",
            self.name()
        ))
    }

    fn understands(self, requirement: &Value) -> bool {
        let operator = text(&requirement["operator"]);
        match self {
            Self::Field => {
                ["In", "NotIn"].contains(&operator) && count(&requirement["values"]) == 1
            }
            Self::Label => ["In", "NotIn", "Exists", "DoesNotExist"].contains(&operator),
        }
    }
}

/// What is wrong with a label's key (`IsQualifiedName` of apimachinery's `pkg/util/validation`): its part before a slash
/// is not looked at.
fn label_key_errors(key: &str) -> impl Iterator<Item = &'static str> {
    let name = key.rsplit('/').next().unwrap_or_default();
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let well_formed = is_end(bytes.first()) && is_end(bytes.last()) && bytes.iter().all(inner);
    let empty = name.is_empty().then_some("name part must be non-empty");
    let long = (name.len() > 63).then_some("name part must be no more than 63 bytes");
    let malformed = (!well_formed).then_some(
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
         alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
         '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    );
    [empty, long, malformed].into_iter().flatten()
}

fn invalid(path: &str, value: impl Into<Value>, detail: &str) -> FieldError {
    FieldError::new(FieldReason::Invalid, path, value, detail)
}

fn required(path: &str, detail: &str) -> FieldError {
    FieldError::new(FieldReason::Required, path, "", detail)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn count(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}
