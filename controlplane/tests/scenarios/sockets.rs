//! What comes over sockets and is no proper request: the same is answered to it by both servers, and both live on.
//!
//! Of requests that can't be read at all only the status is compared: here there is no text with it. Three are answered
//! by another status, for hyper does: a version of HTTP that nobody speaks (400, not 505), a transfer encoding that nobody
//! knows (400, not 501), and paths of more than 64 KiB (414, where the real server looks for them).

use std::{env, path::Path, sync::Arc, time::Duration};

use kube::client::ConfigExt;
use rustls::pki_types::ServerName;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    Result,
    embedded::Embedded,
    play_all::Servers,
    real::Real,
    scenario::Scenario,
    server::{DEADLINE, Sent, Server},
};

/// What is sent, and how it is answered.
struct Case {
    sent: Vec<u8>,
    status: u16,
    /// The message of a refusal, or all of another body; none where it can't be told.
    told: Option<&'static str>,
}

fn case(sent: impl Into<Vec<u8>>, status: u16, told: impl Into<Option<&'static str>>) -> Case {
    Case {
        sent: sent.into(),
        status,
        told: told.into(),
    }
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n")
}

fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    let path = "/api/v1/namespaces/default/configmaps";
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn json(headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    post(
        &format!("Content-Type: application/json\r\nContent-Length: {length}\r\n{headers}"),
        body,
    )
}

const NO_NAME: &str =
    "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required";
const TOO_LARGE: &str = "Request entity too large: limit is 3145728";

fn of_lines() -> Vec<Case> {
    vec![
        case("GET /healthz HTTP/1.0\r\n\r\n", 200, "ok"),
        case(
            "get /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            200,
            "ok",
        ),
        case(
            "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n",
            400,
            "400 Bad Request: missing required Host header",
        ),
        case(get("/healthz", "Host: y\r\n"), 400, "400 Bad Request"),
        case(get("/api/v1/namespaces/%zz", ""), 400, "400 Bad Request"),
        case(get("https://x/healthz", ""), 200, "ok"),
        case(get("healthz", ""), 400, "400 Bad Request"),
        case(
            "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            200,
            "",
        ),
        case("garbage\r\n\r\n", 400, None),
        case(&b"\x00\x01\x02\x03\r\n\r\n"[..], 400, None),
        case(
            "G@T /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            400,
            None,
        ),
        case(get("/api/v1/name spaces", ""), 400, None),
        case(get("/healthz", "Bad Header: 1\r\n"), 400, None),
        case(get("/healthz", "Nothing\r\n"), 400, None),
        case(get("/healthz", "A: \u{1}\r\n"), 400, None),
        case(
            get("/healthz", &format!("A: {}\r\n", "a".repeat(900_000))),
            200,
            "ok",
        ),
        case(
            get("/healthz", &format!("A: {}\r\n", "a".repeat(2_000_000))),
            431,
            None,
        ),
        case(get("/healthz", &"A: 1\r\n".repeat(900)), 200, "ok"),
        case(get("//", ""), 404, "404 page not found\n"),
        case(
            get("/api/v1/namespaces/%00", ""),
            404,
            "namespaces \"\\x00\" not found",
        ),
        case(
            get("/api/v1/namespaces/a%22b", ""),
            404,
            "namespaces \"a\\\"b\" not found",
        ),
        case(
            get(
                "/api/v1/namespaces/none/configmaps/none?labelSelector=%zz",
                "",
            ),
            404,
            "configmaps \"none\" not found",
        ),
        case(get("/api/v1/namespaces?limit=none;", ""), 200, None),
    ]
}

