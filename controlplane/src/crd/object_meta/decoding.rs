//! `ObjectMeta` as Go's JSON reads it and writes it again: wrong types are refused in its words, what is unknown or
//! empty is dropped.

use serde_json::{Map, Value};

use super::times;

/// Metadata that was read.
pub(crate) struct Decoded {
    /// As it is written again.
    pub(crate) metadata: Value,
    /// The fields that nobody knows.
    pub(crate) unknown: Vec<String>,
}

/// The type of a field, with Go's name for it where that isn't plain.
#[derive(Clone, Copy)]
enum Kind {
    Text(&'static str),
    Integer,
    Truth,
    Time,
    Raw,
    Texts,
    TextMap,
    Structs(&'static Struct),
}

struct Struct {
    name: &'static str,
    fields: &'static [Field],
}

struct Field {
    name: &'static str,
    kind: Kind,
    /// Whether it's written where it is empty.
    always: bool,
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        always: false,
    }
}

const fn always(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        always: true,
    }
}

const TEXT: Kind = Kind::Text("string");

static OBJECT_META: Struct = Struct {
    name: "ObjectMeta",
    fields: &[
        field("annotations", Kind::TextMap),
        field("creationTimestamp", Kind::Time),
        field("deletionGracePeriodSeconds", Kind::Integer),
        field("deletionTimestamp", Kind::Time),
        field("finalizers", Kind::Texts),
        field("generateName", TEXT),
        field("generation", Kind::Integer),
        field("labels", Kind::TextMap),
        field("managedFields", Kind::Structs(&MANAGED_FIELDS)),
        field("name", TEXT),
        field("namespace", TEXT),
        field("ownerReferences", Kind::Structs(&OWNER)),
        field("resourceVersion", TEXT),
        field("selfLink", TEXT),
        field("uid", Kind::Text("types.UID")),
    ],
};

static OWNER: Struct = Struct {
    name: "OwnerReference",
    fields: &[
        always("apiVersion", TEXT),
        field("blockOwnerDeletion", Kind::Truth),
        field("controller", Kind::Truth),
        always("kind", TEXT),
        always("name", TEXT),
        always("uid", Kind::Text("types.UID")),
    ],
};

static MANAGED_FIELDS: Struct = Struct {
    name: "ManagedFieldsEntry",
    fields: &[
        field("apiVersion", TEXT),
        field("fieldsType", TEXT),
        field("fieldsV1", Kind::Raw),
        field("manager", TEXT),
        field("operation", Kind::Text("v1.ManagedFieldsOperationType")),
        field("subresource", TEXT),
        field("time", Kind::Time),
    ],
};

/// Reads `metadata`, or tells Go's first error.
pub(crate) fn decode(metadata: &Value) -> Result<Decoded, String> {
    let mut reader = Reader::default();
    let decoded = match metadata {
        Value::Null => Value::Object(Map::new()),
        Value::Object(fields) => reader.of_struct(&OBJECT_META, fields, ""),
        other => {
            return Err(format!(
                "json: cannot unmarshal {} into Go value of type v1.ObjectMeta",
                told(other, false)
            ));
        }
    };
    match reader.error {
        Some(error) => Err(error),
        None => Ok(Decoded {
            metadata: decoded,
            unknown: reader.unknown,
        }),
    }
}

#[derive(Default)]
struct Reader {
    error: Option<String>,
    unknown: Vec<String>,
}

impl Reader {
    fn of_struct(&mut self, of: &Struct, fields: &Map<String, Value>, path: &str) -> Value {
        let mut written = Map::new();
        for known in of.fields.iter().filter(|known| known.always) {
            written.insert(known.name.into(), "".into());
        }
        for (name, value) in fields {
            let path = format!("{path}{name}");
            let Some(known) = of.fields.iter().find(|known| known.name == name) else {
                self.unknown.push(path);
                continue;
            };
            if let Some(value) = self.of_kind(known.kind, of, value, &path) {
                written.insert(name.clone(), value);
            }
        }
        written.into()
    }

