//! The server without its sockets: requests in, answers and events out.
//!
//! It does no I/O, reads no clock and draws no randomness of its own: whoever calls it passes the time in, and gave it a
//! seed. So a whole run can be played again.
//!
//! - A request is read by [`call`] and [`query`], and carried out by one of [`read`], [`watch`], [`create`], [`update`],
//!   [`patch`], [`delete`]; what is no resource is answered by [`paths`].
//! - [`store`] holds the objects, [`resource`] what kinds there are; [`kinds`] are those that are always there, each a
//!   row of [`builtin`].
//! - [`admission`] and [`meta`] say which writes are refused.
//! - [`work`] lets the [controllers](crate::controllers) do what a control plane does by itself.

mod admission;
mod answer;
mod apply;
mod beginning;
mod binding;
mod builtin;
mod cached;
pub(crate) mod call;
mod commit;
mod conditions;
mod counts;
mod create;
mod custom;
mod deadline;
mod decode;
mod definition;
mod delete;
mod discovery;
mod etcd;
mod eviction;
mod field;
mod health;
mod indented;
mod ip;
mod kinds;
mod meta;
mod names;
pub(crate) mod object;
mod openapi;
mod owners;
mod patch;
mod paths;
pub(crate) mod query;
mod read;
pub(crate) mod resource;
mod reviews;
mod scale;
pub(crate) mod selector;
pub(crate) mod store;
mod unserved;
mod update;
mod view;
mod warnings;
mod watch;
mod work;
mod write;

use std::{net::SocketAddr, sync::Arc};

use http::{HeaderMap, Method};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

pub use answer::{Answer, Reply};
pub use watch::{Told, Watch};

use crate::{
    Refusal,
    auth::{Attributes, Issuer, Rbac, Target, User, Verifier, bootstrap, impersonated},
    controllers::Controllers,
    deep::{self, Deep},
    types,
};
use call::{Call, Verb};
use counts::Counts;
use definition::Definition;
use delete::DeleteOptions;
use patch::PatchType;
use query::{Query, WriteKind};
use resource::{Registry, Resource, Strategy, Subresource};
use store::Store;
use view::View;
use warnings::Warnings;
pub(crate) use write::LARGEST_BODY;
use write::Write;

/// A cluster's API.
pub struct Core {
    store: Store,
    registry: Deep<Registry>,
    rbac: Rbac,
    issuer: Issuer,
    settings: Settings,
    counts: Counts,
    rng: fastrand::Rng,
    controllers: Controllers,
    /// Where it listens, if it does.
    address: Option<SocketAddr>,
}

/// What a cluster is asked to do besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether the admission plugin `OwnerReferencesPermissionEnforcement` is on.
    pub enforces_owner_references: bool,
    /// Which controllers run.
    pub controllers: RunningControllers,
}

/// Which controllers run besides those of the API server itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunningControllers {
    /// None, as without kube-controller-manager: nothing is collected, no namespace ends.
    None,
    /// Garbage collection, namespaces, ServiceAccounts, Events.
    #[default]
    Housekeeping,
    /// Besides: Deployments and Jobs get Pods, budgets count them. There is no node: Pods stay pending.
    Unscheduled,
    /// Besides: there is a node, where Pods turn ready, though no process runs.
    Workloads,
}

/// Who signs tokens.
const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";

/// A request as the verbs see it.
pub(crate) struct Asked<'a> {
    method: &'a Method,
    call: &'a Call,
    query: &'a Query,
    headers: &'a HeaderMap,
    body: &'a [u8],
    user: &'a User,
    now: Timestamp,
    warnings: &'a Warnings,
}

impl Asked<'_> {
    /// How objects are to be deleted.
    fn deletion(&self, resource: &Resource) -> Result<DeleteOptions, Refusal> {
        let options = DeleteOptions::of(self)?;
        let warning = resource.strategy.orphans();
        let is_told = !options.speaks_of_dependents();
        self.warnings
            .add(warning.filter(|_| is_told).map(Into::into));
        Ok(options)
    }
}

