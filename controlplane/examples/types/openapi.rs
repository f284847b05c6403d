//! What the OpenAPI documents tell of the types.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::Write as _,
};

use flate2::{Compression, write::ZlibEncoder};
use serde_json::Value;

use crate::Result;

/// The schemas of all documents, by the table's names: `apps.v1.Deployment`.
pub(crate) fn schemas(documents: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for document in documents.values() {
        let schemas = document["components"]["schemas"].as_object();
        for (name, schema) in schemas.into_iter().flatten() {
            let mut parts: Vec<&str> = name.rsplitn(4, '.').take(3).collect();
            parts.reverse();
            found.insert(parts.join("."), schema.clone());
        }
    }
    found
}

/// The groups of the two models of custom resources' documents.
const MODELS: &[&str] = &["model.example.com", "cluster.example.com"];

/// The documents on offer, packed: lines that tell what is where, an empty line, and the blocks, each compressed.
///
/// A document's block is a line with the names of its schemas and the rest of it; the schemas are in blocks by their
/// packages, since documents share them.
pub(crate) fn packed(documents: &BTreeMap<String, Value>, resources: &str) -> Result<Vec<u8>> {
    let mut packed = Packed::default();
    let mut schemas: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for (file, document) in documents {
        let path = file.replace('_', "/");
        let Some(plurals) = plurals(&path, resources) else {
            continue;
        };
        let mut document = document.clone();
        let paths = document["paths"]
            .as_object_mut()
            .ok_or("a document has paths")?;
        paths.retain(|it, _| plurals.is_empty() || is_of(it, &path, &plurals));
        let all = document["components"]["schemas"].take();
        let used = used(&document["paths"], &all);
        let names: Vec<&str> = used.iter().map(String::as_str).collect();
        let own = |it: &&str| !MODELS.iter().any(|model| it.starts_with(&reversed(model)));
        let shared: Vec<&str> = names.iter().copied().filter(own).collect();
        for name in &shared {
            let package = name.rsplit_once('.').map_or("", |(package, _)| package);
            schemas
                .entry(package.to_owned())
                .or_default()
                .insert((*name).to_owned(), all[*name].clone());
        }
        document["components"]["schemas"] = names
            .iter()
            .map(|it| ((*it).to_owned(), all[*it].clone()))
            .collect();
        let hash = hash(&serde_json::to_vec(&document)?);
        document["components"]["schemas"] = Value::Null;
        packed.add(
            &format!("document {path} {hash}"),
            &format!("{}\n{document}", shared.join(" ")),
        )?;
    }
    for (package, schemas) in schemas {
        let lines = schemas
            .iter()
            .map(|(name, schema)| format!("{name} {schema}\n"));
        packed.add(&format!("schemas {package} -"), &lines.collect::<String>())?;
    }
    Ok(packed.bytes())
}

/// Which of a document's resources are on offer: none of them where the document has no others.
fn plurals<'a>(path: &str, resources: &'a str) -> Option<Vec<&'a str>> {
    let group_version = path.strip_prefix("apis/").or(path.strip_prefix("api/"));
    let rows = resources.lines().filter(|it| !it.starts_with(' '));
    let rows: Vec<(&str, &str)> = rows.filter_map(|it| it.split_once(' ')).collect();
    match group_version {
        None => matches!(path, "api" | "apis").then(Vec::new),
        Some(of) if MODELS.iter().any(|model| of == format!("{model}/v1")) => Some(Vec::new()),
        Some(of) if of.contains('/') || of == "v1" => {
            let own = rows
                .iter()
                .filter(|(group_version, _)| *group_version == of);
            let plurals: Vec<&str> = own.filter_map(|(_, rest)| rest.split(' ').next()).collect();
            (!plurals.is_empty()).then_some(plurals)
        }
        Some(group) => rows
            .iter()
            .any(|(it, _)| it.split('/').next() == Some(group) && it.contains('/'))
            .then(Vec::new),
    }
}

fn is_of(path: &str, document: &str, plurals: &[&str]) -> bool {
    let rest = path
        .trim_start_matches('/')
        .strip_prefix(document)
        .unwrap_or(path);
    let rest = rest.trim_start_matches('/').trim_start_matches("watch/");
    let rest = rest.strip_prefix("namespaces/{namespace}/").unwrap_or(rest);
    rest.is_empty() || plurals.contains(&rest.split('/').next().unwrap_or_default())
}

/// The names of the schemas that paths refer to, and those to which these do.
fn used(paths: &Value, schemas: &Value) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let mut open = vec![paths];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => open.extend(fields.values()),
            Value::Array(items) => open.extend(items),
            Value::String(text) => {
                let name = text.strip_prefix("#/components/schemas/");
                if let Some(name) = name.filter(|it| used.insert((*it).to_owned())) {
                    open.push(&schemas[name]);
                }
            }
            _ => {}
        }
    }
    used
}

fn reversed(group: &str) -> String {
    group.rsplit('.').collect::<Vec<_>>().join(".")
}

fn hash(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA512, bytes);
    digest
        .as_ref()
        .iter()
        .fold(String::new(), |mut hash, byte| {
            let _ = write!(hash, "{byte:02X}");
            hash
        })
}

#[derive(Default)]
struct Packed {
    head: String,
    blocks: Vec<u8>,
}

impl Packed {
    fn add(&mut self, line: &str, text: &str) -> Result<()> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes())?;
        let block = encoder.finish()?;
        writeln!(self.head, "{line} {} {}", self.blocks.len(), block.len())?;
        self.blocks.extend(block);
        Ok(())
    }

    fn bytes(self) -> Vec<u8> {
        [self.head.as_bytes(), b"\n", &self.blocks].concat()
    }
}
