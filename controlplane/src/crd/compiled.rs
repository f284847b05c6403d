//! A version of a custom kind, read once: what comes in, what is stored and what goes out.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/customresource_handler.go` (`unstructuredSchemaCoercer`) and
//! `pkg/registry/customresource` (`strategy.go`, `status_strategy.go`, `validator.go`).

use serde_json::{Value, json};

use super::{
    columns::Columns,
    correlation::Correlated,
    defaulting,
    json_path::JsonPath,
    keywords, list_types,
    object_meta::{self, NameRule},
    path::Path,
    pruning,
    rules::Rules,
    scale::ScalePaths,
    structural::Node,
};
use crate::{FieldError, FieldReason, go, types::Undecoded};

/// Which kind a version is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The API group.
    pub group: String,
    /// The version: `v1`.
    pub version: String,
    /// `MyApp`
    pub kind: String,
    /// Whether objects are in namespaces.
    pub namespaced: bool,
}

/// A version of a custom kind.
///
/// The order for a write: [`decode`](Self::decode), then [`before_create`](Self::before_create) or one of its siblings,
/// then [`check_create`](Self::check_create) or one of its siblings, all of the version that was asked for; then
/// [`to_store`](Self::to_store) of the storage version. What comes from the store, for readers, as the old object of an
/// update, and as the answer to a write, goes through [`read`](Self::read) of the version that it's stored in, and where
/// another was asked for through [`convert`](Self::convert) of that.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what need not be looked for in each object"
)]
#[derive(Debug)]
pub struct Compiled {
    kind: Kind,
    node: Node,
    rules: Option<Rules>,
    has_status: bool,
    scale: Option<ScalePaths>,
    has_defaults: bool,
    has_list_types: bool,
    has_resources: bool,
    columns: Columns,
    selectable: Vec<(String, JsonPath)>,
}

/// An object that was read from a request.
#[derive(Debug)]
pub struct Decoded {
    /// Pruned and with its defaults.
    pub object: Value,
    /// `unknown field "spec.foo"`: errors or warnings, by the request's `fieldValidation`.
    pub unknown: Vec<String>,
}

/// What checks came to.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is wrong: 422.
    pub errors: Vec<FieldError>,
    /// What the client hears in `Warning` headers, whether it was right or wrong.
    pub warnings: Vec<String>,
}

impl Checked {
    fn warn_if_right(&mut self, warnings: impl FnOnce() -> Vec<String>) {
        if self.errors.is_empty() {
            self.warnings.extend(warnings());
        }
    }
}

impl Compiled {
    /// Reads a version of a definition: an item of `spec.versions`, that was checked before.
    pub fn of(kind: Kind, version: &Value) -> Self {
        let node = Node::read(&version["schema"]["openAPIV3Schema"]);
        let subresources = &version["subresources"];
        Self {
            rules: Rules::of(&node, true),
            has_status: subresources.get("status").is_some(),
            scale: subresources.get("scale").map(ScalePaths::of),
            has_defaults: node.has_defaults(),
            has_list_types: list_types::occur_in(&node),
            has_resources: object_meta::occur_in(&node),
            columns: Columns::of(version),
            selectable: selectable(version),
            kind,
            node,
        }
    }

    /// Whether it has the status subresource.
    pub fn has_status(&self) -> bool {
        self.has_status
    }

    /// The paths of its scale subresource.
    pub fn scale(&self) -> Option<&ScalePaths> {
        self.scale.as_ref()
    }