impl Core {
    /// A fresh cluster: it has what every cluster begins with.
    pub fn new(seed: u64, settings: Settings, now: Timestamp) -> Self {
        let mut core = Self {
            store: Store::default(),
            registry: Registry::default().into(),
            rbac: bootstrap::rbac(),
            issuer: Issuer::new(ISSUER).expect("the system has randomness for a key"),
            settings,
            counts: Counts::default(),
            rng: fastrand::Rng::with_seed(seed),
            controllers: Controllers::new(settings.controllers),
            address: None,
        };
        for resource in types::resources() {
            core.registry.add(builtin_resource(resource));
        }
        core.begin(now);
        core
    }

    /// Tells clients where it listens.
    pub fn publish_address(&mut self, address: SocketAddr) {
        self.address = Some(address);
    }

    /// Forgets what happened until now, as a compaction of etcd does: who watches from further back is told so.
    pub fn compact(&mut self) {
        self.store.compact();
    }

    /// From now on watches tell nothing new, and neither do reads at resourceVersion 0, as if the watch cache had fallen
    /// behind etcd. Its own controllers see all.
    pub fn lag(&mut self) {
        self.store.lag();
    }

    /// Ends what [`lag`](Self::lag) began.
    pub fn catch_up(&mut self) {
        self.store.catch_up();
    }

    /// The revision of the last write.
    pub fn revision(&self) -> u64 {
        self.store.revision()
    }

    /// Answers a request of whom a certificate names, or else of whose token its headers hold.
    pub fn answer(
        &mut self,
        request: &http::Request<Vec<u8>>,
        certificate: Option<&User>,
        now: Timestamp,
    ) -> Answer {
        deep::with_room(|| {
            let query = Query::of(request.uri());
            let user = deadline::check(request, &query)
                .and_then(|()| self.authenticate(request, certificate, now));
            let answer = user.and_then(|user| self.try_answer(request, &user, now));
            let mut answer = answer.unwrap_or_else(|refusal| {
                Answer::Reply(Reply::refused(refusal, request.headers()))
            });
            if let Answer::Reply(reply) = &mut answer
                && indented::is_wanted(request.uri().path(), &query, request.headers())
            {
                indented::indent(reply);
            }
            answer
        })
    }

    fn authenticate(
        &self,
        request: &http::Request<Vec<u8>>,
        certificate: Option<&User>,
        now: Timestamp,
    ) -> Result<User, Refusal> {
        let verifier = Verifier {
            issuer: &self.issuer,
            lookup: &|resource, namespace, name| self.value(resource, namespace, name),
            now,
        };
        let header = request.headers().get(http::header::AUTHORIZATION);
        let header = header.and_then(|text| text.to_str().ok());
        verifier.authenticate(certificate.cloned(), header.unwrap_or_default())
    }

    /// What a watch has not told yet.
    pub fn tell_watch(&self, watch: &mut Watch, now: Timestamp) -> Told {
        deep::with_room(|| self.tell(watch, now))
    }

    pub(crate) fn try_answer(
        &mut self,
        request: &http::Request<Vec<u8>>,
        user: &User,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        let query = Query::of(request.uri());
        let path = percent_decode_str(request.uri().path()).decode_utf8_lossy();
        let attributes =
            match Attributes::of_request(request.method().as_str(), &path, query.pairs()) {
                Ok(attributes) => attributes,
                Err(why) => return Ok(Answer::Reply(paths::no_request(&path, &why))),
            };
        let Some(call) = Call::of(&attributes) else {
            let user = self.asked_as(user, request.headers())?;
            self.rbac.require(&user, &attributes)?;
            if matches!(attributes.target, Target::Resource(_)) {
                return Err(Refusal::not_implemented("watches by a prefix of the path"));
            }
            let headers = request.headers();
            let reply = self.answer_path(request.method(), &path, &query, headers, now)?;
            return Ok(Answer::Reply(reply));
        };
        let answer = self.answer_resource(&attributes, &call, &query, request, user, now);
        let is_apply = decode::media_type(request.headers()) == patch::APPLY;
        let code = match &answer {
            Ok(Answer::Reply(reply)) => reply.status,
            Ok(Answer::Watch(_)) => 200,
            Err(refusal) => refusal.code,
        };
        self.counts
            .count(&call, is_apply, write::is_dry_run(&query), code);
        answer
    }

