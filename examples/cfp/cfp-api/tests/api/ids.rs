//! What a path may be, and what an id.

use std::fs;

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use cfp_api::Service;
use tower::ServiceExt;

use crate::{
    Result,
    running::{ADA, Running},
};

#[tokio::test]
async fn other_paths_are_404() -> Result {
    let cfp = Running::new().await?;
    for path in [
        "/api",
        "/api/",
        "/api/rooms",
        "/api/speakers/",
        "/api/speakers/a/b",
        "/healthz",
    ] {
        let text = format!("there is no path {path}");
        cfp.get(path).await?.says(404, &text);
    }
    Ok(())
}

#[tokio::test]
async fn other_methods_are_405() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    for (method, path) in [
        ("PUT", "/api/speakers"),
        ("DELETE", "/api/speakers"),
        ("PATCH", "/api/proposals"),
        ("POST", "/api/speakers/ada"),
        ("PATCH", "/api/proposals/loops"),
        ("POST", "/"),
        ("POST", "/events"),
    ] {
        let text = format!("the path {path} does not know the method {method}");
        cfp.send(method, path, "").await?.says(405, &text);
    }
    let answer = cfp.open("PATCH", "/api/speakers/ada", "").await?;
    assert_eq!(answer.headers()["allow"], "GET,HEAD,PUT,DELETE");
    Ok(())
}

#[tokio::test]
async fn the_first_slash_of_an_id_becomes_a_dash() -> Result {
    let cfp = Running::new().await?;
    let ada = ADA.replace(r#""ada""#, r#""default/ada""#);
    let stored = cfp.post("/api/speakers", &ada).await?;
    stored.is(200);
    assert!(stored.body.contains(r#""ID":"default/ada""#));
    assert_eq!(
        fs::read_to_string(cfp.file("speakers/default-ada.json"))?,
        stored.body
    );

    for path in ["/api/speakers/default-ada", "/api/speakers/default%2Fada"] {
        assert_eq!(cfp.get(path).await?.body, stored.body);
    }
    let same = ADA.replace(r#""ada""#, r#""default-ada""#);
    let again = cfp.post("/api/speakers", &same).await?;
    again.says(400, "speaker with ID 'default-ada' already exists");
    cfp.put("/api/speakers/default%2Fada", &ada).await?.is(200);
    cfp.delete("/api/speakers/default%2Fada").await?.is(200);
    cfp.get("/api/speakers").await?.holds("[]");
    Ok(())
}

#[tokio::test]
async fn ids_are_as_long_as_a_file_s_name_may_be() -> Result {
    let cfp = Running::new().await?;
    let longest = "é".repeat(125);
    let ada = |id: &str| ADA.replace(r#""ada""#, &format!("{id:?}"));
    cfp.post("/api/speakers", &ada(&longest)).await?.is(200);
    cfp.get(&format!("/api/speakers/{longest}")).await?.is(200);
    let longer = longest + "e";
    cfp.post("/api/speakers", &ada(&longer))
        .await?
        .says(400, &cannot_be_used(&longer));
    Ok(())
}

const HOSTILE: [&str; 10] = [
    ".",
    "..",
    "../ada",
    "../../etc/passwd",
    "/../ada",
    "a/b/c",
    r"a\b",
    ".unfinished",
    "a\0b",
    "a\nb",
];

fn cannot_be_used(id: &str) -> String {
    format!(
        "ID {id:?} can't be used: an ID is 250 bytes at most, begins with no dot, and holds one '/' at most, no '\\' \
         and no control characters"
    )
}

#[tokio::test]
async fn no_id_in_a_body_leaves_the_folder() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    let before = files_of(&cfp)?;
    for id in HOSTILE {
        let text = cannot_be_used(id);
        let json = serde_json::to_string(id)?;
        let speaker = ADA.replace(r#""ada""#, &json);
        cfp.post("/api/speakers", &speaker).await?.says(400, &text);
        let proposal = format!(
            r#"{{"ID":"other","Type":"talk","SpeakerID":{json},"Submission":{{"Status":"draft"}}}}"#
        );
        let text = format!("failed to get speaker: {text}");
        cfp.post("/api/proposals", &proposal)
            .await?
            .says(400, &text);
    }
    assert_eq!(files_of(&cfp)?, before);
    Ok(())
}

/// Without a client in between, which would take `..` out of the path.
#[tokio::test]
async fn no_id_in_a_path_leaves_the_folder() -> Result {
    let data = tempfile::tempdir()?;
    let service = Service::open(data.path())?;
    let outside = data.path().join("ada.json");
    fs::write(&outside, ADA)?;
    for id in HOSTILE {
        let encoded: Vec<String> = id.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/api/speakers/{}", encoded.concat());
        for method in ["GET", "DELETE"] {
            let request = Request::builder().method(method).uri(&path);
            let answer = service
                .router()
                .oneshot(request.body(Body::empty())?)
                .await?;
            assert_eq!(answer.status(), 400, "{method} {id:?}");
            let text = to_bytes(answer.into_body(), 1000).await?;
            assert_eq!(text, cannot_be_used(id) + "\n");
        }
    }
    assert_eq!(fs::read_to_string(outside)?, ADA);
    Ok(())
}

#[tokio::test]
async fn an_id_is_utf_8() -> Result {
    let cfp = Running::new().await?;
    let answer = cfp.get("/api/speakers/%FF").await?;
    answer.is(400);
    assert!(answer.body.starts_with("invalid path: "), "{answer:?}");
    assert!(answer.body.ends_with('\n'), "{answer:?}");
    Ok(())
}

fn files_of(cfp: &Running) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for folder in ["..", ".", "speakers", "proposals"] {
        for entry in fs::read_dir(cfp.file(folder))? {
            files.push(format!("{folder}/{}", entry?.file_name().display()));
        }
    }
    files.sort();
    Ok(files)
}
