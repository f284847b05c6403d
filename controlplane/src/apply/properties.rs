//! What must hold of all values.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    FieldSet, Target, Writer, apply, atom::Type, compare::Comparison, ignored_of_custom,
    keep_times, merge::merged, owned::fields_of, track,
};
use crate::{Field, Object, Patch, Scalar, Schema, Shape, Topology};

const NOW: Timestamp = Timestamp::constant(1_767_225_600, 0);

fn object(fields: &[(&str, Schema)]) -> Schema {
    let field = |schema: &Schema| Field {
        schema: schema.clone().into(),
        required: false,
        default: None,
        patch: Patch::default(),
    };
    let fields = fields
        .iter()
        .map(|(name, schema)| ((*name).to_owned(), field(schema)));
    Shape::Object(Object {
        fields: fields.collect(),
        ..Object::default()
    })
    .into()
}

fn list(items: Schema, topology: Topology) -> Schema {
    Shape::List {
        items: items.into(),
        topology,
    }
    .into()
}

/// A type with lists and maps of each sort.
fn schema() -> Schema {
    let text = || Schema::from(Shape::Scalar(Scalar::String));
    let map = |atomic| {
        Schema::from(Shape::Map {
            values: text().into(),
            atomic,
        })
    };
    let item = object(&[("a", text()), ("b", list(text(), Topology::Set))]);
    let spec = object(&[
        ("a", list(item, Topology::Map(vec!["a".into()]))),
        ("b", list(text(), Topology::Set)),
        ("c", list(text(), Topology::Atomic)),
        ("d", map(false)),
        ("e", map(true)),
        ("f", Shape::Any.into()),
        ("g", text()),
        ("always", text()),
    ]);
    let metadata = object(&[
        ("name", text()),
        ("managedFields", list(Shape::Any.into(), Topology::Atomic)),
    ]);
    object(&[
        ("apiVersion", text()),
        ("kind", text()),
        ("metadata", metadata),
        ("spec", spec),
    ])
}

/// Values with few names, so that they meet.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..3).prop_map(Value::from),
        "[ab]".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-g]", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Values of the type, but for what `values` may put into its parts of no known type.
fn specs() -> impl Strategy<Value = Value> {
    let text = || "[abc]".prop_map(Value::from);
    let set = || {
        prop::collection::btree_set("[abc]", 0..4)
            .prop_map(|all| json!(all))
            .prop_shuffle_list()
    };
    let map = || prop::collection::btree_map("[abc]", "[xy]", 0..3).prop_map(|all| json!(all));
    let item = (text(), proptest::option::of(set())).prop_map(|(name, set)| match set {
        Some(set) => json!({"a": name, "b": set}),
        None => json!({"a": name}),
    });
    let items = prop::collection::vec(item, 0..4).prop_map(|mut items| {
        let mut seen = Vec::new();
        items.retain(|item| {
            !seen.contains(&item["a"]) && {
                seen.push(item["a"].clone());
                true
            }
        });
        Value::from(items)
    });
    let parts: [(&str, BoxedStrategy<Value>); 7] = [
        ("a", items.boxed()),
        ("b", set().boxed()),
        ("c", set().boxed()),
        ("d", map().boxed()),
        ("e", map().boxed()),
        ("f", values().boxed()),
        ("g", text().boxed()),
    ];
    let parts = parts.map(|(name, part)| {
        let part = proptest::option::of(part.prop_map(without_empty));
        part.prop_map(move |part| (name, part))
    });
    parts.to_vec().prop_map(|parts| {
        let parts = parts
            .into_iter()
            .filter_map(|(name, part)| Some((name.to_owned(), part??)));
        let always = ("always".to_owned(), Value::from("there"));
        Value::Object(parts.chain([always]).collect())
    })
}

/// What is empty becomes null when parts of it are removed, and null is for the server's decoder to drop.
fn without_empty(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().filter_map(without_empty).collect();
            (!items.is_empty()).then(|| items.into())
        }
        Value::Object(fields) => {
            let fields = fields.into_iter();
            let fields: serde_json::Map<_, _> = fields
                .filter_map(|(name, value)| Some((name, without_empty(value)?)))
                .collect();
            (!fields.is_empty()).then(|| fields.into())
        }
        scalar => Some(scalar),
    }
}

