//! Recorded tokens and reviews, made again.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{
    Issuer, Rbac, Review, TokenRequest, Verifier, bootstrap,
    recorded::{Step, steps},
    self_subject_review, self_subject_rules_review,
    tests::{attributes_of, follow, user_of},
};
use crate::Refusal;

/// A server as small as the recorded steps need it.
struct Server {
    issuer: Issuer,
    objects: BTreeMap<(String, String, String), Value>,
    kept: BTreeMap<String, String>,
    rng: fastrand::Rng,
}

impl Server {
    fn new() -> Self {
        Self {
            issuer: Issuer::new("https://localhost/").unwrap(),
            objects: BTreeMap::new(),
            kept: BTreeMap::new(),
            rng: fastrand::Rng::with_seed(7),
        }
    }

    /// What it answers to a step about tokens; nothing where it only follows what was answered.
    fn answer(&mut self, step: &Step) -> Option<Result<Value, Refusal>> {
        let body = self.with_kept(step.body.as_deref().unwrap_or("{}"));
        let sent = decoded(&body);
        let now = step.at.parse().unwrap();
        let objects = &self.objects;
        let lookup = |resource: &str, namespace: &str, name: &str| {
            objects.get(&(resource.to_owned(), namespace.to_owned(), name.to_owned()))
        };
        let verifier = Verifier {
            issuer: &self.issuer,
            lookup: &lookup,
            now,
        };
        let path = step.path.split('?').next().unwrap();
        let parts: Vec<_> = path.split('/').collect();
        match (step.method.as_str(), parts.as_slice()) {
            (
                "POST",
                [
                    ..,
                    "namespaces",
                    namespace,
                    "serviceaccounts",
                    name,
                    "token",
                ],
            ) => {
                let request = TokenRequest {
                    object: &sent,
                    namespace,
                    name,
                    lookup: &lookup,
                    now,
                };
                let answer = request.create(&self.issuer, &mut self.rng);
                if let (Some(kept), Ok(answer)) = (&step.keep, &answer) {
                    let token = answer["status"]["token"].as_str().unwrap();
                    self.kept.insert(kept.clone(), token.to_owned());
                }
                Some(answer)
            }
            ("POST", [.., "tokenreviews"]) => Some(verifier.review(&sent)),
            ("POST", [.., "selfsubjectreviews"]) => {
                let bearer = self.with_kept(step.bearer.as_deref()?);
                let user = verifier.authenticate(None, &format!("Bearer {bearer}"));
                Some(user.and_then(|user| {
                    bootstrap::rbac().require(&user, &attributes_of(step))?;
                    Ok(self_subject_review(&user, now))
                }))
            }
            _ => {
                self.follow(step, &parts);
                None
            }
        }
    }

    fn follow(&mut self, step: &Step, parts: &[&str]) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if step.method == "DELETE" {
            let (name, resource) = (parts[parts.len() - 1], parts[parts.len() - 2]);
            let namespace = if resource == "nodes" { "" } else { parts[4] };
            let key = (resource.to_owned(), namespace.to_owned(), name.to_owned());
            assert!(self.objects.remove(&key).is_some(), "{key:?}");
        } else if step.method == "POST" && step.code == 201 {
            let metadata = &step.answer["metadata"];
            let resource = text(&step.answer["kind"]).to_lowercase() + "s";
            let key = (
                resource,
                text(&metadata["namespace"]),
                text(&metadata["name"]),
            );
            self.objects.insert(key, step.answer.clone());
        }
    }

    fn with_kept(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, token) in &self.kept {
            text = text.replace(&format!("${name}"), token);
        }
        text
    }
}

/// What was sent, without the fields that decoding leaves out.
fn decoded(body: &str) -> Value {
    let mut sent: Value = serde_json::from_str(body).unwrap();
    let attributes = [
        "/spec",
        "/spec/resourceAttributes",
        "/spec/nonResourceAttributes",
    ];
    for path in attributes {
        if let Some(Value::Object(fields)) = sent.pointer_mut(path) {
            fields.retain(|_, value| *value != json!("") && *value != json!([]));
        }
    }
    sent
}

/// Without what differs from token to token: their ids, keys and signatures. Claims are compared.
fn comparable(mut answer: Value) -> Value {
    if let Some(ids) =
        answer.pointer_mut("/status/userInfo/extra/authentication.kubernetes.io~1credential-id")
    {
        *ids = json!("an id");
    }
    if let Some(ids) =
        answer.pointer_mut("/status/user/extra/authentication.kubernetes.io~1credential-id")
    {
        *ids = json!("an id");
    }
    if let Some(token) = answer.pointer_mut("/spec/token") {
        *token = json!("a token");
    }
    if let Some(token) = answer.pointer_mut("/status/token") {
        *token = claims(token.as_str().unwrap());
    }
    answer
}

/// The claims of a token, or of what the recorder shows of one.
fn claims(token: &str) -> Value {
    let shown = token.split_once("}.").map(|(_, claims)| claims.to_owned());
    let claims = shown.unwrap_or_else(|| {
        let part = token.split('.').nth(1).unwrap();
        String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    });
    let mut claims: Value = serde_json::from_str(&claims).unwrap();
    let id = claims["jti"].take();
    assert_eq!(id.as_str().unwrap().len(), 36);
    claims
}

fn replay(text: &str) -> usize {
    let mut server = Server::new();
    let mut compared = 0;
    for step in steps(text).iter().filter(|step| !step.method.is_empty()) {
        // Namespaces are looked for by who serves the request.
        let elsewhere = [
            "the namespace of the provided object does not match the namespace sent on the request",
            "namespaces \"nowhere\" not found",
        ];
        if elsewhere.contains(&step.answer["message"].as_str().unwrap_or_default()) {
            continue;
        }
        if let Some(answer) = server.answer(step) {
            let answer = answer.unwrap_or_else(|refusal| refusal.body());
            assert_eq!(
                comparable(answer),
                comparable(step.answer.clone()),
                "{}",
                step.line
            );
            compared += 1;
        }
    }
    compared
}

