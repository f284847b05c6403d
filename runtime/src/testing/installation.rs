//! What an operator needs on a cluster: its CRDs, and its rules bound to its ServiceAccount.

use std::{collections::BTreeMap, fmt::Debug};

use k8s_openapi::{
    api::{
        core::v1::Namespace,
        rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding},
    },
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client, ResourceExt,
    api::{
        ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, Patch, PatchParams,
    },
    core::crd::merge_crds,
    runtime::{conditions::is_crd_established, wait::await_condition},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Result, SETTLE};
use crate::{Manager, Object, Rule, access::ScopedRules, leader, namespaces::Namespaces};

/// What was installed for an operator.
#[derive(Clone, Debug)]
pub(super) struct Installation {
    name: &'static str,
    namespaces: Namespaces,
    crds: Vec<CustomResourceDefinition>,
}

impl Installation {
    pub(super) async fn of(client: &Client, manager: &Manager) -> Result<Self> {
        let installation = Self {
            name: manager.name(),
            namespaces: manager.namespaces.clone(),
            crds: manager.crds().to_vec(),
        };
        install_crds(client, manager.crds()).await?;
        installation.grant(client, manager.rules()).await?;
        grant_lease(client, &installation.namespace()).await?;
        Ok(installation)
    }

    /// Where the operator's pod would be.
    pub(super) fn namespace(&self) -> String {
        format!("{}-system", self.name)
    }

    /// The user that the operator runs as.
    pub(super) fn account(&self) -> String {
        format!(
            "system:serviceaccount:{}:controller-manager",
            self.namespace()
        )
    }

    /// Takes it off the cluster again, and with the CRDs their objects.
    pub(super) async fn remove(&self, client: &Client) -> Result {
        let crds: Api<CustomResourceDefinition> = Api::all(client.clone());
        for crd in &self.crds {
            release_objects(client, crd).await?;
            let name = crd.name_any();
            delete(&crds, &name).await?;
            let is_gone = |found: Option<&CustomResourceDefinition>| found.is_none();
            let gone =
                tokio::time::timeout(SETTLE, await_condition(crds.clone(), &name, is_gone)).await;
            gone.map_err(|_| {
                format!(
                    "{name} is not gone {} s after its deletion",
                    SETTLE.as_secs()
                )
            })??;
        }
        let (role, binding) = (self.role(), self.binding());
        for namespace in self.namespaces.names() {
            let bindings: Api<RoleBinding> = Api::namespaced(client.clone(), namespace);
            delete(&bindings, &binding).await?;
            delete(&Api::<Role>::namespaced(client.clone(), namespace), &role).await?;
        }
        delete(&Api::<ClusterRoleBinding>::all(client.clone()), &binding).await?;
        delete(&Api::<ClusterRole>::all(client.clone()), &role).await?;
        delete(
            &Api::<Namespace>::all(client.clone()),
            &format!("{}-system", self.name),
        )
        .await
    }

    fn role(&self) -> String {
        format!("{}-manager-role", self.name)
    }

    fn binding(&self) -> String {
        format!("{}-manager-rolebinding", self.name)
    }

    /// Binds the rules to the operator's ServiceAccount, as config/rbac does: everywhere, or in the namespaces that it
    /// watches.
    async fn grant(&self, client: &Client, allowed: Vec<Rule>) -> Result {
        let home: Api<Namespace> = Api::all(client.clone());
        let namespace = format!("{}-system", self.name);
        apply(
            &home,
            &namespace,
            json!({"apiVersion": "v1", "kind": "Namespace"}),
        )
        .await?;

        let everywhere = match &self.namespaces {
            Namespaces::All => allowed,
            Namespaces::Only(names) => {
                let ScopedRules {
                    namespaced,
                    cluster,
                } = allowed.into_iter().collect();
                for name in names {
                    let roles: Api<Role> = Api::namespaced(client.clone(), name);
                    let bindings: Api<RoleBinding> = Api::namespaced(client.clone(), name);
                    self.bind(&roles, &bindings, &namespaced).await?;
                }
                cluster
            }
        };
        let (roles, bindings) = (Api::all(client.clone()), Api::all(client.clone()));
        self.bind::<ClusterRole, ClusterRoleBinding>(&roles, &bindings, &everywhere)
            .await
    }

