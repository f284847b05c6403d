//! Proposals: `/api/proposals`.

use std::fs;

use crate::{
    Result,
    running::{ADA, LOOPS, Running},
};

const STORED: &str = concat!(
    r#"{"ID":"loops","Title":"Loops","Abstract":"On repeating","Type":"talk","SpeakerID":"ada","#,
    r#""Final":false,"Submission":{"LastUpdate":"NOW","Status":"draft"}}"#
);

#[tokio::test]
async fn a_proposal_s_life() -> Result {
    let cfp = Running::new().await?;
    cfp.get("/api/proposals").await?.holds("[]");
    cfp.post("/api/speakers", ADA).await?.is(200);

    cfp.post("/api/proposals", LOOPS).await?.holds(STORED);
    cfp.get("/api/proposals/loops").await?.holds(STORED);
    cfp.get("/api/proposals")
        .await?
        .holds(&format!("[{STORED}]"));

    let (lightning, stored) = (
        LOOPS.replace("talk", "lightning"),
        STORED.replace("talk", "lightning"),
    );
    cfp.put("/api/proposals/loops", &lightning)
        .await?
        .holds(&stored);
    cfp.get("/api/proposals/loops").await?.holds(&stored);

    let deleted = cfp.delete("/api/proposals/loops").await?;
    deleted.is(200);
    assert_eq!(deleted.body, "");
    let gone = cfp.get("/api/proposals/loops").await?;
    gone.says(404, "could not find proposal with ID 'loops'");
    cfp.get("/api/proposals").await?.holds("[]");
    Ok(())
}

/// `Final` is stored as it comes; the submission's status is what counts.
#[tokio::test]
async fn a_final_proposal_can_be_changed() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    for (body, stored) in [
        (
            LOOPS.replace("draft", "final"),
            STORED.replace("draft", "final"),
        ),
        (
            LOOPS.replace("false", "true"),
            STORED.replace("false", "true"),
        ),
    ] {
        cfp.put("/api/proposals/loops", &body).await?.holds(&stored);
        cfp.put("/api/proposals/loops", LOOPS).await?.holds(STORED);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_invalid_is_refused_in_words() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    let wrong_type = |got: &str| {
        format!("could not validate proposal's talk type; got: {got}; want talk or lightning")
    };
    let wrong_status = |got: &str| {
        format!("could not validate proposal's submission status; got: {got}; want draft or final")
    };
    let final_one = LOOPS.replace("draft", "final");
    for (body, text) in [
        (LOOPS.replace("talk", "keynote"), &*wrong_type("keynote")),
        (LOOPS.replace("talk", ""), &wrong_type("")),
        (LOOPS.replace("draft", "sent"), &wrong_status("sent")),
        (LOOPS.replace(r#""Status":"draft""#, ""), &wrong_status("")),
        (
            LOOPS.replace(r#""ada""#, r#""""#),
            "speaker ID must be specified",
        ),
        (
            LOOPS.replace("ada", "grace"),
            "failed to get speaker: could not find speaker with ID 'grace'",
        ),
        (final_one.replace("Loops", ""), "title must be specified"),
        (
            final_one.replace("On repeating", ""),
            "abstract must be specified",
        ),
    ] {
        cfp.put("/api/proposals/loops", &body)
            .await?
            .says(400, text);
        let other = body.replace("loops", "other");
        cfp.post("/api/proposals", &other).await?.says(400, text);
    }
    let nameless = LOOPS.replace("loops", "");
    cfp.post("/api/proposals", &nameless)
        .await?
        .says(400, "proposal ID must be specified");
    cfp.get("/api/proposals")
        .await?
        .holds(&format!("[{STORED}]"));
    Ok(())
}

#[tokio::test]
async fn a_draft_needs_no_title_and_no_abstract() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    let bare =
        r#"{"ID":"bare","Type":"lightning","SpeakerID":"ada","Submission":{"Status":"draft"}}"#;
    cfp.post("/api/proposals", bare).await?.is(200);
    Ok(())
}

#[tokio::test]
async fn a_second_post_is_refused() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    let again = cfp.post("/api/proposals", LOOPS).await?;
    again.says(400, "proposal with ID 'loops' already exists");
    Ok(())
}

/// First the id, then the contents, then whether there is such a proposal.
#[tokio::test]
async fn put_checks_in_order() -> Result {
    let cfp = Running::new().await?;
    cfp.post("/api/speakers", ADA).await?.is(200);
    let mismatch =
        "proposal ID 'loops' used as query param does not match ID in request body 'other'";
    let refusals = [
        (r#"{"ID":"other"}"#, 400, mismatch),
        (
            r#"{"ID":"loops"}"#,
            400,
            "could not validate proposal's talk type; got: ; want talk or lightning",
        ),
        (LOOPS, 400, "proposal with ID 'loops' was not found"),
    ];
    cfp.refuses("PUT", "/api/proposals/loops", &refusals)
        .await?;
    cfp.get("/api/proposals").await?.holds("[]");
    Ok(())
}

#[tokio::test]
async fn an_unknown_proposal_can_t_be_deleted() -> Result {
    let cfp = Running::new().await?;
    let answer = cfp.delete("/api/proposals/loops").await?;
    answer.says(404, "proposal with ID 'loops' was not found");
    Ok(())
}

#[tokio::test]
async fn the_server_sets_the_time_at_every_write() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    let long_ago = "1843-09-01T00:00:00Z";
    let loops = LOOPS.replace(
        r#""Status""#,
        &format!(r#""LastUpdate":"{long_ago}","Status""#),
    );
    fs::write(cfp.file("proposals/loops.json"), &loops)?;
    assert!(
        cfp.get("/api/proposals/loops")
            .await?
            .body
            .contains(long_ago)
    );
    cfp.put("/api/proposals/loops", &loops).await?.holds(STORED);
    assert!(
        !cfp.get("/api/proposals/loops")
            .await?
            .body
            .contains(long_ago)
    );
    Ok(())
}

/// A speaker may leave; proposals stay, but can't be changed until there is a speaker again.
#[tokio::test]
async fn proposals_outlive_their_speaker() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    cfp.delete("/api/speakers/ada").await?.is(200);
    cfp.get("/api/proposals/loops").await?.holds(STORED);
    let answer = cfp.put("/api/proposals/loops", LOOPS).await?;
    answer.says(
        400,
        "failed to get speaker: could not find speaker with ID 'ada'",
    );
    cfp.delete("/api/proposals/loops").await?.is(200);
    Ok(())
}
