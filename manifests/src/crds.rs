//! The versions of a kind merged into one `CustomResourceDefinition`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::crd_file::CrdFile;
use crate::descriptions::Descriptions;
use crate::names::Names;
use crate::version::Version;
use crate::{builtin, yaml};

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
    /// Two kinds want the same name otherwise: then an API server serves one of them alone.
    #[error(
        "kinds {one} and {other} of group {group} both want the name {name}, and only one would be served: give one another `kind`, `plural`, `singular` or `shortname`"
    )]
    SameName {
        /// A kind.
        one: String,
        /// Another kind.
        other: String,
        /// The group of both.
        group: String,
        /// A plural, a singular or a short name of both, or a kind, which is also that of a list.
        name: String,
    },
}

/// Where a client-side `kubectl apply` keeps what it was given.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The definitions of kinds, one for each with all its versions, sorted by group and plural.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Definitions(Vec<Definition>);

/// A kind with all its versions.
#[derive(Debug, Clone, PartialEq)]
struct Definition {
    names: Names,
    /// The `CustomResourceDefinition`.
    crd: Value,
}

impl Definitions {
    /// Merges definitions of one version each.
    ///
    /// # Errors
    /// When the definitions of a kind contradict each other. Those of several are checked by [`CrdFile::check_names`].
    pub fn merge(
        crds: impl IntoIterator<Item = Value>,
        descriptions: Descriptions,
    ) -> Result<Self, Error> {
        let mut of_kind: BTreeMap<(String, String), Vec<Definition>> = BTreeMap::new();
        for (at, crd) in crds.into_iter().enumerate() {
            let definition = Definition::read(at, crd, descriptions)?;
            let Names { group, kind, .. } = &definition.names;
            let place = (group.clone(), kind.clone());
            of_kind.entry(place).or_default().push(definition);
        }
        let definitions = of_kind.into_values().map(of_one_kind);
        let mut definitions = definitions.collect::<Result<Vec<_>, _>>()?;
        definitions.sort_by(|one, other| one.place().cmp(&other.place()));
        Ok(Self(definitions))
    }

    /// Every `CustomResourceDefinition`, as it is in its file.
    pub fn into_crds(self) -> impl Iterator<Item = Value> {
        self.0.into_iter().map(|definition| definition.crd)
    }

    /// The file of each.
    pub fn crd_files(&self) -> Vec<CrdFile> {
        let files = self.0.iter().map(|definition| CrdFile {
            names: definition.names.clone(),
            scope: definition.scope().to_owned(),
            versions: definition.version_names(),
            body: yaml::body(&definition.crd),
            annotations: definition.bytes_of_annotations(),
        });
        files.collect()
    }
}

fn of_one_kind(definitions: Vec<Definition>) -> Result<Definition, Error> {
    let mut definitions = definitions.into_iter();
    let mut whole = definitions
        .next()
        .expect("a kind is known by its definitions");
    for mut next in definitions {
        if let Some(field) = whole.difference(&next) {
            let (one, other) = (
                whole.version_names().join(", "),
                next.version_names().join(", "),
            );
            return Err(Error::Disagree {
                kind: whole.names.to_string(),
                one,
                other,
                field,
            });
        }
        whole.versions_mut().append(next.versions_mut());
    }
    whole
        .versions_mut()
        .sort_by(|a, b| Version::new(name(a)).cmp(&Version::new(name(b))));
    whole.check_versions()?;
    Ok(whole)
}

impl Definition {
    /// By what definitions are sorted.
    fn place(&self) -> (&str, &str) {
        (&self.names.group, &self.names.plural)
    }

    fn scope(&self) -> &str {
        self.crd["spec"]["scope"].as_str().unwrap_or_default()
    }