    async fn bind<R: Object, B: Object>(
        &self,
        roles: &Api<R>,
        bindings: &Api<B>,
        allowed: &[Rule],
    ) -> Result {
        let kind = R::kind(&());
        let role = json!({"apiVersion": RBAC, "kind": kind, "rules": allowed});
        apply(roles, &self.role(), role).await?;
        let namespace = format!("{}-system", self.name);
        let binding = json!({
            "apiVersion": RBAC,
            "kind": B::kind(&()),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": self.role()},
            "subjects": [{"kind": "ServiceAccount", "name": "controller-manager", "namespace": namespace}],
        });
        apply(bindings, &self.binding(), binding).await
    }
}

const RBAC: &str = "rbac.authorization.k8s.io/v1";

/// The operator that would clean up has ended with its test.
async fn release_objects(client: &Client, crd: &CustomResourceDefinition) -> Result {
    for version in &crd.spec.versions {
        let kind = GroupVersionKind::gvk(&crd.spec.group, &version.name, &crd.spec.names.kind);
        let resource = ApiResource::from_gvk_with_plural(&kind, &crd.spec.names.plural);
        let all: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
        for object in all.list(&ListParams::default()).await? {
            let (name, release) = (
                object.name_any(),
                Patch::Merge(json!({"metadata": {"finalizers": null}})),
            );
            let one: Api<DynamicObject> = match object.namespace() {
                Some(namespace) => Api::namespaced_with(client.clone(), &namespace, &resource),
                None => all.clone(),
            };
            one.patch(&name, &PatchParams::default(), &release).await?;
        }
    }
    Ok(())
}

async fn delete<K: Clone + DeserializeOwned + Debug>(api: &Api<K>, name: &str) -> Result {
    match api.delete(name, &DeleteParams::background()).await {
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        answer => Ok(answer.map(drop)?),
    }
}

async fn install_crds(client: &Client, crds: &[CustomResourceDefinition]) -> Result {
    let mut by_name: BTreeMap<String, Vec<CustomResourceDefinition>> = BTreeMap::new();
    for crd in crds {
        by_name.entry(crd.name_any()).or_default().push(crd.clone());
    }
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    for (name, versions) in by_name {
        let stored = versions
            .iter()
            .flat_map(|crd| &crd.spec.versions)
            .find(|version| version.storage);
        let stored = stored
            .ok_or_else(|| format!("no version of {name} is the storage version"))?
            .name
            .clone();
        apply(&api, &name, merge_crds(versions, &stored)?).await?;
        let established = await_condition(api.clone(), &name, is_crd_established());
        let waited = tokio::time::timeout(SETTLE, established).await;
        waited.map_err(|_| format!("{name} is not established after {} s", SETTLE.as_secs()))??;
    }
    Ok(())
}

/// Lets the operator elect a leader, as config/rbac does.
async fn grant_lease(client: &Client, namespace: &str) -> Result {
    let api_version = "rbac.authorization.k8s.io/v1";
    let role = json!({"apiVersion": api_version, "kind": "Role", "rules": [leader::rule()]});
    let roles: Api<Role> = Api::namespaced(client.clone(), namespace);
    apply(&roles, "leader-election-role", role).await?;
    let binding = json!({
        "apiVersion": api_version,
        "kind": "RoleBinding",
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "leader-election-role"},
        "subjects": [{"kind": "ServiceAccount", "name": "controller-manager", "namespace": namespace}],
    });
    let bindings: Api<RoleBinding> = Api::namespaced(client.clone(), namespace);
    apply(&bindings, "leader-election-rolebinding", binding).await
}

async fn apply<K>(api: &Api<K>, name: &str, object: impl Serialize) -> Result
where
    K: Clone + DeserializeOwned + std::fmt::Debug,
{
    let mut object: Value = serde_json::to_value(object)?;
    object["metadata"]["name"] = name.into();
    api.patch(
        name,
        &PatchParams::apply("myop-testing").force(),
        &Patch::Apply(object),
    )
    .await?;
    Ok(())
}