    /// None for what is empty and so isn't written.
    fn of_kind(&mut self, kind: Kind, of: &Struct, value: &Value, path: &str) -> Option<Value> {
        match (kind, value) {
            (_, Value::Null) => None,
            (Kind::Text(_), Value::String(text)) => (!text.is_empty()).then(|| value.clone()),
            (Kind::Integer, Value::Number(number)) if number.is_i64() => {
                let pointer = path == "deletionGracePeriodSeconds";
                (pointer || number.as_i64() != Some(0)).then(|| value.clone())
            }
            (Kind::Truth, Value::Bool(_)) | (Kind::Raw, _) => Some(value.clone()),
            (Kind::Time, Value::String(text)) => match times::read(text) {
                Ok(time) => time.map(Value::from),
                Err(why) => self.refuse(why),
            },
            (Kind::Texts, Value::Array(items)) => {
                let texts: Vec<Value> = items
                    .iter()
                    .map(|item| self.of_text(of, item, path))
                    .collect();
                (!texts.is_empty()).then(|| texts.into())
            }
            (Kind::TextMap, Value::Object(fields)) => {
                let texts = fields
                    .iter()
                    .map(|(name, text)| (name.clone(), self.of_text(of, text, path)));
                let texts: Map<String, Value> = texts.collect();
                (!texts.is_empty()).then(|| texts.into())
            }
            (Kind::Structs(item), Value::Array(items)) => {
                let items: Vec<Value> = items
                    .iter()
                    .enumerate()
                    .map(|(index, value)| self.of_item(item, of, value, path, index))
                    .collect();
                (!items.is_empty()).then(|| items.into())
            }
            (kind, other) => self.mismatch(of, other, path, &go_name(kind)),
        }
    }

    fn of_text(&mut self, of: &Struct, value: &Value, path: &str) -> Value {
        match value {
            Value::String(_) => value.clone(),
            Value::Null => "".into(),
            other => self.mismatch(of, other, path, "string").unwrap_or_default(),
        }
    }

    fn of_item(
        &mut self,
        item: &Struct,
        of: &Struct,
        value: &Value,
        path: &str,
        index: usize,
    ) -> Value {
        match value {
            Value::Null => self.of_struct(item, &Map::new(), ""),
            Value::Object(fields) => self.of_struct(item, fields, &format!("{path}[{index}].")),
            other => {
                let name = format!("v1.{}", item.name);
                self.mismatch(of, other, path, &name).unwrap_or_default()
            }
        }
    }

    fn mismatch(&mut self, of: &Struct, value: &Value, path: &str, wanted: &str) -> Option<Value> {
        // Go names the fields on the way, and no index.
        let mut way = String::new();
        let mut hidden = false;
        for letter in path.chars() {
            match letter {
                '[' => hidden = true,
                ']' => hidden = false,
                shown if !hidden => way.push(shown),
                _ => {}
            }
        }
        let got = told(value, wanted == "int64");
        let name = of.name;
        self.refuse(format!(
            "json: cannot unmarshal {got} into Go struct field {name}.{way} of type {wanted}"
        ))
    }

    fn refuse(&mut self, why: String) -> Option<Value> {
        self.error.get_or_insert(why);
        None
    }
}

fn go_name(kind: Kind) -> String {
    match kind {
        Kind::Text(name) => name.into(),
        Kind::Integer => "int64".into(),
        Kind::Truth => "bool".into(),
        Kind::Time | Kind::Raw => "string".into(),
        Kind::Texts => "[]string".into(),
        Kind::TextMap => "map[string]string".into(),
        Kind::Structs(item) => format!("[]v1.{}", item.name),
    }
}

/// What Go calls a JSON value; a number that doesn't fit an integer is shown.
fn told(value: &Value, integer: bool) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "bool".into(),
        Value::Number(number) if integer => format!("number {number}"),
        Value::Number(_) => "number".into(),
        Value::String(_) => "string".into(),
        Value::Array(_) => "array".into(),
        Value::Object(_) => "object".into(),
    }
}
