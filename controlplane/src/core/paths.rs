//! What is no resource: discovery, health, the version.

use http::HeaderMap;
use serde_json::{Value, json};

use super::{Core, answer::Reply, discovery};
use crate::Refusal;

/// Where others find the keys that tokens are signed with.
const KEYS: &str = "https://kubernetes.default.svc.cluster.local/openid/v1/jwks";

impl Core {
    pub(crate) fn answer_path(
        &mut self,
        verb: &str,
        path: &str,
        headers: &HeaderMap,
    ) -> Result<Reply, Refusal> {
        if !matches!(verb, "get" | "head") {
            return Err(Refusal::no_such_path());
        }
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let aggregated = discovery::wants_aggregated(headers);
        match parts.as_slice() {
            [] => Ok(Reply::json(200, &self.paths())),
            ["healthz" | "livez" | "readyz", ..] => Ok(Reply::text(200, "ok")),
            ["metrics"] => Ok(Reply::text(200, &self.counts.text())),
            ["version"] => Ok(Reply::json(200, &version())),
            ["openapi", "v3"] => Ok(self.openapi_index()),
            ["openapi", "v3", document @ ..] => Ok(self
                .openapi_document(&document.join("/"))
                .unwrap_or_else(no_page)),
            [".well-known", "openid-configuration"] => {
                Ok(Reply::json(200, &self.issuer.configuration(KEYS)))
            }
            ["openid", "v1", "jwks"] => Ok(Reply::json(200, &self.issuer.keys())),
            ["api"] if aggregated => Ok(discovery::aggregated(self.legacy_resources())),
            ["api"] => Ok(Reply::json(200, &discovery::api_versions())),
            ["apis"] if aggregated => Ok(discovery::aggregated(self.group_resources())),
            ["apis"] => Ok(Reply::json(200, &self.group_list())),
            ["apis", group] => match self.group(group) {
                Some(found) => Ok(Reply::json(200, &found)),
                None => Ok(no_page()),
            },
            ["api", version] => self.resources_of("", version),
            ["apis", group, version] => self.resources_of(group, version),
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
        let others = ["/healthz", "/livez", "/openapi/v3", "/readyz", "/version"];
        paths.extend(others.into_iter().map(Into::into));
        json!({"paths": paths})
    }

    fn resources_of(&self, group: &str, version: &str) -> Result<Reply, Refusal> {
        if !self.registry.serves_version(group, version) {
            if crate::types::resources()
                .iter()
                .any(|one| one.group == group)
            {
                return Err(Refusal::no_such_path());
            }
            return Ok(no_page());
        }
        Ok(Reply::json(200, &self.resource_list(group, version)))
    }
}

pub(crate) fn no_page() -> Reply {
    Reply::text(404, "404 page not found\n")
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
