//! Roles and bindings, kept so that asking is fast.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::Deserialize;
use serde_json::Value;

use super::{
    attributes::Attributes,
    quoted::quoted,
    rule::Rule,
    user::{User, account_of},
};
use crate::{Refusal, refusal::aggregate};

/// All roles and bindings of a cluster. A clone is cheap: roles and bindings are shared.
#[derive(Clone, Debug, Default)]
pub struct Rbac {
    /// By namespace: empty for what is in none.
    namespaces: BTreeMap<String, Rights>,
}

/// The roles and bindings of a namespace.
#[derive(Clone, Debug, Default)]
struct Rights {
    roles: BTreeMap<String, Arc<[Rule]>>,
    bindings: BTreeMap<String, Arc<Binding>>,
    /// The bindings that name somebody.
    by_subject: BTreeMap<Who, BTreeMap<String, Arc<Binding>>>,
}

/// A binding of either kind.
#[derive(Debug)]
struct Binding {
    namespace: String,
    name: String,
    role: RoleRef,
    subjects: Vec<Who>,
}

/// The role that a binding gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RoleRef {
    pub(super) api_group: String,
    pub(super) kind: String,
    pub(super) name: String,
}

/// Whom a binding names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    User(String),
    Group(String),
    Account { namespace: String, name: String },
}

/// Whether somebody may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They may. The reason is empty where they may do all.
    Allowed {
        /// `RBAC: allowed by ClusterRoleBinding …`.
        reason: String,
    },
    /// They may not.
    Denied {
        /// `RBAC: clusterrole.rbac.authorization.k8s.io "x" not found`; empty where all bound roles are there.
        reason: String,
    },
}

impl Decision {
    /// Whether they may.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed { .. })
    }

    /// Why.
    pub fn reason(&self) -> &str {
        match self {
            Self::Allowed { reason } | Self::Denied { reason } => reason,
        }
    }
}

/// A rule that somebody has by a binding, or a bound role that is not there.
type Found<'a> = Result<(&'a Rule, Source<'a>), NoSuchRole<'a>>;

/// The role of a binding is not there.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoSuchRole<'a>(pub(super) &'a RoleRef);

impl fmt::Display for NoSuchRole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.0.kind.to_lowercase();
        write!(
            f,
            "{kind}.rbac.authorization.k8s.io {} not found",
            quoted(&self.0.name)
        )
    }
}

/// By what binding and which of its subjects somebody has a rule.
#[derive(Clone, Copy, Debug)]
struct Source<'a> {
    binding: &'a Binding,
    who: &'a Who,
}

impl fmt::Display for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Binding {
            namespace,
            name,
            role,
            ..
        } = self.binding;
        let binding = if namespace.is_empty() {
            format!("ClusterRoleBinding {}", quoted(name))
        } else {
            format!("RoleBinding {}", quoted(&format!("{name}/{namespace}")))
        };
        write!(f, "{binding} of {} {} to ", role.kind, quoted(&role.name))?;
        match self.who {
            Who::User(name) => write!(f, "User {}", quoted(name)),
            Who::Group(name) => write!(f, "Group {}", quoted(name)),
            Who::Account { namespace, name } => {
                write!(
                    f,
                    "ServiceAccount {}",
                    quoted(&format!("{name}/{namespace}"))
                )
            }
        }
    }
}

impl Rbac {
    /// Takes in what was created or changed, if it is a role or a binding.
    pub fn apply(&mut self, object: &Value) {
        let [namespace, name] = key_of(object);
        match object["kind"].as_str() {
            Some("Role" | "ClusterRole") => {
                let rules = Rule::all_of(object).into();
                let rights = self.namespaces.entry(namespace).or_default();
                rights.roles.insert(name, rules);
            }
            Some("RoleBinding" | "ClusterRoleBinding") => {
                let binding = Binding::of(&namespace, &name, object);
                let rights = self.namespaces.entry(namespace).or_default();
                rights.forget_binding(&name);
                rights.remember_binding(binding);
            }
            _ => {}
        }
    }

    /// Forgets what was deleted, if it was a role or a binding.
    pub fn remove(&mut self, object: &Value) {
        let [namespace, name] = key_of(object);
        let Some(rights) = self.namespaces.get_mut(&namespace) else {
            return;
        };
        match object["kind"].as_str() {
            Some("Role" | "ClusterRole") => {
                rights.roles.remove(&name);
            }
            Some("RoleBinding" | "ClusterRoleBinding") => rights.forget_binding(&name),
            _ => {}
        }
        if rights.roles.is_empty() && rights.bindings.is_empty() {
            self.namespaces.remove(&namespace);
        }
    }

    /// Whether somebody may do something.
    ///
    /// Kubernetes' `plugin/pkg/auth/authorizer/rbac` (`Authorize`), behind the authorizer of `system:masters`.
    pub fn authorize(&self, user: &User, attributes: &Attributes) -> Decision {
        let mut reason = String::new();
        if user.is_master() {
            return Decision::Allowed { reason };
        }
        let mut missing = Vec::new();
        for found in self.rules_of(user, attributes.namespace()) {
            match found {
                Ok((rule, source)) if rule.allows(attributes) => {
                    let reason = format!("RBAC: allowed by {source}");
                    return Decision::Allowed { reason };
                }
                Ok(_) => {}
                Err(no_role) => missing.push(no_role),
            }
        }
        if !missing.is_empty() {
            let missing = aggregate(missing.iter().map(ToString::to_string));
            reason = format!("RBAC: {missing}");
        }
        Decision::Denied { reason }
    }

