//! Reads what a real API server was recorded to say: `recorded/*.txt`, which `recorded/record.py` writes.

use serde_json::Value;

/// A request and its answer.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
    pub(super) status: u16,
    pub(super) warnings: Vec<String>,
    pub(super) answer: Value,
}

impl Case {
    /// All cases of a file.
    pub(super) fn all(file: &[u8]) -> Vec<Self> {
        let mut blocks: Vec<Vec<&[u8]>> = Vec::new();
        for line in file.split(|it| *it == b'\n') {
            match blocks.last_mut() {
                Some(block) if !line.starts_with(b"# ") => block.push(line),
                _ => blocks.push(vec![line]),
            }
        }
        blocks.iter().map(|it| Self::read(it)).collect()
    }

    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = self.path.split_once('?')?;
        query
            .split('&')
            .find_map(|it| it.strip_prefix(name)?.strip_prefix('='))
    }

    /// The group, the version and the plural name that the path is about.
    pub(super) fn resource(&self) -> (&str, &str, &str) {
        let path = self.path.split('?').next().expect("a path");
        let mut steps = path.trim_start_matches('/').split('/');
        let group = if steps.next() == Some("api") {
            ""
        } else {
            steps.next().expect("a group")
        };
        let version = steps.next().expect("a version");
        let mut rest: Vec<&str> = steps.collect();
        if rest.len() > 2 && rest[0] == "namespaces" {
            rest.drain(..2);
        }
        (group, version, rest[0])
    }

    fn read(lines: &[&[u8]]) -> Self {
        let text = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
        let name = text(&lines[0][2..]);
        let request = text(lines[1]);
        let (method, path) = request.split_once(' ').expect("a method and a path");
        let end = lines
            .iter()
            .position(|it| it.starts_with(b"=> "))
            .expect(&name);
        let mut content_type = "application/json".to_owned();
        let mut body = &lines[2..end];
        if let Some(given) = body
            .first()
            .and_then(|it| it.strip_prefix(b"Content-Type: "))
        {
            content_type = text(given);
            body = &body[1..];
        }
        let said = &lines[end + 1..];
        let warning = |line: &&[u8]| line.strip_prefix(b"warning: ").map(text);
        let answer = said
            .iter()
            .find(|it| !it.starts_with(b"warning: "))
            .expect("an answer");
        Self {
            method: method.into(),
            path: path.into(),
            content_type,
            body: body.join(&b'\n'),
            status: text(&lines[end][3..]).parse().expect("a status"),
            warnings: said.iter().filter_map(warning).collect(),
            answer: serde_json::from_slice(answer).expect(&name),
            name,
        }
    }
}
