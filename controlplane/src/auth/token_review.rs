//! Whose a token is.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    issuer::{Issuer, Token},
    reviews::user_info,
    token_request::Lookup,
    user::{CREDENTIAL, User, account_groups, account_name},
};
use crate::Refusal;

/// By how much clocks may differ.
const LEEWAY: i64 = 60;
const INVALIDATED: &str = "service account token has been invalidated";

/// What a token is checked by.
#[derive(Clone, Copy)]
pub struct Verifier<'a> {
    /// Who signed it.
    pub issuer: &'a Issuer,
    /// Finds ServiceAccounts, Pods, Nodes and Secrets.
    pub lookup: &'a Lookup<'a>,
    /// When it is shown.
    pub now: Timestamp,
}

/// Whose a token is, and for which of the audiences.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bearer {
    user: User,
    audiences: Vec<String>,
}

impl Verifier<'_> {
    /// Who makes a request: whom a client certificate names, or else the bearer of a token in the header
    /// `Authorization` (empty where it is missing), or else nobody in particular; 401 where the token is nobody's.
    pub fn authenticate(
        &self,
        certificate: Option<User>,
        authorization: &str,
    ) -> Result<User, Refusal> {
        if let Some(user) = certificate {
            return Ok(user);
        }
        let mut words = authorization.trim().split(' ');
        let is_bearer = words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("bearer"));
        let Some(token) = words.next().filter(|token| is_bearer && !token.is_empty()) else {
            return Ok(User::anonymous());
        };
        let bearer = self.bearer(token, &[self.issuer.url().to_owned()]);
        let bearer = bearer.map_err(|_| Refusal::unauthorized())?;
        Ok(bearer.user.authenticated())
    }

    /// `authentication.k8s.io/v1` TokenReview. `object` is what was sent.
    ///
    /// Kubernetes' `pkg/registry/authentication/tokenreview`.
    pub fn review(&self, object: &Value) -> Result<Value, Refusal> {
        let spec = &object["spec"];
        let token = spec["token"].as_str().unwrap_or_default();
        if token.is_empty() {
            let message = "token is required for TokenReview in authentication";
            return Err(Refusal::bad_request(message));
        }
        let audiences = texts(&spec["audiences"]);
        let audiences = if audiences.is_empty() {
            vec![self.issuer.url().to_owned()]
        } else {
            audiences
        };
        // What follows a space is no part of a token.
        let token = token.split(' ').next().unwrap_or_default();
        let mut answer = json!({
            "kind": "TokenReview",
            "apiVersion": "authentication.k8s.io/v1",
            "metadata": object["metadata"],
            "spec": spec,
        });
        if answer["metadata"].is_null() {
            answer["metadata"] = json!({});
        }
        answer["status"] = match self.bearer(token, &audiences) {
            Err(error) => json!({"user": {}, "error": error}),
            Ok(bearer) => json!({
                "authenticated": true,
                "user": user_info(&bearer.user.authenticated()),
                "audiences": bearer.audiences,
            }),
        };
        Ok(answer)
    }

    /// Whose a token is; or why it is nobody's, in the server's words.
    ///
    /// Kubernetes' `pkg/serviceaccount` (`AuthenticateToken`).
    fn bearer(&self, token: &str, wanted: &[String]) -> Result<Bearer, String> {
        const UNKNOWN: &str = "invalid bearer token";
        let token = Token::read(token).filter(|token| token.claims["iss"] == self.issuer.url());
        let token = token.ok_or(UNKNOWN)?;
        let known = self.known(&token, wanted);
        known.map_err(|error| format!("[{UNKNOWN}, {error}]"))
    }

    fn known(&self, token: &Token, wanted: &[String]) -> Result<Bearer, String> {
        self.issuer.is_genuine(token)?;
        let told = texts(&token.claims["aud"]);
        let audiences: Vec<_> = told
            .iter()
            .filter(|one| wanted.contains(one))
            .cloned()
            .collect();
        if audiences.is_empty() {
            return Err(format!(
                "token audiences {} is invalid for the target audiences {}",
                super::quoted::quoted_list(&told),
                super::quoted::quoted_list(wanted)
            ));
        }
        self.check_time(&token.claims)?;
        let claims = &token.claims["kubernetes.io"];
        self.check_objects(claims)?;
        let mut user = user_of(claims);
        let id = token.claims["jti"].as_str().unwrap_or_default();
        if !id.is_empty() {
            user.extra
                .insert(CREDENTIAL.to_owned(), vec![format!("JTI={id}")]);
        }
        Ok(Bearer { user, audiences })
    }

    fn check_time(&self, claims: &Value) -> Result<(), String> {
        let now = self.now.as_second();
        let time = |claim: &str, otherwise: i64| claims[claim].as_i64().unwrap_or(otherwise);
        if now + LEEWAY < time("nbf", i64::MIN) {
            return Err("service account token is not valid yet".to_owned());
        }
        if now - LEEWAY > time("exp", i64::MAX) {
            return Err("service account token has expired".to_owned());
        }
        if now + LEEWAY < time("iat", i64::MIN) {
            return Err("service account token is issued in the future".to_owned());
        }
        Ok(())
    }

    /// Whether the account is still there, and what the token is bound to.
    fn check_objects(&self, claims: &Value) -> Result<(), String> {
        let namespace = claims["namespace"].as_str().unwrap_or_default();
        let account = Claimed::of("serviceaccounts", namespace, &claims["serviceaccount"]);
        let (name, uid) = (account.name, account.uid);
        let Some(found) = self.find(&account) else {
            return Err(format!("serviceaccounts \"{name}\" not found"));
        };
        if found["metadata"]["uid"] != uid {
            let now = found["metadata"]["uid"].as_str().unwrap_or_default();
            return Err(format!(
                "service account UID ({now}) does not match claim ({uid})"
            ));
        }
        if self.is_long_deleted(found) {
            return Err(format!(
                "service account {namespace}/{name} has been deleted"
            ));
        }
        self.check_bound(
            "secret",
            Claimed::of("secrets", namespace, &claims["secret"]),
        )?;
        self.check_bound("pod", Claimed::of("pods", namespace, &claims["pod"]))?;
        // A Pod's Node is told only.
        if claims["pod"].is_null() {
            self.check_bound("node", Claimed::of("nodes", "", &claims["node"]))?;
        }
        Ok(())
    }

    fn check_bound(&self, kind: &str, claimed: Claimed) -> Result<(), String> {
        if claimed.name.is_empty() {
            return Ok(());
        }
        let found = self.find(&claimed).ok_or(INVALIDATED)?;
        let uid = found["metadata"]["uid"].as_str().unwrap_or_default();
        if uid != claimed.uid {
            return Err(format!(
                "{kind} UID ({uid}) does not match service account {kind} ref claim ({})",
                claimed.uid
            ));
        }
        if self.is_long_deleted(found) {
            return Err(INVALIDATED.to_owned());
        }
        Ok(())
    }

    fn find(&self, claimed: &Claimed) -> Option<&Value> {
        (self.lookup)(claimed.resource, claimed.namespace, claimed.name)
    }

    fn is_long_deleted(&self, object: &Value) -> bool {
        let time = object["metadata"]["deletionTimestamp"].as_str();
        let time = time.and_then(|time| time.parse::<Timestamp>().ok());
        time.is_some_and(|time| time.as_second() < self.now.as_second() - LEEWAY)
    }
}

