//! A server that scenarios are played on: anything that `kube` has a configuration for.

use std::time::Duration;

use http::{Request, Response};
use http_body_util::BodyExt;
use kube::{
    Client, Config,
    client::{Body, ClientBuilder},
    config::AuthInfo,
};
use serde_json::Value;
use tokio::time::timeout;

use super::Result;

/// Nothing that a server does for a scenario takes as long.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) config: Config,
    administrator: Client,
    anonymous: Client,
}

/// A request as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) anonymous: bool,
}

impl Sent {
    /// A request of the player's own.
    pub(crate) fn new(method: &str, path: &str, body: &str) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            headers: vec![("Content-Type".into(), "application/yaml".into())],
            body: body.into(),
            anonymous: false,
        }
    }

    fn request(&self) -> Result<Request<Body>> {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(&self.path)
            // After some refusals the server closes the connection, and a next request on it would race with that.
            .header("Connection", "close");
        if !self.has("User-Agent") {
            request = request.header("User-Agent", "scenario");
        }
        if !self.body.is_empty() && !self.has("Content-Type") {
            request = request.header("Content-Type", "application/json");
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        Ok(request.body(Body::from(self.body.clone().into_bytes()))?)
    }

    fn has(&self, header: &str) -> bool {
        self.headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(header))
    }
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The values of its body: none, one, or the events of a watch. None where it is a text.
    pub(crate) fn values(&self) -> Option<Vec<Value>> {
        let content = self.headers.iter().find(|(name, _)| name == "content-type");
        match content.map(|(_, value)| value.split(';').next().unwrap_or(value)) {
            Some("application/json") => {
                let values = serde_json::Deserializer::from_str(&self.body).into_iter();
                values.collect::<Result<_, _>>().ok()
            }
            Some("application/yaml") => Some(vec![serde_yaml::from_str(&self.body).ok()?]),
            _ => None,
        }
    }
}

impl Server {
    /// The administrator's configuration.
    pub(crate) fn new(mut config: Config) -> Result<Self> {
        // A refusal is an answer.
        config.default_retry = false;
        let mut anonymous = config.clone();
        anonymous.auth_info = AuthInfo::default();
        Ok(Self {
            administrator: ClientBuilder::try_from(config.clone())?.build(),
            config,
            anonymous: ClientBuilder::try_from(anonymous)?.build(),
        })
    }

    pub(crate) async fn ask(&self, sent: &Sent) -> Result<Answer> {
        let (status, headers, body) = self.begin(sent).await?;
        let body = timeout(DEADLINE, body.collect()).await??.to_bytes();
        Ok(Answer {
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }

    /// The stream of a watch, or the answer that refuses it.
    pub(crate) async fn watch(&self, sent: &Sent) -> Result<(Answer, Option<Stream>)> {
        let (status, headers, body) = self.begin(sent).await?;
        let mut answer = Answer {
            status,
            headers,
            body: String::new(),
        };
        if status == 200 {
            let stream = Stream {
                body,
                read: Vec::new(),
            };
            return Ok((answer, Some(stream)));
        }
        let body = body.collect().await?.to_bytes();
        answer.body = String::from_utf8_lossy(&body).into_owned();
        Ok((answer, None))
    }

    async fn begin(&self, sent: &Sent) -> Result<(u16, Vec<(String, String)>, Body)> {
        let client = if sent.anonymous {
            &self.anonymous
        } else {
            &self.administrator
        };
        let answer = timeout(DEADLINE, client.send(sent.request()?))
            .await?
            .map_err(|error| format!("{error:?}"))?;
        Ok((
            answer.status().as_u16(),
            headers(&answer),
            answer.into_body(),
        ))
    }
}

/// What almost every answer says of being kept.
const NOT_KEPT: (&str, &str) = ("cache-control", "no-cache, private");

fn headers(answer: &Response<Body>) -> Vec<(String, String)> {
    [
        "allow",
        "content-type",
        "etag",
        "expires",
        "location",
        "retry-after",
        "vary",
        "warning",
        "cache-control",
    ]
    .into_iter()
    .flat_map(|name| {
        let values = answer.headers().get_all(name).iter();
        values.map(move |value| (name, String::from_utf8_lossy(value.as_bytes())))
    })
    .filter(|(name, value)| (*name, &**value) != NOT_KEPT)
    .map(|(name, value)| (name.to_owned(), value.into_owned()))
    .collect()
}

/// An open watch.
pub(crate) struct Stream {
    body: Body,
    read: Vec<u8>,
}

impl Stream {
    /// The next event; None where the server has ended the watch.
    pub(crate) async fn next(&mut self) -> Result<Option<Value>> {
        timeout(DEADLINE, self.read_event())
            .await
            .map_err(|_| "no further event came")?
    }

    async fn read_event(&mut self) -> Result<Option<Value>> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                return Ok(Some(serde_json::from_slice(&line)?));
            }
            match self.body.frame().await {
                Some(frame) => {
                    let data = frame?.into_data().unwrap_or_default();
                    self.read.extend_from_slice(&data);
                }
                None => return Ok(None),
            }
        }
    }
}