#[test]
fn accounts_get_tokens_with_the_claims_of_the_real_server() {
    let compared = replay(include_str!("recorded/tokens.txt"));
    assert!(compared > 35, "{compared}");
}

#[test]
fn tokens_are_theirs_as_long_as_what_they_name_is_there() {
    let compared = replay(include_str!("recorded/bearers.txt"));
    assert!(compared > 35, "{compared}");
}

#[test]
fn tokens_have_their_time() {
    let mut server = Server::new();
    let now: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let account = json!({"metadata": {"name": "a", "namespace": "n", "uid": "u"}});
    let key = ("serviceaccounts".to_owned(), "n".to_owned(), "a".to_owned());
    server.objects.insert(key.clone(), account);
    let lookup = |_: &str, _: &str, _: &str| server.objects.get(&key);
    let request = TokenRequest {
        object: &json!({"spec": {"expirationSeconds": 600}}),
        namespace: "n",
        name: "a",
        lookup: &lookup,
        now,
    };
    let answer = request.create(&server.issuer, &mut server.rng).unwrap();
    let at = |seconds: i64| {
        let verifier = Verifier {
            issuer: &server.issuer,
            lookup: &lookup,
            now: now + jiff::SignedDuration::from_secs(seconds),
        };
        let object = json!({"spec": {"token": answer["status"]["token"]}});
        let status = verifier.review(&object).unwrap()["status"].take();
        status["error"].as_str().unwrap_or("known").to_owned()
    };
    assert_eq!(at(0), "known");
    assert_eq!(at(660), "known");
    assert_eq!(
        at(661),
        "[invalid bearer token, service account token has expired]"
    );
    assert_eq!(at(-60), "known");
    assert_eq!(
        at(-61),
        "[invalid bearer token, service account token is not valid yet]"
    );
}

#[test]
fn what_others_may_know_of_the_issuer_has_the_fields_of_the_real_one() {
    let issuer = Issuer::new("https://localhost/").unwrap();
    let recorded = steps(include_str!("recorded/bearers.txt"));
    let recorded = |path: &str| {
        &recorded
            .iter()
            .find(|step| step.path == path)
            .unwrap()
            .answer
    };
    let mut expected = recorded("/.well-known/openid-configuration").clone();
    expected["id_token_signing_alg_values_supported"] = json!(["ES256"]);
    let url = expected["jwks_uri"].as_str().unwrap();
    assert_eq!(issuer.configuration(url), expected);
    let key = &issuer.keys()["keys"][0];
    for field in ["alg", "kid", "kty", "use"] {
        assert!(
            key[field].is_string() && recorded("/openid/v1/jwks")["keys"][0][field].is_string()
        );
    }
}

/// The rules in any order: the server goes through its bindings in none.
fn in_order(mut answer: Value) -> Value {
    for rules in ["resourceRules", "nonResourceRules"] {
        if let Some(Value::Array(rules)) = answer.pointer_mut(&format!("/status/{rules}")) {
            rules.sort_by_key(ToString::to_string);
        }
    }
    answer
}

/// The answer to a review about rights.
fn reviewed(step: &Step, rbac: &Rbac) -> Option<Result<Value, Refusal>> {
    let attributes = attributes_of(step);
    let user = user_of(step, rbac).unwrap();
    if let Err(refusal) = rbac.require(&user, &attributes) {
        return Some(Err(refusal));
    }
    let mut sent = decoded(step.body.as_deref()?);
    let parts: Vec<_> = step.path.split('/').collect();
    Some(match parts.as_slice() {
        [.., "subjectaccessreviews"] => Review::Subject.create(&sent, rbac),
        [.., "selfsubjectaccessreviews"] => Review::SelfSubject(&user).create(&sent, rbac),
        [.., namespace, "localsubjectaccessreviews"] => {
            sent["metadata"]["namespace"] = (*namespace).into();
            Review::Local(namespace).create(&sent, rbac)
        }
        [.., "selfsubjectrulesreviews"] => self_subject_rules_review(&sent, &user, rbac),
        _ => return None,
    })
}

#[test]
fn reviews_tell_what_the_real_server_tells() {
    let mut rbac = bootstrap::rbac();
    let mut objects = Vec::new();
    let mut server = Server::new();
    let mut compared = 0;
    for step in steps(include_str!("recorded/reviews.txt")) {
        let message = step.answer["message"].as_str().unwrap_or_default();
        // Metadata is shown with managedFields and in Go's order of fields. Labels of selectors are parsed elsewhere.
        let elsewhere = message.contains("metadata: Invalid value: {")
            || message.contains("the namespace of the provided object")
            || step
                .body
                .as_ref()
                .is_some_and(|body| body.contains("a in (b"));
        if step.method != "POST" || elsewhere {
            continue;
        }
        let answer = reviewed(&step, &rbac).or_else(|| server.answer(&step));
        match answer {
            None => follow(&mut rbac, &mut objects, &step),
            Some(answer) => {
                compared += 1;
                let answer = answer.unwrap_or_else(|refusal| refusal.body());
                let expected = comparable(in_order(step.answer.clone()));
                assert_eq!(
                    comparable(in_order(answer)),
                    expected,
                    "{} {:?}",
                    step.line,
                    step.body
                );
            }
        }
    }
    assert!(compared > 60, "{compared}");
}