    fn read(at: usize, mut crd: Value, descriptions: Descriptions) -> Result<Self, Error> {
        let is_version = |version: &Value| version["name"].is_string();
        let versions = crd.pointer("/spec/versions").and_then(Value::as_array);
        if !versions.is_some_and(|versions| versions.iter().all(is_version)) {
            return Err(Error::Malformed {
                at,
                missing: "/spec/versions",
            });
        }
        let text = |pointer: &'static str| match crd.pointer(pointer) {
            Some(Value::String(text)) => Ok(text.clone()),
            _ => Err(Error::Malformed {
                at,
                missing: pointer,
            }),
        };
        let group = text("/spec/group")?;
        let kind = text("/spec/names/kind")?;
        let plural = text("/spec/names/plural")?;
        let mut take = |pointer: &str| crd.pointer_mut(pointer).map(Value::take);
        let mut metadata = json!({ "name": format!("{plural}.{group}") });
        for (key, pointer) in [
            ("labels", "/metadata/labels"),
            ("annotations", "/metadata/annotations"),
        ] {
            if let Some(Value::Object(words)) = take(pointer)
                && !words.is_empty()
            {
                metadata[key] = words.into();
            }
        }
        let mut spec = json!({ "group": group });
        spec["names"] = take("/spec/names").unwrap_or_default();
        spec["scope"] = take("/spec/scope").unwrap_or_default();
        spec["versions"] = take("/spec/versions").unwrap_or_default();
        drop_empty(&mut spec["names"]);
        let mut whole = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
        });
        whole["metadata"] = metadata;
        whole["spec"] = spec;
        let mut definition = Self {
            names: Names {
                others: other_names(&whole["spec"]["names"]),
                group,
                kind,
                plural,
            },
            crd: whole,
        };
        for version in definition.versions_mut() {
            settle(version, descriptions);
        }
        Ok(definition)
    }

    /// The bytes of the annotations with which a client-side `kubectl apply` leaves it: it keeps there what it was given.
    fn bytes_of_annotations(&self) -> usize {
        let own = self.crd.pointer("/metadata/annotations");
        let own = own.and_then(Value::as_object);
        let is_left_out = own.map_or("\"annotations\":{},".len(), |_| 0);
        let own = own.into_iter().flatten().map(|(key, value)| {
            let value = value.as_str().unwrap_or_default();
            key.len() + value.len()
        });
        // With a line end.
        own.sum::<usize>() + LAST_APPLIED.len() + bytes_in_go(&self.crd) + is_left_out + 1
    }

    /// The first thing in which another definition of this kind is not the same.
    fn difference(&self, other: &Self) -> Option<String> {
        for (field, pointer) in [
            ("scope", "/spec/scope"),
            ("labels", "/metadata/labels"),
            ("annotations", "/metadata/annotations"),
        ] {
            if self.crd.pointer(pointer) != other.crd.pointer(pointer) {
                return Some(field.to_owned());
            }
        }
        let ours = self.crd["spec"]["names"].as_object()?;
        let theirs = other.crd["spec"]["names"].as_object()?;
        ours.keys()
            .chain(theirs.keys())
            .find(|key| ours.get(*key) != theirs.get(*key))
            .cloned()
    }

    fn check_versions(&self) -> Result<(), Error> {
        let names = self.version_names();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::Twice {
                kind: self.names.to_string(),
                version: twice[0].clone(),
            });
        }
        let is_stored = |version: &&Value| version["storage"] == true;
        let stored: Vec<_> = self
            .versions()
            .iter()
            .filter(is_stored)
            .map(|version| name(version).to_owned())
            .collect();
        match stored.len() {
            0 => Err(Error::NoneStored {
                kind: self.names.to_string(),
                versions: names,
            }),
            1 => Ok(()),
            _ => Err(Error::ManyStored {
                kind: self.names.to_string(),
                versions: stored,
            }),
        }
    }

    fn versions(&self) -> &[Value] {
        let versions = self.crd["spec"]["versions"].as_array();
        versions.map(Vec::as_slice).unwrap_or_default()
    }

    fn versions_mut(&mut self) -> &mut Vec<Value> {
        let versions = self.crd["spec"]["versions"].as_array_mut();
        versions.expect("a definition is read by its versions")
    }

    fn version_names(&self) -> Vec<String> {
        self.versions()
            .iter()
            .map(|version| name(version).to_owned())
            .collect()
    }
}

/// The singular and the short names.
fn other_names(names: &Value) -> Vec<String> {
    let short = names["shortNames"].as_array().into_iter().flatten();
    let others = [&names["singular"]].into_iter().chain(short);
    let others = others.filter_map(Value::as_str);
    others.map(str::to_owned).collect()
}

fn name(version: &Value) -> &str {
    version["name"].as_str().unwrap_or_default()
}

