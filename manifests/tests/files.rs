//! All the files of an operator, whole.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use myop_manifests::{Descriptions, Facts, HEADER, Project, files};

const FACTS: &str = r#"{
    "name": "shop",
    "crds": [{
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": "carts.shop.example.com" },
        "spec": {
            "group": "shop.example.com", "scope": "Namespaced",
            "names": { "categories": [], "kind": "Cart", "plural": "carts", "shortNames": [], "singular": "cart" },
            "versions": [{
                "additionalPrinterColumns": [], "name": "v1", "served": true, "storage": true,
                "schema": { "openAPIV3Schema": { "type": "object", "properties": { "spec": { "type": "object" } } } }
            }]
        }
    }],
    "controllers": [
        { "name": "cart", "rules": [
            { "apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["watch", "list"] },
            { "apiGroups": ["shop.example.com"], "resources": ["carts"], "verbs": ["list", "watch"] },
            { "apiGroups": ["shop.example.com"], "resources": ["carts/status"], "verbs": ["patch"] }
        ] },
        { "name": "order", "rules": [
            { "apiGroups": ["apps"], "resources": ["deployments", "daemonsets"], "verbs": ["list", "watch", "create"] },
            { "apiGroups": ["apps"], "resources": ["statefulsets"], "verbs": ["create", "list", "watch"] },
            { "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["key"], "verbs": ["get"] }
        ], "clusterRules": [
            { "nonResourceURLs": ["/metrics"], "verbs": ["get"] },
            { "apiGroups": [""], "resources": ["nodes"], "verbs": ["list", "watch"] }
        ] }
    ]
}"#;

#[test]
fn an_operator_with_a_kind_and_two_controllers() {
    insta::assert_snapshot!(whole(&files_of(FACTS, false)));
}

fn files_of(facts: &str, namespaced: bool) -> BTreeMap<String, String> {
    let project = Project {
        domain: "example.com",
        namespaced,
        descriptions: Descriptions::Full,
    };
    files(&Facts::read(facts).unwrap(), &project).unwrap()
}

fn whole(files: &BTreeMap<String, String>) -> String {
    let mut whole = String::new();
    for (path, text) in files {
        let body = text
            .strip_prefix(HEADER)
            .expect("each file says who wrote it");
        write!(whole, "=== {path}{body}").unwrap();
    }
    whole
}

/// What is in no namespace needs a ClusterRole all the same.
#[test]
fn an_operator_of_its_own_namespace() {
    let mut files = files_of(FACTS, true);
    let others = files_of(FACTS, false);
    files.retain(|path, text| others.get(path) != Some(text));
    insta::assert_snapshot!(whole(&files));

    let none_of_the_cluster = r#"{ "name": "shop", "crds": [], "controllers": [] }"#;
    let files = files_of(none_of_the_cluster, true);
    assert!(!files.keys().any(|path| path.contains("cluster_role")));
}

#[test]
fn an_operator_that_declares_nothing_yet() {
    let files = files_of(
        r#"{ "name": "shop", "crds": [], "controllers": [] }"#,
        false,
    );
    assert!(files["config/crd/kustomization.yaml"].ends_with("resources: []\n"));
    assert!(!files.keys().any(|path| path.contains("bases")));
}