fn of_bodies() -> Vec<Case> {
    let long = vec![b' '; 3 * 1024 * 1024 + 1];
    let zipped = b"\x1f\x8b\x08\x00";
    vec![
        case(
            json("Content-Encoding: gzip\r\n", zipped),
            400,
            "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character '\\x1f' looking for beginning of value (1f8b0800)",
        ),
        case(json("", &long), 413, TOO_LARGE),
        case(
            json("Impersonate-User: nobody\r\n", &long),
            403,
            "configmaps is forbidden: User \"nobody\" cannot create resource \"configmaps\" in API group \"\" in the namespace \"default\"",
        ),
        case(post("Content-Length: x\r\n", b""), 400, None),
        case(post("Content-Length: -1\r\n", b""), 400, None),
        case(
            post("Content-Length: 2\r\nContent-Length: 3\r\n", b"{}"),
            400,
            None,
        ),
        case(
            post(
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
                b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
            ),
            422,
            NO_NAME,
        ),
        case(
            post(
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
                b"zz\r\n{}\r\n0\r\n\r\n",
            ),
            500,
            "invalid byte in chunk length",
        ),
        case(json("Expect: much\r\n", b"{}"), 417, ""),
        case(
            post("Content-Type: text/plain\r\nContent-Length: 2\r\n", b"{}"),
            415,
            "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_server_takes_what_is_no_request() -> Result<()> {
    takes_what_is_no_request(&Embedded::default()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_server_takes_what_is_no_request() -> Result<()> {
    let Some(assets) = env::var_os("KUBEBUILDER_ASSETS") else {
        return super::say("KUBEBUILDER_ASSETS is not set: nothing was sent to the real server");
    };
    takes_what_is_no_request(&Real::new(Path::new(&assets))).await
}

async fn takes_what_is_no_request(servers: &impl Servers) -> Result<()> {
    let scenario = Scenario::parse("sockets/all", "# What is no request.\n\n>>> GET /healthz\n")?;
    let server = servers.server_for(&scenario).await?;
    let mut wrong = Vec::new();
    for case in of_lines().into_iter().chain(of_bodies()) {
        let (status, body) = answer_to(&server, &case.sent).await?;
        let differs = case.told.is_some_and(|told| told != body);
        if status != case.status || differs {
            let shown = String::from_utf8_lossy(&case.sent[..case.sent.len().min(120)]);
            wrong.push(format!(
                "{shown:?}: {status} {body:?}, not {} {:?}",
                case.status, case.told
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    two_in_one_go(&server).await?;
    others_are_served_meanwhile(&server).await
}

/// Requests that come at once are answered one after another.
async fn two_in_one_go(server: &Server) -> Result<()> {
    let first = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    let answers = exchange(server, [first, &get("/readyz", "")].concat().as_bytes()).await?;
    assert_eq!(answers.matches("200 OK\r\n").count(), 2, "{answers}");
    Ok(())
}

/// Who sends half a request, or does not read what is answered, holds up nobody.
async fn others_are_served_meanwhile(server: &Server) -> Result<()> {
    let mut halves = Vec::new();
    for half in ["GET /hea", "GET /healthz HTTP/1.1\r\nHost: x\r\n"] {
        halves.push(begin(server, half.as_bytes()).await?);
    }
    let half = post(
        "Content-Type: application/json\r\nContent-Length: 9\r\n",
        b"{",
    );
    halves.push(begin(server, &half).await?);
    // More than what fits into the buffers of a socket.
    let unread = get("/openapi/v3/api/v1", "").replace("Connection: close\r\n", "");
    halves.push(begin(server, unread.repeat(20).as_bytes()).await?);
    for _ in 0..100 {
        let answer = server.ask(&Sent::new("GET", "/readyz", "")).await?;
        assert_eq!(answer.status, 200);
    }
    Ok(())
}

async fn begin(server: &Server, sent: &[u8]) -> Result<TlsStream<TcpStream>> {
    let mut tls = server.config.rustls_client_config()?;
    tls.alpn_protocols = Vec::new();
    let url = &server.config.cluster_url;
    let port = url.port_u16().ok_or("a server has a port")?;
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let name = ServerName::try_from("127.0.0.1")?;
    let mut stream = TlsConnector::from(Arc::new(tls))
        .connect(name, stream)
        .await?;
    // A server may hang up before it has read all: its answer counts.
    let _ = timeout(Duration::from_secs(5), stream.write_all(sent)).await;
    Ok(stream)
}

/// All that is answered until the server hangs up.
async fn exchange(server: &Server, sent: &[u8]) -> Result<String> {
    let mut stream = begin(server, sent).await?;
    let mut answer = Vec::new();
    let mut part = [0; 8192];
    // How it hangs up is its own affair.
    while let Ok(read @ 1..) = timeout(DEADLINE, stream.read(&mut part)).await? {
        answer.extend_from_slice(&part[..read]);
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// The status, and the message of a refusal or else the body.
async fn answer_to(server: &Server, sent: &[u8]) -> Result<(u16, String)> {
    let answer = exchange(server, sent).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| {
        format!(
            "no answer to {:?}",
            String::from_utf8_lossy(&sent[..sent.len().min(80)])
        )
    })?;
    let status = head.split(' ').nth(1).unwrap_or_default().parse()?;
    let told = serde_json::from_str::<Value>(body).ok();
    let told = told.and_then(|body| Some(body.get("message")?.as_str()?.to_owned()));
    Ok((status, told.unwrap_or_else(|| body.to_owned())))
}
