//! Kinds that are answered and not kept: reviews of who somebody is and what they may, and tokens.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Asked, Core,
    answer::Reply,
    decode::{self, Body},
    object::{Key, Object},
    query::WriteKind,
    resource::Resource,
    store::collection_of,
    view::View,
    write::Write,
};
use crate::{
    Refusal,
    apply::{self, FieldSet, Target},
    auth::{Review, TokenRequest, Verifier, self_subject_review, self_subject_rules_review},
    types,
};

/// The group of requests for tokens.
const TOKENS: &str = "authentication.k8s.io";

impl Core {
    /// What is asked by creating an object of this kind.
    pub(crate) fn review(
        &mut self,
        asked: &Asked<'_>,
        resource: &Arc<Resource>,
    ) -> Result<Reply, Refusal> {
        let view = View::of(asked, resource)?;
        let mut write = Write::of(asked, resource, WriteKind::Create)?;
        let mut object = decode::object(asked.body, decode::media(asked.headers)?, &mut write)?;
        if resource.namespaced {
            object.set_meta("namespace", asked.call.namespace.as_str());
        }
        write.track(None, &mut object);
        let object = object.value();
        let answer = match resource.kind.as_str() {
            "SelfSubjectReview" => self_subject_review(asked.user, asked.now),
            "SelfSubjectRulesReview" => self_subject_rules_review(object, asked.user, &self.rbac)?,
            "TokenReview" => self.verify(asked, |verifier| verifier.review(object))?,
            "SelfSubjectAccessReview" => {
                Review::SelfSubject(asked.user).create(object, &self.rbac)?
            }
            "LocalSubjectAccessReview" => {
                Review::Local(&asked.call.namespace).create(object, &self.rbac)?
            }
            "SubjectAccessReview" => Review::Subject.create(object, &self.rbac)?,
            other => return Err(Refusal::not_implemented(other)),
        };
        view.document(201, &answer)
    }

    /// A token for a ServiceAccount.
    pub(crate) fn token(
        &mut self,
        asked: &Asked<'_>,
        account: &Arc<Resource>,
    ) -> Result<Reply, Refusal> {
        let view = View::of(asked, account)?;
        let write = Write::of(asked, account, WriteKind::Create)?;
        let media = decode::media(asked.headers)?;
        let kind = (TOKENS, "v1", "TokenRequest");
        let body = Body::of_kind(kind, asked.body, media, write.options.field_validation)?;
        write.warnings.add(body.warnings);
        let mut object = body.value;
        let target = Target {
            schema: &types::schema(TOKENS, "v1", "TokenRequest").expect("it is built in"),
            api_version: "authentication.k8s.io/v1",
            kind: "TokenRequest",
            versions: &["authentication.k8s.io/v1".to_owned()],
            others: &[],
            built_in: true,
            ignored: &FieldSet::default(),
        };
        apply::track(&target, None, &mut object, &write.writer());
        let request = TokenRequest {
            object: &object,
            namespace: &asked.call.namespace,
            name: &asked.call.name,
            lookup: &|resource, namespace, name| self.value(resource, namespace, name),
            now: asked.now,
        };
        let mut rng = self.rng.clone();
        let answer = request.create(&self.issuer, &mut rng)?;
        self.rng = rng;
        view.document(201, &answer)
    }

    fn verify<T>(
        &self,
        asked: &Asked<'_>,
        then: impl FnOnce(&Verifier<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        then(&Verifier {
            issuer: &self.issuer,
            lookup: &|resource, namespace, name| self.value(resource, namespace, name),
            now: asked.now,
        })
    }

    /// An object of the core group.
    pub(crate) fn value(&self, plural: &str, namespace: &str, name: &str) -> Option<&Value> {
        let stored = self
            .store
            .get(&collection_of("", plural), &Key::new(namespace, name))?;
        Some(Object::value(&stored.object))
    }
}
