//! A Secret whose author writes `stringData`, which the server takes and never shows.

use std::{collections::BTreeMap, sync::Arc};

use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, CustomResourceExt, ResourceExt,
    api::{ObjectMeta, Patch, PatchParams, PostParams},
};
use myop::{
    Context, Controller, Manager, Outcome, Reconcile, resource,
    testing::{Cluster, Result},
};
use serde_json::json;

/// A password.
#[resource(
    group = "test.example.com",
    version = "v1",
    kind = "Password",
    namespaced
)]
pub(crate) struct PasswordSpec {
    /// It.
    pub(crate) text: String,
}

#[derive(Controller)]
#[controller(reconciles = Password, owns(Secret))]
struct PasswordController;

impl Reconcile for PasswordController {
    type Error = myop::Error;

    async fn reconcile(
        &self,
        password: Arc<Password>,
        ctx: &Context<Self>,
    ) -> Result<Outcome, myop::Error> {
        let text = password.spec.text.clone();
        ctx.apply(Secret {
            metadata: ObjectMeta {
                name: Some(password.name_any()),
                ..ObjectMeta::default()
            },
            string_data: Some(BTreeMap::from([("password".into(), text)])),
            ..Secret::default()
        })
        .await?;
        Ok(Outcome::done())
    }
}

fn says(secret: Option<&Secret>, text: &str) -> bool {
    let data = secret.and_then(|secret| secret.data.as_ref());
    let found = data.and_then(|data| data.get("password"));
    found.is_some_and(|found| found.0 == text.as_bytes())
}

#[myop::test]
async fn a_change_by_hand_is_undone(cluster: Cluster) -> Result {
    let manager = Manager::new("passwords", vec![Password::crd()]);
    let _operator = cluster
        .run(manager.controller::<PasswordController>())
        .await?;
    let passwords: Api<Password> = cluster.namespaced("default");
    let spec = PasswordSpec {
        text: "right".into(),
    };
    let password = Password::new("mine", spec);
    passwords.create(&PostParams::default(), &password).await?;
    let secrets: Api<Secret> = cluster.namespaced("default");
    let right = |secret: Option<&Secret>| says(secret, "right");
    cluster.until(&secrets, "mine", right).await?;

    let wrong = Patch::Merge(json!({ "stringData": { "password": "wrong" } }));
    let patched = secrets
        .patch("mine", &PatchParams::default(), &wrong)
        .await?;
    assert!(says(Some(&patched), "wrong"));
    cluster.until(&secrets, "mine", right).await?;
    Ok(())
}
