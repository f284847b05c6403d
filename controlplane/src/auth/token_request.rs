//! Tokens for ServiceAccounts (`kubectl create token`).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{issuer::Issuer, quoted::quoted, user::account_name};
use crate::{FieldError, FieldReason, Refusal, Subject};

/// Finds an object by resource, namespace (empty for what is in none) and name.
pub type Lookup<'a> = dyn Fn(&str, &str, &str) -> Option<&'a Value> + 'a;

const SHORTEST: i64 = 600;
const LONGEST: i64 = 1 << 32;
const USUAL: i64 = 3600;
/// What kubelets of old ask for: such tokens live longer, so that clients that never read theirs again go on working.
const OF_OLD: i64 = 3607;
const EXTENDED: i64 = 365 * 24 * 3600;

/// A request for a token: `POST …/serviceaccounts/NAME/token`.
pub struct TokenRequest<'a> {
    /// What was sent, decoded.
    pub object: &'a Value,
    /// The namespace in the path.
    pub namespace: &'a str,
    /// The ServiceAccount's name in the path.
    pub name: &'a str,
    /// Finds ServiceAccounts, Pods, Nodes and Secrets.
    pub lookup: &'a Lookup<'a>,
    /// When it is asked for.
    pub now: Timestamp,
}

impl TokenRequest<'_> {
    /// The answer: the object with its defaults and the token.
    ///
    /// Kubernetes' `pkg/registry/core/serviceaccount/storage` (`TokenREST.Create`) and `pkg/serviceaccount` (`Claims`).
    pub fn create(&self, issuer: &Issuer, rng: &mut fastrand::Rng) -> Result<Value, Refusal> {
        self.check_names()?;
        let account = self.find("serviceaccounts", self.namespace, self.name)?;
        let uid = &account["metadata"]["uid"];
        self.check_uid(text(uid))?;
        let mut answer = self.with_defaults(issuer, uid);
        let seconds = self.seconds()?;
        let spec = &mut answer["spec"];
        spec["expirationSeconds"] = seconds.into();
        let audiences = spec["audiences"].clone();
        let mut kubernetes = json!({
            "namespace": self.namespace,
            "serviceaccount": {"name": self.name, "uid": uid},
        });
        self.bind(&mut kubernetes)?;
        let start = self.now.as_second();
        let mut lifetime = seconds;
        let is_for_server = audiences == json!([issuer.url()]);
        if seconds == OF_OLD && is_for_server && kubernetes.get("pod").is_some() {
            kubernetes["warnafter"] = (start + seconds).into();
            lifetime = EXTENDED;
        }
        let claims = json!({
            "iss": issuer.url(),
            "sub": account_name(self.namespace, self.name),
            "aud": audiences,
            "iat": start,
            "nbf": start,
            "exp": start + lifetime,
            "jti": uuid(rng),
            "kubernetes.io": kubernetes,
        });
        let token = issuer
            .sign(&claims)
            .map_err(|error| Refusal::internal(&format!("failed to generate token: {error}")))?;
        let end = self.now.saturating_add(SignedDuration::from_secs(seconds));
        let end = end.unwrap_or(Timestamp::MAX);
        answer["status"] = json!({"token": token, "expirationTimestamp": rfc3339(end)});
        Ok(answer)
    }

    fn check_names(&self) -> Result<(), Refusal> {
        let metadata = &self.object["metadata"];
        let fields = [("name", self.name), ("namespace", self.namespace)];
        for (field, expected) in fields {
            let told = text(&metadata[field]);
            if !told.is_empty() && told != expected {
                let detail = format!("must match the service account {field} if specified");
                let path = format!("metadata.{field}");
                let error = FieldError::new(FieldReason::Invalid, path, told, detail);
                return Err(Refusal::invalid(&subject(self.name), &[error]));
            }
        }
        Ok(())
    }

    fn check_uid(&self, uid: &str) -> Result<(), Refusal> {
        let told = text(&self.object["metadata"]["uid"]);
        if told.is_empty() || told == uid {
            return Ok(());
        }
        let why = format!(
            "the UID in the token request ({told}) does not match the UID of the service account ({uid})"
        );
        Err(Refusal::conflict(&subject(self.name), &why))
    }

    fn with_defaults(&self, issuer: &Issuer, uid: &Value) -> Value {
        let mut metadata = self.object["metadata"].clone();
        metadata["name"] = self.name.into();
        metadata["namespace"] = self.namespace.into();
        metadata["uid"] = uid.clone();
        metadata["creationTimestamp"] = rfc3339(self.now).into();
        let spec = &self.object["spec"];
        let audiences = match spec["audiences"].as_array() {
            Some(audiences) if !audiences.is_empty() => json!(audiences),
            _ => json!([issuer.url()]),
        };
        json!({
            "kind": "TokenRequest",
            "apiVersion": "authentication.k8s.io/v1",
            "metadata": metadata,
            "spec": {"audiences": audiences, "boundObjectRef": spec["boundObjectRef"]},
        })
    }

    fn seconds(&self) -> Result<i64, Refusal> {
        let told = &self.object["spec"]["expirationSeconds"];
        let seconds = told.as_i64().unwrap_or(USUAL);
        let detail = match seconds {
            ..SHORTEST => "may not specify a duration less than 10 minutes",
            SHORTEST..=LONGEST => return Ok(seconds),
            _ => "may not specify a duration larger than 2^32 seconds",
        };
        let path = "spec.expirationSeconds";
        let error = FieldError::new(FieldReason::Invalid, path, seconds, detail);
        Err(Refusal::invalid(&subject(""), &[error]))
    }

    /// Tells the object that the token lives as long as.
    fn bind(&self, kubernetes: &mut Value) -> Result<(), Refusal> {
        let reference = &self.object["spec"]["boundObjectRef"];
        if reference.is_null() {
            return Ok(());
        }
        let [kind, version, name] =
            ["kind", "apiVersion", "name"].map(|field| text(&reference[field]));
        let (resource, namespace, claim) = match (version, kind) {
            ("v1", "Pod") => ("pods", self.namespace, "pod"),
            ("v1", "Secret") => ("secrets", self.namespace, "secret"),
            ("v1", "Node") => ("nodes", "", "node"),
            _ => {
                let slash = if version.contains('/') { "" } else { "/" };
                return Err(Refusal::bad_request(format!(
                    "cannot bind token to object of type {slash}{version}, Kind={kind}"
                )));
            }
        };
        if name.is_empty() {
            return Err(Refusal::bad_request("Name parameter required."));
        }
        let object = self.find(resource, namespace, name)?;
        if claim == "pod" {
            self.bind_to_node(object, kubernetes)?;
        }
        let uid = text(&object["metadata"]["uid"]);
        let told = text(&reference["uid"]);
        if !told.is_empty() && told != uid {
            let subject = Subject {
                resource: kind.to_owned(),
                name: name.to_owned(),
                ..Subject::default()
            };
            let why = format!(
                "the UID in the bound object reference ({told}) does not match the UID in record. The object might \
                 have been deleted and then recreated"
            );
            return Err(Refusal::conflict(&subject, &why));
        }
        kubernetes[claim] = json!({"name": name, "uid": uid});
        Ok(())
    }

    /// Tells the Node of a Pod that a token is bound to.
    fn bind_to_node(&self, pod: &Value, kubernetes: &mut Value) -> Result<(), Refusal> {
        if text(&pod["spec"]["serviceAccountName"]) != self.name {
            return Err(Refusal::bad_request(format!(
                "cannot bind token for serviceaccount {} to pod running with different serviceaccount name.",
                quoted(self.name)
            )));
        }
        let name = text(&pod["spec"]["nodeName"]);
        if !name.is_empty() {
            kubernetes["node"] = json!({"name": name});
            if let Some(node) = (self.lookup)("nodes", "", name) {
                kubernetes["node"]["uid"] = node["metadata"]["uid"].clone();
            }
        }
        Ok(())
    }

    fn find(&self, resource: &str, namespace: &str, name: &str) -> Result<&Value, Refusal> {
        (self.lookup)(resource, namespace, name).ok_or_else(|| {
            Refusal::not_found(&Subject {
                resource: resource.to_owned(),
                name: name.to_owned(),
                ..Subject::default()
            })
        })
    }
}

fn subject(name: &str) -> Subject {
    Subject {
        group: "authentication.k8s.io".to_owned(),
        resource: "TokenRequest".to_owned(),
        name: name.to_owned(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// To the second, as Kubernetes writes times.
pub(super) fn rfc3339(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A random UUID (version 4).
fn uuid(rng: &mut fastrand::Rng) -> String {
    let bits = rng.u128(..) & !(0xf << 76) & !(0b11 << 62) | (4 << 76) | (0b10 << 62);
    let hex = format!("{bits:032x}");
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}
