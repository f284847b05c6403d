//! How far an operator has been shown what happens.
//!
//! What the operator itself wrote comes back to it on one watch, and what is created next on another. Somebody who sees
//! the first and then does the second may be faster than the first of the two watches.

use std::{collections::BTreeMap, time::Duration};

use axum::body::Body;
use futures::StreamExt;
use myop::testing::Result;
use serde_json::{Deserializer, Value};
use tokio::{sync::watch, time::timeout};

/// How long a watch may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// For each resource, the last resourceVersion that a list or a watch has told.
#[derive(Clone, Default)]
pub(crate) struct Shown(watch::Sender<BTreeMap<String, u64>>);

impl Shown {
    /// The same answer, noted as it passes.
    pub(crate) fn follow(&self, resource: String, answer: Body) -> Body {
        let shown = self.clone();
        let mut untold = Vec::new();
        let answer = answer.into_data_stream().inspect(move |part| {
            untold.extend(part.iter().flat_map(|bytes| bytes.iter()));
            let mut whole = Deserializer::from_slice(&untold).into_iter::<Value>();
            for told in whole.by_ref().map_while(|value| value.ok()) {
                shown.note(&resource, &told);
            }
            let read = whole.byte_offset();
            untold.drain(..read);
        });
        Body::from_stream(answer)
    }

    fn note(&self, resource: &str, told: &Value) {
        let of = |value: &Value| value["metadata"]["resourceVersion"].as_str()?.parse().ok();
        let version: Option<u64> = of(&told["object"]).or_else(|| of(told));
        self.0.send_if_modified(|shown| {
            let last = shown.entry(resource.to_owned()).or_default();
            let is_newer = version.is_some_and(|version| version > *last);
            *last = version.unwrap_or_default().max(*last);
            is_newer
        });
    }

    /// Waits until this version of an object, or what came after it, has been told.
    pub(crate) async fn until(&self, resource: &str, version: u64) -> Result {
        let mut shown = self.0.subscribe();
        let told = shown.wait_for(|shown| shown.get(resource) >= Some(&version));
        let told = timeout(DEADLINE, told).await;
        told.map_err(|_| format!("the operator is not shown version {version} of {resource}"))??;
        Ok(())
    }
}
