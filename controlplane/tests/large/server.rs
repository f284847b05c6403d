use jiff::Timestamp;
use myop_controlplane::{Answer, Core, Reply, Settings, auth::User};

pub(crate) const NOW: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// The core alone, at one moment, and who may do all.
pub(crate) struct Server {
    pub(crate) core: Core,
    pub(crate) admin: User,
}

impl Server {
    pub(crate) fn new() -> Self {
        let admin = User {
            name: "admin".into(),
            groups: vec!["system:masters".into(), "system:authenticated".into()],
            ..User::default()
        };
        let core = Core::new(1, Settings::default(), NOW);
        Self { core, admin }
    }

    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = http::Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.as_bytes().to_vec()).expect("it is one");
        let answer = self.core.answer(&request, Some(&self.admin), NOW);
        while self.core.work(NOW).is_some_and(|next| next <= NOW) {}
        answer
    }

    pub(crate) fn send(&mut self, method: &str, path: &str, media: &str, body: &str) -> Reply {
        reply(self.ask(method, path, &[("content-type", media)], body))
    }

    pub(crate) fn get(&mut self, path: &str, accept: &str) -> Reply {
        reply(self.ask("GET", path, &[("accept", accept)], ""))
    }
}

pub(crate) const JSON: &str = "application/json";

pub(crate) fn reply(answer: Answer) -> Reply {
    match answer {
        Answer::Reply(reply) => reply,
        Answer::Watch(_) => panic!("a watch"),
    }
}

pub(crate) fn text(reply: &Reply) -> String {
    let text = String::from_utf8_lossy(&reply.body);
    text.chars().take(400).collect()
}
