//! Sets and texts.

use serde_json::{Value, json};

use super::{Element, FieldSet, entry_errors, go, manager_name};

fn set(json: &Value) -> FieldSet {
    FieldSet::from_json(json).expect("fields that can be read")
}

#[test]
fn sets_are_read_and_written() {
    let fields = json!({
        "f:a": {}, "f:b": {".": {}, "f:c": {}},
        "f:list": {"k:{\"name\":\"x\",\"port\":80}": {".": {}, "f:name": {}}},
        "f:set": {"v:\"<a>\"": {}, "v:1": {}, "v:1.5": {}, "v:true": {}, "i:3": {}},
    });
    let set = set(&fields);
    let written = set.to_json();
    assert_eq!(written["f:list"], fields["f:list"]);
    // Texts are escaped as Go escapes them, and what was a float of no fraction is written without one.
    assert!(written["f:set"].get("v:\"\\u003ca\\u003e\"").is_some());
    assert!(written["f:set"].get("v:1").is_some());
    assert_eq!(FieldSet::from_json(&written), Ok(set));
}

#[test]
fn fields_that_cannot_be_read_are_refused() {
    for (key, why) in [
        ("f", "key must be 2 characters long:"),
        ("fx:a", "missing colon: fx:a"),
        ("i:x", "invalid index: x"),
    ] {
        assert_eq!(FieldSet::from_json(&json!({key: {}})), Err(why.to_owned()));
    }
    assert_eq!(
        FieldSet::from_json(&json!({"q:new": {}})),
        Ok(FieldSet::default())
    );
}

#[test]
fn sets_are_combined() {
    let one = set(&json!({"f:a": {".": {}, "f:b": {}}, "f:c": {}}));
    let other = set(&json!({"f:a": {"f:d": {}}, "f:c": {"f:e": {}}}));
    assert_eq!(
        one.union(&other),
        set(&json!({"f:a": {".": {}, "f:b": {}, "f:d": {}}, "f:c": {".": {}, "f:e": {}}}))
    );
    assert_eq!(one.intersection(&one), one);
    assert!(one.intersection(&other).is_empty());
    // A part stays where only what holds it is taken away, unless all below goes with it.
    let holder = FieldSet::of(&["a"]);
    assert_eq!(
        one.clone().difference(&holder),
        set(&json!({"f:a": {"f:b": {}}, "f:c": {}}))
    );
    assert_eq!(one.without(&holder), set(&json!({"f:c": {}})));
    assert_eq!(one.leaves(), set(&json!({"f:a": {"f:b": {}}, "f:c": {}})));
    assert!(one.contains(&holder) && !holder.contains(&one));
    let field = |name: &str| Element::Field(name.into());
    assert!(one.has_path(&[field("a"), field("b")]) && !one.has_path(&[field("a"), field("d")]));
}

#[test]
fn elements_are_ordered_by_number_not_by_text() {
    let port = |port: i64| Element::Key(vec![("port".into(), port.into())]);
    assert!(port(80) < port(443));
    assert!(Element::Value(json!(9)) < Element::Value(json!(10)));
    assert_eq!(Element::Value(json!(1)), Element::Value(json!(1.0)));
    assert!(Element::Field("z".into()) < port(1));
}

#[test]
fn values_read_as_go_writes_them() {
    let value = json!({"a": [1, 1.5, null, "x\"y"], "b": true});
    assert_eq!(go::plain(&value), "map[a:[1 1.5 <nil> x\"y] b:true]");
    assert_eq!(
        go::syntax(&value),
        r#"map[string]interface {}{"a":[]interface {}{1, 1.5, interface {}(nil), "x\"y"}, "b":true}"#
    );
    let number = |value: Value| go::number(value.as_number().expect("a number"));
    assert_eq!(number(json!(1_000_000)), "1000000");
    assert_eq!(number(json!(1e6)), "1e+06");
    assert_eq!(number(json!(0.00001)), "1e-05");
}

#[test]
fn texts_are_quoted_as_go_quotes_them() {
    assert_eq!(
        go::quoted("a\"\\\n\u{1}ü\u{200b}\u{e000}"),
        r#""a\"\\\n\x01ü\u200b\ue000""#
    );
}

#[test]
fn long_and_invisible_managers_are_found() {
    let object = json!({"metadata": {"managedFields": [
        {"manager": "m".repeat(129)}, {"manager": "fine"}, {"manager": "a\u{1}", "subresource": "s".repeat(257)},
    ]}});
    let errors = entry_errors(&object);
    let errors: Vec<_> = errors
        .iter()
        .map(|it| (it.field.as_str(), it.detail.as_str()))
        .collect();
    let found = [
        (
            "metadata.managedFields[0].manager",
            "may not be more than 128 bytes",
        ),
        (
            "metadata.managedFields[2].manager",
            "invalid character U+0001 (at position 1)",
        ),
        (
            "metadata.managedFields[2].subresource",
            "may not be more than 256 bytes",
        ),
    ];
    assert_eq!(errors, found);
}

#[test]
fn managers_are_named_by_their_agents() {
    assert_eq!(manager_name("given", "kubectl/v1"), "given");
    assert_eq!(manager_name("", "kubectl/v1.32 (linux)"), "kubectl");
    assert_eq!(manager_name("", "a\tb\u{200b}c d"), "abc d");
    assert_eq!(manager_name("", &"é".repeat(100)).len(), 128);
}