/// An object that a token names.
#[derive(Clone, Copy)]
struct Claimed<'a> {
    resource: &'static str,
    namespace: &'a str,
    name: &'a str,
    uid: &'a str,
}

impl<'a> Claimed<'a> {
    fn of(resource: &'static str, namespace: &'a str, claim: &'a Value) -> Self {
        let text = |field: &str| claim[field].as_str().unwrap_or_default();
        Self {
            resource,
            namespace,
            name: text("name"),
            uid: text("uid"),
        }
    }
}

fn user_of(claims: &Value) -> User {
    let text = |claim: &str, field: &str| claims[claim][field].as_str().unwrap_or_default();
    let namespace = claims["namespace"].as_str().unwrap_or_default();
    let mut user = User {
        name: account_name(namespace, text("serviceaccount", "name")),
        uid: text("serviceaccount", "uid").to_owned(),
        groups: account_groups(namespace).to_vec(),
        ..User::default()
    };
    for claim in ["pod", "node"] {
        for field in ["name", "uid"] {
            let told = text(claim, field);
            if !told.is_empty() {
                let key = format!("authentication.kubernetes.io/{claim}-{field}");
                user.extra.insert(key, vec![told.to_owned()]);
            }
        }
    }
    user
}

/// A list of texts, or one.
fn texts(value: &Value) -> Vec<String> {
    let list = value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice);
    list.iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
