//! Tests on a cluster that was there before them: they leave it as they found it.

use std::process::Command;

use k8s_openapi::{
    api::{
        core::v1::{ConfigMap, Namespace},
        rbac::v1::{ClusterRole, ClusterRoleBinding},
    },
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, CustomResourceExt, Resource, ResourceExt,
    api::{ListParams, ObjectMeta, Patch, PatchParams, PostParams},
    runtime::{conditions::is_crd_established, wait::await_condition},
};
use myop::testing::{Cluster, Result};
use myop_tests::{Act, Script, manager, scripts::create};
use serde_json::json;

/// What a test does that is run on somebody's cluster.
#[myop::test]
#[ignore = "it is run by the others of this file, on their clusters"]
async fn guest(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "of-the-guest", Act::Keep).await?;
    cluster.until_ready(&scripts, "of-the-guest").await?;
    let mine = named::<ConfigMap>("of-the-guest-alone");
    let maps: Api<ConfigMap> = cluster.namespaced("default");
    maps.create(&PostParams::default(), &mine).await?;
    let mine = named::<Namespace>("of-the-guest");
    let namespaces: Api<Namespace> = cluster.all();
    namespaces.create(&PostParams::default(), &mine).await?;
    Ok(())
}

/// Runs that test on this cluster, and returns whether it passed, with what it said.
fn visit(cluster: &Cluster) -> Result<(bool, String)> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", "guest", "--ignored", "--nocapture"])
        .env("USE_EXISTING_CLUSTER", "true")
        .env(
            "KUBECONFIG",
            cluster.kubeconfig().ok_or("a server of its own")?,
        )
        .output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8(said)?))
}

fn named<K: Resource + Default>(name: &str) -> K {
    let mut object = K::default();
    *object.meta_mut() = ObjectMeta {
        name: Some(name.into()),
        ..ObjectMeta::default()
    };
    object
}

/// What stands on the cluster that a visit could leave or take away: each object with its uid and resourceVersion.
async fn standing(cluster: &Cluster) -> Result<Vec<String>> {
    let mut all = of_kind::<CustomResourceDefinition>(cluster).await?;
    all.extend(of_kind::<Namespace>(cluster).await?);
    all.extend(of_kind::<ClusterRole>(cluster).await?);
    all.extend(of_kind::<ClusterRoleBinding>(cluster).await?);
    all.extend(of_kind::<ConfigMap>(cluster).await?);
    Ok(all)
}

async fn of_kind<K: myop::Object>(cluster: &Cluster) -> Result<Vec<String>> {
    let found = cluster.all::<K>().list(&ListParams::default()).await?;
    // What Kubernetes makes and brings up to date by itself, when it comes to it.
    let is_of_kubernetes = |object: &K| {
        let namespace = object.meta().namespace.iter();
        let mut names = namespace.chain(&object.meta().name);
        names.any(|name| name.starts_with("kube-"))
            || object.labels().contains_key("kubernetes.io/bootstrapping")
    };
    let found = found.iter().filter(|object| !is_of_kubernetes(object));
    let line = |object: &K| {
        let namespace = object.meta().namespace.clone().unwrap_or_default();
        let (kind, name) = (K::kind(&()), object.name_any());
        let version = object.resource_version().unwrap_or_default();
        let uid = object.uid().unwrap_or_default();
        format!("{kind} {namespace}/{name} {uid} at {version}")
    };
    Ok(found.map(line).collect())
}

async fn install(cluster: &Cluster, crd: &CustomResourceDefinition) -> Result {
    let crds: Api<CustomResourceDefinition> = cluster.all();
    crds.create(&PostParams::default(), crd).await?;
    await_condition(crds, &crd.name_any(), is_crd_established()).await?;
    Ok(())
}

#[myop::test(controllers)]
async fn a_test_removes_what_it_made(cluster: Cluster) -> Result {
    // An operator of the same name is deployed there.
    let roles: Api<ClusterRole> = cluster.all();
    let role = named("script-operator-manager-role");
    roles.create(&PostParams::default(), &role).await?;
    let home: Api<Namespace> = cluster.all();
    let namespace = named("script-operator-system");
    home.create(&PostParams::default(), &namespace).await?;
    let maps: Api<ConfigMap> = cluster.namespaced("script-operator-system");
    let of_the_host = named("of-the-host");
    maps.create(&PostParams::default(), &of_the_host).await?;

    let before = standing(&cluster).await?;
    for _ in 0..2 {
        let (passed, said) = visit(&cluster)?;
        assert!(passed, "{said}");
        assert_eq!(standing(&cluster).await?, before);
    }
    Ok(())
}

#[myop::test(controllers)]
async fn a_crd_that_was_there_stays_with_its_objects(cluster: Cluster) -> Result {
    install(&cluster, &Script::crd()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let of_the_host = create(&scripts, "of-the-host", Act::GiveUp).await?;
    let before = standing(&cluster).await?;

    let (passed, said) = visit(&cluster)?;
    assert!(passed, "{said}");
    assert_eq!(standing(&cluster).await?, before);
    let left = scripts.list(&ListParams::default()).await?.items;
    let uids: Vec<_> = left.iter().map(ResourceExt::uid).collect();
    assert_eq!(uids, [of_the_host.uid()]);
    Ok(())
}

#[myop::test(controllers)]
async fn a_crd_that_says_something_else_is_left_alone(cluster: Cluster) -> Result {
    let mut stricter = Script::crd();
    stricter.spec.names.short_names = Some(vec!["scr".into()]);
    install(&cluster, &stricter).await?;
    let before = standing(&cluster).await?;

    let (passed, said) = visit(&cluster)?;
    assert!(!passed);
    let words = "the CRD scripts.test.example.com is on this cluster already and says something else than this operator's, \
                 and a test changes nothing that was there before it: apply config/crd, or delete the CRD";
    assert!(said.contains(words), "{said}");
    assert_eq!(standing(&cluster).await?, before);
    Ok(())
}

#[myop::test(controllers)]
async fn what_a_killed_test_left_is_taken_over(cluster: Cluster) -> Result {
    let before = standing(&cluster).await?;
    let mut old = Script::crd();
    old.spec.names.short_names = Some(vec!["scr".into()]);
    let by_a_test = PatchParams::apply("myop-testing");
    let crds: Api<CustomResourceDefinition> = cluster.all();
    crds.patch(&old.name_any(), &by_a_test, &Patch::Apply(&old))
        .await?;
    let name = "script-operator-under-test";
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    let home: Api<Namespace> = cluster.all();
    home.patch(name, &by_a_test, &Patch::Apply(namespace))
        .await?;

    let (passed, said) = visit(&cluster)?;
    assert!(passed, "{said}");
    assert_eq!(standing(&cluster).await?, before);
    Ok(())
}
