//! A service on a port and a folder of its own.

use std::{
    io,
    path::{Path, PathBuf},
};

use cfp_api::Service;
use jiff::Timestamp;
use reqwest::{Client, Method, Response};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::Result;

pub(crate) const ADA: &str =
    r#"{"ID":"ada","Name":"Ada","Bio":"Engines","Email":"ada@example.com"}"#;
pub(crate) const LOOPS: &str = r#"{"ID":"loops","Title":"Loops","Abstract":"On repeating","Type":"talk",
    "SpeakerID":"ada","Final":false,"Submission":{"Status":"draft"}}"#;

pub(crate) struct Running {
    data: TempDir,
    address: String,
    client: Client,
    stop: oneshot::Sender<()>,
    served: JoinHandle<io::Result<()>>,
}

impl Running {
    pub(crate) async fn new() -> Result<Self> {
        Self::over(tempfile::tempdir()?).await
    }

    pub(crate) async fn with_ada_and_loops() -> Result<Self> {
        let cfp = Self::new().await?;
        cfp.post("/api/speakers", ADA).await?.is(200);
        cfp.post("/api/proposals", LOOPS).await?.is(200);
        Ok(cfp)
    }

    pub(crate) async fn over(data: TempDir) -> Result<Self> {
        let service = Service::open(data.path().join("data"))?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let served = service.serve(listener, async { stopped.await.unwrap_or_default() });
        Ok(Self {
            data,
            address,
            client: Client::new(),
            stop,
            served: tokio::spawn(served),
        })
    }

    /// Ends the service, and gives its folder to the next.
    pub(crate) async fn stop(self) -> Result<TempDir> {
        drop(self.stop);
        self.served.await??;
        Ok(self.data)
    }

    pub(crate) fn file(&self, path: impl AsRef<Path>) -> PathBuf {
        self.data.path().join("data").join(path)
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Answer> {
        self.send("GET", path, "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Result<Answer> {
        self.send("POST", path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &str) -> Result<Answer> {
        self.send("PUT", path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<Answer> {
        self.send("DELETE", path, "").await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: &str) -> Result<Answer> {
        Answer::of(self.open(method, path, body).await?).await
    }

    /// The answer as soon as it begins.
    pub(crate) async fn open(&self, method: &str, path: &str, body: &str) -> Result<Response> {
        let method: Method = method.parse()?;
        let request = self
            .client
            .request(method, format!("{}{path}", self.address));
        Ok(request.body(body.to_owned()).send().await?)
    }

    /// Sends each request, and holds the code and the body against what is wanted.
    pub(crate) async fn refuses(
        &self,
        method: &str,
        path: &str,
        refusals: &[(&str, u16, &str)],
    ) -> Result {
        for (body, code, text) in refusals {
            self.send(method, path, body).await?.says(*code, text);
        }
        Ok(())
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    code: u16,
    content_type: String,
    pub(crate) body: String,
}

impl Answer {
    async fn of(response: Response) -> Result<Self> {
        let content_type = match response.headers().get("content-type") {
            Some(content_type) => content_type.to_str()?.to_owned(),
            None => String::new(),
        };
        Ok(Self {
            code: response.status().as_u16(),
            content_type,
            body: response.text().await?,
        })
    }

    #[track_caller]
    pub(crate) fn is(&self, code: u16) {
        assert_eq!(self.code, code, "{self:?}");
    }

    /// A refusal with this code and this line.
    #[track_caller]
    pub(crate) fn says(&self, code: u16, text: &str) {
        assert_eq!(
            (self.code, self.body.as_str()),
            (code, format!("{text}\n").as_str())
        );
        assert_eq!(self.content_type, "text/plain; charset=utf-8");
    }

    /// A success with this JSON line, in which NOW stands for the times that the server sets.
    #[track_caller]
    pub(crate) fn holds(&self, json: &str) {
        assert_eq!(
            (self.code, self.content_type.as_str()),
            (200, "application/json"),
            "{self:?}"
        );
        assert_eq!(without_times(&self.body), format!("{json}\n"));
    }
}

fn without_times(body: &str) -> String {
    let texts = body
        .split('"')
        .map(|text| if is_time(text) { "NOW" } else { text });
    texts.collect::<Vec<_>>().join("\"")
}

fn is_time(text: &str) -> bool {
    text.parse()
        .is_ok_and(|time: Timestamp| time.subsec_nanosecond() == 0)
}
