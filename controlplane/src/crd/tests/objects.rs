//! Objects of custom kinds: created, updated, their status and their scale.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{answers, cases, difference, recorded};
use crate::{
    FieldError, Refusal, Subject,
    crd::{Checked, Compiled, Kind},
    go,
};

const GROUP: &str = "recorded.example.com";

/// Cases about bodies that are no objects of the kind at all: they are refused before they come here.
const DECIDED_BEFORE: [&str; 4] = [
    "metas/number-kind",
    "metas/no-kind",
    "metas/other-version",
    "metas/no-metadata",
];

#[test]
fn objects_are_answered_as_recorded() {
    let mut differences = Vec::new();
    let mut count = 0;
    for file in recorded("objects") {
        let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let (mut cases, answers) = (cases(&file), answers(&file));
        with_definition(&mut cases);
        let kinds = Kinds::of(&stem, &cases);
        for case in cases["cases"].as_array().unwrap() {
            let name = format!("{stem}/{}", case["name"].as_str().unwrap());
            if DECIDED_BEFORE.contains(&name.as_str()) {
                continue;
            }
            count += 1;
            let ours = kinds.answer(case);
            let recorded = &answers[case["name"].as_str().unwrap()];
            differences.extend(difference(&name, recorded, &ours));
        }
        if let Some(table) = answers.get("table") {
            let ours = kinds.table(&cases["cases"]);
            differences.extend(difference(&format!("{stem} as table"), table, &ours));
        }
    }
    assert!(
        differences.is_empty(),
        "{} of {count} differ\n{}",
        differences.len(),
        differences.join("\n")
    );
    assert!(count > 300, "only {count} cases");
}

/// Cases may name a definition of the repository in place of a schema.
pub(super) fn with_definition(cases: &mut Value) {
    if let Some(path) = cases["definition"].as_str() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let definition = super::cases(&root.join(path));
        let version = &definition["spec"]["versions"][0];
        cases["schema"] = version["schema"]["openAPIV3Schema"].clone();
        cases["subresources"] = version["subresources"].clone();
    }
}

struct Kinds {
    kind: String,
    versions: BTreeMap<String, Compiled>,
    before: Compiled,
}

impl Kinds {
    fn of(plural: &str, cases: &Value) -> Self {
        let kind = plural[..1].to_uppercase() + &plural[1..];
        let compiled = |name: &str, version: &Value| {
            let kind = Kind {
                group: GROUP.into(),
                version: name.into(),
                kind: kind.clone(),
                namespaced: true,
            };
            Compiled::of(kind, version)
        };
        let version = |schema: &Value| {
            json!({"name": "v1", "schema": {"openAPIV3Schema": schema}, "subresources": cases["subresources"],
                "additionalPrinterColumns": cases["additionalPrinterColumns"]})
        };
        let now = cases
            .get("versions")
            .cloned()
            .unwrap_or_else(|| json!([version(&cases["schema"])]));
        let versions = now.as_array().unwrap().iter().map(|version| {
            let name = version["name"].as_str().unwrap();
            (name.to_owned(), compiled(name, version))
        });
        let before = match cases.get("before") {
            Some(schema) => version(schema),
            None => now[0].clone(),
        };
        Self {
            versions: versions.collect(),
            before: compiled("v1", &before),
            kind,
        }
    }

    fn storage(&self) -> &Compiled {
        &self.versions["v1"]
    }

    fn asked(&self, case: &Value) -> &Compiled {
        &self.versions[case["version"].as_str().unwrap_or("v1")]
    }

    /// What a reader of the version of a case gets of what is stored.
    fn read(&self, stored: &mut Value, case: &Value) {
        self.storage().read(stored);
        if case["version"] == "v2" {
            self.asked(case).convert(stored);
        }
    }

    fn filled(&self, object: &Value, case: &Value) -> Value {
        let mut object = object.clone();
        if case["bare"] != true {
            let fields = object.as_object_mut().unwrap();
            let version = case["version"].as_str().unwrap_or("v1");
            fields
                .entry("apiVersion")
                .or_insert_with(|| format!("{GROUP}/{version}").into());
            fields
                .entry("kind")
                .or_insert_with(|| self.kind.as_str().into());
            let metadata = fields.entry("metadata").or_insert_with(|| json!({}));
            if let Some(metadata) = metadata.as_object_mut() {
                metadata
                    .entry("name")
                    .or_insert_with(|| case["name"].clone());
            }
        }
        object
    }

    fn answer(&self, case: &Value) -> Value {
        match self.written(case) {
            Ok(answer) => answer,
            Err(refusal) => refused(&refusal, &[]),
        }
    }

    fn table(&self, cases: &Value) -> Value {
        let now: jiff::Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let rows = cases.as_array().unwrap().iter().map(|case| {
            let mut object = self.answer(case)["object"].clone();
            object["metadata"]["creationTimestamp"] = now.to_string().into();
            let cells = self.storage().columns().cells(&object, now);
            (case["name"].as_str().unwrap().to_owned(), cells.into())
        });
        let rows: serde_json::Map<String, Value> = rows.collect();
        json!({"columnDefinitions": self.storage().columns().definitions(), "rows": rows})
    }

