//! Scripts as the tests handle them.

use kube::{
    Api,
    api::{Patch, PatchParams, PostParams},
};
use myop::testing::Result;
use serde_json::json;

use crate::{Act, Script, ScriptSpec};

/// Makes a script.
pub async fn create(scripts: &Api<Script>, name: &str, act: Act) -> Result<Script> {
    Ok(scripts
        .create(
            &PostParams::default(),
            &Script::new(name, ScriptSpec { act }),
        )
        .await?)
}

/// Tells a script to do something else.
pub async fn tell(scripts: &Api<Script>, name: &str, act: Act) -> Result {
    let patch = Patch::Merge(json!({"spec": {"act": act}}));
    scripts.patch(name, &PatchParams::default(), &patch).await?;
    Ok(())
}

/// A condition as its type, status and reason.
pub type Stated<'a> = (&'a str, &'a str, &'a str);

/// The conditions of a script, if there is one.
pub fn conditions(script: Option<&Script>) -> Vec<Stated<'_>> {
    let status = script.and_then(|script| script.status.as_ref());
    let conditions = status
        .map(|status| status.conditions.as_slice())
        .unwrap_or_default();
    conditions
        .iter()
        .map(|one| (one.type_.as_str(), one.status.as_str(), one.reason.as_str()))
        .collect()
}

/// The generation of a script that its status is about.
pub fn observed(script: Option<&Script>) -> Option<i64> {
    script?.status.as_ref()?.observed_generation
}
