//! What the service has taken.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, Uri},
    middleware::Next,
    response::{IntoResponse, Response},
};
use cfp_operator::{api::v1::proposal::Submission, cfp::ProposalRecord};
use serde_json::Value;

/// What the service has taken since it started.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Entries>);

#[derive(Default)]
pub(crate) struct Entries {
    /// How often each record was made, by its path.
    pub(crate) made: BTreeMap<String, u32>,
    /// The proposals that were handed in, by their ids.
    pub(crate) handed_in: BTreeMap<String, ProposalRecord>,
}

impl Ledger {
    pub(crate) fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, method: &Method, uri: &Uri, record: &[u8]) {
        let mut entries = self.entries();
        if method == Method::POST {
            let record: Value = serde_json::from_slice(record).unwrap_or_default();
            let id = record["ID"].as_str().unwrap_or_default();
            let path = format!("{}/{id}", uri.path());
            *entries.made.entry(path).or_default() += 1;
        }
        let proposal: Option<ProposalRecord> = serde_json::from_slice(record).ok();
        let handed_in = proposal.filter(|proposal| proposal.submission.status == Submission::Final);
        if let Some(proposal) = handed_in {
            entries
                .handed_in
                .entry(proposal.id.clone())
                .or_insert(proposal);
        }
    }
}

/// Enters what the service takes.
pub(crate) async fn keep(
    State(ledger): State<Arc<Ledger>>,
    request: Request,
    next: Next,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let (method, uri) = (head.method.clone(), head.uri.clone());
    // Whoever asks may be killed meanwhile: what the service has taken is entered all the same.
    let taken = tokio::spawn(async move {
        let request = Request::from_parts(head, Body::from(body.clone()));
        let answer = next.run(request).await;
        if answer.status().is_success() {
            ledger.enter(&method, &uri, &body);
        }
        answer
    });
    taken.await.expect("the service does not panic")
}
