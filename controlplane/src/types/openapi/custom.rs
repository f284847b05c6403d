//! The document of a group and version of custom kinds.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Block, CLUSTER_MODEL, MODEL, schemas};
use crate::deep;

const CONVENTIONS: &str =
    "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";
const META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1";

/// What a document tells of a custom kind in one version.
#[derive(Clone, Copy, Debug)]
pub struct CustomKind<'a> {
    /// `MyApp`.
    pub kind: &'a str,
    /// `MyAppList`.
    pub list_kind: &'a str,
    /// `myapps`.
    pub plural: &'a str,
    /// Whether its objects are in namespaces.
    pub namespaced: bool,
    /// Whether it has the subresource `status` in this version.
    pub status: bool,
    /// Whether it has the subresource `scale` in this version.
    pub scale: bool,
    /// `openAPIV3Schema` of this version.
    pub schema: &'a Value,
}

/// The document of a group and version, with all custom kinds that it has.
pub fn of_custom(group: &str, version: &str, kinds: &[CustomKind<'_>]) -> Vec<u8> {
    let mut paths = Map::new();
    let mut own = Map::new();
    for kind in kinds {
        let names = Names {
            group,
            version,
            kind: *kind,
        };
        let model: Value = serde_json::from_str(&names.model()).expect("names are plain text");
        let of_model = model["paths"].as_object().cloned().unwrap_or_default();
        let is_offered = |path: &String| {
            (kind.status || !path.ends_with("/status")) && (kind.scale || !path.ends_with("/scale"))
        };
        paths.extend(of_model.into_iter().filter(|(path, _)| is_offered(path)));
        own.insert(names.definition(kind.kind), names.schema());
        own.insert(names.definition(kind.list_kind), names.list_schema());
    }
    let mut document = json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes CRD Swagger", "version": "v0.1.0"},
        "paths": paths,
        "components": {"schemas": shared(kinds)},
    });
    if let Some(all) = document["components"]["schemas"].as_object_mut() {
        all.extend(own);
    }
    document.to_string().into_bytes()
}

/// The built-in schemas that custom kinds refer to.
fn shared(kinds: &[CustomKind<'_>]) -> Value {
    let text = Block::find("document", MODEL)
        .expect("the generator wrote it")
        .text();
    let names: BTreeSet<&str> = text.lines().next().unwrap_or_default().split(' ').collect();
    let scales = kinds.iter().any(|it| it.scale);
    let needed = names
        .into_iter()
        .filter(|it| scales || !it.contains(".autoscaling."));
    deep::read_own(format!("{{{}}}", schemas(needed)).as_bytes()).expect("schemas are JSON")
}

#[derive(Clone, Copy)]
struct Names<'a> {
    group: &'a str,
    version: &'a str,
    kind: CustomKind<'a>,
}

impl Names<'_> {
    /// The model's document, with these names instead of the model's.
    fn model(self) -> String {
        let (path, group) = if self.kind.namespaced {
            (MODEL, "model.example.com")
        } else {
            (CLUSTER_MODEL, "cluster.example.com")
        };
        let text = Block::find("document", path)
            .expect("the generator wrote it")
            .text();
        let (_, text) = text
            .split_once('\n')
            .expect("the generator wrote two parts");
        let model = Names {
            group,
            version: "v1",
            kind: CustomKind {
                plural: "models",
                ..self.kind
            },
        };
        let of_model =
            |kind| format!("\"group\":\"{group}\",\"kind\":\"{kind}\",\"version\":\"v1\"");
        let own = format!(
            "\"group\":\"{}\",\"kind\":\"{}\",\"version\":\"{}\"",
            self.group, self.kind.kind, self.version
        );
        text.replace(&of_model("Model"), &own)
            .replace(
                &model.definition("ModelList"),
                &self.definition(self.kind.list_kind),
            )
            .replace(&model.definition("Model"), &self.definition(self.kind.kind))
            .replace(&model.tag(), &self.tag())
            .replace(&model.operation(), &self.operation())
            .replace(
                &format!("/apis/{group}/v1/"),
                &format!("/apis/{}/{}/", self.group, self.version),
            )
            .replace("/models", &format!("/{}", self.kind.plural))
            .replace("Model", self.kind.kind)
    }

    /// `com.example.v1.MyApp`.
    fn definition(self, kind: &str) -> String {
        let reversed: Vec<&str> = self.group.rsplit('.').collect();
        format!("{}.{}.{kind}", reversed.join("."), self.version)
    }

    /// `exampleCom_v1`.
    fn tag(self) -> String {
        format!(
            "{}_{}",
            joined(self.group, false),
            joined(self.version, false)
        )
    }

    /// `ExampleComV1`.
    fn operation(self) -> String {
        format!("{}{}", joined(self.group, true), joined(self.version, true))
    }

    fn schema(self) -> Value {
        let mut schema = self.kind.schema.clone();
        complete(&mut schema);
        schema["type"] = "object".into();
        let properties = object(&mut schema, "properties");
        properties.insert("apiVersion".into(), api_version("APIVersion"));
        properties.insert("kind".into(), kind("Kind"));
        properties.insert("metadata".into(), metadata());
        schema["x-kubernetes-group-version-kind"] = self.of_kind(self.kind.kind);
        schema
    }

    fn list_schema(self) -> Value {
        let item = format!("#/components/schemas/{}", self.definition(self.kind.kind));
        json!({
            "description": format!("{} is a list of {}", self.kind.list_kind, self.kind.kind),
            "type": "object",
            "required": ["items"],
            "properties": {
                "apiVersion": api_version("APIVersion"),
                "items": {
                    "description": format!("List of {}. More info: {CONVENTIONS}", self.kind.plural),
                    "type": "array",
                    "items": {"$ref": item},
                },
                "kind": kind("Kind"),
                "metadata": {
                    "description": format!("Standard list metadata. More info: {CONVENTIONS}#types-kinds"),
                    "allOf": [{"$ref": format!("#/components/schemas/{META}.ListMeta")}],
                },
            },
            "x-kubernetes-group-version-kind": self.of_kind(self.kind.list_kind),
        })
    }

    fn of_kind(self, kind: &str) -> Value {
        json!([{"group": self.group, "kind": kind, "version": self.version}])
    }
}

