//! The client of the service.

use std::time::Duration;

use myop::{BoxError, FromSetup, Setup};
use reqwest::{Method, RequestBuilder, Url, redirect};

use super::{CfpError, Record, Verb};

/// The operator's own flags.
#[derive(Debug, clap::Args)]
pub struct CfpFlags {
    /// Where the call-for-papers service is
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:50001", value_parser = read_url)]
    pub cfp_api: Url,
}

fn read_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "http");
    url.ok_or_else(|| "a URL of the form http://HOST:PORT is needed".into())
}

/// A client of the service.
#[derive(Clone, Debug)]
pub struct CfpClient {
    http: reqwest::Client,
    service: Url,
    timeout: Duration,
}

impl FromSetup for CfpClient {
    fn from_setup(setup: &Setup) -> Result<Self, BoxError> {
        let flags = setup.flags::<CfpFlags>()?;
        Ok(Self::new(flags.cfp_api.clone())?)
    }
}

impl CfpClient {
    /// A client of the service at this URL.
    pub fn new(service: Url) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(2))
            // A write that is sent on as a read would look as if it had been done.
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Self {
            http,
            service,
            timeout: Duration::from_secs(10),
        })
    }

    /// Sets how long the service may take to answer; 10 s unless set.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The record as it is in the service, made as wanted where there is none. One that was there before is looked for
    /// first.
    pub async fn find_or_create<R: Record>(
        &self,
        wanted: &R,
        was_there: bool,
    ) -> Result<R, CfpError> {
        if was_there && let Some(found) = self.fetch(wanted.id()).await? {
            return Ok(found);
        }
        match self.create(wanted).await {
            // Made by a run that did not live to say so.
            Err(error) if error.is_duplicate() => self.fetch(wanted.id()).await?.ok_or(error),
            created => created,
        }
    }

    /// Makes a record.
    pub async fn create<R: Record>(&self, wanted: &R) -> Result<R, CfpError> {
        let request = self.request::<R>(Method::POST, None).json(wanted);
        read(&answer::<R>(Verb::Create, request).await?)
    }

    /// Replaces a record.
    pub async fn update<R: Record>(&self, wanted: &R) -> Result<R, CfpError> {
        let request = self.request::<R>(Method::PUT, Some(wanted.id()));
        read(&answer::<R>(Verb::Update, request.json(wanted)).await?)
    }

    /// The record with this id, if there is one.
    pub async fn fetch<R: Record>(&self, id: &str) -> Result<Option<R>, CfpError> {
        let request = self.request::<R>(Method::GET, Some(id));
        match answer::<R>(Verb::Fetch, request).await {
            Err(error) if error.is_missing() => Ok(None),
            answer => read(&answer?).map(Some),
        }
    }

    /// Deletes the record with this id, unless it is gone already.
    pub async fn delete<R: Record>(&self, id: &str) -> Result<(), CfpError> {
        let request = self.request::<R>(Method::DELETE, Some(id));
        match answer::<R>(Verb::Delete, request).await {
            Err(error) if error.is_missing() => Ok(()),
            answer => read_nothing(&answer?),
        }
    }

    fn request<R: Record>(&self, method: Method, id: Option<&str>) -> RequestBuilder {
        let mut url = self.service.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty()
                .extend(["api", &format!("{}s", R::NAME)])
                .extend(id);
        }
        self.http.request(method, url).timeout(self.timeout)
    }
}

async fn answer<R: Record>(verb: Verb, request: RequestBuilder) -> Result<String, CfpError> {
    let classify = |error: reqwest::Error| {
        if error.is_builder() {
            CfpError::Invalid(error)
        } else {
            CfpError::Failed(error)
        }
    };
    let response = request.send().await.map_err(classify)?;
    let status = response.status();
    let body = response.text().await.map_err(classify)?;
    if status.is_success() {
        return Ok(body);
    }
    Err(CfpError::Refused {
        verb,
        record: R::NAME,
        status,
        body: body.trim_end().to_owned(),
    })
}

fn read<R: Record>(body: &str) -> Result<R, CfpError> {
    serde_json::from_str(body).map_err(|source| CfpError::Garbled {
        record: R::NAME,
        source,
    })
}

fn read_nothing(body: &str) -> Result<(), CfpError> {
    if body.trim().is_empty() {
        Ok(())
    } else {
        Err(CfpError::NotEmpty)
    }
}
