//! The server without its sockets: requests in, answers and events out.
//!
//! It does no I/O, reads no clock and draws no randomness of its own: whoever calls it passes the time in, and gave it a
//! seed. So a whole run can be played again.
//!
//! - A request is read by [`call`] and [`query`], and carried out by one of [`read`], [`watch`], [`create`], [`update`],
//!   [`patch`], [`delete`]; what is no resource is answered by [`paths`].
//! - [`store`] holds the objects, [`resource`] what kinds there are; [`builtin`] is the table of those that are always
//!   there.
//! - [`admission`] and [`meta`] say which writes are refused.
//! - [`work`] lets the [controllers](crate::controllers) do what a control plane does by itself.

mod admission;
mod answer;
mod apply;
mod builtin;
pub(crate) mod call;
mod create;
mod decode;
mod delete;
mod discovery;
mod meta;
mod names;
mod namespace;
pub(crate) mod object;
mod patch;
mod paths;
mod query;
mod read;
pub(crate) mod resource;
mod selector;
pub(crate) mod store;
mod update;
mod view;
mod watch;
mod work;
mod write;

use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;

pub use answer::{Answer, Reply};
pub use watch::{Told, Watch};

use crate::{Refusal, auth::User, controllers::Controllers, types};
use call::{Ask, Call, Verb};
use decode::Language;
use delete::DeleteOptions;
use object::{Object, seconds};
use patch::PatchType;
use query::{Query, WriteKind};
use resource::{Registry, Resource, Subresource};
use store::{Store, Stored};
use view::View;
pub(crate) use write::LARGEST_BODY;
use write::Write;

/// A cluster's API.
pub struct Core {
    store: Store,
    registry: Registry,
    rng: fastrand::Rng,
    controllers: Controllers,
}

/// A request as the verbs see it.
pub(crate) struct Asked<'a> {
    call: &'a Call,
    query: Query,
    headers: &'a HeaderMap,
    body: &'a [u8],
    user: &'a User,
    now: Timestamp,
}

impl Core {
    /// A fresh cluster: the namespaces and roles that every cluster begins with.
    pub fn new(seed: u64, now: Timestamp) -> Self {
        let mut core = Self {
            store: Store::default(),
            registry: Registry::default(),
            rng: fastrand::Rng::with_seed(seed),
            controllers: Controllers::default(),
        };
        for resource in types::resources() {
            core.registry.add(builtin_resource(resource));
        }
        for namespace in ["default", "kube-node-lease", "kube-public", "kube-system"] {
            core.begin_with_namespace(namespace, now);
        }
        core
    }

