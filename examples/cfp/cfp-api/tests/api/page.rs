//! The page, and the events that it follows.

use std::{fs, time::Duration};

use reqwest::Response;
use tokio::time::timeout;

use crate::{
    Result,
    running::{ADA, Running},
};

const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn the_page_is_served_and_needs_nothing_from_elsewhere() -> Result {
    let cfp = Running::new().await?;
    let answer = cfp.open("GET", "/", "").await?;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let policy = answer.headers()["content-security-policy"]
        .to_str()?
        .to_owned();
    assert!(
        policy.contains("default-src 'none'")
            && policy.contains("require-trusted-types-for 'script'")
    );

    let page = answer.text().await?;
    assert!(page.contains("new EventSource(\"/events\")"));
    for unwanted in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "src=",
        "@import",
        "https:",
    ] {
        assert!(!page.contains(unwanted), "{unwanted}");
    }
    Ok(())
}

#[tokio::test]
async fn every_change_is_an_event_with_all_records() -> Result {
    let cfp = Running::new().await?;
    let mut events = Events::of(&cfp).await?;
    assert_eq!(
        events.next().await?,
        r#"records {"speakers":[],"proposals":[]}"#
    );

    let stored = cfp.post("/api/speakers", ADA).await?.body;
    let with_ada = format!(
        r#"records {{"speakers":[{}],"proposals":[]}}"#,
        stored.trim_end()
    );
    assert_eq!(events.next().await?, with_ada);
    let mut later = Events::of(&cfp).await?;
    assert_eq!(later.next().await?, with_ada);

    let changed = cfp
        .put("/api/speakers/ada", &ADA.replace("Engines", "Notes"))
        .await?
        .body;
    for events in [&mut events, &mut later] {
        let with_ada = format!(
            r#"records {{"speakers":[{}],"proposals":[]}}"#,
            changed.trim_end()
        );
        assert_eq!(events.next().await?, with_ada);
    }
    cfp.delete("/api/speakers/ada").await?.is(200);
    assert_eq!(
        events.next().await?,
        r#"records {"speakers":[],"proposals":[]}"#
    );
    Ok(())
}

#[tokio::test]
async fn records_that_can_t_be_read_are_told() -> Result {
    let cfp = Running::new().await?;
    let broken = cfp.file("speakers/broken.json");
    fs::write(&broken, "{}{}")?;
    let mut events = Events::of(&cfp).await?;
    let told = format!(
        "trouble could not understand {}: trailing characters at line 1 column 3",
        broken.display()
    );
    assert_eq!(events.next().await?, told);
    Ok(())
}

#[tokio::test]
async fn an_open_page_does_not_hold_up_the_end() -> Result {
    let cfp = Running::new().await?;
    let mut events = Events::of(&cfp).await?;
    events.next().await?;
    timeout(SOON, cfp.stop()).await??;
    assert_eq!(events.answer.chunk().await?, None);
    Ok(())
}

struct Events {
    answer: Response,
    received: String,
}

impl Events {
    async fn of(cfp: &Running) -> Result<Self> {
        let answer = cfp.open("GET", "/events", "").await?;
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Ok(Self {
            answer,
            received: String::new(),
        })
    }

    /// The next event's name and data.
    async fn next(&mut self) -> Result<String> {
        loop {
            if let Some((event, rest)) = self.received.split_once("\n\n") {
                let text = event.replace("event: ", "").replace("\ndata: ", " ");
                self.received = rest.into();
                return Ok(text);
            }
            let chunk = timeout(SOON, self.answer.chunk()).await??;
            let chunk = chunk.ok_or("the events have ended")?;
            self.received += std::str::from_utf8(&chunk)?;
        }
    }
}
