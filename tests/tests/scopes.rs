//! What an operator watches and what not, on a real API server.
#![expect(
    unreachable_pub,
    reason = "kube's KubeSchema repeats a struct inside a function"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use k8s_openapi::{
    ByteString,
    api::{
        core::v1::{ConfigMap, Namespace, Secret},
        rbac::v1::{ClusterRole, PolicyRule, Role},
    },
};
use kube::{
    Api, CustomResourceExt, ResourceExt,
    api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams},
};
use myop::{
    CacheOptions, CancellationToken, Context, Controller, Manager, ManagerError, Outcome,
    Reconcile, chain, resource, status,
    testing::{Cluster, Result},
};
use serde_json::{Value, json};

/// Asks for a Secret.
#[resource(group = "test.example.com", version = "v1", kind = "Vault", namespaced, status = VaultStatus)]
pub struct VaultSpec {
    /// The Secret's labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Words for the status.
    #[serde(default)]
    pub note: String,
}

/// What the operator sees.
#[status]
pub struct VaultStatus {
    /// The words of the spec.
    pub note: String,
    /// The Secrets in the cache, and whether it has their data.
    pub seen: Vec<String>,
}

#[derive(Controller)]
#[controller(reconciles = Vault, owns(Secret))]
struct VaultController;

impl Reconcile for VaultController {
    type Error = myop::Error;

    async fn reconcile(
        &self,
        vault: Arc<Vault>,
        ctx: &Context<Self>,
    ) -> Result<Outcome, Self::Error> {
        let in_words = |secret: Arc<Secret>| {
            let namespace = secret.namespace().unwrap_or_default();
            let data = if secret.data.is_some() {
                " with data"
            } else {
                ""
            };
            format!("{namespace}/{}{data}", secret.name_any())
        };
        // As other runs have left them: this one would see its own.
        let seen = ctx.list::<Secret>().into_iter().map(in_words).collect();
        let mut secret = secret(&vault.name_any(), None);
        secret.metadata.labels = Some(vault.spec.labels.clone());
        ctx.apply(secret).await?;
        ctx.status(VaultStatus {
            note: vault.spec.note.clone(),
            seen,
            ..VaultStatus::default()
        });
        Ok(Outcome::done())
    }
}

/// Asks for a Secret somewhere.
#[resource(group = "test.example.com", version = "v1", kind = "Bank", status = BankStatus)]
pub struct BankSpec {
    /// Where.
    pub namespace: String,
}

/// What the operator sees.
#[status]
pub struct BankStatus {}

#[derive(Controller)]
#[controller(reconciles = Bank, owns(Secret))]
struct BankController;

impl Reconcile for BankController {
    type Error = myop::Error;

    async fn reconcile(
        &self,
        bank: Arc<Bank>,
        ctx: &Context<Self>,
    ) -> Result<Outcome, Self::Error> {
        ctx.apply(secret("of-the-bank", Some(&bank.spec.namespace)))
            .await?;
        Ok(Outcome::done())
    }
}

fn secret(name: &str, namespace: Option<&str>) -> Secret {
    Secret {
        metadata: ObjectMeta {
            name: Some(name.into()),
            namespace: namespace.map(Into::into),
            ..ObjectMeta::default()
        },
        data: Some([("key".to_owned(), ByteString(b"gold".to_vec()))].into()),
        ..Secret::default()
    }
}

fn manager() -> Manager {
    Manager::new("vault-operator", vec![Vault::crd(), Bank::crd()])
        .controller::<VaultController>()
        .controller::<BankController>()
}

async fn namespace(cluster: &Cluster, name: &str) -> Result {
    let namespace = serde_json::from_value(json!({"metadata": {"name": name}}))?;
    let namespaces: Api<Namespace> = cluster.all();
    namespaces
        .create(&PostParams::default(), &namespace)
        .await?;
    Ok(())
}

async fn vault(vaults: &Api<Vault>, name: &str, spec: Value) -> Result {
    let vault = Vault::new(name, serde_json::from_value(spec)?);
    vaults.create(&PostParams::default(), &vault).await?;
    Ok(())
}

async fn respec(vaults: &Api<Vault>, name: &str, spec: Value) -> Result {
    let patch = Patch::Merge(json!({ "spec": spec }));
    vaults.patch(name, &PatchParams::default(), &patch).await?;
    Ok(())
}

