//! `myop manifests`, with a cargo that prints what an operator's program would.

#![cfg(unix)]

use crate::sandbox::Sandbox;

const FACTS: &str = r#"{
    "name": "shop",
    "crds": [{
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": "myapps.example.com" },
        "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": { "categories": [], "kind": "MyApp", "plural": "myapps", "shortNames": [], "singular": "myapp" },
            "versions": [{
                "name": "v1alpha1", "served": true, "storage": true,
                "schema": { "openAPIV3Schema": { "type": "object" } }
            }]
        }
    }],
    "controllers": [{ "name": "myapp", "rules": [
        { "apiGroups": ["example.com"], "resources": ["myapps"], "verbs": ["list", "watch"] }
    ] }]
}"#;

fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::with_shop();
    sandbox.set_cargo(Some(FACTS));
    sandbox
}

#[test]
fn they_are_written_once() {
    let sandbox = sandbox();
    insta::assert_snapshot!(sandbox.run("shop/src", "manifests").all(), @r"
    exit code 0
    --- stderr
    --- stdout
    created config/crd/bases/example.com_myapps.yaml
    updated config/crd/kustomization.yaml (+2 -1)
    updated config/rbac/kustomization.yaml (+3 -0)
    created config/rbac/myapp_admin_role.yaml
    created config/rbac/myapp_editor_role.yaml
    created config/rbac/myapp_viewer_role.yaml
    updated config/rbac/role.yaml (+7 -0)
    ");
    let before = sandbox.files();
    let said = sandbox.run("shop", "manifests");
    assert_eq!(
        said.all(),
        "exit code 0\n--- stderr\n--- stdout\nconfig is up to date\n"
    );
    assert_eq!(
        sandbox.run("shop", "manifests --check").succeeded().stdout,
        "config is up to date\n"
    );
    assert_eq!(sandbox.files(), before);
}

#[test]
fn check_shows_what_is_stale_and_writes_nothing() {
    let mut sandbox = sandbox();
    sandbox.run("shop", "manifests").succeeded();
    sandbox.set_cargo(Some(
        &FACTS.replace("\"list\", \"watch\"", "\"list\", \"patch\", \"watch\""),
    ));
    let before = sandbox.files();
    insta::assert_snapshot!(sandbox.run("shop", "manifests --check").all(), @r"
    exit code 1
    --- stderr
    error: config is stale
    help: run `myop manifests`
    --- stdout
    --- a/config/rbac/role.yaml
    +++ b/config/rbac/role.yaml
    @@ -20,4 +20,5 @@
       - myapps
       verbs:
       - list
    +  - patch
       - watch
    ");
    assert_eq!(sandbox.files(), before);
}

#[test]
fn a_file_without_a_source_goes_and_an_authors_stays() {
    let mut sandbox = sandbox();
    sandbox.run("shop", "manifests").succeeded();
    sandbox.write("shop/config/rbac/mine.yaml", "kind: Role\n");
    sandbox.set_cargo(Some(r#"{ "name": "shop", "crds": [], "controllers": [] }"#));
    let said = sandbox.run("shop", "manifests").succeeded();
    assert!(
        said.stdout
            .contains("removed config/crd/bases/example.com_myapps.yaml\n"),
        "{}",
        said.stdout
    );
    assert!(
        said.stdout
            .contains("removed config/rbac/myapp_admin_role.yaml\n"),
        "{}",
        said.stdout
    );
    assert!(sandbox.path("shop/config/rbac/mine.yaml").exists());
}

#[test]
fn a_file_that_is_not_myops_is_not_overwritten() {
    let sandbox = sandbox();
    sandbox.write("shop/config/rbac/role.yaml", "kind: ClusterRole\n");
    let before = sandbox.files();
    let said = sandbox.run("shop", "manifests");
    assert_eq!(said.code, 2);
    assert!(
        said.stderr
            .starts_with("error: files that are yours are in the way: config/rbac/role.yaml\n")
    );
    assert_eq!(sandbox.files(), before);
}

#[test]
fn what_goes_wrong_is_told() {
    let mut sandbox = sandbox();
    let before = sandbox.files();
    sandbox.set_cargo(None);
    let failed = sandbox.run("shop", "manifests").all();
    sandbox.set_cargo(Some("Hello, world!"));
    let printed = sandbox.run("shop", "manifests").all();
    sandbox.set_cargo(Some(
        &FACTS.replace("\"storage\": true", "\"storage\": false"),
    ));
    let contradicted = sandbox.run("shop", "manifests").all();
    insta::assert_snapshot!([failed, printed, contradicted].join("\n"), @r"
    exit code 1
    --- stderr
    error[E0609]: no field
    error: [SANDBOX]/cargo run --quiet -- manifests failed in [SANDBOX]/shop: exit status: 101
    help: the manifests come from the operator's program, which must build
    --- stdout

    exit code 1
    --- stderr
    error: cannot read an operator's declarations from what its binary printed
    note: expected value at line 1 column 1
    help: myop and the operator's dependency `myop` must be of the same edition
    --- stdout

    exit code 1
    --- stderr
    error: no version of MyApp.example.com is stored: remove `storage = false` from #[resource] of one of v1alpha1
    --- stdout
    ");
    sandbox.set_cargo(Some(FACTS));
    assert_eq!(sandbox.files(), before);
}
