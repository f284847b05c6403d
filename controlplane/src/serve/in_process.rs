//! A client without sockets.

use std::convert::Infallible;

use http_body_util::BodyExt;
use kube::Client;

use super::{answers, shared::Shared};
use crate::auth::User;

/// A client that asks as this user.
pub(crate) fn client(shared: &Shared, user: &User) -> Client {
    let (shared, user) = (shared.clone(), user.clone());
    let service = tower::service_fn(move |request: http::Request<kube::client::Body>| {
        let (shared, user) = (shared.clone(), user.clone());
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map(|body| body.to_bytes().to_vec());
            let request = http::Request::from_parts(parts, body.unwrap_or_default());
            Ok::<_, Infallible>(answers::answer(&shared, &request, Some(&user)))
        }
    });
    Client::new(service, "default")
}
