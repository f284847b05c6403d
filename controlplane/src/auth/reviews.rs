//! Answers about who asks and what they may: the reviews.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::user::User;

/// `authentication.k8s.io/v1` SelfSubjectReview: who asks (`kubectl auth whoami`). `object` is what was sent.
pub fn self_subject_review(object: &Value, user: &User, now: Timestamp) -> Value {
    let mut answer = object.clone();
    let time = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    answer["metadata"]["creationTimestamp"] = time.into();
    answer["status"] = json!({ "userInfo": user_info(user) });
    answer
}

/// `UserInfo` of `authentication.k8s.io/v1`, without what is empty.
pub(super) fn user_info(user: &User) -> Value {
    let mut info = json!({ "username": user.name });
    if !user.uid.is_empty() {
        info["uid"] = user.uid.as_str().into();
    }
    if !user.groups.is_empty() {
        info["groups"] = json!(user.groups);
    }
    if !user.extra.is_empty() {
        info["extra"] = json!(user.extra);
    }
    info
}
