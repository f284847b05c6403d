//! The library that an operator made by `myop` depends on.
//!
//! An author writes three things: a kind ([`#[resource]`](macro@resource) with its [`#[status]`](macro@status)), a
//! controller with what it touches ([`#[derive(Controller)]`](macro@Controller)), and how it reconciles ([`Reconcile`]).
//! From the declarations follow the CRD, the rules, the watches and the queue.
//!
//! ```
//! use std::{collections::BTreeMap, sync::Arc};
//!
//! use k8s_openapi::api::core::v1::ConfigMap;
//! use kube::{ResourceExt, api::ObjectMeta};
//! use myop::{Context, Controller, Outcome, Reconcile, resource, status};
//!
//! /// A greeting, kept in a `ConfigMap`.
//! #[resource(group = "example.com", version = "v1", kind = "Greeting", namespaced, status = GreetingStatus)]
//! pub struct GreetingSpec {
//!     /// The words.
//!     #[schemars(length(min = 1))]
//!     pub message: String,
//! }
//!
//! /// What the operator has seen.
//! #[status]
//! pub struct GreetingStatus {}
//!
//! /// Keeps the `ConfigMap`.
//! #[derive(Controller)]
//! #[controller(reconciles = Greeting, owns(ConfigMap))]
//! pub struct GreetingController;
//!
//! impl Reconcile for GreetingController {
//!     type Error = myop::Error;
//!
//!     async fn reconcile(&self, greeting: Arc<Greeting>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
//!         ctx.apply(ConfigMap {
//!             metadata: ObjectMeta {
//!                 name: Some(greeting.name_any()),
//!                 ..ObjectMeta::default()
//!             },
//!             data: Some(BTreeMap::from([("message".into(), greeting.spec.message.clone())])),
//!             ..ConfigMap::default()
//!         })
//!         .await?;
//!         Ok(Outcome::done())
//!     }
//! }
//! ```
//!
//! # The parts
//!
//! [`Manager`] is the operator; `entry` is what its `main` does with it (`flags`, `logs`, `signals`, `health`).
//! It makes the controllers from the [`Setup`] and starts the `watches`, one a kind and, where it is limited to some
//! `namespaces`, one in each of these. A `watch` (opened at a `pace`, its objects `parsed` one by one, its `standing` told by
//! `/readyz`) fills the kind's `cache` with what the `cache_options` select, `stored` as JSON. The cache keeps an `index` for
//! each function that somebody looks objects up by. The watch puts the keys that a change concerns, each with its `cause`,
//! into the `queue` of each controller that subscribed to it and whose [`predicate`] lets it pass: for a child, the key of
//! its owner (`owned`, `ownership`); for what is watched, those that it `wakes`; and all of them at a `resync`.
//! A `worker` takes keys from the queue, in the [`order`] of the controller's `line`, and begins a `run`, which calls
//! [`Reconcile::reconcile`] with a [`Context`]. What the author
//! writes through that goes out by the `writer`, the one door, over what `sends` to the API server: it counts for the
//! [`metrics`], and has `patience`. `children` are made and
//! deleted so, and `apply` and `memory` know what need not be sent. Then the
//! `keeper` writes the status, whose book-keeping is in `status` and [`condition`], and the queue is told how the run
//! ended and what it wrote. The [`record`] of the run has it all, with the `diff` of each write; what is `flapping` is
//! told.
//!
//! Where there are several replicas, `leader` decides which one's workers start, and lets no other write.
//!
//! `cache`, `index`, `queue`, `line`, `status`, `apply`, `diff` and `flapping` are states without I/O, and are tested as such.
//! [`access`] says what a
//! controller may touch, and [`Definition`] collects what it declares. `testing` runs an operator on a real control
//! plane.

pub mod access;
mod apply;
mod backoff;
mod cache;
mod cache_options;
mod cause;
mod children;
mod clock;
pub mod condition;
mod context;
mod controller;
mod definition;
mod diff;
mod duration;
mod entry;
mod error;
mod finalizer;
mod flags;
mod flapping;
mod health;
mod index;
mod keeper;
mod leader;
mod line;
mod logs;
mod manager;
mod memory;
pub mod metrics;
mod namespaces;
mod object;
pub mod order;
mod outcome;
mod owned;
mod ownership;
mod pace;
mod panics;
mod parsed;
mod patience;
pub mod predicate;
mod queue;
mod ready;
pub mod record;
mod recorder;
mod registered;
mod resync;
mod rng;
mod run;
mod selector;
mod sends;
mod setup;
mod signals;
mod standing;
mod status;
mod stored;
#[cfg(feature = "testing")]
pub mod testing;
mod unseen;
mod wakes;
mod watch;
mod watches;
mod worker;
mod workqueue;
mod writer;

pub use access::Rule;
pub use backoff::exponential;
pub use cache::Change;
pub use cache_options::CacheOptions;
pub use clock::Clock;
pub use condition::Condition;
pub use context::{Access, Context, Name};
pub use controller::{Cleanup, Controller, HasFinalizer, Reconcile};
pub use definition::Definition;
pub use error::{BoxError, Error, Write, chain};
pub use index::Keys;
pub use kube::{core::object::HasStatus, runtime::events::EventType};
pub use leader::LeaderElection;
pub use manager::{Manager, ManagerError};
pub use myop_macros::{Controller, resource, schema, status, test};
pub use namespaces::WrongNamespace;
pub use object::{NamespacedName, Object, Scope};
pub use outcome::{Failure, Outcome};
pub use owned::Owned;
pub use rng::Rng;
pub use selector::WrongSelector;
pub use setup::{FromSetup, Setup};
pub use status::{Status, StatusOf};
pub use tokio_util::sync::CancellationToken;
pub use wakes::Wakes;
