//! A request of an operator, in Kubernetes' words.

use axum::http::{Method, Uri};
use tokio::time::Instant;

/// A request that an operator sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// When it was sent.
    pub at: Instant,
    /// When it was answered or given up; a watch, when it was opened.
    pub ended: Option<Instant>,
    /// As in a rule: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or `deletecollection`.
    pub verb: &'static str,
    /// As in a rule: `deployments` or `deployments/status`; empty for what is no resource.
    pub resource: String,
    /// The namespace, unless it is about all of them or about a cluster-scoped object.
    pub namespace: Option<String>,
    /// The object's name, where it is about one object that has a name.
    pub name: Option<String>,
    /// Whether it asks for a further page of a list.
    pub continues: bool,
    /// Whether something went wrong with it, by a [`Fault`](super::Fault).
    pub spoiled: bool,
}

impl Request {
    pub(in crate::testing) fn of(method: &Method, uri: &Uri) -> Self {
        let place = Place::of(uri.path());
        let has = |parameter: &str| uri.query().unwrap_or_default().contains(parameter);
        let named = place.name.is_some();
        let verb = match *method {
            Method::GET if has("watch=true") => "watch",
            Method::GET if named || place.resource.is_empty() => "get",
            Method::GET => "list",
            Method::POST => "create",
            Method::PUT => "update",
            Method::PATCH => "patch",
            Method::DELETE if named => "delete",
            _ => "deletecollection",
        };
        Self {
            at: Instant::now(),
            ended: None,
            verb,
            resource: place.resource,
            namespace: place.namespace,
            name: place.name,
            continues: has("continue="),
            spoiled: false,
        }
    }

    /// Whether it changes something.
    pub fn is_write(&self) -> bool {
        !matches!(self.verb, "get" | "list" | "watch")
    }
}

/// What a path of the API is about.
#[derive(Default)]
struct Place {
    resource: String,
    namespace: Option<String>,
    name: Option<String>,
}

impl Place {
    fn of(path: &str) -> Self {
        let mut segments = path.trim_matches('/').split('/');
        let is_resource = match segments.next() {
            Some("api") => segments.next().is_some(),
            Some("apis") => segments.next().is_some() && segments.next().is_some(),
            _ => false,
        };
        let segments: Vec<_> = segments.collect();
        let (namespace, rest) = match &*segments {
            _ if !is_resource => return Self::default(),
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some(*namespace), rest),
            rest => (None, rest),
        };
        let resource = match rest {
            [resource, _, subresource, ..] => format!("{resource}/{subresource}"),
            [resource, ..] => (*resource).to_owned(),
            [] => String::new(),
        };
        Self {
            resource,
            namespace: namespace.map(str::to_owned),
            name: rest.get(1).map(|name| (*name).to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words((method, uri): (Method, &'static str)) -> String {
        let request = Request::of(&method, &Uri::from_static(uri));
        let place = [request.namespace, request.name].map(Option::unwrap_or_default);
        format!("{} {} {}", request.verb, request.resource, place.join("/"))
    }

    #[test]
    fn requests_are_told_as_rules_tell_them() {
        let said = [
            (Method::GET, "/api/v1/configmaps?&limit=500"),
            (
                Method::GET,
                "/api/v1/configmaps?&watch=true&timeoutSeconds=290",
            ),
            (Method::GET, "/api/v1/namespaces/default"),
            (Method::GET, "/readyz"),
            (
                Method::POST,
                "/apis/events.k8s.io/v1/namespaces/default/events?",
            ),
            (
                Method::PATCH,
                "/apis/apps/v1/namespaces/shop/deployments/web?&force=true",
            ),
            (
                Method::PATCH,
                "/apis/example.com/v1/namespaces/shop/myapps/web/status",
            ),
            (
                Method::DELETE,
                "/apis/rbac.authorization.k8s.io/v1/clusterroles/a",
            ),
            (Method::DELETE, "/api/v1/namespaces/shop/pods"),
        ]
        .map(words);
        assert_eq!(
            said,
            [
                "list configmaps /",
                "watch configmaps /",
                "get namespaces /default",
                "get  /",
                "create events default/",
                "patch deployments shop/web",
                "patch myapps/status shop/web",
                "delete clusterroles /a",
                "deletecollection pods shop/",
            ]
        );
    }
}
