//! All the files of an operator, whole.

use std::fmt::Write as _;

use myop_manifests::{Facts, HEADER, files};

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
            { "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["key"], "verbs": ["get"] },
            { "nonResourceURLs": ["/metrics"], "verbs": ["get"] }
        ] }
    ]
}"#;

#[test]
fn an_operator_with_a_kind_and_two_controllers() {
    let files = files(&Facts::read(FACTS).unwrap(), "example.com").unwrap();
    let mut whole = String::new();
    for (path, text) in &files {
        let body = text
            .strip_prefix(HEADER)
            .expect("each file says who wrote it");
        write!(whole, "=== {path}{body}").unwrap();
    }
    insta::assert_snapshot!(whole);
}

#[test]
fn an_operator_that_declares_nothing_yet() {
    let files = files(&Facts::none("shop"), "example.com").unwrap();
    assert!(files["config/crd/kustomization.yaml"].ends_with("resources: []\n"));
    assert!(!files.keys().any(|path| path.contains("bases")));
}