    /// The object as it was stored before, read today.
    fn stored(&self, old: &Value, case: &Value) -> Value {
        let mut then = case.clone();
        then["version"] = case["oldVersion"].as_str().unwrap_or("v1").into();
        let through = if then["version"] == "v2" {
            self.asked(&then)
        } else {
            &self.before
        };
        let mut stored = through.decode(self.filled(old, &then)).unwrap().object;
        let status = stored.get("status").cloned();
        through.before_create(&mut stored);
        if let (Some(status), Some(_)) = (status, old.get("status")) {
            stored["status"] = status;
        }
        let metadata = stored["metadata"].as_object_mut().unwrap();
        for (key, value) in [
            ("namespace", "default"),
            ("uid", "u"),
            ("resourceVersion", "7"),
        ] {
            metadata.insert(key.into(), value.into());
        }
        self.before.to_store(&mut stored);
        self.read(&mut stored, case);
        stored
    }

    fn written(&self, case: &Value) -> Result<Value, Refusal> {
        let old = case.get("old").map(|old| self.stored(old, case));
        let Some(object) = case.get("object") else {
            return Ok(accepted(200, old.unwrap(), &[]));
        };
        if case["subresource"] == "scale" {
            return self.scaled(object, &old.unwrap());
        }
        let mut body = self.filled(object, case);
        if old.is_some() {
            body["metadata"]["resourceVersion"] = "7".into();
        }
        let now = self.asked(case);
        let decoded = now.decode(body)?;
        let strictness = case["fieldValidation"].as_str().unwrap_or("Warn");
        if strictness == "Strict" && !decoded.unknown.is_empty() {
            return Err(now.strict(&decoded.unknown).into());
        }
        let mut warnings = if strictness == "Warn" {
            decoded.unknown
        } else {
            Vec::new()
        };
        let mut new = decoded.object;
        if let Some(metadata) = new["metadata"].as_object_mut() {
            metadata.entry("namespace").or_insert("default".into());
            if let Some(old) = &old {
                metadata.insert("uid".into(), old["metadata"]["uid"].clone());
            }
        }
        let checked = match (&old, case["subresource"].as_str()) {
            (None, _) => {
                now.before_create(&mut new);
                now.check_create(&new)
            }
            (Some(old), None) => {
                now.before_update(&mut new, old);
                now.check_update(&new, old)
            }
            (Some(old), Some(_)) => {
                now.before_status_update(&mut new, old);
                now.check_status_update(&new, old)
            }
        };
        warnings.extend(checked.warnings.iter().cloned());
        Ok(self.stored_or_refused(new, case, &checked, &warnings))
    }

    fn stored_or_refused(
        &self,
        mut new: Value,
        case: &Value,
        checked: &Checked,
        warnings: &[String],
    ) -> Value {
        if !checked.errors.is_empty() {
            return refused(&invalid(&new, &checked.errors), warnings);
        }
        self.storage().to_store(&mut new);
        self.read(&mut new, case);
        accepted(
            if case.get("old").is_some() { 200 } else { 201 },
            new,
            warnings,
        )
    }

    fn scaled(&self, scale: &Value, old: &Value) -> Result<Value, Refusal> {
        let paths = self.storage().scale().unwrap();
        let mut new = old.clone();
        paths.write(&mut new, scale)?;
        self.storage().before_update(&mut new, old);
        let checked = self.storage().check_update(&new, old);
        if !checked.errors.is_empty() {
            return Err(invalid(&new, &checked.errors));
        }
        Ok(accepted(200, paths.read(&new)?, &[]))
    }
}

fn invalid(object: &Value, errors: &[FieldError]) -> Refusal {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let subject = Subject {
        group: GROUP.into(),
        resource: text(&object["kind"]),
        name: text(&object["metadata"]["name"]),
    };
    Refusal::invalid(&subject, errors)
}

fn accepted(code: u16, mut object: Value, warnings: &[String]) -> Value {
    let metadata = object["metadata"].as_object_mut().unwrap();
    // The last two the server takes from any object that it creates.
    for key in [
        "uid",
        "resourceVersion",
        "selfLink",
        "deletionGracePeriodSeconds",
    ] {
        metadata.remove(key);
    }
    with_warnings(json!({"code": code, "object": object}), warnings)
}

pub(super) fn refused(refusal: &Refusal, warnings: &[String]) -> Value {
    let mut answer =
        json!({"code": refusal.code, "reason": refusal.reason, "message": refusal.message});
    if let Some(causes) = refusal
        .details
        .as_ref()
        .and_then(|details| details.get("causes"))
    {
        answer["causes"] = causes.clone();
    }
    with_warnings(answer, warnings)
}

pub(super) fn with_warnings(mut answer: Value, warnings: &[String]) -> Value {
    if !warnings.is_empty() {
        let headers: Vec<String> = warnings
            .iter()
            .map(|text| format!("299 - {}", go::quoted(text)))
            .collect();
        answer["warnings"] = headers.into();
    }
    answer
}
