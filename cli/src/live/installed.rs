//! What an operator takes on a cluster: its definitions, its account and the rules for it, as config/default has them.

use std::collections::BTreeMap;

use kube::api::{DynamicObject, PostParams};
use kube::runtime::conditions::Condition;
use kube::runtime::wait::await_condition;
use kube::{Api, Client};
use serde_json::{Value, json};
use tokio::time::{Duration, timeout};

use super::objects::{self, Identity, ObjectError, by_kinds};
use crate::project::Project;

/// How long an API server may take to serve a new kind.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a token holds: longer than any session, whose end is also the end of who gave it.
const TOKEN_SECONDS: u32 = 100 * 365 * 24 * 3600;

/// What is on the cluster because of the operator.
#[derive(Debug, Default)]
pub(crate) struct Installed {
    objects: BTreeMap<Identity, Value>,
}

/// The objects that are to be there, in the order in which they are applied.
pub(crate) type Wanted = Vec<(Identity, Value)>;

/// What came of an installation.
#[derive(Debug, Default)]
pub(crate) struct Installation {
    pub(crate) changed: Vec<Identity>,
    pub(crate) removed: Vec<Identity>,
    pub(crate) refused: Vec<(Identity, ObjectError)>,
}

/// The operator's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Installation {
    /// With what came of a further step.
    pub(crate) fn extend(&mut self, further: Self) {
        self.changed.extend(further.changed);
        self.removed.extend(further.removed);
        self.refused.extend(further.refused);
    }

    /// What was installed and what was taken away, by kinds; nothing where all was there.
    pub(crate) fn summary(&self) -> Option<String> {
        match (by_kinds(&self.changed), by_kinds(&self.removed)) {
            (changed, removed) if changed.is_empty() && removed.is_empty() => None,
            (changed, removed) if removed.is_empty() => Some(changed),
            (changed, removed) if changed.is_empty() => Some(format!("removed {removed}")),
            (changed, removed) => Some(format!("{changed}; removed {removed}")),
        }
    }
}

impl Account {
    /// The one that a project's manifests make.
    pub(crate) fn of(project: &Project) -> Self {
        Self {
            namespace: format!("{}-system", project.name),
            name: format!("{}-controller-manager", project.name),
        }
    }

    /// How it calls itself at the API server.
    pub(crate) fn user(&self) -> String {
        format!("system:serviceaccount:{}:{}", self.namespace, self.name)
    }

    /// A kubeconfig of an administrator made one of this account.
    ///
    /// # Errors
    /// When it gets no token.
    pub(crate) async fn kubeconfig(
        &self,
        client: &Client,
        administrators: &str,
    ) -> Result<String, ObjectError> {
        let name = Identity {
            api_version: "v1".into(),
            kind: "ServiceAccount".into(),
            namespace: Some(self.namespace.clone()),
            name: self.name.clone(),
        };
        let accounts = objects::api_of(client, &name, "").await?;
        let request = json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": { "audiences": [], "expirationSeconds": TOKEN_SECONDS },
        });
        let answer: Value = accounts
            .create_subresource("token", &self.name, &PostParams::default(), &request)
            .await?;
        let mut config: Value = serde_yaml::from_str(administrators).unwrap_or_default();
        config["users"][0]["user"] = json!({ "token": answer["status"]["token"] });
        Ok(config.to_string())
    }
}

impl Installed {
    /// Makes of what is there what is wanted, by as few requests as that takes; what is there besides stays.
    pub(crate) async fn apply(&mut self, client: &Client, wanted: &Wanted) -> Installation {
        let mut done = Installation::default();
        for (name, object) in wanted {
            if self.objects.get(name) == Some(object) {
                continue;
            }
            match install(client, name, object).await {
                Ok(()) => {
                    self.objects.insert(name.clone(), object.clone());
                    done.changed.push(name.clone());
                }
                Err(error) => done.refused.push((name.clone(), error)),
            }
        }
        done
    }

    /// Whether something is there that is not wanted.
    pub(crate) fn has_others_than(&self, wanted: &Wanted) -> bool {
        self.others_than(wanted).next().is_some()
    }

    /// Takes that away.
    pub(crate) async fn remove_others_than(
        &mut self,
        client: &Client,
        wanted: &Wanted,
    ) -> Installation {
        let mut done = Installation::default();
        let gone: Vec<_> = self.others_than(wanted).cloned().collect();
        for name in gone {
            match objects::delete(client, &name).await {
                Ok(()) => {
                    self.objects.remove(&name);
                    done.removed.push(name);
                }
                Err(error) => done.refused.push((name, error)),
            }
        }
        done
    }