    fn begin_with_namespace(&mut self, name: &str, now: Timestamp) {
        let value = serde_json::json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {
                "name": name, "labels": {"kubernetes.io/metadata.name": name},
                "uid": write::uid(&mut self.rng), "creationTimestamp": seconds(now),
            },
            "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"},
        });
        let object = Object::new(value).expect("a namespace is an object");
        self.store.put(&"namespaces".into(), object);
    }

    /// The revision of the last write.
    pub fn revision(&self) -> u64 {
        self.store.revision()
    }

    /// Answers a request of this user.
    pub fn answer(
        &mut self,
        request: &http::Request<Vec<u8>>,
        user: &User,
        now: Timestamp,
    ) -> Answer {
        let answer = self.try_answer(request, user, now);
        answer.unwrap_or_else(|refusal| Answer::Reply(refusal.into()))
    }

    /// What a watch has not told yet.
    pub fn tell_watch(&self, watch: &mut Watch) -> Told {
        self.tell(watch)
    }

    /// What a watch tells when its time is over.
    pub fn end_watch(&self, watch: &Watch) -> Vec<u8> {
        self.farewell(watch)
    }

    pub(crate) fn try_answer(
        &mut self,
        request: &http::Request<Vec<u8>>,
        user: &User,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        let query = Query::of(request.uri());
        let ask = Ask::of(request.method(), request.uri(), &query);
        match ask.map_err(|_| Refusal::not_implemented("watches by a prefix of the path"))? {
            Ask::Path { verb, path } => Ok(Answer::Reply(self.answer_path(
                &verb,
                &path,
                request.headers(),
            )?)),
            Ask::Resource(call) => self.answer_call(Asked {
                call: &call,
                query,
                headers: request.headers(),
                body: request.body(),
                user,
                now,
            }),
        }
    }

    fn answer_call(&mut self, asked: Asked<'_>) -> Result<Answer, Refusal> {
        let call = asked.call;
        let found = self
            .registry
            .find(&call.group, &call.version, &call.resource);
        let resource = found.ok_or_else(Refusal::no_such_path)?.clone();
        check_verb(call, &resource)?;
        let view = View::Whole;
        let reply = match call.verb {
            Verb::Watch => {
                return Ok(Answer::Watch(self.watch(
                    call,
                    &resource,
                    view,
                    &asked.query,
                )?));
            }
            Verb::Get => self.get(call, &resource, view, &asked.query)?,
            Verb::List => self.list(call, &resource, view, &asked.query)?,
            Verb::Create => self.answer_create(&asked, &resource, view)?,
            Verb::Update => self.answer_update(&asked, &resource, view)?,
            Verb::Patch => self.answer_patch(&asked, &resource, view)?,
            Verb::Delete => {
                decode::check_size(asked.body)?;
                let options = DeleteOptions::of(asked.body, &asked.query)?;
                self.delete(call, &resource, &options, asked.now)?
            }
            Verb::DeleteCollection => {
                let options = DeleteOptions::of(asked.body, &asked.query)?;
                self.delete_collection(call, &resource, &asked.query, &options, asked.now)?
            }
        };
        Ok(Answer::Reply(reply))
    }

    fn answer_create(
        &mut self,
        asked: &Asked<'_>,
        resource: &Arc<Resource>,
        view: View,
    ) -> Result<Reply, Refusal> {
        let language = Language::of(asked.headers)?;
        decode::check_size(asked.body)?;
        let mut write = Write::of(asked, resource, WriteKind::Create)?;
        let object = decode::object(asked.body, language, &mut write)?;
        let stored = self.create(&mut write, object)?;
        Ok(written(201, view, &write, &stored))
    }

    fn answer_update(
        &mut self,
        asked: &Asked<'_>,
        resource: &Arc<Resource>,
        view: View,
    ) -> Result<Reply, Refusal> {
        decode::check_size(asked.body)?;
        let mut write = Write::of(asked, resource, WriteKind::Update)?;
        let language = Language::of(asked.headers)?;
        let object = decode::object(asked.body, language, &mut write)?;
        let written_object = self.update(&mut write, object)?;
        let status = if written_object.created { 201 } else { 200 };
        Ok(written(status, view, &write, &written_object.stored))
    }

    fn answer_patch(
        &mut self,
        asked: &Asked<'_>,
        resource: &Arc<Resource>,
        view: View,
    ) -> Result<Reply, Refusal> {
        let patch_type = PatchType::of(asked.headers, resource.is_custom)?;
        decode::check_size(asked.body)?;
        let kind = if patch_type == PatchType::Apply {
            WriteKind::Apply
        } else {
            WriteKind::Patch
        };
        let mut write = Write::of(asked, resource, kind)?;
        let patched = self.patch(&mut write, patch_type, asked.body)?;
        let status = if patched.created { 201 } else { 200 };
        Ok(written(status, view, &write, &patched.stored))
    }
}

fn written(status: u16, view: View, write: &Write<'_>, stored: &Stored) -> Reply {
    let mut reply = Reply::json_bytes(status, view.object(write.resource, stored));
    reply.warnings.clone_from(&write.warnings);
    reply
}

fn check_verb(call: &Call, resource: &Resource) -> Result<(), Refusal> {
    let verbs = if call.subresource.is_empty() {
        &resource.verbs
    } else {
        let found = resource.subresource(&call.subresource);
        &found.ok_or_else(Refusal::no_such_path)?.verbs
    };
    if !verbs.contains(&call.verb) {
        return Err(Refusal::method_not_allowed(&resource.subject(&call.name)));
    }
    if !matches!(call.subresource.as_str(), "" | "status" | "finalize") {
        return Err(Refusal::not_implemented(&format!(
            "{}/{}",
            resource.plural, call.subresource
        )));
    }
    Ok(())
}

fn builtin_resource(of: &'static types::Resource) -> Resource {
    let subresources = of.subresources.iter().map(|one| Subresource {
        name: one.name.into(),
        group: one.group.into(),
        version: one.version.into(),
        kind: one.kind.into(),
        verbs: verbs(&one.verbs),
    });
    let collection = match (of.group, of.plural) {
        // Both groups show the same objects.
        ("events.k8s.io", "events") => "events".into(),
        (group, plural) => store::collection_of(group, plural),
    };
    Resource {
        group: of.group.into(),
        version: of.version.into(),
        kind: of.kind.into(),
        plural: of.plural.into(),
        singular: of.singular.into(),
        list_kind: format!("{}List", of.kind),
        short_names: of.short_names.iter().copied().map(Into::into).collect(),
        categories: of.categories.iter().copied().map(Into::into).collect(),
        namespaced: of.namespaced,
        verbs: verbs(&of.verbs),
        subresources: subresources.collect(),
        is_custom: false,
        collection,
        storage_hash: of.storage_hash.into(),
        schema: types::schema(of.group, of.version, of.kind)
            .expect("each resource has its kind in the table"),
        strategy: Arc::new(builtin::of(of.group, of.plural)),
    }
}

fn verbs(names: &[&str]) -> Vec<Verb> {
    let known = [
        Verb::Create,
        Verb::Delete,
        Verb::DeleteCollection,
        Verb::Get,
        Verb::List,
        Verb::Patch,
        Verb::Update,
        Verb::Watch,
    ];
    let named = known
        .into_iter()
        .filter(|verb| names.contains(&verb.name()));
    named.collect()
}