    /// Refuses what somebody may not do: 403, in the server's words.
    pub fn require(&self, user: &User, attributes: &Attributes) -> Result<(), Refusal> {
        match self.authorize(user, attributes) {
            Decision::Allowed { .. } => Ok(()),
            Decision::Denied { reason } => Err(attributes.forbidden(user, &reason)),
        }
    }

    /// The rules that somebody has in a namespace (empty for everywhere), and the bound roles that are not there:
    /// ClusterRoleBindings first, then RoleBindings, each by name.
    pub(super) fn rules(&self, user: &User, namespace: &str) -> (Vec<&Rule>, Vec<NoSuchRole<'_>>) {
        let mut rules = Vec::new();
        let mut missing = Vec::new();
        for found in self.rules_of(user, namespace) {
            match found {
                Ok((rule, _)) => rules.push(rule),
                Err(no_role) => missing.push(no_role),
            }
        }
        (rules, missing)
    }

    fn rules_of<'a>(&'a self, user: &User, namespace: &str) -> impl Iterator<Item = Found<'a>> {
        let identities = Who::all_of(user);
        let mut bindings = self.bindings_of(&identities, "");
        if !namespace.is_empty() {
            bindings.extend(self.bindings_of(&identities, namespace));
        }
        bindings.into_iter().flat_map(|source| {
            let rules = self.role(&source.binding.role, &source.binding.namespace);
            let missing = rules
                .is_none()
                .then_some(Err(NoSuchRole(&source.binding.role)));
            let rules = rules.unwrap_or_default().iter();
            missing
                .into_iter()
                .chain(rules.map(move |rule| Ok((rule, source))))
        })
    }

    /// The rules of the role that a binding in a namespace gives.
    pub(super) fn role(&self, role: &RoleRef, namespace: &str) -> Option<&[Rule]> {
        let namespace = match role.kind.as_str() {
            "ClusterRole" => "",
            _ => namespace,
        };
        let roles = &self.namespaces.get(namespace)?.roles;
        roles.get(&role.name).map(AsRef::as_ref)
    }

    /// The bindings in a namespace that name somebody, by name, and by which of their subjects.
    fn bindings_of(&self, identities: &[Who], namespace: &str) -> Vec<Source<'_>> {
        let Some(rights) = self.namespaces.get(namespace) else {
            return Vec::new();
        };
        let named = identities
            .iter()
            .filter_map(|who| rights.by_subject.get(who));
        let bindings: BTreeMap<_, _> = named.flatten().collect();
        bindings
            .into_values()
            .filter_map(|binding| binding.source_of(identities))
            .collect()
    }
}

impl Rights {
    fn remember_binding(&mut self, binding: Binding) {
        let binding = Arc::new(binding);
        for who in &binding.subjects {
            let named = self.by_subject.entry(who.clone()).or_default();
            named.insert(binding.name.clone(), Arc::clone(&binding));
        }
        self.bindings.insert(binding.name.clone(), binding);
    }

    fn forget_binding(&mut self, name: &str) {
        let Some(binding) = self.bindings.remove(name) else {
            return;
        };
        for who in &binding.subjects {
            if let Some(named) = self.by_subject.get_mut(who) {
                named.remove(name);
                if named.is_empty() {
                    self.by_subject.remove(who);
                }
            }
        }
    }
}

impl Binding {
    fn of(namespace: &str, name: &str, object: &Value) -> Self {
        let subjects = object["subjects"].as_array();
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            role: RoleRef::of(object),
            subjects: subjects
                .into_iter()
                .flatten()
                .filter_map(|subject| Who::of(subject, namespace))
                .collect(),
        }
    }

    /// By which of its subjects it means somebody: the first.
    fn source_of(&self, identities: &[Who]) -> Option<Source<'_>> {
        let who = self.subjects.iter().find(|who| identities.contains(who))?;
        Some(Source { binding: self, who })
    }
}

impl RoleRef {
    pub(super) fn of(binding: &Value) -> Self {
        Self::deserialize(&binding["roleRef"]).unwrap_or_default()
    }
}

impl Who {
    /// A ServiceAccount without a namespace is one of the binding's.
    fn of(subject: &Value, binding_namespace: &str) -> Option<Self> {
        let name = subject["name"].as_str()?.to_owned();
        let namespace = subject["namespace"].as_str().unwrap_or_default();
        match subject["kind"].as_str()? {
            "User" => Some(Self::User(name)),
            "Group" => Some(Self::Group(name)),
            "ServiceAccount" => {
                let namespaces = [namespace, binding_namespace];
                let namespace = namespaces
                    .into_iter()
                    .find(|namespace| !namespace.is_empty())?;
                let namespace = namespace.to_owned();
                Some(Self::Account { namespace, name })
            }
            _ => None,
        }
    }

    /// All that a binding may name to mean somebody.
    fn all_of(user: &User) -> Vec<Self> {
        let account = account_of(&user.name).map(|(namespace, name)| Self::Account {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        });
        let groups = user.groups.iter().cloned().map(Self::Group);
        std::iter::once(Self::User(user.name.clone()))
            .chain(account)
            .chain(groups)
            .collect()
    }
}

/// Namespace and name.
fn key_of(object: &Value) -> [String; 2] {
    let metadata = &object["metadata"];
    ["namespace", "name"].map(|field| metadata[field].as_str().unwrap_or_default().to_owned())
}
