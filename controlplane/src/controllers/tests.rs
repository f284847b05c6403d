//! The scenarios, played on the core with a clock of their own: it makes of them what the real one made.
//!
//! `examples/record_controllers.rs` records them again.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

#[path = "scenarios/play.rs"]
pub(super) mod play;

use crate::{Answer, Core, RunningControllers, Settings, Told, auth::User};

pub(super) struct InMemory {
    core: Core,
    now: Timestamp,
}

impl InMemory {
    pub(super) fn new(controllers: RunningControllers) -> Self {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a moment");
        let settings = Settings {
            controllers,
            ..Settings::default()
        };
        let mut core = Core::new(7, settings, now);
        core.publish_root_certificate("certificate");
        Self { core, now }
    }

    fn answer(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let content = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        let request = http::Request::builder()
            .method(method)
            .uri(path.replace('<', "%3C").replace('>', "%3E"))
            .header("content-type", content)
            .body(body.as_bytes().to_vec())
            .expect("a request");
        let user = User {
            name: "admin".into(),
            groups: vec!["system:masters".into()],
            ..User::default()
        };
        self.core.answer(&request, Some(&user), self.now)
    }
}

impl play::Server for InMemory {
    fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        match self.answer(method, path, body) {
            Answer::Reply(reply) => (
                reply.status,
                serde_json::from_slice(&reply.body).unwrap_or_default(),
            ),
            Answer::Watch(_) => panic!("{path} is no watch"),
        }
    }

    fn events(&mut self, path: &str, revision: &str) -> String {
        match self.answer(
            "GET",
            &format!("{path}?watch=1&resourceVersion={revision}"),
            "",
        ) {
            Answer::Watch(mut watch) => match self.core.tell_watch(&mut watch, self.now) {
                Told::Events(events) => String::from_utf8(events).expect("UTF-8"),
                Told::Nothing | Told::End => String::new(),
            },
            Answer::Reply(reply) => panic!("{}", String::from_utf8_lossy(&reply.body)),
        }
    }

    fn wait(&mut self, seconds: u64) {
        let seconds = SignedDuration::from_secs(i64::try_from(seconds).expect("not too long"));
        let end = self.now.checked_add(seconds).expect("a moment");
        while let Some(next) = self.core.work(self.now).filter(|next| *next <= end) {
            self.now = self.now.max(next);
        }
        self.now = end;
    }
}

/// Plays a file, and shows the first line that the real one had otherwise.
fn check(recorded: &str) {
    let mut server =
        || Box::new(InMemory::new(RunningControllers::Unscheduled)) as Box<dyn play::Server>;
    let played = play::play(recorded, &mut server);
    let mut scenario = "";
    for (number, (ours, real)) in played.lines().zip(recorded.lines()).enumerate() {
        if real.starts_with("==") {
            scenario = real;
        }
        assert_eq!(
            ours,
            real,
            "{scenario}, line {}: ours is on the left",
            number + 1
        );
    }
    assert_eq!(played.lines().count(), recorded.lines().count());
}

#[test]
fn garbage_goes_as_in_the_real_one() {
    check(include_str!("scenarios/garbage.txt"));
}

#[test]
fn deployments_roll_as_in_the_real_one() {
    check(include_str!("scenarios/deployments.txt"));
}

#[test]
fn jobs_end_as_in_the_real_one() {
    check(include_str!("scenarios/jobs.txt"));
}

#[test]
fn namespaces_begin_and_end_as_in_the_real_one() {
    check(include_str!("scenarios/namespaces.txt"));
}
