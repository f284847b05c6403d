//! `/api/…`, the same for both kinds.

use axum::{
    Router,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request, State},
    http::{Method, StatusCode, Uri, header::CONTENT_TYPE, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;
use serde::Serialize;
use tracing::info;

use crate::{
    Service, json,
    record::{self, Record, not_found},
    refusal::Refusal,
    store::name_of,
};

pub(crate) fn of<R: Record>() -> Router<Service> {
    let all = format!("/api/{}", R::PLURAL);
    let one = format!("{all}/{{id}}");
    Router::new()
        .route(&all, get(list::<R>).post(create::<R>))
        .route(&one, get(read::<R>).put(update::<R>).delete(delete::<R>))
}

pub(crate) async fn unknown_path(uri: Uri) -> Refusal {
    let path = uri.path();
    Refusal::new(StatusCode::NOT_FOUND, format!("there is no path {path}"))
}

pub(crate) async fn wrong_method(method: Method, uri: Uri) -> Refusal {
    let path = uri.path();
    let text = format!("the path {path} does not know the method {method}");
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, text)
}

async fn list<R: Record>(State(service): State<Service>) -> Result<Response, Refusal> {
    let work = service.store.run(|store| Ok(answer(&store.list::<R>()?)));
    work.await
}

async fn read<R: Record>(State(service): State<Service>, Id(id): Id) -> Result<Response, Refusal> {
    let work = service.store.run(move |store| match store.get::<R>(&id)? {
        Some(record) => Ok(answer(&record)),
        None => Err(Refusal::new(R::UNKNOWN_TO_GET, not_found::<R>(&id))),
    });
    work.await
}

async fn create<R: Record>(
    State(service): State<Service>,
    Body(mut record): Body<R>,
) -> Result<Response, Refusal> {
    let work = service.store.run(move |store| {
        let writer = store.writer();
        record.check(&writer)?;
        if writer.contains::<R>(record.id())? {
            let text = format!("{} with ID '{}' already exists", R::NOUN, record.id());
            return Err(Refusal::bad_request(text));
        }
        record.stamp(now());
        writer.put(&record)?;
        info!("{} {} is new", R::NOUN, record.id());
        Ok(answer(&record))
    });
    work.await
}

async fn update<R: Record>(
    State(service): State<Service>,
    Id(id): Id,
    Body(mut record): Body<R>,
) -> Result<Response, Refusal> {
    if name_of(&id) != name_of(record.id()) {
        return Err(Refusal::bad_request(format!(
            "{} '{id}' used as query param does not match ID in request body '{}'",
            R::ID,
            record.id()
        )));
    }
    let work = service.store.run(move |store| {
        let writer = store.writer();
        record.check(&writer)?;
        if !writer.contains::<R>(&id)? {
            return Err(was_not_found::<R>(R::UNKNOWN_TO_PUT, &id));
        }
        record.stamp(now());
        writer.put(&record)?;
        info!("{} {id} is changed", R::NOUN);
        Ok(answer(&record))
    });
    work.await
}

async fn delete<R: Record>(State(service): State<Service>, Id(id): Id) -> Result<(), Refusal> {
    let work = service.store.run(move |store| {
        if !store.writer().delete::<R>(&id)? {
            return Err(was_not_found::<R>(StatusCode::NOT_FOUND, &id));
        }
        info!("{} {id} is deleted", R::NOUN);
        Ok(())
    });
    work.await
}

fn was_not_found<R: Record>(code: StatusCode, id: &str) -> Refusal {
    Refusal::new(code, format!("{} with ID '{id}' was not found", R::NOUN))
}

fn answer(value: &impl Serialize) -> Response {
    ([(CONTENT_TYPE, "application/json")], json::line(value)).into_response()
}

/// The time in whole seconds, as Kubernetes writes it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks the machine for the time"
)]
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// The id in the path.
struct Id(String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(error) => Err(Refusal::new(
                error.status(),
                format!("invalid path: {}", error.body_text()),
            )),
        }
    }
}

/// The record in the body.
struct Body<R>(R);

impl<S: Send + Sync, R: Record> FromRequest<S> for Body<R> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let text = Bytes::from_request(request, state)
            .await
            .map_err(|error| invalid_body(error.status(), error.body_text()))?;
        let record =
            record::parse(&text).map_err(|error| invalid_body(StatusCode::BAD_REQUEST, error))?;
        Ok(Self(record))
    }
}

fn invalid_body(code: StatusCode, why: impl std::fmt::Display) -> Refusal {
    Refusal::new(code, format!("invalid body: {why}"))
}
