//! What an operator needs on a cluster: its CRDs, and its rules bound to its ServiceAccount.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::{
        core::v1::Namespace,
        rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding},
    },
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client, ResourceExt,
    api::{Patch, PatchParams, PostParams},
    core::crd::merge_crds,
    runtime::{conditions::is_crd_established, wait::await_condition},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Result, SETTLE};
use crate::{Manager, Object, Rule, access::ScopedRules, leader, namespaces::Namespaces};

/// Who has written what a test installs.
pub(super) const FIELD_MANAGER: &str = "myop-testing";

/// Whose the cluster is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// The test's own: it ends with it.
    Test,
    /// Somebody else's, who finds it afterwards as it was.
    SomebodyElse,
}

/// What was installed for an operator. But for the CRDs it has names that only tests give: what an operator of this name
/// that is deployed there has stays its own.
#[derive(Clone, Debug)]
pub(super) struct Installation {
    name: &'static str,
    namespaces: Namespaces,
}

impl Installation {
    pub(super) async fn of(client: &Client, manager: &Manager, host: Host) -> Result<Self> {
        let installation = Self {
            name: manager.name(),
            namespaces: manager.namespaces.clone(),
        };
        install_crds(client, manager.crds(), host).await?;
        installation.grant(client, manager.rules()).await?;
        grant_lease(client, &installation.namespace()).await?;
        Ok(installation)
    }

    /// Where the operator's pod would be.
    pub(super) fn namespace(&self) -> String {
        format!("{}-under-test", self.name)
    }

    /// The user that the operator runs as.
    pub(super) fn account(&self) -> String {
        format!(
            "system:serviceaccount:{}:controller-manager",
            self.namespace()
        )
    }

    /// The name of its roles and of what binds them.
    fn role(&self) -> String {
        self.namespace()
    }

    /// Binds the rules to the operator's ServiceAccount, as config/rbac does: everywhere, or in the namespaces that it
    /// watches.
    async fn grant(&self, client: &Client, allowed: Vec<Rule>) -> Result {
        let home: Api<Namespace> = Api::all(client.clone());
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace"});
        apply(&home, &self.namespace(), namespace).await?;

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
        let namespace = self.namespace();
        let binding = json!({
            "apiVersion": RBAC,
            "kind": B::kind(&()),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": self.role()},
            "subjects": [{"kind": "ServiceAccount", "name": "controller-manager", "namespace": namespace}],
        });
        apply(bindings, &self.role(), binding).await
    }
}

const RBAC: &str = "rbac.authorization.k8s.io/v1";

async fn install_crds(client: &Client, crds: &[CustomResourceDefinition], host: Host) -> Result {
    let mut by_name: BTreeMap<String, Vec<CustomResourceDefinition>> = BTreeMap::new();
    for crd in crds {
        by_name
            .entry(crd.name_any())
            .or_default()
            .push(as_written(crd)?);
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
        let crd = merge_crds(versions, &stored)?;
        if host == Host::Test || !is_there(&api, &crd).await? {
            apply(&api, &name, crd).await?;
        }
        let established = await_condition(api.clone(), &name, is_crd_established());
        let waited = tokio::time::timeout(SETTLE, established).await;
        waited.map_err(|_| format!("{name} is not established after {} s", SETTLE.as_secs()))??;
    }
    Ok(())
}

/// Whether somebody else has installed this CRD.
///
/// # Errors
///
/// Where it is another one: their objects would be held to the schema of a test.
async fn is_there(
    api: &Api<CustomResourceDefinition>,
    wanted: &CustomResourceDefinition,
) -> Result<bool> {
    let name = wanted.name_any();
    let Some(found) = api.get_opt(&name).await? else {
        return Ok(false);
    };
    let writers = found.managed_fields().iter();
    let mut writers = writers.filter(|one| one.subresource.is_none());
    if writers.all(|one| one.manager.as_deref() == Some(FIELD_MANAGER)) {
        return Ok(false);
    }
    let mut ours = found.clone();
    ours.spec = wanted.spec.clone();
    let only_asked = PostParams {
        dry_run: true,
        ..PostParams::default()
    };
    // It fills in what is left out.
    let ours = api.replace(&name, &only_asked, &ours).await;
    if ours.is_ok_and(|ours| ours.spec == found.spec) {
        return Ok(true);
    }
    Err(format!(
        "the CRD {name} is on this cluster already and says something else than this operator's, and a test changes \
         nothing that was there before it: apply config/crd, or delete the CRD"
    )
    .into())
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

/// A definition as `myop manifests` writes it, with all that the API says of its own types.
pub(super) fn as_written(crd: &CustomResourceDefinition) -> Result<CustomResourceDefinition> {
    let mut crd = serde_json::to_value(crd)?;
    let versions = crd["spec"]["versions"].as_array_mut();
    for version in versions.into_iter().flatten() {
        if let Some(schema) = version.pointer_mut("/schema/openAPIV3Schema") {
            myop_builtin::restore(schema);
        }
    }
    Ok(serde_json::from_value(crd)?)
}

async fn apply<K>(api: &Api<K>, name: &str, object: impl Serialize) -> Result
where
    K: Clone + DeserializeOwned + std::fmt::Debug,
{
    let mut object: Value = serde_json::to_value(object)?;
    object["metadata"]["name"] = name.into();
    api.patch(
        name,
        &PatchParams::apply(FIELD_MANAGER).force(),
        &Patch::Apply(object),
    )
    .await?;
    Ok(())
}
