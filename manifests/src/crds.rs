//! The versions of a kind merged into one `CustomResourceDefinition`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::descriptions::Descriptions;
use crate::version::Version;
use crate::{builtin, kustomize, yaml};

/// The definitions of a kind contradict each other, so that no `CustomResourceDefinition` can say what was meant.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// Something that should be a definition of one version is not.
    #[error(
        "definition {at} of the operator is not a CustomResourceDefinition of one version: it has no {missing}"
    )]
    Malformed {
        /// Its place in the list.
        at: usize,
        /// The field that is not there, or is something else.
        missing: &'static str,
    },
    /// Two versions name the kind differently.
    #[error(
        "versions {one} and {other} of {kind} disagree about {field}: write the same in the attributes of both"
    )]
    Disagree {
        /// The kind and its group.
        kind: String,
        /// A version.
        one: String,
        /// A version that says otherwise.
        other: String,
        /// What they disagree about.
        field: String,
    },
    /// The same version is defined twice.
    #[error("version {version} of {kind} is defined twice: remove one")]
    Twice {
        /// The kind and its group.
        kind: String,
        /// The version.
        version: String,
    },
    /// More than one version is to be stored.
    #[error("versions {} of {kind} are all stored: write `storage = false` in the attributes of all but one", .versions.join(", "))]
    ManyStored {
        /// The kind and its group.
        kind: String,
        /// The stored versions.
        versions: Vec<String>,
    },
    /// No version is to be stored.
    #[error("no version of {kind} is stored: remove `storage = false` from the attributes of one of {}", .versions.join(", "))]
    NoneStored {
        /// The kind and its group.
        kind: String,
        /// All its versions.
        versions: Vec<String>,
    },
    /// Two kinds have the same plural.
    #[error(
        "kinds {one} and {other} of group {group} have the same plural, {plural}: write `plural = \"...\"` in the attributes of one"
    )]
    SamePlural {
        /// A kind.
        one: String,
        /// Another kind.
        other: String,
        /// The group of both.
        group: String,
        /// The plural of both.
        plural: String,
    },
}

/// Where a client-side `kubectl apply` keeps what it was given.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A kind with all its versions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Definition {
    pub(crate) group: String,
    pub(crate) kind: String,
    pub(crate) plural: String,
    labels: Map<String, Value>,
    annotations: Map<String, Value>,
    scope: Value,
    names: Value,
    versions: Vec<Value>,
}

/// One definition a kind, sorted by group and plural, from definitions of one version each.
pub(crate) fn merge(crds: &[Value], descriptions: Descriptions) -> Result<Vec<Definition>, Error> {
    let mut of_kind: BTreeMap<(String, String), Vec<Definition>> = BTreeMap::new();
    for (at, crd) in crds.iter().enumerate() {
        let mut definition = Definition::read(at, crd)?;
        for version in &mut definition.versions {
            if let Some(schema) = version.pointer_mut("/schema/openAPIV3Schema") {
                descriptions.shorten(schema);
            }
        }
        of_kind
            .entry((definition.group.clone(), definition.kind.clone()))
            .or_default()
            .push(definition);
    }
    let mut of_plural: BTreeMap<(String, String), Definition> = BTreeMap::new();
    for definitions in of_kind.into_values() {
        let definition = of_one_kind(definitions)?;
        let place = (definition.group.clone(), definition.plural.clone());
        if let Some(other) = of_plural.get(&place) {
            return Err(Error::SamePlural {
                one: other.kind.clone(),
                other: definition.kind,
                group: definition.group,
                plural: definition.plural,
            });
        }
        of_plural.insert(place, definition);
    }
    Ok(of_plural.into_values().collect())
}

/// The files of `config/crd`.
pub(crate) fn files(definitions: &[Definition]) -> BTreeMap<String, String> {
    let mut files: BTreeMap<_, _> = definitions
        .iter()
        .map(|definition| {
            let name = format!("bases/{}", definition.file());
            (name, yaml::document(&definition.crd()))
        })
        .collect();
    let list = kustomize::list(files.keys());
    files.insert("kustomization.yaml".to_owned(), list);
    files
        .into_iter()
        .map(|(name, text)| (format!("config/crd/{name}"), text))
        .collect()
}

fn of_one_kind(definitions: Vec<Definition>) -> Result<Definition, Error> {
    let mut definitions = definitions.into_iter();
    let mut whole = definitions
        .next()
        .expect("a kind is known by its definitions");
    for next in definitions {
        if let Some(field) = whole.difference(&next) {
            let (one, other) = (
                whole.version_names().join(", "),
                next.version_names().join(", "),
            );
            return Err(Error::Disagree {
                kind: whole.to_string(),
                one,
                other,
                field,
            });
        }
        whole.versions.extend(next.versions);
    }
    whole
        .versions
        .sort_by(|a, b| Version::new(name(a)).cmp(&Version::new(name(b))));
    whole.check_versions()?;
    Ok(whole)
}