/// As part of an operation's name: letters and digits, each part after another sign with a capital.
fn joined(text: &str, mut capital: bool) -> String {
    let mut joined = String::new();
    for (at, letter) in text.chars().enumerate() {
        if letter.is_alphabetic() || letter == '_' || (at > 0 && letter.is_numeric()) {
            joined.extend(
                capital
                    .then(|| letter.to_ascii_uppercase())
                    .or(Some(letter)),
            );
            capital = false;
        } else {
            capital = true;
        }
    }
    joined
}

/// Adds what extensions of Kubernetes say in no other words.
fn complete(schema: &mut Value) {
    if schema["x-kubernetes-int-or-string"] == true && schema["anyOf"].is_null() {
        schema["anyOf"] = json!([{"type": "integer"}, {"type": "string"}]);
    }
    for within in ["properties", "patternProperties"] {
        if let Some(Value::Object(properties)) = schema.get_mut(within) {
            properties.values_mut().for_each(complete);
        }
    }
    for within in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get_mut(within).filter(|it| it.is_object()) {
            complete(inner);
        }
    }
    if schema.get("x-kubernetes-embedded-resource") == Some(&Value::Bool(true)) {
        let properties = object(schema, "properties");
        properties.insert("apiVersion".into(), api_version("apiVersion"));
        properties.insert("kind".into(), kind("kind"));
        properties.insert("metadata".into(), metadata());
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let own = ["kind", "apiVersion"]
            .map(Value::from)
            .into_iter()
            .filter(|it| !required.contains(it));
        schema["required"] = required.iter().cloned().chain(own).collect();
    }
    if let Some(fields) = schema.as_object_mut() {
        fields.retain(|_, it| !it.is_null());
    }
}

fn object<'a>(value: &'a mut Value, name: &str) -> &'a mut Map<String, Value> {
    if !value[name].is_object() {
        value[name] = json!({});
    }
    value[name].as_object_mut().expect("it was made one")
}

fn api_version(name: &str) -> Value {
    let description = format!(
        "{name} defines the versioned schema of this representation of an object.{} More info: {CONVENTIONS}#resources",
        if name == "APIVersion" {
            " Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values."
        } else {
            ""
        }
    );
    json!({"description": description, "type": "string"})
}

fn kind(name: &str) -> Value {
    let what = if name == "Kind" {
        "REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated."
    } else {
        "type of this object."
    };
    let description = format!(
        "{name} is a string value representing the {what} In CamelCase. More info: {CONVENTIONS}#types-kinds"
    );
    json!({"description": description, "type": "string"})
}

fn metadata() -> Value {
    json!({
        "description": format!("Standard object's metadata. More info: {CONVENTIONS}#metadata"),
        "allOf": [{"$ref": format!("#/components/schemas/{META}.ObjectMeta")}],
    })
}