    fn answer_resource(
        &mut self,
        attributes: &Attributes,
        call: &Call,
        query: &Query,
        request: &http::Request<Vec<u8>>,
        user: &User,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        let user = self.asked_as(user, request.headers())?;
        self.rbac.require(&user, attributes)?;
        let warnings = Warnings::default();
        let answer = self.answer_call(&Asked {
            method: request.method(),
            call,
            query,
            headers: request.headers(),
            body: request.body(),
            user: &user,
            now,
            warnings: &warnings,
        });
        match answer {
            Ok(mut answer) => {
                answer.warn(warnings.into_texts());
                Ok(answer)
            }
            Err(mut refusal) => {
                warnings.add(std::mem::take(&mut refusal.warnings));
                refusal.warnings = warnings.into_texts().into();
                Err(refusal)
            }
        }
    }

    /// As whom a user asks: as itself, or as who is named in its headers, if it may.
    fn asked_as(&self, user: &User, headers: &HeaderMap) -> Result<User, Refusal> {
        let named = headers
            .iter()
            .filter(|(name, _)| name.as_str().starts_with("impersonate-"));
        let named: Vec<(&str, &str)> = named
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        if named.is_empty() {
            return Ok(user.clone());
        }
        impersonated(user.clone(), &named, &self.rbac)
    }

    fn answer_call(&mut self, asked: &Asked<'_>) -> Result<Answer, Refusal> {
        let call = asked.call;
        let found = self
            .registry
            .find(&call.group, &call.version, &call.resource);
        let Some(resource) = found.cloned() else {
            return match unserved::list(call, self.revision()) {
                Some(none) => Ok(Answer::Reply(Reply::json(200, &none))),
                None => nothing_served(call),
            };
        };
        if resource.is_custom && !resource.namespaced && !call.namespace.is_empty() {
            return Ok(Answer::Reply(paths::no_page()));
        }
        check_verb(call, &resource)?;
        if asked.method == Method::HEAD && !resource.is_custom {
            return Err(Refusal::method_not_allowed());
        }
        if resource.kind == "Binding" || call.subresource == "binding" {
            return Ok(Answer::Reply(self.bind(asked)?));
        }
        if resource.verbs == [Verb::Create] {
            return Ok(Answer::Reply(self.review(asked, &resource)?));
        }
        if call.subresource == "scale" {
            return Ok(Answer::Reply(self.answer_scale(asked, &resource)?));
        }
        match (&*resource.collection, call.subresource.as_str()) {
            ("serviceaccounts", "token") => {
                return Ok(Answer::Reply(self.token(asked, &resource)?));
            }
            ("pods", "eviction") => return Ok(Answer::Reply(self.evict(asked, &resource)?)),
            _ => {}
        }
        if let Some(deprecated) = resource.strategy.deprecated() {
            asked.warnings.add([deprecated.to_owned()]);
        }
        let view = View::of(asked, &resource)?;
        let reply = match call.verb {
            Verb::Watch => {
                return Ok(Answer::Watch(self.watch(
                    call,
                    &resource,
                    view,
                    asked.query,
                )?));
            }
            Verb::Get => self.get(call, &resource, view, asked.query)?,
            Verb::List => self.list(call, &resource, view, asked.query)?,
            Verb::Create => self.answer_create(asked, &resource, view)?,
            Verb::Update => self.answer_update(asked, &resource, view)?,
            Verb::Patch => self.answer_patch(asked, &resource, view)?,
            Verb::Delete => {
                decode::check_size(asked.body)?;
                let options = asked.deletion(&resource)?;
                self.delete(call, &resource, &options, view, asked.now)?
            }
            Verb::DeleteCollection => {
                let options = asked.deletion(&resource)?;
                self.delete_collection(call, &resource, asked.query, &options, view, asked.now)?
            }
            Verb::Unknown => return Err(Refusal::method_not_allowed()),
        };
        Ok(Answer::Reply(reply))
    }