    fn others_than(&self, wanted: &Wanted) -> impl Iterator<Item = &Identity> {
        let is_wanted = |name: &Identity| wanted.iter().any(|(wanted, _)| wanted == name);
        self.objects.keys().filter(move |name| !is_wanted(name))
    }
}

async fn install(client: &Client, name: &Identity, object: &Value) -> Result<(), ObjectError> {
    objects::apply(client, name, object, "").await?;
    if name.kind == "CustomResourceDefinition" {
        let definitions = objects::api_of(client, name, "").await?;
        established(definitions, &name.name).await?;
    }
    Ok(())
}

/// Waits until a kind is served. One that never is says why in its conditions, and whoever applies an object hears of it.
async fn established(definitions: Api<DynamicObject>, name: &str) -> Result<(), ObjectError> {
    let waited = timeout(PATIENCE, await_condition(definitions, name, IsEstablished)).await;
    match waited {
        Ok(Err(kube::runtime::wait::Error::ProbeFailed(
            kube::runtime::watcher::Error::InitialListFailed(error),
        ))) => Err(error.into()),
        _ => Ok(()),
    }
}

struct IsEstablished;

impl Condition<DynamicObject> for IsEstablished {
    fn matches_object(&self, object: Option<&DynamicObject>) -> bool {
        let conditions = object.and_then(|object| object.data["status"]["conditions"].as_array());
        conditions
            .into_iter()
            .flatten()
            .any(|condition| condition["type"] == "Established" && condition["status"] == "True")
    }
}

/// The objects, in the order in which they are applied: named, and put into the operator's namespace, as config/default
/// has kustomize do it.
pub(crate) fn wanted(manifests: &BTreeMap<String, String>, project: &Project) -> Wanted {
    let account = Account::of(project);
    let namespace = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": { "name": account.namespace },
    });
    let is_list = |path: &str| path.ends_with("kustomization.yaml");
    let mut objects = vec![namespace];
    for (path, text) in manifests.iter().filter(|(path, _)| !is_list(path)) {
        let Ok(mut object) = serde_yaml::from_str::<Value>(text) else {
            continue;
        };
        if path.starts_with("config/rbac/") {
            adapt(&mut object, project, &account);
        }
        objects.push(object);
    }
    let named = objects.into_iter();
    named
        .filter_map(|object| Some((Identity::of(&object)?, object)))
        .collect()
}

fn adapt(object: &mut Value, project: &Project, account: &Account) {
    let prefix = |name: &mut Value| {
        if let Some(plain) = name.as_str() {
            *name = json!(format!("{}-{plain}", project.name));
        }
    };
    prefix(&mut object["metadata"]["name"]);
    if object["metadata"].get("namespace").is_some() {
        object["metadata"]["namespace"] = json!(account.namespace);
    }
    if let Some(role) = object.get_mut("roleRef") {
        prefix(&mut role["name"]);
    }
    let subjects = object.get_mut("subjects").and_then(Value::as_array_mut);
    for subject in subjects.into_iter().flatten() {
        prefix(&mut subject["name"]);
        subject["namespace"] = json!(account.namespace);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_named_as_config_default_names_them() {
        let project = Project::new("shop", "example.com").unwrap();
        let facts = r#"{ "name": "shop", "crds": [], "controllers": [] }"#;
        let facts = myop_manifests::Facts::read(facts).unwrap();
        let wanted_files = project.for_manifests(myop_manifests::Descriptions::Full);
        let files = myop_manifests::files(&facts, &wanted_files).unwrap();
        let objects = wanted(&files, &project);
        let names: Vec<_> = objects.iter().map(|(name, _)| name.to_string()).collect();
        insta::assert_snapshot!(names.join("\n"), @r"
        Namespace shop-system
        Role shop-system/shop-leader-election-role
        RoleBinding shop-system/shop-leader-election-rolebinding
        ClusterRole shop-metrics-auth-role
        ClusterRoleBinding shop-metrics-auth-rolebinding
        ClusterRole shop-metrics-reader
        ClusterRole shop-manager-role
        ClusterRoleBinding shop-manager-rolebinding
        ServiceAccount shop-system/shop-controller-manager
        ");
        let binding = objects.iter().find(|(name, _)| {
            name.kind == "ClusterRoleBinding" && name.name == "shop-manager-rolebinding"
        });
        let (_, binding) = binding.unwrap();
        assert_eq!(binding["roleRef"]["name"], "shop-manager-role");
        assert_eq!(
            binding["subjects"][0],
            json!({"kind": "ServiceAccount", "name": "shop-controller-manager", "namespace": "shop-system"})
        );
    }
}
