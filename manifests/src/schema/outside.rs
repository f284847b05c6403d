//! Types of Rust's own library, and of crates whose schemas schemars has: what it makes of each.

use serde_json::{Map, Value, json};

use super::about::having;
use super::shape::Shape;
use super::{Schemas, Use};
use crate::source::{Outside, Read};

/// What a type is, as far as its schema goes.
enum Meaning<'s> {
    /// It is always this.
    Fixed(Value),
    /// It has the schema of another.
    Same(&'s Shape),
    Option(&'s Shape),
    List(&'s Shape),
    Set(&'s Shape),
    Map(&'s Shape, &'s Shape),
    Result(&'s Shape, &'s Shape),
    Either(&'s Shape, &'s Shape),
    Range(&'s Shape),
    Bound(&'s Shape),
}

/// The types that have the schema of what is in them.
const WRAPPERS: &[&str] = &[
    "Box", "Rc", "Arc", "Weak", "Cell", "RefCell", "Mutex", "RwLock", "Cow", "Wrapping", "Reverse",
];

/// Whether a path is that of a type that is known here.
pub(super) fn is_known(outside: &Outside) -> bool {
    let any = Shape::Tuple(Vec::new());
    meaning(outside, &[any.clone(), any]).is_some()
}

/// What an `Option` is of.
pub(super) fn option_of<'s>(outside: &Outside, arguments: &'s [Shape]) -> Option<&'s Shape> {
    let is_option = outside.is("std", &["Option"]);
    arguments.first().filter(|_| is_option)
}

/// `Option` of a type.
pub(super) fn optional(of: Shape) -> Shape {
    Shape::Outside(Outside::parse("std::option::Option"), vec![of])
}

/// What a type that is only a wrapper is of.
pub(super) fn same_as<'s>(outside: &Outside, arguments: &'s [Shape]) -> Option<&'s Shape> {
    let is_wrapper = outside.is("std", WRAPPERS);
    arguments.first().filter(|_| is_wrapper)
}

/// The schema of a type, or `None` where it is not known.
pub(super) fn schema(
    schemas: &Schemas<'_>,
    user: &Use<'_>,
    outside: &Outside,
    arguments: &[Shape],
) -> Read<Option<Value>> {
    let Some(meaning) = meaning(outside, arguments) else {
        return Ok(None);
    };
    let of = |shape: &Shape| schemas.schema(shape, user);
    Ok(Some(match meaning {
        Meaning::Fixed(schema) => schema,
        Meaning::Same(shape) => of(shape)?,
        Meaning::Option(shape) => {
            let mut schema = of(shape)?;
            allow_null(&mut schema);
            schema
        }
        Meaning::List(shape) => having(json!({"type": "array"}), "items", of(shape)?),
        Meaning::Set(shape) => having(
            json!({"type": "array", "uniqueItems": true}),
            "items",
            of(shape)?,
        ),
        Meaning::Map(key, value) => map(&of(key)?, of(value)?),
        Meaning::Result(ok, error) => {
            one_of_properties([("Ok", of(ok)?), ("Err", of(error)?)], false)
        }
        Meaning::Either(left, right) => {
            one_of_properties([("Left", of(left)?), ("Right", of(right)?)], true)
        }
        Meaning::Range(shape) => {
            let end = of(shape)?;
            json!({
                "type": "object", "properties": {"start": end, "end": end}, "required": ["start", "end"],
            })
        }
        Meaning::Bound(shape) => {
            let end = of(shape)?;
            let mut schema =
                one_of_properties([("Included", end.clone()), ("Excluded", end)], false);
            if let Some(all) = schema["oneOf"].as_array_mut() {
                all.push(json!({"type": "string", "const": "Unbounded"}));
            }
            schema
        }
    }))
}

fn meaning<'s>(outside: &Outside, arguments: &'s [Shape]) -> Option<Meaning<'s>> {
    let path: Vec<&str> = outside.0.iter().map(String::as_str).collect();
    if let [primitive] = path.as_slice() {
        return of_primitive(primitive).map(Meaning::Fixed);
    }
    let (krate, last) = (*path.first()?, *path.last()?);
    if let ["std", "primitive", primitive] = path.as_slice() {
        return of_primitive(primitive).map(Meaning::Fixed);
    }
    if last == "NonZero"
        && let Some(Shape::Outside(Outside(of), _)) = arguments.first()
    {
        return not_zero(of.last()?).map(Meaning::Fixed);
    }
    let first = arguments.first();
    let second = arguments.get(1);
    Some(match (krate, last) {
        ("std", "Option") => Meaning::Option(first?),
        ("std", wrapper) if WRAPPERS.contains(&wrapper) => Meaning::Same(first?),
        ("std", "Vec" | "VecDeque" | "LinkedList" | "BinaryHeap") | ("smallvec", "SmallVec") => {
            Meaning::List(first?)
        }
        ("std", "BTreeSet" | "HashSet") | ("indexmap", "IndexSet") => Meaning::Set(first?),
        ("std", "BTreeMap" | "HashMap") | ("indexmap", "IndexMap") | ("serde_json", "Map") => {
            Meaning::Map(first?, second?)
        }
        ("std", "Result") => Meaning::Result(first?, second?),
        ("either", "Either") => Meaning::Either(first?, second?),
        ("std", "Range" | "RangeInclusive") => Meaning::Range(first?),
        ("std", "Bound") => Meaning::Bound(first?),
        _ => Meaning::Fixed(fixed(krate, last)?),
    })
}

