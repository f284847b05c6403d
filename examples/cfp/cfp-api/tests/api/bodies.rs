//! What may stand in a request, whatever its kind.

use crate::{
    Result,
    running::{ADA, LOOPS, Running},
};

#[tokio::test]
async fn keys_are_matched_without_regard_to_case() -> Result {
    let cfp = Running::new().await?;
    let ada = r#"{"id":"ada","NAME":"Ada","bIO":"Engines","email":"ada@example.com"}"#;
    cfp.post("/api/speakers", ada).await?.is(200);
    let loops = r#"{"id":"loops","title":"Loops","abstract":"On repeating","type":"talk",
        "speakerID":"ada","final":true,"submission":{"lastUpdate":"","status":"draft"}}"#;
    cfp.post("/api/proposals", loops).await?.holds(concat!(
        r#"{"ID":"loops","Title":"Loops","Abstract":"On repeating","Type":"talk","SpeakerID":"ada","#,
        r#""Final":true,"Submission":{"LastUpdate":"NOW","Status":"draft"}}"#
    ));
    Ok(())
}

#[tokio::test]
async fn unknown_keys_are_ignored_and_null_is_empty() -> Result {
    let cfp = Running::new().await?;
    let ada = ADA.replace(r#""Engines""#, r#"null,"Fee":{"amount":1}"#);
    cfp.post("/api/speakers", &ada)
        .await?
        .holds(r#"{"ID":"ada","Name":"Ada","Bio":"","Email":"ada@example.com","Timestamp":"NOW"}"#);
    Ok(())
}

#[tokio::test]
async fn text_comes_back_as_it_was() -> Result {
    let cfp = Running::new().await?;
    let ada = ADA.replace("Engines", r#"<b>\"é\"</b>\n\u0000 🎤"#);
    let stored = ada.replace(['{', '}'], "");
    cfp.post("/api/speakers", &ada)
        .await?
        .holds(&format!(r#"{{{stored},"Timestamp":"NOW"}}"#));
    Ok(())
}

#[tokio::test]
async fn no_speaker_is_made_of_another_json() -> Result {
    let cfp = Running::new().await?;
    let garbage = format!("{ADA} garbage");
    let refusals = [
        (
            "",
            400,
            "invalid body: EOF while parsing a value at line 1 column 0",
        ),
        (
            "name=Ada",
            400,
            "invalid body: expected ident at line 1 column 2",
        ),
        (
            &garbage,
            400,
            "invalid body: trailing characters at line 1 column 69",
        ),
        (
            r#"["ada","Ada","","ada@example.com",""]"#,
            400,
            "invalid body: a JSON object is wanted",
        ),
        ("null", 400, "invalid body: a JSON object is wanted"),
        (r#"{"ID":7}"#, 400, "invalid body: ID is not a string"),
        (
            r#"{"Name":["Ada"]}"#,
            400,
            "invalid body: Name is not a string",
        ),
        (
            r#"{"id":"ada","ID":"eve"}"#,
            400,
            "invalid body: the key 'id' is given twice",
        ),
    ];
    cfp.refuses("POST", "/api/speakers", &refusals).await?;
    cfp.get("/api/speakers").await?.holds("[]");
    Ok(())
}

#[tokio::test]
async fn no_proposal_is_made_of_another_json() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    for (from, to, text) in [
        (
            "false",
            r#""no""#,
            "invalid body: Final is not true or false",
        ),
        (
            r#"{"Status":"draft"}"#,
            r#"["","draft"]"#,
            "invalid body: Submission is not an object",
        ),
        (r#""draft""#, "1", "invalid body: Status is not a string"),
    ] {
        let body = LOOPS.replace(from, to);
        cfp.put("/api/proposals/loops", &body)
            .await?
            .says(400, text);
    }
    Ok(())
}

#[tokio::test]
async fn a_body_has_an_end() -> Result {
    let cfp = Running::new().await?;
    let endless = ADA.replace("Engines", &"x".repeat(3 << 20));
    let answer = cfp.post("/api/speakers", &endless).await?;
    answer.is(413);
    assert!(answer.body.starts_with("invalid body: "), "{answer:?}");
    assert!(answer.body.ends_with('\n'), "{answer:?}");
    Ok(())
}
