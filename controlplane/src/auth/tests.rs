//! What was recorded, asked again.

use serde_json::{Value, json};

use crate::Refusal;

use super::{
    Attributes, Grant, Rbac, Target, User, bootstrap, impersonated,
    recorded::{Step, steps},
    self_subject_review,
};

/// The user that a step asks as: the administrator, a ServiceAccount, or whom they impersonate.
pub(super) fn user_of(step: &Step, rbac: &Rbac) -> Result<User, Refusal> {
    let user = match &step.token {
        Some(account) => {
            let (namespace, name) = account.split_once('/').unwrap();
            User::service_account(namespace, name)
        }
        None => User::of_certificate("admin", &["system:masters".into()], "00").unwrap(),
    };
    let headers = step.headers.iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    impersonated(user, &headers, rbac)
}

pub(super) fn attributes_of(step: &Step) -> Attributes {
    let (path, query) = step.path.split_once('?').unwrap_or((&step.path, ""));
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    };
    let query: Vec<_> = query.split('&').map(pair).collect();
    Attributes::of_request(&step.method, path, &query).unwrap()
}

/// Takes in what a step changed.
pub(super) fn follow(rbac: &mut Rbac, objects: &mut Vec<Value>, step: &Step) {
    let same = |one: &Value, other: &Value| {
        one["kind"] == other["kind"]
            && one["metadata"]["name"] == other["metadata"]["name"]
            && one["metadata"]["namespace"] == other["metadata"]["namespace"]
    };
    if step.code >= 300 {
        return;
    }
    if step.method == "DELETE" {
        let (path, name) = step.path.rsplit_once('/').unwrap();
        let namespace = path.split('/').nth(5).unwrap();
        let gone =
            json!({"kind": "RoleBinding", "metadata": {"name": name, "namespace": namespace}});
        assert!(
            objects.iter().any(|object| same(object, &gone)),
            "{}",
            step.path
        );
        rbac.remove(&gone);
    } else {
        rbac.apply(&step.answer);
        objects.retain(|object| !same(object, &step.answer));
        objects.push(step.answer.clone());
    }
}

fn without(mut object: Value, fields: &[&str]) -> Value {
    for field in fields {
        object.as_object_mut().unwrap().remove(*field);
    }
    object
}

#[test]
fn who_may_what_is_decided_and_told_as_the_real_server_does() {
    let mut rbac = bootstrap::rbac();
    let mut objects = Vec::new();
    let mut refused = 0;
    for step in steps(include_str!("recorded/authorize.txt")) {
        if step.method.is_empty() {
            continue;
        }
        let attributes = attributes_of(&step);
        let user = user_of(&step, &rbac).unwrap();
        let decision = rbac.authorize(&user, &attributes);
        let said = format!(
            "{} {} as {}: {decision:?}",
            step.method, step.path, user.name
        );
        if step.code == 403 {
            refused += 1;
            assert!(!decision.is_allowed(), "{said}");
            let refusal = attributes.forbidden(&user, decision.reason());
            if step.method != "HEAD" {
                assert_eq!(refusal.body(), step.answer, "{said}");
            }
        } else {
            assert!(decision.is_allowed(), "{said}");
        }
        if !step.brief || step.method == "DELETE" {
            follow(&mut rbac, &mut objects, &step);
        }
    }
    assert!(refused > 60, "{refused}");
}

