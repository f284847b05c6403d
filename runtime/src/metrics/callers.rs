//! Who may read metrics: the API server is asked, as controller-runtime's filter does.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::{StatusCode, header::AUTHORIZATION},
    middleware::Next,
    response::{IntoResponse, Response},
};
use k8s_openapi::api::{
    authentication::v1::{TokenReview, TokenReviewSpec, UserInfo},
    authorization::v1::{NonResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec},
};
use kube::{Api, Client, api::PostParams};
use tokio::{sync::Semaphore, time::Instant};
use tracing::error;

use crate::error::chain;

/// How long the API server may take to answer, as in controller-runtime.
const PATIENCE: Duration = Duration::from_secs(10);

/// More questions than these wait.
const MOST_ASKING: usize = 4;

/// How many answers are kept at most: whoever sends ever new tokens must not fill the memory.
const MOST_ANSWERS: usize = 1000;

/// What the API server says of a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    Welcome,
    /// It knows the caller, who may not do this.
    Forbidden {
        user: String,
    },
    Unknown,
}

impl Answer {
    /// How long it holds. controller-runtime remembers who somebody is for 1 min, and that they may not for 30 s.
    fn lifetime(&self) -> Duration {
        match self {
            Self::Welcome | Self::Unknown => Duration::from_secs(60),
            Self::Forbidden { .. } => Duration::from_secs(30),
        }
    }
}

/// What a caller wants: a token, a verb and a path.
type Question = (String, String, String);

/// Lets callers in, or not.
pub(super) struct Callers {
    client: Client,
    /// However many ask, the API server is asked by a few at a time.
    asking: Semaphore,
    answers: Mutex<BTreeMap<Question, (Answer, Instant)>>,
}

impl Callers {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            asking: Semaphore::new(MOST_ASKING),
            answers: Mutex::default(),
        }
    }

    async fn may(&self, question: &Question) -> Result<Answer, String> {
        if let Some(answer) = self.known(question) {
            return Ok(answer);
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask(question)).await;
        let answer = asked
            .map_err(|_| format!("no answer within {} s", PATIENCE.as_secs()))?
            .map_err(|error| chain(&error))?;
        self.keep(question, &answer);
        Ok(answer)
    }

    async fn ask(&self, question: &Question) -> Result<Answer, kube::Error> {
        let _turn = self.asking.acquire().await;
        if let Some(answer) = self.known(question) {
            return Ok(answer);
        }
        let (token, verb, path) = question;
        let review = TokenReview {
            spec: TokenReviewSpec {
                token: Some(token.clone()),
                ..TokenReviewSpec::default()
            },
            ..TokenReview::default()
        };
        let reviews = Api::all(self.client.clone());
        let reviewed = reviews.create(&PostParams::default(), &review).await?;
        let status = reviewed.status.unwrap_or_default();
        let Some(user) = status.user.filter(|_| status.authenticated == Some(true)) else {
            return Ok(Answer::Unknown);
        };

        let name = user.username.clone().unwrap_or_default();
        let reviews = Api::all(self.client.clone());
        let review = access_review(user, verb, path);
        let reviewed = reviews.create(&PostParams::default(), &review).await?;
        let is_allowed = reviewed.status.is_some_and(|status| status.allowed);
        Ok(if is_allowed {
            Answer::Welcome
        } else {
            Answer::Forbidden { user: name }
        })
    }

    fn known(&self, question: &Question) -> Option<Answer> {
        let answers = self.lock();
        let (answer, until) = answers.get(question)?;
        (*until > Instant::now()).then(|| answer.clone())
    }

    fn keep(&self, question: &Question, answer: &Answer) {
        let now = Instant::now();
        let mut answers = self.lock();
        answers.retain(|_, (_, until)| *until > now);
        if answers.len() >= MOST_ANSWERS
            && let Some(oldest) = answers.iter().min_by_key(|(_, (_, until))| *until)
        {
            let oldest = oldest.0.clone();
            answers.remove(&oldest);
        }
        let kept = (answer.clone(), now + answer.lifetime());
        answers.insert(question.clone(), kept);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Question, (Answer, Instant)>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn access_review(user: UserInfo, verb: &str, path: &str) -> SubjectAccessReview {
    SubjectAccessReview {
        spec: SubjectAccessReviewSpec {
            extra: user.extra,
            groups: user.groups,
            uid: user.uid,
            user: user.username,
            non_resource_attributes: Some(NonResourceAttributes {
                path: Some(path.to_owned()),
                verb: Some(verb.to_owned()),
            }),
            ..SubjectAccessReviewSpec::default()
        },
        ..SubjectAccessReview::default()
    }
}

/// Answers in the place of what is asked for, where the caller may not have it.
pub(super) async fn check(
    State(callers): State<Arc<Callers>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(token) = bearer_token(&request) else {
        return (StatusCode::UNAUTHORIZED, "Unauthorized\n").into_response();
    };
    let verb = request.method().as_str().to_lowercase();
    let question = (token.to_owned(), verb, request.uri().path().to_owned());
    match callers.may(&question).await {
        Ok(Answer::Welcome) => next.run(request).await,
        Ok(Answer::Unknown) => (StatusCode::UNAUTHORIZED, "Unauthorized\n").into_response(),
        Ok(Answer::Forbidden { user }) => {
            let words = format!("Authorization denied for user {user}\n");
            (StatusCode::FORBIDDEN, words).into_response()
        }
        Err(error) => {
            error!(error, "cannot find out who may read metrics");
            let words = "Authentication failed\n";
            (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
        }
    }
}

fn bearer_token(request: &Request) -> Option<&str> {
    let (scheme, token) = request
        .headers()
        .get(AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