fn resources(rules: Option<Vec<PolicyRule>>) -> BTreeSet<String> {
    let of_rules = rules.into_iter().flatten().map(|rule| rule.resources);
    of_rules.flatten().flatten().collect()
}

/// Waits until the vault's controller has seen exactly these Secrets, and has read this note.
async fn until_seen(
    cluster: &Cluster,
    vaults: &Api<Vault>,
    name: &str,
    note: &str,
    seen: &[&str],
) -> Result {
    let is_so = |vault: Option<&Vault>| {
        let status = vault.and_then(|vault| vault.status.as_ref());
        status.is_some_and(|status| status.note == note && status.seen == seen)
    };
    cluster.until(vaults, name, is_so).await?;
    Ok(())
}

#[myop::test]
async fn an_operator_with_a_role_works_in_its_namespace_and_sees_nothing_else(
    cluster: Cluster,
) -> Result {
    namespace(&cluster, "shop").await?;
    let (inside, outside): (Api<Vault>, Api<Vault>) =
        (cluster.namespaced("shop"), cluster.namespaced("default"));
    let secrets: Api<Secret> = cluster.namespaced("default");
    secrets
        .create(&PostParams::default(), &secret("of-another", None))
        .await?;
    let _operator = cluster.run(manager().watch_namespaces(["shop"])).await?;

    let (role, cluster_role): (Api<Role>, Api<ClusterRole>) =
        (cluster.namespaced("shop"), cluster.all());
    let inside_it = role.get("vault-operator-under-test").await?.rules;
    assert!(resources(inside_it).contains("secrets"));
    let everywhere = cluster_role.get("vault-operator-under-test").await?.rules;
    let is_of_banks = |resource: &String| resource.starts_with("banks");
    assert!(resources(everywhere).iter().all(is_of_banks));

    vault(&outside, "v", json!({})).await?;
    vault(&inside, "v", json!({"note": "first"})).await?;
    until_seen(&cluster, &inside, "v", "first", &["shop/v with data"]).await?;
    // Its own writes were seen, or it would wait for ever.
    respec(
        &inside,
        "v",
        json!({"note": "second", "labels": {"a": "b"}}),
    )
    .await?;
    until_seen(&cluster, &inside, "v", "second", &["shop/v with data"]).await?;
    assert!(outside.get("v").await?.status.is_none());
    Ok(())
}

#[myop::test]
async fn each_of_several_namespaces_has_its_own_watch(cluster: Cluster) -> Result {
    namespace(&cluster, "shop").await?;
    namespace(&cluster, "mall").await?;
    let _operator = cluster
        .run(manager().watch_namespaces(["shop", "mall"]))
        .await?;
    let (shop, mall): (Api<Vault>, Api<Vault>) =
        (cluster.namespaced("shop"), cluster.namespaced("mall"));
    vault(&shop, "v", json!({})).await?;
    until_seen(&cluster, &shop, "v", "", &["shop/v with data"]).await?;
    vault(&mall, "v", json!({})).await?;
    until_seen(
        &cluster,
        &mall,
        "v",
        "",
        &["mall/v with data", "shop/v with data"],
    )
    .await?;
    for round in ["one", "two"] {
        for vaults in [&shop, &mall] {
            respec(
                vaults,
                "v",
                json!({"note": round, "labels": {"round": round}}),
            )
            .await?;
            let seen = ["mall/v with data", "shop/v with data"];
            until_seen(&cluster, vaults, "v", round, &seen).await?;
        }
    }
    let secrets: Api<Secret> = cluster.namespaced("mall");
    let first = secrets.get("v").await?.uid();
    secrets.delete("v", &DeleteParams::default()).await?;
    let made_again = |found: Option<&Secret>| found.is_some_and(|found| found.uid() != first);
    cluster.until(&secrets, "v", made_again).await?;
    Ok(())
}