trait Shuffled: Strategy<Value = Value> + Sized + 'static {
    /// The items of a list in any order.
    fn prop_shuffle_list(self) -> BoxedStrategy<Value> {
        let items = self.prop_map(|list| list.as_array().cloned().unwrap_or_default());
        items.prop_shuffle().prop_map(Value::from).boxed()
    }
}

impl<S: Strategy<Value = Value> + 'static> Shuffled for S {}

fn configuration(spec: &Value) -> Value {
    json!({"apiVersion": "x.io/v1", "kind": "X", "metadata": {"name": "x"}, "spec": spec})
}

/// Applies or writes as one manager, and gives back the object.
fn write(
    schema: &Schema,
    live: Option<&Value>,
    spec: &Value,
    manager: &str,
    applied: bool,
) -> Value {
    let ignored = ignored_of_custom(false, "");
    let target = Target {
        schema,
        api_version: "x.io/v1",
        kind: "X",
        versions: &[],
        others: &[],
        built_in: false,
        ignored: &ignored,
    };
    let writer = Writer {
        manager,
        subresource: "",
        now: NOW,
    };
    let configuration = configuration(spec);
    if applied {
        return apply(&target, live, &configuration, &writer, true).expect("it is of its type");
    }
    let mut new = configuration;
    track(&target, live, &mut new, &writer);
    new
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(one in values(), other in values()) {
        let schema = schema();
        let of = Type::of(&schema);
        let (one, other) = (configuration(&one), configuration(&other));
        let _ = merged(of, &one, &other);
        let _ = Comparison::of(of, &one, &other);
        let ignored = FieldSet::default();
        let target = Target {
            schema: &schema, api_version: "x.io/v1", kind: "X", versions: &[], others: &[], built_in: true, ignored: &ignored,
        };
        let writer = Writer { manager: "m", subresource: "", now: NOW };
        let _ = apply(&target, Some(&one), &other, &writer, true);
        let mut new = other.clone();
        track(&target, Some(&one), &mut new, &writer);
        let _ = FieldSet::from_json(&one);
    }

    #[test]
    fn what_differs_is_found_from_both_sides(one in specs(), other in specs()) {
        let schema = schema();
        let of = Type::of(&schema);
        let (one, other) = (configuration(&one), configuration(&other));
        let there = Comparison::of(of, &one, &other).expect("both are of their type");
        let back = Comparison::of(of, &other, &one).expect("both are of their type");
        prop_assert_eq!(there.added, back.removed);
        prop_assert_eq!(there.modified, back.modified);
        let same = Comparison::of(of, &one, &one).expect("it is of its type");
        prop_assert!(same.changed().is_empty() && same.removed.is_empty());
    }

    #[test]
    fn sets_survive_their_json(spec in specs()) {
        let schema = schema();
        let fields = fields_of(Type::of(&schema), &configuration(&spec));
        prop_assert_eq!(FieldSet::from_json(&fields.to_json()), Ok(fields));
    }

    #[test]
    fn applying_again_changes_nothing(specs in prop::collection::vec((specs(), 0..3_u8, any::<bool>()), 1..6)) {
        let schema = schema();
        let mut live: Option<Value> = None;
        for (spec, manager, applied) in &specs {
            let manager = format!("m{manager}");
            let before = live.clone();
            let object = write(&schema, before.as_ref(), spec, &manager, *applied);
            let mut again = write(&schema, Some(&object), spec, &manager, *applied);
            keep_times(&object, &mut again);
            prop_assert_eq!(&again, &object);
            live = Some(object);
        }
    }

    #[test]
    fn who_applies_alone_gets_what_it_applies(specs in prop::collection::vec(specs(), 1..5)) {
        let schema = schema();
        let mut live: Option<Value> = None;
        for spec in &specs {
            live = Some(write(&schema, live.as_ref(), spec, "m", true));
        }
        let (live, last) = (live.expect("at least one"), specs.last().expect("at least one"));
        let of = Type::of(&schema);
        let wanted = fields_of(of, &configuration(last));
        let got = fields_of(of, &configuration(&live["spec"]));
        prop_assert!(got.contains(&wanted));
    }
}
