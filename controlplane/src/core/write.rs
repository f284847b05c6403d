//! What all writes have in common: who writes, how, and what the body says.

use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;

use super::{
    call::Call,
    object::{Object, seconds},
    query::{Query, WriteKind, WriteOptions},
    resource::{Part, Resource},
    warnings::Warnings,
};
use crate::{Refusal, apply::manager_name, auth::User};

/// The largest body that is read, as apiserver's `MaxRequestBodyBytes`.
pub(crate) const LARGEST_BODY: usize = 3 * 1024 * 1024;

/// A request to write.
pub(crate) struct Write<'a> {
    pub(crate) call: &'a Call,
    pub(crate) resource: &'a Arc<Resource>,
    pub(crate) part: Part,
    pub(crate) user: &'a User,
    pub(crate) options: WriteOptions,
    /// By which `managedFields` names the writer.
    pub(crate) manager: String,
    pub(crate) now: Timestamp,
    pub(crate) warnings: &'a Warnings,
}

impl<'a> Write<'a> {
    pub(crate) fn of(
        asked: &'a super::Asked<'_>,
        resource: &'a Arc<Resource>,
        kind: WriteKind,
    ) -> Result<Self, Refusal> {
        let options = WriteOptions::of(asked.query, kind)?;
        let manager = manager(&options.field_manager, asked.headers);
        Ok(Self {
            call: asked.call,
            resource,
            part: part(asked.call, resource),
            user: asked.user,
            options,
            manager,
            now: asked.now,
            warnings: asked.warnings,
        })
    }
}

fn part(call: &Call, _resource: &Resource) -> Part {
    match call.subresource.as_str() {
        "status" => Part::Status,
        "finalize" => Part::Finalize,
        "ephemeralcontainers" => Part::EphemeralContainers,
        "resize" => Part::Resize,
        _ => Part::Main,
    }
}

/// Without a field manager it is the user agent up to its version.
fn manager(field_manager: &str, headers: &HeaderMap) -> String {
    let agent = headers.get(http::header::USER_AGENT);
    let agent = agent
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    manager_name(field_manager, agent)
}

/// Gives an object the namespace of its request, or refuses another.
pub(crate) fn settle_namespace(
    object: &mut Object,
    call: &Call,
    resource: &Resource,
) -> Result<(), Refusal> {
    let wanted = if resource.namespaced {
        call.namespace.as_str()
    } else {
        ""
    };
    if object.namespace() == wanted {
        return Ok(());
    }
    if wanted.is_empty() {
        object.meta_mut().remove("namespace");
        return Ok(());
    }
    if object.namespace().is_empty() {
        object.set_meta("namespace", wanted);
        return Ok(());
    }
    Err(Refusal::bad_request(
        "the namespace of the provided object does not match the namespace sent on the request",
    ))
}

/// What `rest.WipeObjectMetaSystemFields` erases.
pub(crate) fn wipe_system_fields(object: &mut Object) {
    let system = [
        "creationTimestamp",
        "uid",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
    ];
    for field in system {
        object.meta_mut().remove(field);
    }
}

/// What `rest.FillObjectMetaSystemFields` fills in, and a name where one is to be generated.
pub(crate) fn fill_system_fields(object: &mut Object, now: Timestamp, rng: &mut fastrand::Rng) {
    object.set_meta("creationTimestamp", seconds(now));
    object.set_meta("uid", uid(rng));
    if object.name().is_empty() && !object.generate_name().is_empty() {
        let name = generate_name(object.generate_name(), rng);
        object.set_meta("name", name);
    }
}

/// As `names.SimpleNameGenerator` of apiserver: at most 63 letters, of which five are random.
pub(crate) fn generate_name(base: &str, rng: &mut fastrand::Rng) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    const LONGEST_BASE: usize = 58;
    let mut end = base.len().min(LONGEST_BASE);
    while !base.is_char_boundary(end) {
        end -= 1;
    }
    let mut name = base[..end].to_owned();
    for _ in 0..5 {
        name.push(char::from(LETTERS[rng.usize(..LETTERS.len())]));
    }
    name
}

/// A random UUID of version 4.
pub(crate) fn uid(rng: &mut fastrand::Rng) -> String {
    let bits = (rng.u128(..) & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let text = format!("{bits:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..]
    )
}

/// Whether a parameter asks that nothing be stored.
pub(crate) fn is_dry_run(query: &Query) -> bool {
    query.all("dryRun").next().is_some()
}
