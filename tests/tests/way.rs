//! The way from an empty folder to an operator that runs, as the README tells it.

use std::{
    fs::File,
    path::Path,
    process::{Child, Command, Stdio},
};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use myop::testing::{Cluster, Result};
use myop_tests::{
    kubectl,
    project::{Project, expect_success, workspace},
};
use serde_json::{Value, json};

/// A process that does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[myop::test]
async fn from_an_empty_folder_to_a_running_operator(cluster: Cluster) -> Result {
    let empty = tempfile::tempdir()?;
    let shop = Project::init(&empty.path().join("shop"), &["--domain", "example.com"])?;
    std::fs::copy(workspace().join("Cargo.lock"), shop.path("Cargo.lock"))?;
    shop.create_my_app()?;

    // Several of everything.
    for words in [
        "create api --group shop --version v1 --kind Policy --namespaced=false",
        "create api --group shop --version v1beta1 --kind Policy",
        "create api --group a.long-one --version v1 --kind Type --plural kinds-of-things",
        "create api --group shop --version v1 --kind Sheep --controller=false",
    ] {
        shop.myop(&words.split(' ').collect::<Vec<_>>())?;
    }

    shop.edit(
        "src/api/v1alpha1/myapp.rs",
        "    pub message: String,\n",
        "    pub message: String,\n    /// How loud it is said.\n    #[schemars(range(min = 1, max = 11))]\n    pub volume: Option<i32>,\n",
    )?;
    shop.edit(
        "tests/myapp.rs",
        "message: \"hello\".into(),",
        "message: \"hello\".into(),\n        volume: Some(11),",
    )?;
    shop.edit(
        "src/controllers/myapp.rs",
        "owns(ConfigMap))]",
        "owns(ConfigMap), reads(Secret))]",
    )?;
    shop.edit(
        "src/controllers/myapp.rs",
        "core::v1::ConfigMap;",
        "core::v1::{ConfigMap, Secret};",
    )?;
    shop.myop(&["manifests"])?;
    let files = shop.files()?;
    let crd = &files["config/crd/bases/example.com_myapps.yaml"];
    assert!(
        crd.contains("How loud it is said.") && crd.contains("maximum: 11"),
        "{crd}"
    );
    assert!(
        files["config/rbac/role.yaml"].contains("- secrets\n"),
        "{}",
        files["config/rbac/role.yaml"]
    );
    shop.myop(&["manifests", "--check"])?;

    let warnings = shop.cargo(&["clippy", "--all-targets", "--", "-D", "warnings"])?;
    assert!(!warnings.contains("warning"), "{warnings}");
    shop.cargo(&["fmt", "--check"])?;
    let tested = shop.cargo(&["test"])?;
    assert_eq!(
        tested
            .matches("test result: ok. 1 passed; 0 failed; 0 ignored")
            .count(),
        4,
        "{tested}"
    );
    assert!(!tested.contains("warning"), "{tested}");

    run_on(&cluster, &shop).await
}

/// The lines of kubectl, with the operator running on the kubeconfig's cluster.
async fn run_on(cluster: &Cluster, shop: &Project) -> Result {
    if !kubectl::is_there("the way's lines of kubectl") {
        return Ok(());
    }
    let kubeconfig = cluster
        .kubeconfig()
        .ok_or("this test starts servers of its own")?
        .to_owned();
    let kubectl = |arguments: &str| kubectl(shop, &kubeconfig, arguments);
    kubectl("apply --server-side -k config/crd")?;
    let _operator = run(shop, &kubeconfig, &[])?;
    kubectl("apply -k config/samples")?;

    let config_maps: Api<ConfigMap> = cluster.namespaced("default");
    cluster
        .until(&config_maps, "myapp-sample", |found| found.is_some())
        .await?;
    let listed = kubectl("get myapps,policies,kinds-of-things,sheep")?;
    for name in [
        "myapp-sample",
        "policy-sample",
        "type-sample",
        "sheep-sample",
    ] {
        assert!(listed.contains(name), "{listed}");
    }

    // As somebody installs it who has that one file.
    let before = shop.files()?;
    let image = "registry.example.com/shop:0.1.0";
    shop.myop(&["build-installer", "--image", image])?;
    let mut after = shop.files()?;
    assert!(after.remove("dist/install.yaml").is_some());
    assert_eq!(after, before);
    kubectl("apply --server-side -f dist/install.yaml")?;
    let deployments = kubectl("get deployments -n shop-system -o wide")?;
    assert!(
        deployments.contains("shop-controller-manager") && deployments.contains(image),
        "{deployments}"
    );
    Ok(())
}

