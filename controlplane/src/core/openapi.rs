//! OpenAPI: what kubectl reads to apply, create and explain.

use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;

use super::{
    Core,
    answer::{Reply, accept},
    cached,
    query::Query,
    resource::Resource,
};
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

impl Core {
    /// `/openapi/v3`: where each group and version has its document.
    pub(crate) fn openapi_index(&self) -> Reply {
        let custom: Vec<(String, String)> = self
            .custom_versions()
            .into_iter()
            .filter_map(|(group, version)| {
                let path = format!("apis/{group}/{version}");
                let hash = openapi::hash(&self.openapi_json(&path)?.body);
                Some((path, hash))
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

    /// The document of a path in the index. Who names it by its hash may keep it.
    pub(crate) fn openapi_document(
        &self,
        path: &str,
        query: &Query,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        let accept = accept(headers);
        let Some(document) = self.openapi_json(path) else {
            return Ok(Reply::empty(404));
        };
        let types = || {
            let clauses = accept.split(',');
            clauses.map(|clause| clause.split(';').next().unwrap_or_default().trim())
        };
        if accept.is_empty() || types().any(|one| JSON.contains(&one)) {
            let hash = openapi::hash(&document.body);
            return Ok(match query.get("hash") {
                "" => cached::tagged(document, &hash, headers),
                asked if asked == hash => {
                    cached::immutable(cached::tagged(document, &hash, headers), now)
                }
                _ => cached::moved(&document, openapi::address(path, &hash), &hash),
            });
        }
        if types().any(|one| PROTOBUF.contains(&one)) {
            return Err(Refusal::not_implemented("OpenAPI in protobuf"));
        }
        Ok(cached::varied(Reply::empty(406)))
    }

    /// `/openapi/v2`: all kinds in one document.
    pub(crate) fn openapi_second(&self, headers: &HeaderMap) -> Reply {
        let clauses = accept(headers).split(',');
        let mut types = clauses.map(|one| one.split(';').next().unwrap_or_default().trim());
        let wanted = types
            .find(|one| one.is_empty() || JSON.contains(one) || PROTOBUF_OF_SECOND.contains(one));
        let Some(wanted) = wanted else {
            return cached::varied(Reply::empty(406));
        };
        let custom: Vec<_> = self
            .custom_versions()
            .into_iter()
            .filter_map(|(group, version)| self.openapi_json(&format!("apis/{group}/{version}")))
            .map(|reply| reply.body)
            .collect();
        let custom = custom.iter().map(Vec::as_slice);
        let document = if PROTOBUF_OF_SECOND.contains(&wanted) {
            Reply {
                content_type: PROTOBUF_OF_SECOND[1],
                ..Reply::json_bytes(200, second::protobuf(custom))
            }
        } else {
            Reply::json_bytes(200, second::json(custom))
        };
        let hash = openapi::hash(&document.body);
        cached::tagged(document, &hash, headers)
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
