//! What is no resource: discovery, health, the version.

use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Core,
    answer::{Reply, accept},
    counts::Counts,
    discovery, health,
    query::Query,
};
use crate::{
    Refusal,
    table::{Encoding, Endpoint, Form, OBJECTS, Offer, Wanted, check_route},
};

/// Where others find the keys that tokens are signed with.
const KEYS: &str = "https://kubernetes.default.svc.cluster.local/openid/v1/jwks";

/// What Kubernetes has there, and this server does not.
const MISSING: [&str; 2] = ["/debug/", "/metrics/slis"];

/// A request for a path that is no resource.
struct Page<'a> {
    method: &'a Method,
    headers: &'a HeaderMap,
}

impl Page<'_> {
    /// What is wanted of one of go-restful's routes, which take GET alone.
    fn routed(&self, route: &[&str]) -> Result<(), Refusal> {
        if self.method != Method::GET {
            return Err(Refusal::method_not_allowed());
        }
        check_route(accept(self.headers), route)
    }

    fn wanted(&self, endpoint: Endpoint) -> Result<Wanted, Refusal> {
        let offer = Offer {
            encodings: &[Encoding::Json, Encoding::Yaml, Encoding::Protobuf],
            endpoint,
            route: None,
        };
        offer.negotiate(accept(self.headers))
    }

    /// All groups, as one document with all that they have or as the old list.
    fn groups(&self, groups: discovery::Groups, old: &Value) -> Result<Reply, Refusal> {
        let wanted = self.wanted(Endpoint::Groups)?;
        if wanted.form == Form::Groups {
            return discovery::aggregated(groups, wanted.encoding, self.headers);
        }
        Reply::encoded(200, old, wanted.encoding)
    }

    fn document(&self, document: &Value) -> Result<Reply, Refusal> {
        Reply::encoded(200, document, self.wanted(Endpoint::Discovery)?.encoding)
    }
}

impl Core {
    pub(crate) fn answer_path(
        &mut self,
        method: &Method,
        path: &str,
        query: &Query,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        if let Some(health) = health::answer(path, query) {
            return Ok(health);
        }
        match path {
            "/" | "/index.html" => return Ok(Reply::json(200, &self.paths())),
            "/metrics" if method == Method::DELETE => {
                self.counts = Counts::default();
                return Ok(Reply::text(200, "metrics reset\n"));
            }
            "/metrics" => return Ok(Reply::text(200, &self.counts.text())),
            "/openapi/v2" => return Ok(self.openapi_second(headers)),
            "/openapi/v3" => return Ok(self.openapi_index()),
            _ => {}
        }
        if let Some(document) = path.strip_prefix("/openapi/v3/") {
            return self.openapi_document(document, query, headers, now);
        }
        let page = Page { method, headers };
        let path_of_route = path.strip_suffix('/').unwrap_or(path);
        let parts: Vec<&str> = path_of_route.split('/').skip(1).collect();
        match parts.as_slice() {
            ["version"] => {
                page.routed(&[Encoding::Json.media_type()])?;
                Ok(Reply::json(200, &version()))
            }
            [".well-known", "openid-configuration"] => {
                page.routed(&[Encoding::Json.media_type()])?;
                Ok(Reply::json(200, &self.issuer.configuration(KEYS)))
            }
            ["openid", "v1", "jwks"] => {
                page.routed(&["application/jwk-set+json"])?;
                Ok(Reply {
                    content_type: "application/jwk-set+json",
                    ..Reply::json(200, &self.issuer.keys())
                })
            }
            ["api"] => {
                page.routed(OBJECTS)?;
                page.groups(self.legacy_resources(), &self.api_versions())
            }
            ["api", version] => self.resources_of(&page, "", version),
            ["apis"] => page.groups(self.group_resources(), &self.group_list()),
            ["apis", group] => match self.group(group) {
                Some(found) => page.document(&found),
                None => Ok(no_page()),
            },
            ["apis", group, version] => self.resources_of(&page, group, version),
            _ if MISSING.iter().any(|missing| path.starts_with(missing)) => {
                Err(Refusal::not_implemented(path))
            }
            _ => Ok(no_page()),
        }
    }

    fn paths(&self) -> Value {
        let mut paths = vec!["/api".to_owned(), "/api/v1".into(), "/apis".into()];
        for (group, versions) in self.groups() {
            paths.push(format!("/apis/{group}"));
            paths.extend(
                versions
                    .into_iter()
                    .map(|version| format!("/apis/{group}/{version}")),
            );
        }
        let others = [
            "/healthz",
            "/livez",
            "/openapi/v2",
            "/openapi/v3",
            "/readyz",
            "/version",
        ];
        paths.extend(others.into_iter().map(Into::into));
        json!({"paths": paths})
    }

    fn resources_of(&self, page: &Page<'_>, group: &str, version: &str) -> Result<Reply, Refusal> {
        let is_own = crate::types::resources()
            .iter()
            .any(|one| one.group == group);
        if !self.registry.serves_version(group, version) {
            return if is_own {
                Err(Refusal::no_such_path())
            } else {
                Ok(no_page())
            };
        }
        if is_own {
            page.routed(OBJECTS)?;
        }
        page.document(&self.resource_list(group, version))
    }
}

pub(crate) fn no_page() -> Reply {
    Reply::text(404, "404 page not found\n")
}

/// 500: a path of which nobody can say what is wanted.
pub(crate) fn no_request(path: &str, why: &str) -> Reply {
    let why = format!("Internal Server Error: {path:?}: failed to create RequestInfo: {why}\n");
    Reply::text(500, &why)
}

/// Whose behaviour this server has.
fn version() -> Value {
    json!({
        "major": "1", "minor": "35",
        "emulationMajor": "1", "emulationMinor": "35",
        "minCompatibilityMajor": "1", "minCompatibilityMinor": "34",
        "gitVersion": "v1.35.4", "gitCommit": "", "gitTreeState": "", "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "", "compiler": "rustc", "platform": "linux/amd64",
    })
}