#[myop::test]
async fn nothing_is_applied_where_nobody_would_see_it(cluster: Cluster) -> Result {
    namespace(&cluster, "shop").await?;
    let _operator = cluster.run(manager().watch_namespaces(["shop"])).await?;
    let banks: Api<Bank> = cluster.all();
    for (name, namespace) in [("here", "shop"), ("there", "default")] {
        let bank = Bank::new(
            name,
            BankSpec {
                namespace: namespace.into(),
            },
        );
        banks.create(&PostParams::default(), &bank).await?;
    }
    cluster.until_ready(&banks, "here").await?;
    let words = "cannot own Secret default/of-the-bank: its namespace is none of those that the operator watches";
    let is_refused = |bank: Option<&Bank>| {
        let status = bank.and_then(|bank| bank.status.as_ref());
        let mut conditions = status.iter().flat_map(|status| &status.conditions);
        conditions.any(|one| one.type_ == "Ready" && one.message.starts_with(words))
    };
    cluster.until(&banks, "there", is_refused).await?;
    Ok(())
}

#[myop::test]
async fn what_a_selector_leaves_out_is_not_seen_and_not_waited_for(cluster: Cluster) -> Result {
    let of_shop = CacheOptions::<Secret>::new().labels("app in (shop)");
    let _operator = cluster.run(manager().cache_options(of_shop)).await?;
    let vaults: Api<Vault> = cluster.namespaced("default");
    vault(&vaults, "v", json!({"note": "unlabelled"})).await?;
    until_seen(&cluster, &vaults, "v", "unlabelled", &[]).await?;
    respec(
        &vaults,
        "v",
        json!({"note": "shop", "labels": {"app": "shop"}}),
    )
    .await?;
    until_seen(&cluster, &vaults, "v", "shop", &["default/v with data"]).await?;
    respec(
        &vaults,
        "v",
        json!({"note": "bank", "labels": {"app": "bank"}}),
    )
    .await?;
    until_seen(&cluster, &vaults, "v", "bank", &[]).await?;
    respec(
        &vaults,
        "v",
        json!({"note": "again", "labels": {"app": "shop"}}),
    )
    .await?;
    until_seen(&cluster, &vaults, "v", "again", &["default/v with data"]).await?;
    Ok(())
}

#[myop::test]
async fn the_cache_has_what_the_fields_select_without_what_is_taken_away(
    cluster: Cluster,
) -> Result {
    let secrets: Api<Secret> = cluster.namespaced("default");
    let mut other = secret("other", None);
    other.type_ = Some("example.com/other".into());
    secrets.create(&PostParams::default(), &other).await?;
    let without_data = CacheOptions::<Secret>::new()
        .fields("type=Opaque")
        .transform(|secret| secret.data = None);
    let _operator = cluster.run(manager().cache_options(without_data)).await?;
    let vaults: Api<Vault> = cluster.namespaced("default");
    vault(&vaults, "v", json!({"note": "first"})).await?;
    until_seen(&cluster, &vaults, "v", "first", &["default/v"]).await?;

    let before = cluster.write_requests(&["secrets"]).await?;
    respec(&vaults, "v", json!({"note": "second"})).await?;
    until_seen(&cluster, &vaults, "v", "second", &["default/v"]).await?;
    let after = cluster.write_requests(&["secrets"]).await?;
    assert_eq!(
        before, after,
        "what is not kept is not applied again for that"
    );
    Ok(())
}

#[myop::test]
async fn what_cannot_be_watched_is_said_at_the_start(cluster: Cluster) -> Result {
    let unused = CacheOptions::<ConfigMap>::new();
    let labels = CacheOptions::<Secret>::new().labels("app in");
    let fields = CacheOptions::<Secret>::new().fields("type");
    for (manager, words) in [
        (
            manager().cache_options(unused),
            "there are cache options for ConfigMap, and no controller reconciles, owns, watches or reads that kind",
        ),
        (
            manager().cache_options(labels),
            "cannot tell which objects of kind Secret to keep in the cache: `app in` is not a label selector: \
             `app in` is not the key of a label",
        ),
        (
            manager().cache_options(fields),
            "cannot tell which objects of kind Secret to keep in the cache: `type` is not a field selector: \
             `type` is not of the form FIELD=VALUE or FIELD!=VALUE",
        ),
        (
            manager().watch_namespaces(["a b"]),
            "cannot watch the namespaces that the operator is limited to: `a b` is not the name of a namespace",
        ),
    ] {
        let ended = manager
            .run(cluster.client(), CancellationToken::new())
            .await;
        let error: ManagerError = ended.expect_err(words);
        assert_eq!(chain(&error), words);
    }
    Ok(())
}
