//! An operator under test, with the rights that it will have in production.

use std::{collections::BTreeMap, time::Duration};

use k8s_openapi::{
    api::{
        authorization::v1::{
            ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
        },
        core::v1::Namespace,
        rbac::v1::{ClusterRole, ClusterRoleBinding},
    },
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client, Config, ResourceExt,
    api::{Patch, PatchParams, PostParams},
    core::crd::merge_crds,
    runtime::{conditions::is_crd_established, wait::await_condition},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::Result;
use crate::{Manager, ManagerError, Rule};

const SETTLE: Duration = Duration::from_secs(30);

/// An operator that runs in the background, until this value goes.
#[derive(Debug)]
pub struct Operator {
    shutdown: CancellationToken,
    running: JoinHandle<Result<(), ManagerError>>,
}

impl Operator {
    /// Stops it as SIGTERM would, and waits until its runs have ended.
    pub async fn stop(mut self) -> Result {
        self.shutdown.cancel();
        Ok((&mut self.running).await??)
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// Installs what `manager` needs and starts it, as the ServiceAccount that its rules are bound to.
pub(super) async fn start(config: &Config, manager: Manager) -> Result<Operator> {
    let admin = Client::try_from(config.clone())?;
    install_crds(&admin, manager.crds()).await?;
    let account = grant(&admin, manager.name(), &manager.rules()).await?;
    let mut config = config.clone();
    config.auth_info.impersonate = Some(account);
    let client = Client::try_from(config)?;
    wait_for_rules(&client, &manager.rules()).await?;

    let shutdown = CancellationToken::new();
    let running = tokio::spawn(manager.run(client, shutdown.clone()));
    Ok(Operator { shutdown, running })
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

/// Binds the rules to the operator's ServiceAccount, as config/rbac does, and returns that account's user name.
async fn grant(client: &Client, name: &str, rules: &[Rule]) -> Result<String> {
    let namespace = format!("{name}-system");
    let role = format!("{name}-manager-role");
    let namespaces: Api<Namespace> = Api::all(client.clone());
    apply(
        &namespaces,
        &namespace,
        json!({"apiVersion": "v1", "kind": "Namespace"}),
    )
    .await?;
    let cluster_roles: Api<ClusterRole> = Api::all(client.clone());
    let api_version = "rbac.authorization.k8s.io/v1";
    apply(
        &cluster_roles,
        &role,
        json!({"apiVersion": api_version, "kind": "ClusterRole", "rules": rules}),
    )
    .await?;
    let binding = json!({
        "apiVersion": api_version,
        "kind": "ClusterRoleBinding",
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": "controller-manager", "namespace": namespace}],
    });
    let bindings: Api<ClusterRoleBinding> = Api::all(client.clone());
    apply(&bindings, &format!("{name}-manager-rolebinding"), binding).await?;
    Ok(format!(
        "system:serviceaccount:{namespace}:controller-manager"
    ))
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

/// The authorizer follows its watches: a rule that was written just now may not count yet, and nothing tells when it
/// does. So it is asked.
async fn wait_for_rules(client: &Client, rules: &[Rule]) -> Result {
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let deadline = Instant::now() + SETTLE;
    for attributes in rules.iter().flat_map(questions) {
        loop {
            let review = SelfSubjectAccessReview {
                spec: SelfSubjectAccessReviewSpec {
                    resource_attributes: Some(attributes.clone()),
                    ..Default::default()
                },
                ..Default::default()
            };
            let answer = reviews.create(&PostParams::default(), &review).await?;
            if answer.status.is_some_and(|status| status.allowed) {
                break;
            }
            if Instant::now() > deadline {
                return Err(format!(
                    "the operator's rules do not count after {} s: {attributes:?}",
                    SETTLE.as_secs()
                )
                .into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}

fn questions(rule: &Rule) -> Vec<ResourceAttributes> {
    let mut questions = Vec::new();
    for group in &rule.api_groups {
        for resource in &rule.resources {
            for verb in &rule.verbs {
                let (resource, subresource) = match resource.split_once('/') {
                    Some((resource, subresource)) => (resource, Some(subresource.to_owned())),
                    None => (resource.as_str(), None),
                };
                questions.push(ResourceAttributes {
                    group: Some(group.clone()),
                    resource: Some(resource.to_owned()),
                    subresource,
                    verb: Some(verb.clone()),
                    name: rule.resource_names.first().cloned(),
                    ..Default::default()
                });
            }
        }
    }
    questions
}
