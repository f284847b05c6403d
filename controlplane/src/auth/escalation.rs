//! Nobody gives rights that they don't hold: the checks at each write of a role or a binding.

use serde_json::Value;

use super::{
    attributes::{Attributes, Resource, Target},
    quoted::{quoted, quoted_list},
    rbac::{Rbac, RoleRef},
    rule::{Rule, missing},
    user::User,
};
use crate::{Refusal, Subject};

const GROUP: &str = "rbac.authorization.k8s.io";

/// A write of a role or a binding.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// Who writes.
    pub user: &'a User,
    /// What is asked for: its resource, namespace and name as in the path, where a create has no name.
    pub request: &'a Resource,
    /// As it is now; nothing at a create.
    pub old: Option<&'a Value>,
    /// As it will be, with its name, after defaults and mutation and before validation.
    pub new: &'a Value,
}

impl Grant<'_> {
    /// Refuses to give rights that the writer doesn't hold. What is no role and no binding is accepted.
    ///
    /// Kubernetes' `pkg/registry/rbac/*/policybased`.
    pub fn check(&self, rbac: &Rbac) -> Result<(), Refusal> {
        if self.request.group != GROUP
            || !self.request.subresource.is_empty()
            || self.user.is_master()
            || self.is_for_the_garbage_collector()
        {
            return Ok(());
        }
        match self.request.resource.as_str() {
            "roles" | "clusterroles" => self.check_role(rbac),
            "rolebindings" | "clusterrolebindings" => self.check_binding(rbac),
            _ => Ok(()),
        }
    }

    fn check_role(&self, rbac: &Rbac) -> Result<(), Refusal> {
        if self.may(rbac, "escalate", self.request.clone()) {
            return Ok(());
        }
        self.check_rules(rbac, &Rule::all_of(self.new))?;
        let aggregates = self.request.resource == "clusterroles"
            && (has_aggregation(self.new) || self.old.is_some_and(has_aggregation));
        if aggregates && self.check_rules(rbac, &full_authority()).is_err() {
            let why = "must have cluster-admin privileges to use the aggregationRule";
            return Err(Refusal::forbidden(&self.subject(), why));
        }
        Ok(())
    }

    fn check_binding(&self, rbac: &Rbac) -> Result<(), Refusal> {
        let role = RoleRef::of(self.new);
        let resource = match role.kind.as_str() {
            "ClusterRole" => "clusterroles",
            _ => "roles",
        };
        let bound = Resource {
            namespace: self.request.namespace.clone(),
            group: role.api_group.clone(),
            resource: resource.to_owned(),
            name: role.name.clone(),
            ..Resource::default()
        };
        if self.may(rbac, "bind", bound) {
            return Ok(());
        }
        let Some(rules) = rbac.role(&role, &self.request.namespace) else {
            return Err(Refusal::not_found(&Subject {
                name: role.name,
                ..self.subject()
            }));
        };
        self.check_rules(rbac, rules)
    }

    /// `ConfirmNoEscalation` of kubernetes' `pkg/registry/rbac/validation`.
    fn check_rules(&self, rbac: &Rbac, wanted: &[Rule]) -> Result<(), Refusal> {
        let (held, unresolved) = rbac.rules(self.user, &self.request.namespace);
        let missing = missing(&held, wanted);
        if missing.is_empty() {
            return Ok(());
        }
        let mut why = format!(
            "user {} (groups={}) is attempting to grant RBAC permissions not currently held:\n{}",
            quoted(&self.user.name),
            quoted_list(&self.user.groups),
            missing.join("\n")
        );
        if !unresolved.is_empty() {
            // Here the server asks its storage, which names resources, not kinds.
            let names = unresolved.iter().map(|role| {
                let resource = role.0.kind.to_lowercase();
                format!("{resource}s.{GROUP} {} not found", quoted(&role.0.name))
            });
            why = format!(
                "{why}; resolution errors: [{}]",
                crate::refusal::aggregate(names)
            );
        }
        Err(Refusal::forbidden(&self.subject(), &why))
    }

    fn may(&self, rbac: &Rbac, verb: &str, resource: Resource) -> bool {
        let attributes = Attributes {
            verb: verb.to_owned(),
            target: Target::Resource(resource),
        };
        rbac.authorize(self.user, &attributes).is_allowed()
    }

    /// Whether nothing changes but what the garbage collector writes.
    fn is_for_the_garbage_collector(&self) -> bool {
        let Some(old) = self.old else { return false };
        let compared = |object: &Value| {
            let mut object = object.clone();
            if let Some(metadata) = object["metadata"].as_object_mut() {
                for field in ["ownerReferences", "finalizers", "selfLink", "managedFields"] {
                    metadata.remove(field);
                }
            }
            object
        };
        compared(old) == compared(self.new)
    }

    fn subject(&self) -> Subject {
        let name = self.new["metadata"]["name"].as_str().unwrap_or_default();
        Subject {
            group: GROUP.to_owned(),
            resource: self.request.resource.clone(),
            name: name.to_owned(),
        }
    }
}

fn has_aggregation(role: &Value) -> bool {
    let selectors = role["aggregationRule"]["clusterRoleSelectors"].as_array();
    selectors.is_some_and(|selectors| !selectors.is_empty())
}

fn full_authority() -> [Rule; 2] {
    let all = || vec!["*".to_owned()];
    let resources = Rule {
        verbs: all(),
        api_groups: all(),
        resources: all(),
        ..Rule::default()
    };
    let paths = Rule {
        verbs: all(),
        non_resource_urls: all(),
        ..Rule::default()
    };
    [resources, paths]
}