/// Makes a version what it is in a file: with all that the API says of its own types in the kind's schema.
fn settle(version: &mut Value, descriptions: Descriptions) {
    drop_empty(version);
    if let Some(schema) = version.pointer_mut("/schema/openAPIV3Schema") {
        builtin::restore(schema);
        descriptions.shorten(schema);
    }
}

/// Takes out empty lists, which say nothing: `shortNames: []`.
fn drop_empty(object: &mut Value) {
    if let Value::Object(map) = object {
        map.retain(|_, value| match value {
            Value::Array(items) => !items.is_empty(),
            Value::Null => false,
            _ => true,
        });
    }
}

/// The bytes of a value in JSON as Go writes it: on one line, with letters escaped that mean something in HTML.
fn bytes_in_go(value: &Value) -> usize {
    let listed = |bytes: usize, count: usize| 2 + bytes + count.saturating_sub(1);
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string().len(),
        Value::String(text) => bytes_of_text(text),
        Value::Array(items) => listed(items.iter().map(bytes_in_go).sum(), items.len()),
        Value::Object(fields) => {
            let each = fields.iter();
            let each = each.map(|(key, value)| bytes_of_text(key) + 1 + bytes_in_go(value));
            listed(each.sum(), fields.len())
        }
    }
}

fn bytes_of_text(text: &str) -> usize {
    let each = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | b'\x08' | b'\x0c' => 2,
        b'<' | b'>' | b'&' | 0..b' ' => 6,
        _ => 1,
    });
    let ends_of_lines = if text.is_ascii() {
        0
    } else {
        text.matches(['\u{2028}', '\u{2029}']).count()
    };
    2 + each.sum::<usize>() + 3 * ends_of_lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(crds: &[Value]) -> Result<Vec<CrdFile>, Error> {
        let files = Definitions::merge(crds.to_vec(), Descriptions::Full)?.crd_files();
        CrdFile::check_names(&files)?;
        Ok(files)
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
        let files = all(&crds).unwrap();
        let names: Vec<_> = files.iter().map(CrdFile::name).collect();
        assert_eq!(
            names,
            ["example.com_myapps.yaml", "example.com_others.yaml"]
        );
        insta::assert_snapshot!(files[0].document());
    }

    #[test]
    fn the_order_of_definitions_does_not_matter() {
        let mut crds = vec![
            crd("MyApp", "v1alpha1", false),
            crd("Other", "v1", true),
            crd("MyApp", "v1", true),
        ];
        let right = all(&crds).unwrap();
        crds.reverse();
        assert_eq!(all(&crds).unwrap(), right);
    }

    #[test]
    fn labels_and_annotations_are_kept() {
        let mut crd = crd("MyApp", "v1", true);
        crd["metadata"]["labels"] = json!({ "team": "shop" });
        crd["metadata"]["annotations"] = json!({ "example.com/on": "yes" });
        let files = all(&[crd]).unwrap();
        let text = &files[0].body;
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
            vec![new(), crd("MyAppList", "v1", true)],
            vec![
                new(),
                changed(
                    crd("Other", "v1", true),
                    "/spec/names/plural",
                    json!("myapp"),
                ),
            ],
            vec![
                changed(new(), "/spec/names/shortNames", json!(["a", "ma"])),
                changed(
                    crd("Other", "v1", true),
                    "/spec/names/shortNames",
                    json!(["ma"]),
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
            all(&[crd]).unwrap()[0].annotations
        };
        let empty = definition("");
        assert_eq!(definition("words"), empty + 5);
        assert_eq!(definition("a < b"), empty + 10);
        assert_eq!(definition("\"é\""), empty + 6);
    }

    #[test]
    fn bytes_are_those_of_serde_json_with_letters_escaped_that_html_knows() {
        let letters = (0..=0xff).filter_map(char::from_u32);
        let letters: String = letters.chain("\u{2028}\u{2029}😀".chars()).collect();
        let escaped = 2 * (3 * 5 + 2 * 3);
        let value = json!({
            letters.as_str(): [letters, 1, 1.0, -0.0, 1e300, true, null, [], {}, [[""]]],
            "": { "a": {}, "b": [] },
        });
        assert_eq!(bytes_in_go(&value), value.to_string().len() + escaped);
    }
}