    /// The columns that `kubectl get` shows.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// What field selectors know beside `metadata.name` and `metadata.namespace`: `spec.a` and its value, which is
    /// empty where there is none.
    pub fn selectable<'a>(&'a self, object: &Value) -> Vec<(&'a str, String)> {
        let value = |path: &JsonPath| {
            let found = path.find(object).unwrap_or_default();
            let value = found.first().filter(|value| !value.is_null());
            value.map(|value| go::plain(value)).unwrap_or_default()
        };
        let selectable = self.selectable.iter();
        selectable
            .map(|(name, path)| (name.as_str(), value(path)))
            .collect()
    }

    /// The schema as the rest of the crate sees it.
    pub fn schema(&self) -> crate::Schema {
        super::schema::of_resource(&self.node)
    }

    /// Reads an object of a request: metadata in its types, what no schema knows dropped, nulls dropped or replaced,
    /// defaults filled in.
    pub fn decode(&self, mut object: Value) -> Result<Decoded, Undecoded> {
        let mut unknown = self
            .coerce(&mut object)
            .map_err(|why| self.cannot_be_handled(&why))?;
        for path in &mut unknown {
            *path = format!("unknown field \"{path}\"");
        }
        if self.has_defaults {
            defaulting::fill(&mut object, &self.node);
        }
        Ok(Decoded { object, unknown })
    }

    /// 400: the request asked for `fieldValidation=Strict`, and there were such fields.
    pub fn strict(&self, unknown: &[String]) -> Undecoded {
        self.cannot_be_handled(&format!("strict decoding error: {}", unknown.join(", ")))
    }

    fn cannot_be_handled(&self, why: &str) -> Undecoded {
        let Kind { kind, version, .. } = &self.kind;
        let told = format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {why}");
        Undecoded::of(why, &told)
    }

    fn coerce(&self, object: &mut Value) -> Result<Vec<String>, String> {
        let mut unknown = Vec::new();
        if let Some(metadata) = object.get_mut("metadata") {
            let decoded = object_meta::decode(metadata)?;
            unknown.extend(
                decoded
                    .unknown
                    .iter()
                    .map(|name| format!("metadata.{name}")),
            );
            *metadata = decoded.metadata;
        }
        let kept = ["apiVersion", "kind", "metadata"].map(|name| (name, object.get(name).cloned()));
        unknown.extend(pruning::prune(object, &self.node));
        defaulting::drop_nulls(object, Some(&self.node));
        if self.has_resources {
            let embedded = object_meta::coerce(object, &self.node, &Path::Root);
            unknown.extend(embedded.map_err(|error| error.to_string())?);
        }
        for (name, value) in kept {
            if let Some(value) = value {
                object[name] = value;
            }
        }
        Ok(unknown)
    }

    /// Makes of an object what is stored in this version, the storage version: without what its schema doesn't know, and
    /// with whole floats as integers, as Go writes them.
    pub fn to_store(&self, object: &mut Value) {
        self.stamp(object);
        self.prune(object);
        whole_numbers(object);
    }

    /// What a reader gets of an object that is stored in this version: pruned and with the defaults of today.
    pub fn read(&self, stored: &mut Value) {
        self.prune(stored);
        if self.has_defaults {
            defaulting::fill(stored, &self.node);
        }
    }

    /// Makes of an object of another version one of this version (conversion None): its defaults are those of the other,
    /// and what is not known here is dropped.
    pub fn convert(&self, object: &mut Value) {
        self.stamp(object);
        self.prune(object);
    }

    fn stamp(&self, object: &mut Value) {
        let Kind { group, version, .. } = &self.kind;
        object["apiVersion"] = format!("{group}/{version}").into();
    }

    fn prune(&self, object: &mut Value) {
        pruning::prune(object, &self.node);
        defaulting::drop_nulls(object, Some(&self.node));
    }

    /// What a create may not set is dropped; it is of generation 1.
    pub fn before_create(&self, object: &mut Value) {
        if let (true, Some(fields)) = (self.has_status, object.as_object_mut()) {
            fields.remove("status");
        }
        object["metadata"]["generation"] = 1.into();
    }

    /// What an update may not change is as it was; all but metadata makes a new generation.
    pub fn before_update(&self, new: &mut Value, old: &Value) {
        if self.has_status {
            put(new, "status", old.get("status").cloned());
        }
        let generation = old["metadata"]["generation"].as_i64().unwrap_or_default();
        let next = generation + i64::from(differ(new, old));
        new["metadata"]["generation"] = next.into();
    }

    /// What an update of the status may not change is as it was: all but the status and managedFields.
    pub fn before_status_update(&self, new: &mut Value, old: &Value) {
        let status = new
            .as_object_mut()
            .and_then(|fields| fields.remove("status"));
        let managers = new["metadata"].get("managedFields").cloned();
        *new = old.clone();
        put(new, "status", status);
        put(&mut new["metadata"], "managedFields", managers);
    }

    /// What is wrong with an object to be created.
    pub fn check_create(&self, object: &Value) -> Checked {
        let mut errors = self.check_type(object);
        if errors.is_empty() {
            let place = Path::Text("metadata");
            errors = object_meta::check(
                &object["metadata"],
                self.kind.namespaced,
                NameRule::Subdomain,
                &place,
            );
            errors.extend(keywords::check(&self.node, object, ""));
            self.check_scale(object, true, &mut errors);
        }
        errors.extend(self.check_resources(object));
        if self.has_list_types {
            errors.extend(list_types::check(&self.node, object));
        }
        let mut checked = self.with_rules(object, None, errors);
        checked.warn_if_right(|| object_meta::finalizer_warnings(&object["metadata"], None));
        checked
    }

    /// What is wrong with an object to be updated; what was wrong before may stay.
    pub fn check_update(&self, new: &Value, old: &Value) -> Checked {
        let mut errors = self.check_type(new);
        if errors.is_empty() {
            errors = object_meta::check_update(
                &new["metadata"],
                &old["metadata"],
                &Path::Text("metadata"),
            );
            let known = self.correlated(new, old);
            errors.extend(keywords::check_update(&self.node, new, Some(&known), ""));
            self.check_scale(new, true, &mut errors);
        }
        errors.extend(self.check_resources(new));
        self.check_lists(new, old, &mut errors);
        let mut checked = self.with_rules(new, Some(old), errors);
        checked.warn_if_right(|| {
            object_meta::finalizer_warnings(&new["metadata"], Some(&old["metadata"]))
        });
        checked
    }

    /// What is wrong with an object whose status is to be updated.
    pub fn check_status_update(&self, new: &Value, old: &Value) -> Checked {
        let mut errors = self.check_type(new);
        if errors.is_empty() {
            errors = object_meta::check_update(
                &new["metadata"],
                &old["metadata"],
                &Path::Text("metadata"),
            );
            if let (Some(node), Some(status)) =
                (self.node.properties.get("status"), new.get("status"))
            {
                let known = self.correlated(new, old);
                let known = known.field("status");
                errors.extend(keywords::check_update(
                    node,
                    status,
                    known.as_ref(),
                    "status",
                ));
            }
            self.check_scale(new, false, &mut errors);
        }
        self.check_lists(new, old, &mut errors);
        self.with_rules(new, Some(old), errors)
    }

    fn correlated<'a>(&'a self, new: &'a Value, old: &'a Value) -> Correlated<'a> {
        let node = &self.node;
        Correlated { new, old, node }
    }

    fn check_type(&self, object: &Value) -> Vec<FieldError> {
        let Kind {
            group,
            version,
            kind,
            ..
        } = &self.kind;
        let wanted = [
            ("kind", kind.clone()),
            ("apiVersion", format!("{group}/{version}")),
        ];
        wanted
            .into_iter()
            .filter(|(name, wanted)| object[*name] != wanted.as_str())
            .map(|(name, wanted)| {
                let given = object[name].as_str().unwrap_or_default();
                FieldError::new(
                    FieldReason::Invalid,
                    name,
                    given,
                    format!("must be {wanted}"),
                )
            })
            .collect()
    }

    fn check_scale(&self, object: &Value, with_spec: bool, errors: &mut Vec<FieldError>) {
        if let Some(scale) = &self.scale {
            if with_spec {
                errors.extend(scale.check_spec(object));
            }
            errors.extend(scale.check_status(object));
        }
    }

    fn check_resources(&self, object: &Value) -> Vec<FieldError> {
        if self.has_resources {
            object_meta::check_embedded(object, &self.node, &Path::Root)
        } else {
            Vec::new()
        }
    }

    fn check_lists(&self, new: &Value, old: &Value, errors: &mut Vec<FieldError>) {
        if self.has_list_types && list_types::check(&self.node, old).is_empty() {
            errors.extend(list_types::check(&self.node, new));
        }
    }

    /// Rules are looked at where they can be trusted to make sense.
    fn with_rules(&self, new: &Value, old: Option<&Value>, mut errors: Vec<FieldError>) -> Checked {
        let mut warnings = Vec::new();
        if let Some(rules) = &self.rules {
            if errors.iter().any(blocks_rules) {
                let detail = "some validation rules were not checked because the object was invalid; correct the \
                              existing errors to complete validation";
                errors.push(FieldError::new(
                    FieldReason::Invalid,
                    "",
                    json!(null),
                    detail,
                ));
            } else {
                let said = rules.check(&self.node, new, old, &Path::Root);
                errors.extend(said.errors);
                warnings = said.warnings;
            }
        }
        Checked { errors, warnings }
    }
}

