//! Speakers: `/api/speakers`.

use std::fs;

use crate::{
    Result,
    running::{ADA, Running},
};

const STORED: &str =
    r#"{"ID":"ada","Name":"Ada","Bio":"Engines","Email":"ada@example.com","Timestamp":"NOW"}"#;

#[tokio::test]
async fn a_speaker_s_life() -> Result {
    let cfp = Running::new().await?;
    cfp.get("/api/speakers").await?.holds("[]");

    cfp.post("/api/speakers", ADA).await?.holds(STORED);
    cfp.get("/api/speakers/ada").await?.holds(STORED);
    let grace = r#"{"ID":"grace","Name":"Grace","Email":"grace@example.com"}"#;
    let stored =
        r#"{"ID":"grace","Name":"Grace","Bio":"","Email":"grace@example.com","Timestamp":"NOW"}"#;
    cfp.post("/api/speakers", grace).await?.holds(stored);
    let both = format!("[{STORED},{stored}]");
    cfp.get("/api/speakers").await?.holds(&both);

    let (ada, stored) = (
        ADA.replace("Engines", "Notes"),
        STORED.replace("Engines", "Notes"),
    );
    cfp.put("/api/speakers/ada", &ada).await?.holds(&stored);
    cfp.get("/api/speakers/ada").await?.holds(&stored);

    let deleted = cfp.delete("/api/speakers/ada").await?;
    deleted.is(200);
    assert_eq!(deleted.body, "");
    cfp.get("/api/speakers/ada")
        .await?
        .says(400, "could not find speaker with ID 'ada'");
    cfp.delete("/api/speakers/grace").await?.is(200);
    cfp.get("/api/speakers").await?.holds("[]");
    Ok(())
}

#[tokio::test]
async fn post_refuses_in_words() -> Result {
    let cfp = Running::new().await?;
    let incomplete = "speaker ID, Name and Email must be provided";
    let refusals = [
        ("{}", 400, incomplete),
        (
            r#"{"Name":"Ada","Email":"ada@example.com"}"#,
            400,
            incomplete,
        ),
        (r#"{"ID":"ada","Email":"ada@example.com"}"#, 400, incomplete),
        (r#"{"ID":"ada","Name":"Ada","Email":""}"#, 400, incomplete),
    ];
    cfp.refuses("POST", "/api/speakers", &refusals).await?;
    cfp.get("/api/speakers").await?.holds("[]");

    cfp.post("/api/speakers", ADA).await?.is(200);
    let again = ADA.replace("Engines", "Notes");
    cfp.post("/api/speakers", &again)
        .await?
        .says(400, "speaker with ID 'ada' already exists");
    cfp.get("/api/speakers/ada").await?.holds(STORED);
    Ok(())
}

/// First the id, then the contents, then whether there is such a speaker.
#[tokio::test]
async fn put_checks_in_order() -> Result {
    let cfp = Running::new().await?;
    let refusals = [
        (
            "nonsense",
            400,
            "invalid body: expected ident at line 1 column 2",
        ),
        (
            r#"{"ID":"grace"}"#,
            400,
            "ID 'ada' used as query param does not match ID in request body 'grace'",
        ),
        (
            "{}",
            400,
            "ID 'ada' used as query param does not match ID in request body ''",
        ),
        (
            r#"{"ID":"ada"}"#,
            400,
            "speaker ID, Name and Email must be provided",
        ),
        (ADA, 404, "speaker with ID 'ada' was not found"),
    ];
    cfp.refuses("PUT", "/api/speakers/ada", &refusals).await?;
    cfp.get("/api/speakers").await?.holds("[]");
    Ok(())
}

#[tokio::test]
async fn an_unknown_speaker_can_t_be_deleted() -> Result {
    let cfp = Running::new().await?;
    let answer = cfp.delete("/api/speakers/ada").await?;
    answer.says(404, "speaker with ID 'ada' was not found");
    Ok(())
}

#[tokio::test]
async fn speakers_are_listed_in_the_order_of_their_ids() -> Result {
    let cfp = Running::new().await?;
    for id in ["m", "c", "x", "a", "q", "f", "t", "e"] {
        let body = ADA.replace(r#""ada""#, &format!("{id:?}"));
        cfp.post("/api/speakers", &body).await?.is(200);
    }
    let list: Vec<serde_json::Value> = serde_json::from_str(&cfp.get("/api/speakers").await?.body)?;
    let ids: Vec<_> = list
        .iter()
        .filter_map(|speaker| speaker["ID"].as_str())
        .collect();
    assert_eq!(ids, ["a", "c", "e", "f", "m", "q", "t", "x"]);
    Ok(())
}

#[tokio::test]
async fn the_server_sets_the_time_at_every_write() -> Result {
    let cfp = Running::new().await?;
    let long_ago = "1843-09-01T00:00:00Z";
    let ada = ADA.replace('{', &format!(r#"{{"Timestamp":"{long_ago}","#));
    cfp.post("/api/speakers", &ada).await?.holds(STORED);
    assert!(!cfp.get("/api/speakers/ada").await?.body.contains(long_ago));

    fs::write(cfp.file("speakers/ada.json"), &ada)?;
    assert!(cfp.get("/api/speakers/ada").await?.body.contains(long_ago));
    cfp.put("/api/speakers/ada", &ada).await?.holds(STORED);
    assert!(!cfp.get("/api/speakers/ada").await?.body.contains(long_ago));
    Ok(())
}

#[tokio::test]
async fn fifty_at_once_make_one_speaker() -> Result {
    let cfp = Running::new().await?;
    let bodies: Vec<String> = (0..50)
        .map(|n| ADA.replace("Engines", &format!("number {n}")))
        .collect();
    let requests = bodies.iter().map(|body| cfp.post("/api/speakers", body));
    let answers = futures::future::try_join_all(requests).await?;

    let already_exists = "speaker with ID 'ada' already exists\n";
    let (refused, made): (Vec<_>, Vec<_>) = answers
        .iter()
        .partition(|answer| answer.body == already_exists);
    assert_eq!((refused.len(), made.len()), (49, 1));
    for answer in refused {
        answer.is(400);
    }
    made[0].is(200);
    assert_eq!(cfp.get("/api/speakers/ada").await?.body, made[0].body);
    Ok(())
}
