//! What no input may do to the server: make it panic, answer what is no answer, or never come to rest.
//!
//! - The target `http` plays requests in the format of the scenarios, which are its corpus too.
//! - The target `patch` changes objects in each way that there is, and holds that a dry run says what the write then does,
//!   and that an apply that is sent again changes nothing.
//!
//! `./run http 3600` fuzzes for an hour; an input that fails is kept in `artifacts/`, and `./run http FILE` plays it again.

mod request;

use jiff::Timestamp;
use myop_controlplane::{Answer, Core, Reply, RunningControllers, Settings, auth::User};
use serde::de::IgnoredAny;
use serde_json::Value;

pub use request::{Request, requests};

/// When everything happens.
const NOW: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// How often the controllers may ask to be called again for one request.
const MOST_CALLS: u32 = 1000;

/// The group of the kinds of the scenarios.
pub const GROUP: &str = "fuzz.example.com";

const WIDGETS: &str = include_str!("../../tests/scenarios/crds/widgets.yaml");

/// A fresh cluster with the namespace `fuzz` and the kind Widget.
pub struct Server {
    core: Core,
    admin: User,
}

impl Server {
    /// One with all its controllers.
    pub fn new() -> Self {
        let settings = Settings {
            controllers: RunningControllers::Workloads,
            ..Settings::default()
        };
        let mut server = Self {
            core: Core::new(7, settings, NOW),
            admin: User {
                name: "admin".into(),
                groups: vec!["system:masters".into(), "system:authenticated".into()],
                ..User::default()
            },
        };
        server.create("/api/v1/namespaces", "metadata: {name: fuzz}");
        server.create(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            &WIDGETS.replace("{{group}}", GROUP),
        );
        server
    }

    fn create(&mut self, path: &str, yaml: &str) {
        let request = Request::new("POST", path)
            .header("content-type", "application/yaml")
            .body(yaml.as_bytes().to_vec());
        let reply = self.ask(&request).expect("a create is answered at once");
        assert_eq!(
            reply.status,
            201,
            "{}",
            String::from_utf8_lossy(&reply.body)
        );
    }

    /// Has a request answered, and the controllers do what follows from it. None where it is a watch, or no request of
    /// HTTP.
    pub fn ask(&mut self, request: &Request) -> Option<Reply> {
        let request = request.to_http()?;
        let reply = match self.core.answer(&request, Some(&self.admin), NOW) {
            Answer::Reply(reply) => Some(reply),
            Answer::Watch(mut watch) => {
                self.core.tell_watch(&mut watch, NOW);
                None
            }
        };
        if let Some(reply) = &reply {
            check(reply);
        }
        self.rest();
        reply
    }

    fn rest(&mut self) {
        for _ in 0..MOST_CALLS {
            match self.core.work(NOW) {
                Some(next) if next <= NOW => {}
                _ => return,
            }
        }
        panic!("the controllers never come to rest");
    }

    /// Asks for something that is always there.
    pub fn lives(&mut self) {
        let reply = self.ask(&Request::new("GET", "/api/v1/namespaces/kube-system"));
        assert_eq!(reply.map(|reply| reply.status), Some(200));
    }
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

/// What each answer is, whatever was asked.
fn check(reply: &Reply) {
    assert!((200..600).contains(&reply.status), "{}", reply.status);
    let is_elsewhere = (300..400).contains(&reply.status);
    if is_elsewhere || reply.content_type != "application/json" {
        return;
    }
    // Unlike a value, this may be as deep as it likes.
    let _: IgnoredAny = serde_json::from_slice(&reply.body).expect("JSON");
    if reply.status < 400 {
        return;
    }
    let body: Value = serde_json::from_slice(&reply.body).expect("JSON");
    if body["kind"] == "Status" {
        assert_eq!(body["code"], reply.status, "{body}");
    }
}
