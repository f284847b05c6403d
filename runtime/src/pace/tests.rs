use std::sync::Mutex;

use axum::http::StatusCode;

use super::*;
use crate::standing::Trouble;

/// A server that answers each request as the next of these says.
#[derive(Clone, Copy)]
enum Server {
    Silent,
    HalfAList,
    /// Opens a watch, and says no more.
    Opens,
}

fn client(answers: &'static [Server]) -> (Client, Arc<Mutex<Vec<Instant>>>) {
    let asked: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let taken = asked.clone();
    let service = tower::service_fn(move |_: Request<Body>| {
        let number = {
            let mut taken = taken.lock().expect("no panic");
            taken.push(Instant::now());
            taken.len() - 1
        };
        async move {
            let body = match answers[number] {
                Server::Silent => return std::future::pending().await,
                Server::HalfAList => {
                    let half = futures::stream::iter([Ok::<_, BoxError>("{\"items\": [")]);
                    AnyBody::from_stream(half.chain(futures::stream::pending()))
                }
                Server::Opens => {
                    AnyBody::from_stream(futures::stream::pending::<Result<Bytes, BoxError>>())
                }
            };
            Ok::<_, BoxError>(Response::new(body))
        }
    });
    (Client::new(service, "default"), asked)
}

fn request(uri: &str) -> Request<Body> {
    let request = Request::get(uri).body(Body::empty());
    request.expect("a request")
}

#[tokio::test(start_paused = true)]
async fn a_list_is_not_waited_for_for_ever() {
    for server in [&[Server::Silent], &[Server::HalfAList]] {
        let (client, _) = client(server);
        let standing = Arc::new(Standing::of("Pod".into()));
        let client = paced(client, standing);
        let begin = Instant::now();
        let list = request("/api/v1/pods?limit=500").map(|_| Vec::new());
        let error = client.request_text(list).await.unwrap_err();
        assert!(
            crate::chain(&error).contains("no answer within 60 s"),
            "{error}"
        );
        assert_eq!(begin.elapsed(), LIST);
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_watch_is_noticed_and_told() {
    let (client, asked) = client(&[Server::Opens, Server::Silent, Server::Opens]);
    let standing = Arc::new(Standing::of("Pod".into()));
    let client = paced(client, standing.clone());
    let begin = Instant::now();
    let watch = || request("/api/v1/pods?watch=true");
    let answer = client.send(watch()).await.expect("it opens");
    assert_eq!(answer.status(), StatusCode::OK);
    let mut chunks = AnyBody::new(answer.into_body()).into_data_stream();
    assert!(chunks.next().await.is_none(), "it ends");
    assert_eq!(begin.elapsed(), SHORT + SILENCE);
    assert_eq!(standing.complaint(), None);

    // Nothing answers.
    let opened = tokio::spawn({
        let (client, request) = (client.clone(), watch());
        async move { client.send(request).await.map(drop) }
    });
    tokio::time::sleep(OPENING).await;
    let error = opened.await.expect("no panic").unwrap_err();
    assert!(
        error.to_string().contains("no answer within 30 s"),
        "{error}"
    );
    standing.failed(Trouble::Other, error.to_string());
    tokio::time::sleep(SHORT).await;
    let said = standing.complaint().expect("it is down for 31 s");
    assert!(said.starts_with("Pod not watched for 31 s"), "{said}");

    let answer = client.send(watch()).await.expect("it opens");
    let mut chunks = AnyBody::new(answer.into_body()).into_data_stream();
    let _ = timeout(SHORT * 2, chunks.next()).await;
    assert_eq!(standing.complaint(), None);
    assert_eq!(asked.lock().expect("no panic").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_is_refused_is_no_open_one() {
    let refuses = tower::service_fn(async |_: Request<Body>| {
        let mut answer = Response::new(AnyBody::empty());
        *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        Ok::<_, BoxError>(answer)
    });
    let standing = Arc::new(Standing::of("Pod".into()));
    let client = paced(Client::new(refuses, "default"), standing.clone());
    let answer = client.send(request("/api/v1/pods?watch=true")).await;
    assert!(answer.is_ok());
    tokio::time::advance(Duration::from_secs(31)).await;
    assert!(standing.complaint().is_some());
}