/// What schemars makes of the types that are named in a program by their bare names.
fn of_primitive(name: &str) -> Option<Value> {
    let number = |format: &str| json!({"type": "number", "format": format});
    let integer = |format: &str| json!({"type": "integer", "format": format});
    let natural = |format: &str| json!({"type": "integer", "format": format, "minimum": 0});
    let within = |format: &str, least: i64, most: i64| json!({"type": "integer", "format": format, "minimum": least, "maximum": most});
    Some(match name {
        "bool" => json!({"type": "boolean"}),
        "str" => json!({"type": "string"}),
        "char" => json!({"type": "string", "minLength": 1, "maxLength": 1}),
        "f32" => number("float"),
        "f64" => number("double"),
        "i8" => within("int8", i8::MIN.into(), i8::MAX.into()),
        "i16" => within("int16", i16::MIN.into(), i16::MAX.into()),
        "i32" => integer("int32"),
        "i64" => integer("int64"),
        "i128" => integer("int128"),
        "isize" => integer("int"),
        "u8" => within("uint8", 0, u8::MAX.into()),
        "u16" => within("uint16", 0, u16::MAX.into()),
        "u32" => natural("uint32"),
        "u64" => natural("uint64"),
        "u128" => natural("uint128"),
        "usize" => natural("uint"),
        _ => return None,
    })
}

/// Types without arguments.
#[expect(clippy::match_same_arms, reason = "a line is of one crate")]
fn fixed(krate: &str, name: &str) -> Option<Value> {
    let text = |format: &str| json!({"type": "string", "format": format});
    Some(match (krate, name) {
        (
            "std",
            "String" | "Path" | "PathBuf" | "SocketAddr" | "SocketAddrV4" | "SocketAddrV6"
            | "Arguments",
        )
        | ("smol_str", "SmolStr") => json!({"type": "string"}),
        ("std", "Ipv4Addr") => text("ipv4"),
        ("std", "Ipv6Addr") => text("ipv6"),
        ("std", "IpAddr") => text("ip"),
        ("std", "PhantomData") => json!({"type": "null"}),
        ("std", "Duration") => times("secs", "nanos"),
        ("std", "SystemTime") => times("secs_since_epoch", "nanos_since_epoch"),
        ("std", name) if name.starts_with("Atomic") => return of_primitive(&atomic(name)?),
        ("std", name) if name.starts_with("NonZero") => {
            return not_zero(&name["NonZero".len()..].to_ascii_lowercase());
        }
        ("kube", "Duration") => json!({"type": "string"}),
        ("serde_json", "Value" | "RawValue") => json!(true),
        ("serde_json", "Number") => json!({"type": "number"}),
        ("chrono", "Weekday") => {
            json!({"type": "string", "enum": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]})
        }
        ("chrono", "NaiveDate") | ("jiff", "Date") => text("date"),
        ("chrono", "NaiveDateTime") => text("partial-date-time"),
        ("chrono", "NaiveTime") | ("jiff", "Time") => text("partial-time"),
        ("chrono", "DateTime") | ("jiff", "Timestamp") => text("date-time"),
        ("jiff", "SignedDuration" | "Span") => text("duration"),
        ("jiff", "Zoned") => text("zoned-date-time"),
        ("jiff", "DateTime") => text("partial-date-time"),
        ("url", "Url") => text("uri"),
        ("uuid", "Uuid") => text("uuid"),
        _ => return None,
    })
}

fn times(seconds: &str, nanos: &str) -> Value {
    json!({
        "type": "object",
        "required": [seconds, nanos],
        "properties": { seconds: of_primitive("u64"), nanos: of_primitive("u32") },
    })
}

/// `i32` for `AtomicI32`
fn atomic(name: &str) -> Option<String> {
    Some(name.strip_prefix("Atomic")?.to_ascii_lowercase())
}

fn not_zero(of: &str) -> Option<Value> {
    let mut schema = of_primitive(of)?;
    if of.starts_with('u') {
        schema["minimum"] = json!(1);
    } else {
        schema["not"] = json!({"const": 0});
    }
    Some(schema)
}

