//! One thing that goes wrong.

use std::{fmt, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{
        Response, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
};
use fastrand::Rng;
use serde_json::json;

use super::Request;

/// Something that goes wrong with requests: with all of them, unless it is narrowed down.
///
/// ```
/// use std::time::Duration;
/// use myop::testing::Fault;
///
/// let some = Fault::answer(500).share(0.05);
/// let first = Fault::answer(409).verb("patch").resource("deployments/status").times(3);
/// let lost = Fault::no_connection().though_done().when(|request| request.is_write());
/// let slow = Fault::delay(Duration::from_secs(2));
/// ```
#[derive(Clone)]
#[must_use = "nothing goes wrong before it is given to `Faults::begin`"]
pub struct Fault {
    pub(super) trouble: Trouble,
    pub(super) though_done: bool,
    concerned: Vec<Concerned>,
    share: f64,
    left: usize,
}

type Concerned = Arc<dyn Fn(&Request) -> bool + Send + Sync>;

/// What becomes of the answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trouble {
    Answer {
        code: u16,
        retry_after: Option<Duration>,
    },
    NoConnection,
    Delay(Duration),
    NoAnswer,
}

impl Fault {
    /// The answer is this status code, with a Status as the API server words it.
    pub fn answer(code: u16) -> Self {
        Self::of(Trouble::Answer {
            code,
            retry_after: None,
        })
    }

    /// The answer is 429, and that one is to come back after this time, in whole seconds.
    pub fn throttle(retry_after: Duration) -> Self {
        Self::of(Trouble::Answer {
            code: 429,
            retry_after: Some(retry_after),
        })
    }

    /// There is no connection.
    pub fn no_connection() -> Self {
        Self::of(Trouble::NoConnection)
    }

    /// The request goes out late.
    pub fn delay(delay: Duration) -> Self {
        Self::of(Trouble::Delay(delay))
    }

    /// There is never an answer, also after [`Faults::heal`](super::Faults::heal): what was asked then stays unanswered.
    pub fn no_answer() -> Self {
        Self::of(Trouble::NoAnswer)
    }

    fn of(trouble: Trouble) -> Self {
        Self {
            trouble,
            though_done: false,
            concerned: Vec::new(),
            share: 1.0,
            left: usize::MAX,
        }
    }

    /// The API server does what is asked; only the answer goes wrong.
    pub fn though_done(self) -> Self {
        Self {
            though_done: true,
            ..self
        }
    }

    /// Only with this verb, as in a rule.
    pub fn verb(self, verb: &'static str) -> Self {
        self.when(move |request| request.verb == verb)
    }

    /// Only with this resource, as in a rule: `deployments` or `deployments/status`.
    pub fn resource(self, resource: &'static str) -> Self {
        self.when(move |request| request.resource == resource)
    }

    /// Only with requests like this.
    pub fn when(mut self, concerned: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        self.concerned.push(Arc::new(concerned));
        self
    }

    /// Only with this share of the requests, from 0.0 to 1.0.
    pub fn share(self, share: f64) -> Self {
        Self { share, ..self }
    }

    /// Only so many times.
    pub fn times(self, times: usize) -> Self {
        Self {
            left: times,
            ..self
        }
    }

    /// Whether it strikes this request.
    pub(super) fn strikes(&mut self, request: &Request, random: &mut Rng) -> bool {
        let strikes = self.left > 0
            && self.concerned.iter().all(|concerned| concerned(request))
            && (self.share >= 1.0 || random.f64() < self.share);
        self.left -= usize::from(strikes);
        strikes
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("trouble", &self.trouble)
            .field("though_done", &self.though_done)
            .finish_non_exhaustive()
    }
}

/// An answer as kube-apiserver gives it.
pub(super) fn answer(code: u16, retry_after: Option<Duration>) -> Response<Body> {
    let code = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::builder()
        .status(code)
        .header(CONTENT_TYPE, "application/json");
    if let Some(delay) = retry_after {
        response = response.header(RETRY_AFTER, delay.as_secs());
    }
    let text = status(code).to_string();
    response
        .body(Body::from(text))
        .expect("the headers are well-formed")
}

fn status(code: StatusCode) -> serde_json::Value {
    let reason = match code.as_u16() {
        404 => "NotFound",
        409 => "Conflict",
        410 => "Expired",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "",
    };
    json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": format!("a fault of the test: {code}"),
        "reason": reason,
        "code": code.as_u16(),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, Uri};

    use super::*;

    #[test]
    fn a_fault_strikes_what_it_is_narrowed_down_to() {
        let request = |method, uri| Request::of(&method, &Uri::from_static(uri));
        let patch = request(Method::PATCH, "/api/v1/namespaces/a/pods/b/status");
        let create = request(Method::POST, "/api/v1/namespaces/a/pods");
        let mut random = Rng::with_seed(1);
        let mut twice = Fault::answer(409)
            .verb("patch")
            .resource("pods/status")
            .times(2);
        let struck = [&patch, &create, &patch, &patch].map(|it| twice.strikes(it, &mut random));
        assert_eq!(struck, [true, false, true, false]);

        let mut some = Fault::answer(500).share(0.05);
        let struck = (0..10_000).filter(|_| some.strikes(&create, &mut random));
        assert!((400..600).contains(&struck.count()));
    }
}