/// Controllers for kinds of others, and further ones; and kinds that go again.
#[myop::test]
async fn what_comes_and_goes(_cluster: Cluster) -> Result {
    let empty = tempfile::tempdir()?;
    let arguments = ["--domain", "example.com", "--license", "apache2"];
    let mall = Project::init(&empty.path().join("mall"), &arguments)?;
    std::fs::copy(workspace().join("Cargo.lock"), mall.path("Cargo.lock"))?;
    let fresh = mall.files()?;
    let cfp = workspace().join("examples/cfp");
    mall.edit(
        "Cargo.toml",
        "[dependencies]\n",
        &format!("[dependencies]\ncfp-operator = {{ path = {cfp:?} }}\n"),
    )?;
    let words = |line: &str| {
        let words = line.split(' ').map(str::to_owned);
        words.collect::<Vec<_>>()
    };
    let kinds = [
        "--group apps --version v1 --kind Deployment --resource=false",
        "--group core --version v1 --kind Node --resource=false",
        "--group talks --external-api-domain kubecon.na --version v1 --kind Speaker --external-api-path cfp_operator::api::v1::Speaker",
        "--version v1alpha1 --kind MyApp",
        "--version v1alpha1 --kind MyApp --controller-name audit-log",
        "--version v1 --kind MyApp",
    ];
    for kind in kinds {
        mall.myop(&words(&format!("create api {kind}")))?;
    }
    mall.myop(&["manifests"])?;
    let role = &mall.files()?["config/rbac/role.yaml"];
    assert!(
        role.contains("- nodes\n") && role.contains("- speakers\n"),
        "{role}"
    );
    let warnings = mall.cargo(&["clippy", "--all-targets", "--", "-D", "warnings"])?;
    assert!(!warnings.contains("warning"), "{warnings}");
    mall.cargo(&["fmt", "--check"])?;
    let tested = mall.cargo(&["test"])?;
    assert_eq!(
        tested
            .matches("test result: ok. 1 passed; 0 failed; 0 ignored")
            .count(),
        6,
        "{tested}"
    );

    mall.myop(&words("delete api --version v1alpha1 --kind MyApp"))?;
    mall.myop(&["manifests"])?;
    let crd = &mall.files()?["config/crd/bases/example.com_myapps.yaml"];
    assert!(!crd.contains("v1alpha1"), "{crd}");
    for kind in [
        "--version v1 --kind MyApp",
        "--group apps --version v1 --kind Deployment",
        "--group core --version v1 --kind Node",
        "--group talks --version v1 --kind Speaker",
    ] {
        mall.myop(&words(&format!("delete api {kind}")))?;
    }
    mall.myop(&["manifests"])?;
    let mut rest = mall.files()?;
    rest.insert("Cargo.toml".to_owned(), fresh["Cargo.toml"].clone());
    assert_eq!(rest, fresh);
    Ok(())
}

/// An operator of one namespace, with no more than its own manifests give its account. It has a name of its own, as the
/// projects of all tests are built into one folder.
#[myop::test]
async fn an_operator_of_one_namespace_by_its_own_manifests(cluster: Cluster) -> Result {
    if !kubectl::is_there("an operator of one namespace") {
        return Ok(());
    }
    let empty = tempfile::tempdir()?;
    let arguments = ["--domain", "example.com", "--namespaced"];
    let kiosk = Project::init(&empty.path().join("kiosk"), &arguments)?;
    std::fs::copy(workspace().join("Cargo.lock"), kiosk.path("Cargo.lock"))?;
    kiosk.create_my_app()?;
    kiosk.myop(&["manifests"])?;
    kiosk.myop(&["manifests", "--check"])?;
    let tested = kiosk.cargo(&["test"])?;
    assert_eq!(
        tested
            .matches("test result: ok. 1 passed; 0 failed; 0 ignored")
            .count(),
        2,
        "{tested}"
    );

    let kubeconfig = cluster
        .kubeconfig()
        .ok_or("this test starts servers of its own")?;
    let kubectl = |arguments: &str| kubectl(&kiosk, kubeconfig, arguments);
    kubectl("apply --server-side -k config/default")?;
    let account = kiosk.path("account.json");
    let mut config: Value = serde_json::from_str(&kubectl("config view --raw -o json")?)?;
    config["users"][0]["user"]["as"] =
        json!("system:serviceaccount:kiosk-system:kiosk-controller-manager");
    std::fs::write(&account, config.to_string())?;

    kubectl("apply -n default -k config/samples")?;
    let _operator = run(&kiosk, &account, &[("WATCH_NAMESPACE", "kiosk-system")])?;
    kubectl("apply -n kiosk-system -k config/samples")?;
    let config_maps: Api<ConfigMap> = cluster.namespaced("kiosk-system");
    cluster
        .until(&config_maps, "myapp-sample", |found| found.is_some())
        .await?;
    kubectl("wait -n kiosk-system --for=condition=Ready --timeout=30s myapp/myapp-sample")?;
    let elsewhere = kubectl("get myapp myapp-sample -n default -o jsonpath={.status}")?;
    assert_eq!(elsewhere, "");
    Ok(())
}

fn kubectl(project: &Project, kubeconfig: &Path, arguments: &str) -> Result<String> {
    let mut command = project.command(Path::new("kubectl"));
    command
        .args(arguments.split(' '))
        .env("KUBECONFIG", kubeconfig);
    expect_success(command).map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs the project's operator on the kubeconfig's cluster.
fn run(project: &Project, kubeconfig: &Path, environment: &[(&str, &str)]) -> Result<Running> {
    // Who waits for the operator does not wait for the compiler, nor for that of another test, as `cargo run` would.
    project.cargo(&["build"])?;
    let mut run: Command = project.command(&project.program());
    run.arg("--health-probe-bind-address=0")
        .env("KUBECONFIG", kubeconfig)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stderr(File::create(project.path("operator.log"))?);
    Ok(Running(run.spawn()?))
}