impl Definition {
    /// Whether its objects are in no namespace.
    pub(crate) fn is_cluster_scoped(&self) -> bool {
        self.scope == "Cluster"
    }

    fn read(at: usize, crd: &Value) -> Result<Self, Error> {
        let text = |pointer: &'static str| match crd.pointer(pointer) {
            Some(Value::String(text)) => Ok(text.clone()),
            _ => Err(Error::Malformed {
                at,
                missing: pointer,
            }),
        };
        let versions = match crd.pointer("/spec/versions") {
            Some(Value::Array(versions))
                if versions.iter().all(|version| version["name"].is_string()) =>
            {
                versions
            }
            _ => {
                return Err(Error::Malformed {
                    at,
                    missing: "/spec/versions",
                });
            }
        };
        Ok(Self {
            group: text("/spec/group")?,
            kind: text("/spec/names/kind")?,
            plural: text("/spec/names/plural")?,
            labels: object(&crd["metadata"]["labels"]),
            annotations: object(&crd["metadata"]["annotations"]),
            scope: crd["spec"]["scope"].clone(),
            names: without_empty(&crd["spec"]["names"]),
            versions: versions.iter().map(version).collect(),
        })
    }

    /// The name of its file, as controller-gen gives it.
    pub(crate) fn file(&self) -> String {
        format!("{}_{}.yaml", self.group, self.plural)
    }

    /// The bytes of the annotations with which a client-side `kubectl apply` leaves it: it keeps there what it was given.
    pub(crate) fn bytes_of_annotations(&self) -> usize {
        let mut crd = self.crd();
        let annotations = &mut crd["metadata"]["annotations"];
        if annotations.is_null() {
            *annotations = json!({});
        }
        // As Go writes it, with a line end.
        let bytes = crd.to_string();
        let bytes = bytes.chars().map(|character| match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => 6,
            character => character.len_utf8(),
        });
        let own = self.annotations.iter().map(|(key, value)| {
            let value = value.as_str().unwrap_or_default();
            key.len() + value.len()
        });
        own.sum::<usize>() + LAST_APPLIED.len() + bytes.sum::<usize>() + 1
    }

    /// The `CustomResourceDefinition`.
    pub(crate) fn crd(&self) -> Value {
        let mut metadata = json!({ "name": format!("{}.{}", self.plural, self.group) });
        for (key, words) in [("labels", &self.labels), ("annotations", &self.annotations)] {
            if !words.is_empty() {
                metadata[key] = words.clone().into();
            }
        }
        json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": metadata,
            "spec": { "group": self.group, "names": self.names, "scope": self.scope, "versions": self.versions },
        })
    }

    /// The first thing in which another definition of this kind is not the same.
    fn difference(&self, other: &Self) -> Option<String> {
        if self.scope != other.scope {
            return Some("scope".to_owned());
        }
        if self.labels != other.labels {
            return Some("labels".to_owned());
        }
        if self.annotations != other.annotations {
            return Some("annotations".to_owned());
        }
        let (ours, theirs) = (self.names.as_object()?, other.names.as_object()?);
        ours.keys()
            .chain(theirs.keys())
            .find(|key| ours.get(*key) != theirs.get(*key))
            .cloned()
    }

    fn check_versions(&self) -> Result<(), Error> {
        let names = self.version_names();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::Twice {
                kind: self.to_string(),
                version: twice[0].clone(),
            });
        }
        let is_stored = |version: &&Value| version["storage"] == true;
        let stored: Vec<_> = self
            .versions
            .iter()
            .filter(is_stored)
            .map(|version| name(version).to_owned())
            .collect();
        match stored.len() {
            0 => Err(Error::NoneStored {
                kind: self.to_string(),
                versions: names,
            }),
            1 => Ok(()),
            _ => Err(Error::ManyStored {
                kind: self.to_string(),
                versions: stored,
            }),
        }
    }

    fn version_names(&self) -> Vec<String> {
        self.versions
            .iter()
            .map(|version| name(version).to_owned())
            .collect()
    }
}

impl std::fmt::Display for Definition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.kind, self.group)
    }
}

fn name(version: &Value) -> &str {
    version["name"].as_str().unwrap_or_default()
}

/// The entries of an object; none where there is no object.
fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// A version with all that the API says of its own types in the kind's schema.
fn version(version: &Value) -> Value {
    let mut version = without_empty(version);
    if let Some(schema) = version.pointer_mut("/schema/openAPIV3Schema") {
        builtin::restore(schema);
    }
    version
}

