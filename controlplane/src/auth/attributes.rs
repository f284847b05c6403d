//! What a request wants: the words that rules are written in.

use std::borrow::Cow;

use super::{quoted::quoted, user::User};
use crate::{Refusal, Subject};

/// What somebody wants to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; of a path the method.
    pub verb: String,
    /// To what.
    pub target: Target,
}

/// To what something is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An object or several.
    Resource(Resource),
    /// `/healthz`.
    Path(String),
}

/// An object or several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// Empty for all, and for what is in none.
    pub namespace: String,
    /// Empty for the core.
    pub group: String,
    /// `v1`.
    pub version: String,
    /// `deployments`.
    pub resource: String,
    /// `scale`, or empty.
    pub subresource: String,
    /// Empty where none is named.
    pub name: String,
}

/// What begins a path of the old kind: the verb comes first.
const VERBS_IN_PATHS: [&str; 2] = ["proxy", "watch"];

impl Attributes {
    /// What a request wants. `path` is decoded and without its query, `query` are its parameters, decoded.
    ///
    /// apiserver's `pkg/endpoints/request` (`NewRequestInfo`); an error where that has one.
    pub fn of_request(
        method: &str,
        path: &str,
        query: &[(String, String)],
    ) -> Result<Self, String> {
        let outside = Self {
            verb: method.to_lowercase(),
            target: Target::Path(path.to_owned()),
        };
        let trimmed = path.trim_matches('/');
        let parts: Vec<_> = trimmed.split('/').collect();
        let (group, version, mut rest) = match parts.as_slice() {
            ["api", version, rest @ ..] if !rest.is_empty() => ("", version, rest),
            ["apis", group, version, rest @ ..] if !rest.is_empty() => (*group, version, rest),
            _ => return Ok(outside),
        };
        let Some(old_verb) = VERBS_IN_PATHS.into_iter().find(|verb| *verb == rest[0]) else {
            let mut target = Resource::of(group, version, rest);
            let verb = verb_of(method, query, &mut target);
            return Ok(Self {
                verb: verb.to_owned(),
                target: Target::Resource(target),
            });
        };
        rest = &rest[1..];
        if rest.is_empty() {
            return Err(format!(
                "unable to determine kind and namespace from url, {path}"
            ));
        }
        Ok(Self {
            verb: old_verb.to_owned(),
            target: Target::Resource(Resource {
                subresource: String::new(),
                ..Resource::of(group, version, rest)
            }),
        })
    }

    /// The namespace that bindings are looked for in.
    pub(super) fn namespace(&self) -> &str {
        match &self.target {
            Target::Resource(target) => &target.namespace,
            Target::Path(_) => "",
        }
    }

    /// 403: that somebody may not, and why, where something is known.
    ///
    /// apiserver's `pkg/endpoints/handlers/responsewriters` (`ForbiddenStatusError`).
    pub fn forbidden(&self, user: &User, reason: &str) -> Refusal {
        let what = match &self.target {
            Target::Path(path) => format!("path {}", quoted(path)),
            Target::Resource(target) => target.told(),
        };
        let mut why = without_html(&format!(
            "User {} cannot {} {what}",
            quoted(&user.name),
            self.verb
        ))
        .into_owned();
        if !reason.is_empty() {
            why = format!("{why}: {reason}");
        }
        let subject = match &self.target {
            Target::Path(_) => Subject::default(),
            Target::Resource(target) => target.subject(),
        };
        Refusal::forbidden(&subject, &why)
    }
}

impl Resource {
    /// By the parts of a path after group and version.
    fn of(group: &str, version: &str, mut rest: &[&str]) -> Self {
        let mut namespace = "";
        if let ["namespaces", name, ..] = rest {
            namespace = name;
            if rest
                .get(2)
                .is_some_and(|part| !["status", "finalize"].contains(part))
            {
                rest = &rest[2..];
            }
        }
        let part = |index: usize| rest.get(index).copied().unwrap_or_default().to_owned();
        Self {
            namespace: namespace.to_owned(),
            group: group.to_owned(),
            version: version.to_owned(),
            resource: part(0),
            name: part(1),
            subresource: part(2),
        }
    }

    fn told(&self) -> String {
        let slash = if self.subresource.is_empty() { "" } else { "/" };
        let resource = format!("{}{slash}{}", self.resource, self.subresource);
        let place = if self.namespace.is_empty() {
            "at the cluster scope".to_owned()
        } else {
            format!("in the namespace {}", quoted(&self.namespace))
        };
        format!(
            "resource {} in API group {} {place}",
            quoted(&resource),
            quoted(&self.group)
        )
    }

    fn subject(&self) -> Subject {
        Subject {
            group: self.group.clone(),
            resource: self.resource.clone(),
            name: self.name.clone(),
        }
    }
}

/// The verb; and the name, where a list is one of a single name.
fn verb_of(method: &str, query: &[(String, String)], target: &mut Resource) -> &'static str {
    match (method, target.name.is_empty()) {
        ("POST", _) => "create",
        ("GET" | "HEAD", true) => {
            target.name = name_selected(query).unwrap_or_default();
            verb_of_list(query)
        }
        ("GET" | "HEAD", false) => "get",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "deletecollection",
        ("DELETE", false) => "delete",
        _ => "",
    }
}

fn verb_of_list(query: &[(String, String)]) -> &'static str {
    let watch = query.iter().find(|(name, _)| name == "watch");
    match watch.map(|(_, value)| value.to_lowercase()) {
        Some(value) if !["false", "0"].contains(&value.as_str()) => "watch",
        _ => "list",
    }
}

/// The one name that a field selector leaves, if it leaves but one.
fn name_selected(query: &[(String, String)]) -> Option<String> {
    let (_, selector) = query.iter().find(|(name, _)| name == "fieldSelector")?;
    selector.split(',').find_map(|term| {
        let (field, value) = term.split_once("==").or_else(|| term.split_once('='))?;
        let usable = !value.contains(['/', '%', '\\']) && ![".", ".."].contains(&value);
        (field == "metadata.name" && usable).then(|| value.to_owned())
    })
}

/// What a browser could take for HTML is escaped.
fn without_html(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>']) {
        return text.into();
    }
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .into()
}
