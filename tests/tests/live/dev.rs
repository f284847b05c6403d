//! `myop dev`

use std::{
    fs,
    path::{Path, PathBuf},
};

use myop::testing::Result;
use myop_tests::{
    kubectl,
    project::{Project, myop, workspace},
};

use crate::place::{Place, kubectl};

const API: &str = "src/api/v1alpha1/myapp.rs";
const SAMPLE: &str = "config/samples/v1alpha1_myapp.yaml";

#[test]
fn an_operator_runs_while_it_is_written() -> Result {
    if !kubectl::is_there("`myop dev`") {
        return Ok(());
    }
    let place = Place::new()?;
    let shop = Project::init(&place.work().join("shop"), &["--domain", "example.com"])?;
    fs::copy(workspace().join("Cargo.lock"), shop.path("Cargo.lock"))?;
    shop.create_my_app()?;
    let policy = ["--group", "shop", "--version", "v1", "--kind", "Policy"];
    shop.myop(&[&["create", "api"], &policy[..]].concat())?;

    let mut dev = shop.command(myop());
    dev.arg("dev");
    let mut dev = place.start(dev)?;
    let line = dev.until("export KUBECONFIG=")?;
    dev.until("built  shop in ")?;
    dev.until("created config/crd/bases/example.com_myapps.yaml")?;
    let account = "system:serviceaccount:shop-system:shop-controller-manager";
    dev.until(&format!("running  as {account}"))?;
    dev.until("sample  MyApp myapp-sample created")?;
    dev.until("default/myapp-sample: MyApp found → ConfigMap created, status conditions[Ready]")?;
    let app = |columns: &str| kubectl(&line, &["get", "myapp", "myapp-sample", "-o", columns]);
    assert_eq!(app("jsonpath={.spec.message}")?, "hello");

    // A field more: the CRD follows, and what it changes is shown.
    let field = "    pub message: String,\n    pub volume: Option<i32>,\n";
    shop.edit(API, "    pub message: String,\n", field)?;
    dev.until(&format!("edited  {API}"))?;
    dev.until("updated config/crd/bases/example.com_myapps.yaml (+")?;
    dev.until("+              volume:")?;
    dev.until("installed  CustomResourceDefinition myapps.example.com")?;
    dev.until("running  as")?;
    dev.until("default/myapp-sample: ")?;

    // Code that does not build: the operator from before goes on.
    shop.edit(API, "Option<i32>", "Option<i3>")?;
    dev.until("failed  the build failed; the operator from before goes on")?;
    dev.until("error[E0425]: cannot find type `i3`")?;
    let patch = r#"--patch={"spec":{"message":"by kubectl"}}"#;
    kubectl(
        &line,
        &["patch", "myapp", "myapp-sample", "--type=merge", patch],
    )?;
    dev.until(r#"MyApp updated → ConfigMap .data.message "hello" -> "by kubectl""#)?;
    shop.edit(API, "Option<i3>", "Option<i32>")?;
    dev.until("built  shop in ")?;
    dev.until("running  as")?;

    // Samples need no build, and what is wrong with one is told. What was edited is told before what came of it, also while
    // the operator is just about to start.
    shop.edit(SAMPLE, "message: hello", "message: hello again")?;
    dev.until(&format!("edited  {SAMPLE}"))?;
    dev.until("sample  MyApp myapp-sample changed")?;
    dev.until(r#"ConfigMap .data.message "by kubectl" -> "hello again""#)?;
    shop.edit(SAMPLE, "message: hello again", "message: 1")?;
    dev.until("sample  MyApp myapp-sample: ")?;

    // A kind that goes takes what was installed for it along.
    shop.myop(&[&["delete", "api"], &policy[..]].concat())?;
    dev.until("removed config/crd/bases/shop.example.com_policies.yaml")?;
    dev.until("removed 3 ClusterRoles, CustomResourceDefinition policies.shop.example.com")?;
    dev.until("running  as")?;
    let served = kubectl(
        &line,
        &[
            "api-resources",
            "--api-group=shop.example.com",
            "-o",
            "name",
        ],
    )?;
    assert_eq!(served, "");

    // Of the builds so far the one that runs is kept.
    let programs = files_below(&place.temporary(), "shop-")?;
    assert_eq!(programs.len(), 1, "{programs:?}");

    dev.interrupt()?;
    let (status, said) = dev.end()?;
    let said = said.join("\n");
    assert!(status.success(), "{status}\n{said}");
    assert!(kubectl(&line, &["get", "namespaces"]).is_err());
    place.assert_nothing_is_left()?;

    assert_eq!(said.matches("\n    edited  ").count(), 6, "{said}");
    assert_eq!(said.matches("error[E0425]").count(), 1, "{said}");
    assert!(!said.contains("cannot watch"), "{said}");

    shop.edit(SAMPLE, "message: 1", "message: hello")?;
    nothing_outlives_a_killed_one(&place, &shop)
}

/// Its operator ends at once, and its files go with the next.
fn nothing_outlives_a_killed_one(place: &Place, shop: &Project) -> Result {
    let start = || {
        let mut dev = shop.command(myop());
        dev.args(["dev", "--kubeconfig", "config/kubeconfig"]);
        place.start(dev)
    };
    let mut killed = start()?;
    // As soon as it is started it has no words yet by which it is found.
    killed.until("default/myapp-sample: ")?;
    assert!(
        !place.at_work().is_empty(),
        "its operator has its kubeconfig there"
    );
    drop(killed);
    place.until_nobody_is_at_work()?;
    assert_eq!(fs::read_dir(place.temporary())?.count(), 1);

    let mut next = start()?;
    let line = next.until("export KUBECONFIG=")?;
    assert!(line.ends_with("config/kubeconfig"), "{line}");
    next.until("sample  MyApp myapp-sample created")?;
    kubectl(&line, &["get", "myapp", "myapp-sample"])?;
    next.interrupt()?;
    next.end()?;
    place.assert_nothing_is_left()
}

fn files_below(folder: &Path, prefix: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(files_below(&entry.path(), prefix)?);
        } else if entry.file_name().to_string_lossy().starts_with(prefix) {
            found.push(entry.path());
        }
    }
    Ok(found)
}