#[test]
fn rights_are_given_by_those_who_hold_them() {
    let mut rbac = bootstrap::rbac();
    let mut objects: Vec<Value> = Vec::new();
    let mut refused = 0;
    for step in steps(include_str!("recorded/escalation.txt")) {
        if step.method.is_empty() {
            continue;
        }
        let attributes = attributes_of(&step);
        let user = user_of(&step, &rbac).unwrap();
        let Target::Resource(request) = &attributes.target else {
            panic!("{step:?}");
        };
        let old = objects.iter().find(|object| {
            object["metadata"]["name"] == request.name.as_str()
                && object["kind"]
                    .as_str()
                    .map(|kind| kind.to_lowercase() + "s")
                    .as_ref()
                    == Some(&request.resource)
        });
        let mut new: Value = serde_json::from_str(step.body.as_deref().unwrap()).unwrap();
        if step.method == "PATCH" {
            let mut patched = old.unwrap().clone();
            json_patch::merge(&mut patched, &new);
            new = patched;
        }
        let grant = Grant {
            user: &user,
            request,
            old,
            new: &new,
        };
        let outcome = rbac
            .require(&user, &attributes)
            .and_then(|()| grant.check(&rbac));
        match outcome {
            Ok(()) => assert!(step.code < 300, "{step:?}"),
            Err(refusal) => {
                refused += 1;
                assert_eq!(refusal.body(), step.answer, "{step:?}");
            }
        }
        follow(&mut rbac, &mut objects, &step);
    }
    assert!(refused > 25, "{refused}");
}

#[test]
fn a_fresh_server_has_its_roles() {
    let mut counts = std::collections::BTreeMap::new();
    for bootstrapped in bootstrap::all() {
        *counts.entry(bootstrapped.kind).or_insert(0) += 1;
        let object = bootstrapped.object();
        assert_eq!(object["metadata"]["name"], bootstrapped.name);
        assert_eq!(object["kind"], bootstrapped.kind);
    }
    let counts: Vec<_> = counts.into_iter().collect();
    let expected = [
        ("ClusterRole", 68),
        ("ClusterRoleBinding", 49),
        ("Role", 7),
        ("RoleBinding", 7),
    ];
    assert_eq!(counts, expected);
}

#[test]
fn what_a_fresh_server_has_is_owned_by_those_who_wrote_it() {
    let now = "2026-11-23T10:47:46Z";
    let steps = steps(include_str!("recorded/managed.txt"));
    for step in steps.iter().filter(|step| !step.method.is_empty()) {
        let mut answer = step.answer.clone();
        let metadata = answer["metadata"].as_object_mut().unwrap();
        let mut owners = metadata.remove("managedFields").unwrap();
        for owner in owners.as_array_mut().unwrap() {
            assert!(owner["time"].is_string());
            owner["time"] = json!(now);
        }
        for of_that_server in ["creationTimestamp", "resourceVersion", "uid"] {
            metadata.remove(of_that_server);
        }
        let mut all = bootstrap::all().iter();
        let found =
            all.find(|one| one.kind == answer["kind"] && one.name == answer["metadata"]["name"]);
        let found = found.unwrap();
        assert_eq!(found.managed_fields(now.parse().unwrap()), owners);
        assert_eq!(found.object(), &answer);
    }
}

#[test]
fn a_request_is_made_as_whom_it_may_impersonate() {
    let mut rbac = bootstrap::rbac();
    let mut objects = Vec::new();
    for step in steps(include_str!("recorded/impersonation.txt")) {
        if !step.path.ends_with("/selfsubjectreviews") {
            follow(&mut rbac, &mut objects, &step);
            continue;
        }
        let attributes = attributes_of(&step);
        let user =
            user_of(&step, &rbac).and_then(|user| rbac.require(&user, &attributes).map(|()| user));
        match user {
            Err(refusal) => assert_eq!(refusal.body(), step.answer, "{step:?}"),
            Ok(user) => {
                let mut expected = step.answer.clone();
                let as_themselves = expected["status"]["userInfo"]["extra"]
                    .get("authentication.kubernetes.io/credential-id")
                    .is_some();
                if as_themselves {
                    // A token and an account of the recording.
                    let info = expected["status"]["userInfo"].take();
                    expected["status"]["userInfo"] = without(info, &["extra", "uid"]);
                }
                let answer = self_subject_review(&user, step.at.parse().unwrap());
                assert_eq!(answer, expected, "{step:?}");
            }
        }
    }
}
