//! `myop delete api`.

use crate::sandbox::Sandbox;

const MYAPP: &str = "api --version v1alpha1 --kind MyApp";

#[test]
fn it_leaves_what_was_there_before() {
    let sandbox = Sandbox::new();
    sandbox
        .run(".", "init shop --domain example.com")
        .succeeded();
    let before = sandbox.files();
    sandbox.run("shop", &format!("create {MYAPP}")).succeeded();
    let with = sandbox.files();

    let said = sandbox.run("shop", &format!("delete {MYAPP} --dry-run"));
    assert!(
        said.stdout.contains("\n-pub struct MyAppSpec {"),
        "{said:?}"
    );
    assert_eq!(said.stderr, "note: nothing was written: --dry-run\n");
    assert_eq!(sandbox.files(), with);

    let said = sandbox.run("shop/src", &format!("delete {MYAPP}"));
    insta::assert_snapshot!(said.all(), @r"
    exit code 0
    --- stderr
    --- stdout
    updated PROJECT (+0 -8)
    updated config/samples/kustomization.yaml (+1 -2)
    removed config/samples/v1alpha1_myapp.yaml
    updated src/api/mod.rs (+0 -8)
    removed src/api/v1alpha1/myapp.rs
    updated src/controllers/mod.rs (+0 -3)
    removed src/controllers/myapp.rs
    removed tests/myapp.rs
    next: myop manifests
    ");
    assert_eq!(sandbox.files(), before, "no folder is left, either");
}

#[test]
fn what_was_edited_is_kept_where_it_is_to_be() {
    let sandbox = Sandbox::with_shop();
    sandbox.write("shop/src/controllers/myapp.rs", "// edited");
    let said = sandbox.run("shop", &format!("delete {MYAPP} --keep-edited"));
    assert_eq!(said.stderr, "note: kept your src/controllers/myapp.rs\n");
    assert_eq!(sandbox.read("shop/src/controllers/myapp.rs"), "// edited");
    assert!(!sandbox.path("shop/tests").exists());
}

#[test]
fn a_version_that_stays_without_a_controller_is_told() {
    let sandbox = Sandbox::with_shop();
    sandbox
        .run("shop", "create api --version v1 --kind MyApp")
        .succeeded();
    let said = sandbox.run("shop", &format!("delete {MYAPP}"));
    assert_eq!(
        said.stderr,
        "note: v1 is the stored version of MyApp now; objects that a cluster has stored as v1alpha1 must be migrated \
         before its CRD drops that\n\
         note: no controller reconciles MyApp now: `myop create api --group \"\" --version v1 --kind MyApp --resource=false` \
         adds one\n"
    );
    sandbox
        .run(
            "shop",
            "create api --version v1 --kind MyApp --resource=false",
        )
        .succeeded();
    assert!(sandbox.path("shop/src/controllers/myapp.rs").exists());
}
