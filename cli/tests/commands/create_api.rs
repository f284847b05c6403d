//! `myop create api`.

use crate::sandbox::Sandbox;

#[test]
fn it_says_what_it_writes() {
    let sandbox = Sandbox::new();
    sandbox
        .run(".", "init shop --domain example.com")
        .succeeded();
    let said = sandbox.run(
        "shop/src",
        "create api --group= --version v1alpha1 --kind MyApp",
    );
    insta::assert_snapshot!(said.all(), @r"
    exit code 0
    --- stderr
    --- stdout
    updated PROJECT (+8 -0)
    updated config/samples/kustomization.yaml (+2 -1)
    created config/samples/v1alpha1_myapp.yaml
    updated src/api/mod.rs (+8 -0)
    created src/api/v1alpha1/myapp.rs
    updated src/controllers/mod.rs (+3 -0)
    created src/controllers/myapp.rs
    created tests/myapp.rs
    next: myop manifests
    ");
}

#[test]
fn the_same_request_changes_nothing() {
    let sandbox = Sandbox::with_shop();
    sandbox.write("shop/src/controllers/myapp.rs", "// edited");
    let before = sandbox.files();
    let said = sandbox.run("shop", "create api --version v1alpha1 --kind MyApp");
    assert_eq!(
        said.all(),
        "exit code 0\n--- stderr\n--- stdout\nnothing to do\n"
    );
    assert_eq!(sandbox.files(), before);
}

#[test]
fn a_further_version_is_not_stored() {
    let sandbox = Sandbox::with_shop();
    let request = "create api --version v1 --kind MyApp";
    let note = "note: v1 has `storage = false`, as another version of MyApp is the stored one; nothing is converted, so give it the fields of that one\n";
    assert_eq!(sandbox.run("shop", request).succeeded().stderr, note);
    assert_eq!(sandbox.run("shop", request).succeeded().stderr, "");
}

#[test]
fn a_refused_request_changes_nothing() {
    let sandbox = Sandbox::with_shop();
    sandbox.write("shop/src/api/v1/other.rs", "// mine");
    let before = sandbox.files();
    for arguments in [
        "create api --version v1alpha1 --kind MyApp --namespaced=false",
        "create api --version v1alpha1 --kind Myapp",
        "create api --version v1 --kind Other",
        "create api --version v1 --kind other",
        "create api --version v1 --kind Unknown --resource=false",
    ] {
        let said = sandbox.run("shop", arguments);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{arguments}");
        assert!(said.stderr.starts_with("error: "), "{arguments}");
    }
    assert_eq!(sandbox.files(), before);
}

#[test]
fn outside_a_project_it_says_what_to_do_first() {
    let sandbox = Sandbox::new();
    let said = sandbox.run(".", "create api --version v1 --kind MyApp");
    assert_eq!(
        said.all(),
        "exit code 2\n--- stderr\nerror: no PROJECT file here or above; run `myop init` first\n--- stdout\n"
    );
}

#[test]
fn a_mistyped_flag_is_told_the_right_one() {
    let sandbox = Sandbox::with_shop();
    let said = sandbox.run(
        "shop",
        "create api --version v1 --kind Other --namespace=false",
    );
    assert_eq!(said.code, 2);
    assert!(
        said.stderr
            .contains("a similar argument exists: '--namespaced'"),
        "{}",
        said.stderr
    );
}

#[test]
fn the_project_of_another_tool_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "PROJECT",
        "domain: example.com\nlayout:\n- go.kubebuilder.io/v4\nrepo: example.com/shop\n",
    );
    let said = sandbox.run(".", "create api --version v1 --kind MyApp");
    assert_eq!(said.code, 2);
    assert!(
        said.stderr
            .starts_with("error: [SANDBOX]/PROJECT is Kubebuilder's"),
        "{}",
        said.stderr
    );
}