/// The object without the empty lists and maps that say nothing: `shortNames: []`.
fn without_empty(object: &Value) -> Value {
    let Value::Object(map) = object else {
        return object.clone();
    };
    let says_something = |value: &Value| match value {
        Value::Array(items) => !items.is_empty(),
        Value::Null => false,
        _ => true,
    };
    map.iter()
        .filter(|(_, value)| says_something(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(crds: &[Value]) -> Result<Vec<Definition>, Error> {
        merge(crds, Descriptions::Full)
    }

    fn crd(kind: &str, version: &str, storage: bool) -> Value {
        let plural = format!("{}s", kind.to_lowercase());
        json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": { "name": format!("{plural}.example.com"), "labels": {}, "annotations": {} },
            "spec": {
                "group": "example.com",
                "names": { "categories": [], "kind": kind, "plural": plural, "shortNames": [], "singular": kind.to_lowercase() },
                "scope": "Namespaced",
                "versions": [{
                    "additionalPrinterColumns": [], "name": version, "served": true, "storage": storage,
                    "schema": { "openAPIV3Schema": { "type": "object", "description": version, "required": [] } },
                    "subresources": { "status": {} },
                }],
            },
        })
    }

    fn changed(mut crd: Value, pointer: &str, to: Value) -> Value {
        *crd.pointer_mut(pointer).unwrap() = to;
        crd
    }

    #[test]
    fn versions_of_a_kind_become_one_definition() {
        let crds = [
            crd("MyApp", "v1alpha1", false),
            crd("Other", "v1", true),
            crd("MyApp", "v1", true),
        ];
        let files = files(&all(&crds).unwrap());
        assert_eq!(
            files.keys().map(String::as_str).collect::<Vec<_>>(),
            [
                "config/crd/bases/example.com_myapps.yaml",
                "config/crd/bases/example.com_others.yaml",
                "config/crd/kustomization.yaml"
            ],
        );
        insta::assert_snapshot!(files["config/crd/bases/example.com_myapps.yaml"]);
    }

    #[test]
    fn the_order_of_definitions_does_not_matter() {
        let mut crds = vec![
            crd("MyApp", "v1alpha1", false),
            crd("Other", "v1", true),
            crd("MyApp", "v1", true),
        ];
        let right = files(&all(&crds).unwrap());
        crds.reverse();
        assert_eq!(files(&all(&crds).unwrap()), right);
    }

    #[test]
    fn labels_and_annotations_are_kept() {
        let mut crd = crd("MyApp", "v1", true);
        crd["metadata"]["labels"] = json!({ "team": "shop" });
        crd["metadata"]["annotations"] = json!({ "example.com/on": "yes" });
        let text = &files(&all(&[crd]).unwrap())["config/crd/bases/example.com_myapps.yaml"];
        let metadata = "metadata:\n  annotations:\n    example.com/on: \"yes\"\n  labels:\n    team: shop\n  name: myapps.example.com\n";
        assert!(text.contains(metadata), "{text}");
    }

    #[test]
    fn contradictions_are_told() {
        let old = || crd("MyApp", "v1alpha1", false);
        let new = || crd("MyApp", "v1", true);
        let cases = [
            vec![changed(old(), "/spec/scope", json!("Cluster")), new()],
            vec![
                changed(old(), "/spec/names/shortNames", json!(["ma"])),
                new(),
            ],
            vec![changed(old(), "/spec/names/plural", json!("apps")), new()],
            vec![
                changed(old(), "/metadata/labels", json!({ "team": "a" })),
                changed(new(), "/metadata/labels", json!({ "team": "b" })),
            ],
            vec![
                changed(
                    old(),
                    "/metadata/annotations",
                    json!({ "example.com/a": "b" }),
                ),
                new(),
            ],
            vec![new(), new()],
            vec![crd("MyApp", "v1beta1", true), old(), new()],
            vec![old(), crd("MyApp", "v1", false)],
            vec![
                new(),
                changed(
                    crd("Other", "v1", true),
                    "/spec/names/plural",
                    json!("myapps"),
                ),
            ],
            vec![new(), json!({})],
            vec![new(), changed(old(), "/spec/group", Value::Null)],
        ];
        let told: Vec<_> = cases
            .iter()
            .map(|crds| all(crds).unwrap_err().to_string())
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn what_kubectl_keeps_is_counted_as_it_writes_it() {
        let definition = |description: &str| {
            let path = "/spec/versions/0/schema/openAPIV3Schema/description";
            let crd = changed(crd("MyApp", "v1", true), path, json!(description));
            let definitions = all(&[crd]).unwrap();
            definitions[0].bytes_of_annotations()
        };
        let empty = definition("");
        assert_eq!(definition("words"), empty + 5);
        assert_eq!(definition("a < b"), empty + 10);
        assert_eq!(definition("\"é\""), empty + 6);
    }
}
