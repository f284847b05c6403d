//! What the OpenAPI documents tell of the types.

use std::collections::BTreeMap;

use serde_json::Value;

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
