//! OpenAPI: what kubectl reads to apply, create and explain.

use std::sync::Arc;

use super::{Core, answer::Reply, resource::Resource};
use crate::{
    Refusal,
    types::openapi::{self, CustomKind, second},
};

const JSON: [&str; 3] = ["application/json", "application/*", "*/*"];
const PROTOBUF: [&str; 2] = [
    "application/com.github.proto-openapi.spec.v3@v1.0+protobuf",
    "application/com.github.proto-openapi.spec.v3.v1.0+protobuf",
];

const PROTOBUF_OF_SECOND: [&str; 2] = [
    "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
    "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
];

fn nothing(status: u16) -> Reply {
    Reply {
        content_type: "",
        ..Reply::text(status, "")
    }
}

impl Core {
    /// `/openapi/v3`: where each group and version has its document.
    pub(crate) fn openapi_index(&self) -> Reply {
        let custom: Vec<(String, String)> = self
            .custom_versions()
            .into_iter()
            .map(|(group, version)| {
                // Whoever has a document keeps it until its kinds are defined anew.
                let kinds = self.custom_kinds(&group, &version);
                let defined_at = kinds
                    .iter()
                    .map(|kind| kind.defined_at)
                    .max()
                    .unwrap_or_default();
                (format!("apis/{group}/{version}"), format!("{defined_at:X}"))
            })
            .collect();
        let custom = custom
            .iter()
            .map(|(path, hash)| (path.as_str(), hash.as_str()));
        // The real server does not say what it is, and so it is a text.
        Reply {
            content_type: "text/plain; charset=utf-8",
            ..Reply::json(200, &openapi::index(custom))
        }
    }

    /// The document of a path in the index.
    pub(crate) fn openapi_document(&self, path: &str, accept: &str) -> Result<Reply, Refusal> {
        let Some(document) = self.openapi_json(path) else {
            return Ok(nothing(404));
        };
        let types = || {
            let clauses = accept.split(',');
            clauses.map(|clause| clause.split(';').next().unwrap_or_default().trim())
        };
        if accept.is_empty() || types().any(|one| JSON.contains(&one)) {
            return Ok(document);
        }
        if types().any(|one| PROTOBUF.contains(&one)) {
            return Err(Refusal::not_implemented("OpenAPI in protobuf"));
        }
        Ok(nothing(406))
    }

    /// `/openapi/v2`: all kinds in one document.
    pub(crate) fn openapi_second(&self, accept: &str) -> Reply {
        let clauses = accept.split(',');
        let mut types = clauses.map(|one| one.split(';').next().unwrap_or_default().trim());
        let wanted = types
            .find(|one| one.is_empty() || JSON.contains(one) || PROTOBUF_OF_SECOND.contains(one));
        let Some(wanted) = wanted else {
            return nothing(406);
        };
        let custom: Vec<_> = self
            .custom_versions()
            .into_iter()
            .filter_map(|(group, version)| self.openapi_json(&format!("apis/{group}/{version}")))
            .map(|reply| reply.body)
            .collect();
        let custom = custom.iter().map(Vec::as_slice);
        if PROTOBUF_OF_SECOND.contains(&wanted) {
            return Reply {
                content_type: PROTOBUF_OF_SECOND[1],
                ..Reply::json_bytes(200, second::protobuf(custom))
            };
        }
        Reply::json_bytes(200, second::json(custom))
    }

    fn openapi_json(&self, path: &str) -> Option<Reply> {
        if let Some(document) = openapi::document(path) {
            return Some(Reply::json_bytes(200, document));
        }
        let (group, version) = path.strip_prefix("apis/")?.split_once('/')?;
        let kinds = self.custom_kinds(group, version);
        if kinds.is_empty() {
            return None;
        }
        let schemas: Vec<_> = kinds
            .iter()
            .map(|kind| kind.strategy.openapi_schema())
            .collect();
        let kinds = kinds.iter().zip(&schemas).map(|(kind, schema)| CustomKind {
            kind: &kind.kind,
            list_kind: &kind.list_kind,
            plural: &kind.plural,
            namespaced: kind.namespaced,
            status: kind.subresource("status").is_some(),
            scale: kind.subresource("scale").is_some(),
            schema,
        });
        let kinds: Vec<_> = kinds.collect();
        Some(Reply::json_bytes(
            200,
            openapi::of_custom(group, version, &kinds),
        ))
    }

    fn custom_versions(&self) -> Vec<(String, String)> {
        let custom = self.registry.all().filter(|one| one.is_custom);
        let mut versions: Vec<_> = custom
            .map(|one| (one.group.clone(), one.version.clone()))
            .collect();
        versions.dedup();
        versions
    }

    fn custom_kinds(&self, group: &str, version: &str) -> Vec<Arc<Resource>> {
        let all = self.registry.all();
        let of = all.filter(|one| one.is_custom && one.group == group && one.version == version);
        of.cloned().collect()
    }
}
