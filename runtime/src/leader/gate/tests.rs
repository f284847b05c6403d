use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, http::StatusCode, response::IntoResponse};
use k8s_openapi::api::{coordination::v1::Lease, core::v1::ConfigMap};
use kube::{
    Api,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use serde_json::json;
use tokio::time::{Instant, advance};

use super::*;
use crate::{
    error::BoxError,
    leader::{leadership::leadership, leases::Leases},
    sends::{client_by, sending_by},
};

fn led(client: &Client, leadership: &Leadership) -> Client {
    let sends = writing_while_led(sending_by(client), Some(leadership.clone()));
    client_by(sends, client)
}

/// A client of a server that answers with a `ConfigMap` after a while, and how many requests it was sent.
fn slow_server(pause: Duration) -> (Client, Arc<AtomicUsize>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = sent.clone();
    let server = service_fn(move |_: Request<Body>| {
        count.fetch_add(1, Ordering::Relaxed);
        async move {
            tokio::time::sleep(pause).await;
            let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}});
            let body = Body::from(map.to_string().into_bytes());
            Ok::<_, BoxError>(axum::http::Response::new(body))
        }
    });
    (Client::new(server, "default"), sent)
}

#[tokio::test(start_paused = true)]
async fn all_but_reads_wait_for_no_lease_and_need_one() {
    let (client, sent) = slow_server(Duration::ZERO);
    let (term, leadership) = leadership("shop");
    let maps: Api<ConfigMap> = Api::default_namespaced(led(&client, &leadership));
    maps.get("one").await.expect("a read");
    assert_eq!(sent.load(Ordering::Relaxed), 1);

    let (params, map) = (PostParams::default(), ConfigMap::default());
    let patch = Patch::Merge(json!({}));
    let refused = [
        maps.create(&params, &map).await.err(),
        maps.replace("one", &params, &map).await.err(),
        maps.patch("one", &PatchParams::default(), &patch)
            .await
            .err(),
        maps.delete("one", &DeleteParams::default()).await.err(),
    ];
    for error in refused {
        let said = crate::chain(&error.expect("a refusal"));
        assert!(said.contains("does not hold the lease shop"), "{said}");
    }
    assert_eq!(sent.load(Ordering::Relaxed), 1);

    term.lasts_until(Instant::now() + Duration::from_secs(1));
    maps.create(&params, &map).await.expect("a write");
    advance(Duration::from_secs(1)).await;
    maps.create(&params, &map).await.expect_err("a refusal");
    assert_eq!(sent.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_on_its_way_when_the_lease_runs_out_is_abandoned() {
    let (client, sent) = slow_server(Duration::from_secs(30));
    let (term, leadership) = leadership("shop");
    let maps: Api<ConfigMap> = Api::default_namespaced(led(&client, &leadership));
    let start = Instant::now();
    term.lasts_until(start + Duration::from_secs(10));
    let written = maps
        .create(&PostParams::default(), &ConfigMap::default())
        .await;
    written.expect_err("a refusal");
    assert_eq!(sent.load(Ordering::Relaxed), 1);
    assert!(start.elapsed() < Duration::from_secs(11));
}

/// A server that is too busy, and how often it has said so.
async fn busy_server(code: StatusCode) -> (Config, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let app = Router::new().fallback(async move || {
        count.fetch_add(1, Ordering::Relaxed);
        (code, [("Retry-After", "1")], "busy").into_response()
    });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    let url = format!("http://{address}").parse().expect("a URL");
    (Config::new(url), asked)
}

#[tokio::test]
async fn the_lease_is_asked_for_once() {
    for code in [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ] {
        let (config, asked) = busy_server(code).await;
        let client = without_retries(&config).expect("a client");
        let leases = Leases::new(client, "default", "shop", Duration::from_secs(5));
        leases.get().await.expect_err("busy");
        leases.write(&Lease::default()).await.expect_err("busy");
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_waited_for_no_longer_than_told() {
    let (client, _) = slow_server(Duration::from_secs(60));
    let leases = Leases::new(client, "default", "shop", Duration::from_secs(5));
    let start = Instant::now();
    let late = leases.get().await.expect_err("no answer in time");
    assert!(
        crate::chain(&late).contains("no answer within 5s"),
        "{late}"
    );
    assert_eq!(start.elapsed().as_secs(), 5);
}