fn one_of_properties<const N: usize>(parts: [(&str, Value); N], closed: bool) -> Value {
    let one = |(key, schema): (&str, Value)| {
        let mut one = json!({"type": "object", "required": [key]});
        one["properties"][key] = schema;
        if closed {
            one["additionalProperties"] = json!(false);
        }
        one
    };
    let parts: Vec<Value> = parts.into_iter().map(one).collect();
    having(json!({}), "oneOf", parts.into())
}

/// What is more than one schema by a keyword on it.
pub(super) fn is_composed(schema: &Map<String, Value>) -> bool {
    ["if", "allOf", "anyOf", "oneOf", "$ref"]
        .iter()
        .any(|key| schema.contains_key(*key))
}

/// Lets `null` be a value, as schemars does for an `Option`.
fn allow_null(schema: &mut Value) {
    let null = json!({"type": "null"});
    let map = match schema {
        Value::Bool(true) => return,
        Value::Object(map) => map,
        _ => {
            *schema = null;
            return;
        }
    };
    let is_null = |one: &Value| has_type(one, "null");
    let any = map.get("anyOf").and_then(Value::as_array);
    if map.len() == 1 && any.is_some_and(|any| any.iter().any(is_null)) {
        return;
    }
    if is_composed(map) {
        let whole = std::mem::take(map);
        *schema = having(json!({}), "anyOf", vec![Value::Object(whole), null].into());
        return;
    }
    match map.get_mut("type") {
        Some(Value::Array(types)) if !types.contains(&json!("null")) => types.push(json!("null")),
        Some(one @ Value::String(_)) if one != "null" => *one = json!([one, "null"]),
        _ => {}
    }
    if let Some(constant) = map.remove("const") {
        if !constant.is_null() {
            map.insert("enum".into(), Value::Array(vec![constant, Value::Null]));
        }
    } else if let Some(Value::Array(words)) = map.get_mut("enum")
        && !words.contains(&Value::Null)
    {
        words.push(Value::Null);
    }
}

/// Whether a schema takes values of a type.
pub(super) fn has_type(schema: &Value, wanted: &str) -> bool {
    schema
        .as_object()
        .is_some_and(|map| has_type_in(map, wanted))
}

/// The same, of its keywords.
pub(super) fn has_type_in(map: &Map<String, Value>, wanted: &str) -> bool {
    match map.get("type") {
        Some(Value::String(one)) => one == wanted,
        Some(Value::Array(all)) => all.iter().any(|one| one == wanted),
        _ => false,
    }
}

/// What the keys are says which keys there can be.
fn map(key: &Value, value: Value) -> Value {
    let alternatives = key.get("anyOf").and_then(Value::as_array);
    let alternatives = alternatives.and_then(|all| all.iter().map(Value::as_object).collect());
    let alternatives: Option<Vec<_>> = alternatives.or_else(|| Some(vec![key.as_object()?]));
    let Some(alternatives) = alternatives else {
        return having(json!({"type": "object"}), "additionalProperties", value);
    };
    let mut open = false;
    let mut signed = None;
    let mut patterns = Map::new();
    let mut properties = Map::new();
    for one in alternatives {
        let text = |key: &str| one.get(key).and_then(Value::as_str);
        let words = one.get("enum").and_then(Value::as_array);
        let words = words.and_then(|all| all.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
        match (text("pattern"), words, text("type")) {
            (Some(pattern), _, Some("string")) => {
                patterns.insert(pattern.to_owned(), value.clone());
            }
            (None, Some(words), Some("string")) => {
                properties.extend(
                    words
                        .into_iter()
                        .map(|word| (word.to_owned(), value.clone())),
                );
            }
            (_, _, Some("integer")) => {
                let natural = one.get("minimum").and_then(Value::as_u64) == Some(0);
                signed = Some(signed.unwrap_or(false) || !natural);
            }
            _ => open = true,
        }
    }
    if let Some(signed) = signed {
        let pattern = if signed { r"^-?\d+$" } else { r"^\d+$" };
        patterns.insert(pattern.to_owned(), value.clone());
    }
    let rest = if open { value } else { json!(false) };
    let mut schema = having(json!({"type": "object"}), "additionalProperties", rest);
    for (key, map) in [("patternProperties", patterns), ("properties", properties)] {
        if !map.is_empty() {
            schema[key] = map.into();
        }
    }
    schema
}

/// A list of parts that are each of their own type.
pub(super) fn tuple(parts: Vec<Value>) -> Value {
    let length = parts.len();
    match length {
        0 => json!({"type": "null"}),
        _ => having(
            json!({"type": "array", "minItems": length, "maxItems": length}),
            "prefixItems",
            parts.into(),
        ),
    }
}

/// A list of so many.
pub(super) fn array(of: Value, length: u64) -> Value {
    match length {
        0 => json!({"type": "array", "maxItems": 0}),
        _ => having(
            json!({"type": "array", "minItems": length, "maxItems": length}),
            "items",
            of,
        ),
    }
}
