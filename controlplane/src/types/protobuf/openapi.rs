//! An OpenAPI v2 document in protobuf, by the numbers of `openapiv2/OpenAPIv2.proto` of gnostic-models.

use serde_json::Value;

use super::wire::Message;

/// A message: the fields of the JSON that it is made of, each with its number.
struct Of {
    fields: &'static [(&'static str, u32, As)],
    /// Where fields are that begin with `x-`.
    extensions: Option<u32>,
}

/// How a value is written.
enum As {
    Text,
    Texts,
    Flag,
    Integer,
    Double,
    /// As YAML, which JSON is, at number 2 of a message.
    Yaml,
    Yamls,
    Message(&'static Of),
    Messages(&'static Of),
    /// In a message with nothing else, at this number.
    Within(u32, &'static As),
    /// A map: in a message of pairs, which are at this number.
    Named(u32, &'static As),
    /// A parameter is of the body or of something else.
    Parameters,
    /// A schema, or whether there may be anything.
    SchemaOrFlag,
}

static DOCUMENT: Of = Of {
    fields: &[
        ("swagger", 1, As::Text),
        ("info", 2, As::Message(&INFO)),
        ("paths", 8, As::Named(2, &As::Message(&PATH))),
        ("definitions", 9, As::Named(1, &As::Message(&SCHEMA))),
        ("security", 12, As::Messages(&REQUIREMENT)),
        (
            "securityDefinitions",
            13,
            As::Named(1, &As::Within(2, &As::Message(&KEY))),
        ),
    ],
    extensions: None,
};

static INFO: Of = Of {
    fields: &[("title", 1, As::Text), ("version", 2, As::Text)],
    extensions: None,
};

static REQUIREMENT: Of = Of {
    fields: &[("BearerToken", 1, As::Named(2, &As::Text))],
    extensions: None,
};

static KEY: Of = Of {
    fields: &[
        ("type", 1, As::Text),
        ("name", 2, As::Text),
        ("in", 3, As::Text),
        ("description", 4, As::Text),
    ],
    extensions: None,
};

static PATH: Of = Of {
    fields: &[
        ("get", 2, As::Message(&OPERATION)),
        ("put", 3, As::Message(&OPERATION)),
        ("post", 4, As::Message(&OPERATION)),
        ("delete", 5, As::Message(&OPERATION)),
        ("options", 6, As::Message(&OPERATION)),
        ("head", 7, As::Message(&OPERATION)),
        ("patch", 8, As::Message(&OPERATION)),
        ("parameters", 9, As::Parameters),
    ],
    extensions: None,
};

static OPERATION: Of = Of {
    fields: &[
        ("tags", 1, As::Texts),
        ("description", 3, As::Text),
        ("operationId", 5, As::Text),
        ("produces", 6, As::Texts),
        ("consumes", 7, As::Texts),
        ("parameters", 8, As::Parameters),
        (
            "responses",
            9,
            As::Named(1, &As::Within(1, &As::Message(&RESPONSE))),
        ),
        ("schemes", 10, As::Texts),
    ],
    extensions: Some(13),
};

static RESPONSE: Of = Of {
    fields: &[
        ("description", 1, As::Text),
        ("schema", 2, As::Within(1, &As::Message(&SCHEMA))),
    ],
    extensions: None,
};

static BODY: Of = Of {
    fields: &[
        ("description", 1, As::Text),
        ("name", 2, As::Text),
        ("in", 3, As::Text),
        ("required", 4, As::Flag),
        ("schema", 5, As::Message(&SCHEMA)),
    ],
    extensions: None,
};

static QUERY: Of = Of {
    fields: &[
        ("required", 1, As::Flag),
        ("in", 2, As::Text),
        ("description", 3, As::Text),
        ("name", 4, As::Text),
        ("type", 6, As::Text),
        ("uniqueItems", 20, As::Flag),
    ],
    extensions: None,
};

static IN_PATH: Of = Of {
    fields: &[
        ("required", 1, As::Flag),
        ("in", 2, As::Text),
        ("description", 3, As::Text),
        ("name", 4, As::Text),
        ("type", 5, As::Text),
        ("uniqueItems", 19, As::Flag),
    ],
    extensions: None,
};

static SCHEMA: Of = Of {
    fields: &[
        ("$ref", 1, As::Text),
        ("format", 2, As::Text),
        ("title", 3, As::Text),
        ("description", 4, As::Text),
        ("multipleOf", 6, As::Double),
        ("maximum", 7, As::Double),
        ("exclusiveMaximum", 8, As::Flag),
        ("minimum", 9, As::Double),
        ("exclusiveMinimum", 10, As::Flag),
        ("maxLength", 11, As::Integer),
        ("minLength", 12, As::Integer),
        ("pattern", 13, As::Text),
        ("maxItems", 14, As::Integer),
        ("minItems", 15, As::Integer),
        ("uniqueItems", 16, As::Flag),
        ("maxProperties", 17, As::Integer),
        ("minProperties", 18, As::Integer),
        ("required", 19, As::Texts),
        ("enum", 20, As::Yamls),
        ("additionalProperties", 21, As::SchemaOrFlag),
        ("type", 22, As::Within(1, &As::Text)),
        ("items", 23, As::Within(1, &As::Message(&SCHEMA))),
        ("properties", 25, As::Named(1, &As::Message(&SCHEMA))),
        ("example", 30, As::Yaml),
    ],
    extensions: Some(31),
};

static OF_BODY: As = As::Within(1, &As::Within(1, &As::Message(&BODY)));
static OF_PATH: As = As::Within(1, &As::Within(2, &As::Within(4, &As::Message(&IN_PATH))));
static OF_QUERY: As = As::Within(1, &As::Within(2, &As::Within(3, &As::Message(&QUERY))));
static ITS_FLAG: As = As::Within(2, &As::Flag);
static ITS_SCHEMA: As = As::Within(1, &As::Message(&SCHEMA));

/// The document as a message.
pub(in crate::types) fn openapi(document: &Value) -> Vec<u8> {
    DOCUMENT.written(document).0
}

impl Of {
    fn written(&self, value: &Value) -> Message {
        let mut message = Message::default();
        for (field, number, form) in self.fields {
            if let Some(value) = value.get(field) {
                form.write(*number, value, &mut message);
            }
        }
        let fields = value.as_object().into_iter().flatten();
        let extensions = fields.filter(|(field, _)| field.starts_with("x-"));
        if let Some(number) = self.extensions {
            for (name, value) in extensions {
                message.bytes(number, &named(name, &As::Yaml, value).0);
            }
        }
        message
    }
}

impl As {
    fn write(&self, number: u32, value: &Value, to: &mut Message) {
        match self {
            Self::Text => to.bytes(number, value.as_str().unwrap_or_default().as_bytes()),
            Self::Flag => to.varint(number, u64::from(value == &Value::Bool(true))),
            Self::Integer => to.integer(number, value.as_i64().unwrap_or_default()),
            Self::Double => to.double(number, value.as_f64().unwrap_or_default()),
            Self::Yaml => {
                let mut any = Message::default();
                any.bytes(2, value.to_string().as_bytes());
                to.bytes(number, &any.0);
            }
            Self::Texts => items(value).for_each(|one| Self::Text.write(number, one, to)),
            Self::Yamls => items(value).for_each(|one| Self::Yaml.write(number, one, to)),
            Self::Message(of) => to.bytes(number, &of.written(value).0),
            Self::Messages(of) => {
                items(value).for_each(|one| to.bytes(number, &of.written(one).0));
            }
            Self::Within(inner, form) => {
                let mut message = Message::default();
                form.write(*inner, value, &mut message);
                to.bytes(number, &message.0);
            }
            Self::Named(inner, form) => {
                let mut message = Message::default();
                for (name, value) in value.as_object().into_iter().flatten() {
                    message.bytes(*inner, &named(name, form, value).0);
                }
                to.bytes(number, &message.0);
            }
            Self::Parameters => items(value).for_each(|one| parameter(one).write(number, one, to)),
            Self::SchemaOrFlag if value.is_boolean() => {
                ITS_FLAG.write(number, value, to);
            }
            Self::SchemaOrFlag => {
                ITS_SCHEMA.write(number, value, to);
            }
        }
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A pair of a map.
fn named(name: &str, form: &As, value: &Value) -> Message {
    let mut pair = Message::default();
    pair.bytes(1, name.as_bytes());
    form.write(2, value, &mut pair);
    pair
}

fn parameter(parameter: &Value) -> &'static As {
    match parameter["in"].as_str() {
        Some("body") => &OF_BODY,
        Some("path") => &OF_PATH,
        _ => &OF_QUERY,
    }
}