fn selectable(version: &Value) -> Vec<(String, JsonPath)> {
    let fields = version["selectableFields"].as_array().into_iter().flatten();
    fields
        .filter_map(|field| {
            let path = field["jsonPath"].as_str()?;
            let name = path.strip_prefix('.').unwrap_or(path);
            Some((name.to_owned(), JsonPath::parse(path).ok()?))
        })
        .collect()
}

fn blocks_rules(error: &FieldError) -> bool {
    matches!(
        error.reason,
        FieldReason::NotSupported
            | FieldReason::Required
            | FieldReason::TooLong
            | FieldReason::TooMany
            | FieldReason::TypeInvalid
    )
}

#[expect(clippy::cast_possible_truncation, reason = "only what fits is cast")]
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or(f64::NAN);
            if float.fract() == 0.0 && float.abs() < 9.2e18 {
                *value = (float as i64).into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

fn put(object: &mut Value, name: &str, value: Option<Value>) {
    if let Some(fields) = object.as_object_mut() {
        match value {
            Some(value) => fields.insert(name.into(), value),
            None => fields.remove(name),
        };
    }
}

/// Whether two objects differ in more than their metadata.
fn differ(new: &Value, old: &Value) -> bool {
    let (Some(new), Some(old)) = (new.as_object(), old.as_object()) else {
        return true;
    };
    let beside = |name: &&String| *name != "metadata";
    new.keys().filter(beside).count() != old.keys().filter(beside).count()
        || new
            .iter()
            .any(|(name, value)| name != "metadata" && old.get(name) != Some(value))
}
