//! Controllers for kinds of others, and further ones of a kind.

use super::*;

fn diff_of(arguments: &str) -> String {
    let tree = create(&shop(), arguments).unwrap();
    Plan::between(&shop(), &tree).diff()
}

#[test]
fn a_controller_for_a_kind_of_kubernetes_own() {
    insta::assert_snapshot!(diff_of(
        "--group apps --version v1 --kind Deployment --resource=false"
    ));
}

#[test]
fn a_controller_for_a_kind_without_generations() {
    let diff = diff_of("--group core --version v1 --kind Node --resource=false");
    assert!(
        diff.contains("reconciles = Node,\n") && diff.contains("Counts the changes"),
        "{diff}"
    );
}

#[test]
fn a_controller_for_a_kind_of_another_crate() {
    insta::assert_snapshot!(diff_of(
        "--group cert-manager --external-api-domain io --version v1 --kind Certificate --external-api-path certs::v1::Certificate"
    ));
}

#[test]
fn a_further_controller() {
    insta::assert_snapshot!(diff_of(&format!("{MYAPP} --controller-name audit-log")));
}

/// A kind of the project's own has the name of one of Kubernetes' own, and its group the short name of that one's.
#[test]
fn a_kind_of_the_same_name_is_told_apart() {
    let own = create(
        &shop(),
        "--group apps --version v1 --kind Deployment --controller=false",
    );
    let own = own.unwrap();
    assert!(own.contains_key(&PathBuf::from("src/api/apps/v1/deployment.rs")));
    let with = create(
        &own,
        "--group apps --version v1 --kind Deployment --resource=false",
    );
    let controller = &with.unwrap()[&PathBuf::from("src/controllers/apps/deployment.rs")];
    assert!(
        controller.contains("use crate::api::apps::v1::Deployment;"),
        "{controller}"
    );

    let foreign = create(
        &shop(),
        "--group apps --version v1 --kind Deployment --resource=false",
    );
    let error = create(
        &foreign.unwrap(),
        "--group apps --version v1 --kind Deployment",
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "the controller of kind Deployment of group apps and the controller of kind Deployment of group apps.example.com \
         would both be the Rust module controllers::apps::deployment"
    );
}

#[test]
fn the_same_request_changes_nothing() {
    for arguments in [
        "--group networking.k8s.io --version v1 --kind Ingress --resource=false",
        "--group a --external-api-domain io --version v1 --kind Foo --external-api-path foo::v1::Foo",
        "--group= --version v1alpha1 --kind MyApp --controller-name audit",
    ] {
        let tree = create(&shop(), arguments).unwrap();
        assert_ne!(tree, shop());
        assert_eq!(create(&tree, arguments).unwrap(), tree, "{arguments}");
    }
}

#[test]
fn what_is_refused() {
    let tree = create(&shop(), &format!("{MYAPP} --controller-name audit")).unwrap();
    let mut told = Vec::new();
    for arguments in [
        "--group apps --version v1 --kind Deploymnet --resource=false",
        "--group apps --version v1beta1 --kind Deployment --resource=false",
        "--group= --version v1 --kind MyAp --resource=false",
        "--group apps --version v1 --kind Deployment --resource=false --namespaced=false",
        "--group a --version v1 --kind Foo --external-api-path Foo",
        "--group a --version v1 --kind Foo --external-api-path crate::Foo",
        "--group a --version v1 --kind Foo --external-api-path foo::Bar",
        "--group a --version v1 --kind Foo --external-api-path foo::Foo",
        "--group= --version v1alpha1 --kind MyApp --controller-name Audit",
        "--group= --version v1alpha1 --kind MyApp --controller-name 3audit",
        "--group= --version v1alpha1 --kind MyApp --controller-name myapp",
        "--group= --version v1 --kind Other --controller-name audit",
    ] {
        let error = create(&tree, arguments).expect_err(arguments);
        assert_eq!(error.code(), 2, "{arguments}");
        told.push(format!("{arguments}\n  error: {error}"));
        told.extend(error.help().map(|help| format!("  help: {help}")));
    }
    insta::assert_snapshot!(told.join("\n"));
}
