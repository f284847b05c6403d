//! `#[myop::test]` as an author uses it.

use std::sync::atomic::{AtomicU32, Ordering};

use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use myop::testing::{Cluster, Result};

static CALLS: AtomicU32 = AtomicU32::new(0);

#[myop::test]
async fn the_body_runs_once_and_on_a_control_plane(cluster: Cluster) -> Result {
    let namespaces: Api<Namespace> = cluster.all();
    namespaces.get("default").await?;
    assert_eq!(CALLS.fetch_add(1, Ordering::SeqCst), 0);
    Ok(())
}

/// The attributes of the author stay.
#[myop::test]
#[should_panic(expected = "as expected")]
async fn a_panic_fails_the_test(cluster: Cluster) {
    let namespaces: Api<Namespace> = cluster.all();
    namespaces.get("missing").await.expect("as expected");
}
