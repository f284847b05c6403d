use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use kube::Client;

use super::*;

/// A server that gives this answer, and how often it is asked.
fn server(code: u16, retry_after: Option<&'static str>) -> (Client, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let service = tower::service_fn(move |request: Request<Body>| {
        count.fetch_add(1, Ordering::Relaxed);
        async move {
            let body = request.into_body().collect_bytes().await?;
            let mut answer = Response::builder().status(code);
            if let Some(seconds) = retry_after {
                answer = answer.header(RETRY_AFTER, seconds);
            }
            Ok::<_, BoxError>(answer.body(Body::from(body.to_vec()))?)
        }
    });
    (Client::new(patient(service), "default"), asked)
}

async fn post(client: &Client) -> Result<Response<Body>, kube::Error> {
    let request = Request::post("/api/v1/namespaces").body(Body::from(b"hello".to_vec()));
    client.send(request.expect("a request")).await
}

#[tokio::test(start_paused = true)]
async fn what_is_to_be_repeated_is_repeated_for_30_s() {
    let (client, asked) = server(429, Some("2"));
    let begin = Instant::now();
    let answer = post(&client).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let body = answer.into_body().collect_bytes().await.expect("a body");
    assert_eq!(body, &b"hello"[..], "what is sent again is whole");
    assert_eq!(begin.elapsed(), REPEATS);
    assert_eq!(asked.load(Ordering::Relaxed), 16);
}

/// As the API server answers an eviction that a disruption budget forbids.
#[tokio::test(start_paused = true)]
async fn a_refusal_that_names_no_time_reaches_the_caller() {
    let refusals = [
        (429, None),
        (429, Some("0")),
        (429, Some("later")),
        (429, Some("3600")),
        (503, None),
        (504, Some("1")),
        (500, Some("1")),
        (200, Some("1")),
    ];
    for (code, retry_after) in refusals {
        let (client, asked) = server(code, retry_after);
        let begin = Instant::now();
        let answer = post(&client).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), code);
        assert_eq!(begin.elapsed(), Duration::ZERO, "{code} {retry_after:?}");
        assert_eq!(asked.load(Ordering::Relaxed), 1, "{code} {retry_after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_an_error_after_60_s() {
    let silent = tower::service_fn(async |_: Request<Body>| {
        std::future::pending::<Result<Response<Body>, BoxError>>().await
    });
    let client = Client::new(patient(silent), "default");
    let begin = Instant::now();
    let error = post(&client).await.map(drop).unwrap_err();
    assert!(
        error.to_string().contains("no answer within 60 s"),
        "{error}"
    );
    assert_eq!(begin.elapsed(), ANSWER);
}
