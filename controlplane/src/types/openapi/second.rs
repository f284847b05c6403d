//! OpenAPI v2, which kubectl asks for where it finds a kind in no document of v3: all documents in one, and with no more
//! than the older version can say (`pkg/controller/openapi/v2` of k8s.io/apiextensions-apiserver).

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::{Block, CLUSTER_MODEL, MODEL, document};
use crate::{deep, types};

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// The document of built-in kinds and of those in the given documents of v3, in JSON.
pub fn json<'a>(custom: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut all = own();
    custom.into_iter().for_each(|more| add(&mut all, more));
    all.to_string().into_bytes()
}

/// The same in protobuf: messages that are put together are one.
pub fn protobuf<'a>(custom: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    static OWN: OnceLock<Vec<u8>> = OnceLock::new();
    let mut all = OWN.get_or_init(|| types::protobuf::openapi(&own())).clone();
    for more in custom {
        let mut document = json!({"paths": {}, "definitions": {}});
        add(&mut document, more);
        all.extend(types::protobuf::openapi(&document));
    }
    all
}

fn own() -> Value {
    let mut all = json!({
        "swagger": "2.0",
        "info": {"title": "Kubernetes", "version": "1.35"},
        "paths": {},
        "definitions": {},
        "securityDefinitions": {"BearerToken": {
            "description": "Bearer Token authentication", "type": "apiKey", "name": "authorization", "in": "header",
        }},
        "security": [{"BearerToken": []}],
    });
    let names = Block::all()
        .filter(|it| it.kind == "document" && it.name != MODEL && it.name != CLUSTER_MODEL)
        .map(|it| it.name);
    for more in names.filter_map(document) {
        add(&mut all, &more);
    }
    all
}

/// Adds what a document of v3 has.
fn add(all: &mut Value, more: &[u8]) {
    let mut more: Value = deep::read_own(more).expect("a document is JSON");
    for (path, item) in taken(&mut more["paths"]) {
        all["paths"][path] = path_item(item);
    }
    for (name, of) in taken(&mut more["components"]["schemas"]) {
        if all["definitions"].get(&name).is_none() {
            all["definitions"][name] = schema(of);
        }
    }
}

fn taken(value: &mut Value) -> Map<String, Value> {
    match value.take() {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn path_item(mut item: Value) -> Value {
    for method in METHODS {
        if let Some(operation) = item.get_mut(method) {
            *operation = self::operation(operation.take());
        }
    }
    if let Some(parameters) = item.get_mut("parameters") {
        *parameters = self::parameters(parameters.take());
    }
    item
}

fn operation(mut operation: Value) -> Value {
    let mut produced = Vec::new();
    for (code, mut response) in taken(&mut operation["responses"]) {
        for (media, mut content) in taken(&mut response["content"]) {
            if !produced.contains(&media) {
                produced.push(media);
            }
            response["schema"] = schema(content["schema"].take());
        }
        if let Some(response) = response.as_object_mut() {
            response.remove("content");
        }
        operation["responses"][code] = response;
    }
    let mut parameters = parameters(operation["parameters"].take());
    // Paths of no kind take what they give.
    let mut consumed = match operation.get("x-kubernetes-action") {
        Some(_) => vec!["*/*".to_owned()],
        None => produced.clone(),
    };
    let mut body = operation["requestBody"].take();
    if !body.is_null() {
        let mut parameter = json!({"name": "body", "in": "body"});
        if body["required"] == true {
            parameter["required"] = true.into();
        }
        let contents = taken(&mut body["content"]);
        consumed = contents.keys().cloned().collect();
        if let Some((_, mut content)) = contents.into_iter().next() {
            parameter["schema"] = schema(content["schema"].take());
        }
        parameters
            .as_array_mut()
            .expect("they are a list")
            .insert(0, parameter);
    }
    let operation = taken(&mut operation);
    let kept = operation
        .into_iter()
        .filter(|(field, _)| field != "requestBody" && field != "parameters");
    let mut operation: Map<String, Value> = kept.collect();
    if parameters != json!([]) {
        operation.insert("parameters".into(), parameters);
    }
    operation.insert("consumes".into(), consumed.into());
    operation.insert("produces".into(), produced.into());
    operation.insert("schemes".into(), json!(["https"]));
    operation.into()
}

/// A parameter has its type itself.
fn parameters(parameters: Value) -> Value {
    let Value::Array(parameters) = parameters else {
        return json!([]);
    };
    let parameter = |mut parameter: Value| {
        for (key, value) in taken(&mut parameter["schema"]) {
            parameter[key] = value;
        }
        if let Some(parameter) = parameter.as_object_mut() {
            parameter.remove("schema");
        }
        parameter
    };
    parameters.into_iter().map(parameter).collect()
}

fn schema(of: Value) -> Value {
    let Value::Object(fields) = of else {
        return of;
    };
    let is_nullable = fields.get("nullable") == Some(&Value::Bool(true));
    let is_open = fields.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true));
    let mut schema = Map::new();
    for (key, value) in fields {
        match key.as_str() {
            "nullable" | "default" | "anyOf" | "not" => {}
            // Quantities, and what is a number or a text.
            "oneOf" => {
                schema.insert("type".into(), "string".into());
            }
            "allOf" => {
                if let Some(target) = value[0]["$ref"].as_str() {
                    schema.insert("$ref".into(), reference(target));
                }
            }
            "$ref" => {
                schema.insert(key, reference(value.as_str().unwrap_or_default()));
            }
            "items" | "properties" | "type" if is_nullable || is_open => {}
            "properties" => {
                let properties = value.as_object().cloned().unwrap_or_default();
                let properties = properties
                    .into_iter()
                    .map(|(name, of)| (name, self::schema(of)));
                schema.insert(key, Value::Object(properties.collect()));
            }
            "items" | "additionalProperties" => {
                schema.insert(key, self::schema(value));
            }
            _ => {
                schema.insert(key, value);
            }
        }
    }
    schema.into()
}

fn reference(target: &str) -> Value {
    target
        .replace("#/components/schemas/", "#/definitions/")
        .into()
}