    fn answer_create(
        &mut self,
        asked: &Asked<'_>,
        resource: &Arc<Resource>,
        view: View,
    ) -> Result<Reply, Refusal> {
        let media = decode::media(asked.headers)?;
        decode::check_size(asked.body)?;
        let mut write = Write::of(asked, resource, WriteKind::Create)?;
        let object = decode::object(asked.body, media, &mut write)?;
        let stored = self.create(&mut write, object)?;
        view.reply(201, resource, &stored)
    }

    fn answer_update(
        &mut self,
        asked: &Asked<'_>,
        resource: &Arc<Resource>,
        view: View,
    ) -> Result<Reply, Refusal> {
        decode::check_size(asked.body)?;
        let mut write = Write::of(asked, resource, WriteKind::Update)?;
        let media = decode::media(asked.headers)?;
        let object = decode::object(asked.body, media, &mut write)?;
        let written_object = self.update(&mut write, object)?;
        let status = if written_object.created { 201 } else { 200 };
        view.reply(status, resource, &written_object.stored)
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
        view.reply(status, resource, &patched.stored)
    }
}

fn check_verb(call: &Call, resource: &Resource) -> Result<(), Refusal> {
    let verbs = if call.subresource.is_empty() {
        &resource.verbs
    } else {
        let found = resource.subresource(&call.subresource);
        let missing = || {
            if resource.is_custom {
                Refusal::not_found(&resource.subject(&call.name))
            } else {
                Refusal::no_such_path()
            }
        };
        &found.ok_or_else(missing)?.verbs
    };
    if !verbs.contains(&call.verb) || !is_routed(call, resource) {
        if resource.is_custom {
            return Err(Refusal::not_supported(
                &resource.subject(""),
                call.verb.name(),
            ));
        }
        return Err(Refusal::method_not_allowed());
    }
    if !matches!(
        call.subresource.as_str(),
        "" | "status"
            | "token"
            | "finalize"
            | "scale"
            | "eviction"
            | "binding"
            | "ephemeralcontainers"
            | "resize"
    ) {
        return Err(Refusal::not_implemented(&format!(
            "{}/{}",
            resource.plural, call.subresource
        )));
    }
    Ok(())
}

/// Whether there is a route of this form: objects are made without a name, and changed by it.
fn is_routed(call: &Call, resource: &Resource) -> bool {
    let has_namespace = !resource.namespaced || !call.namespace.is_empty();
    match call.verb {
        Verb::Create => has_namespace && call.name.is_empty() == call.subresource.is_empty(),
        Verb::Update | Verb::Patch => has_namespace && !call.name.is_empty(),
        Verb::DeleteCollection => has_namespace,
        Verb::Delete | Verb::Get | Verb::List | Verb::Watch | Verb::Unknown => true,
    }
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
        versions: vec![resource::api_version(of.group, of.version)],
        is_custom: false,
        collection,
        defined_at: 0,
        storage_hash: of.storage_hash.into(),
        schema: types::schema(of.group, of.version, of.kind)
            .expect("each resource has its kind in the table"),
        other_schemas: Vec::new(),
        strategy: strategy(of),
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
    let listed = known
        .into_iter()
        .filter(|verb| names.contains(&verb.name()));
    listed.collect()
}

/// What is answered where no such kind is served: of a group of Kubernetes itself it is told in JSON.
fn nothing_served(call: &Call) -> Result<Answer, Refusal> {
    if let Some(refusal) = unserved::kind(call) {
        return Err(refusal);
    }
    let is_own = types::resources().iter().any(|one| one.group == call.group);
    if is_own {
        return Err(Refusal::no_such_path());
    }
    Ok(Answer::Reply(paths::no_page()))
}

fn strategy(of: &types::Resource) -> Arc<dyn Strategy> {
    let row = kinds::of(of.group, of.plural);
    if of.kind == "CustomResourceDefinition" {
        Arc::new(Definition(row))
    } else {
        Arc::new(row)
    }
}
