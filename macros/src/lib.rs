//! The macros of myop. Authors use them through the crate `myop`, which re-exports them.
//!
//! Each macro reads its item through `myop_model`, which is where the attributes get their meaning
//! and their errors, and writes code that an author could have written by hand:
//!
//! - `resource` and `status` write the derives of serde and kube, with the help of `fields`;
//! - `schema` writes attributes of serde, schemars and kube;
//! - `controller` writes calls of the runtime's public builder;
//! - `test` wraps an async function into a test on a control plane.
//!
//! On a mistake they still write what keeps other errors away, so that one mistake is one message.
//! `expansion`, in the tests, holds what is written for each file in `tests/inputs`.

mod controller;
#[cfg(test)]
mod expansion;
mod resource;
mod schema;
mod status;
mod test;

use proc_macro::TokenStream;
use quote::quote;

/// Makes a kind out of the struct of its spec.
///
/// It writes the derives of serde and of kube's `CustomResource` and `KubeSchema`, so the arguments
/// are those of [`#[kube(...)]`](https://docs.rs/kube/latest/kube/derive.CustomResource.html) and
/// kube's documentation applies. Besides, the doc comment becomes what `kubectl explain` says,
/// fields are `camelCase` in YAML, a field that is `None` is left out, and the plural is
/// Kubebuilder's.
#[doc = include_str!("arguments/resource.md")]
///
/// Put it above other attributes: what a `#[derive]` above it has written can't be seen from here.
///
/// The types of fields are ordinary ones, with the derives that kube asks for:
/// `#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]`, and what serde should do with their fields.
///
/// ```
/// use myop::{resource, status};
///
/// /// MyApp runs a container image.
/// #[resource(
///     group = "example.com",
///     version = "v1alpha1",
///     kind = "MyApp",
///     namespaced,
///     status = MyAppStatus,
///     shortname = "ma",
///     printcolumn(name = "Replicas", type_ = "integer", json_path = ".spec.replicas"),
/// )]
/// pub struct MyAppSpec {
///     /// The image to run.
///     #[schemars(length(min = 1))]
///     pub image: String,
///     pub replicas: Option<i32>,
/// }
///
/// /// What the operator has seen.
/// #[status]
/// pub struct MyAppStatus {
///     pub healthy: bool,
/// }
///
/// let app = MyApp::new("web", MyAppSpec { image: "nginx".into(), replicas: None });
/// assert_eq!(serde_json::to_value(&app).unwrap()["spec"], serde_json::json!({ "image": "nginx" }));
/// ```
#[proc_macro_attribute]
pub fn resource(arguments: TokenStream, item: TokenStream) -> TokenStream {
    resource::expand(arguments.into(), item.into()).into()
}

/// Makes the status of a kind out of a struct: adds `conditions` and `observed_generation`, which
/// the runtime keeps, and lets a controller set the author's fields by `ctx.status(...)`.
///
/// The fields must have defaults, as an object has no status at first.
///
/// ```
/// use myop::status;
///
/// /// What the operator has seen.
/// #[status]
/// pub struct MyAppStatus {
///     pub healthy: bool,
///     pub endpoint: Option<String>,
/// }
///
/// let status = MyAppStatus { healthy: true, ..Default::default() };
/// assert!(status.conditions.is_empty());
/// assert_eq!(serde_json::to_value(&status).unwrap(), serde_json::json!({ "healthy": true }));
/// ```
#[proc_macro_attribute]
pub fn status(arguments: TokenStream, item: TokenStream) -> TokenStream {
    status::expand(arguments.into(), item.into()).into()
}

/// Says more of a schema than serde, schemars and kube have words for.
///
/// It belongs below `#[resource]` and `#[status]`, and above the derives of any other struct whose schema is derived, by
/// `JsonSchema` or `KubeSchema`. Then its fields can have it, too. It becomes attributes of these derives.
#[doc = include_str!("arguments/schema.md")]
///
/// ```
/// use myop::schema;
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// #[schema(exactly_one_of(tls, plain_text))]
/// #[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
/// pub struct Listener {
///     pub tls: Option<String>,
///     pub plain_text: Option<String>,
///     #[schema(immutable)]
///     pub port: u16,
/// }
///
/// let schema = schemars::schema_for!(Listener);
/// let rule = &schema.as_value()["x-kubernetes-validations"][0]["rule"];
/// assert_eq!(rule, "(has(self.tls) ? 1 : 0) + (has(self.plain_text) ? 1 : 0) == 1");
/// ```
#[proc_macro_attribute]
pub fn schema(arguments: TokenStream, item: TokenStream) -> TokenStream {
    schema::expand(arguments.into(), item.into()).into()
}

/// Declares what a controller reconciles and what it touches.
///
/// From the declarations follow the watches, the rules of its role, and what compiles:
/// `ctx.get::<Secret>(...)` does only where Secrets are reconciled, owned, watched or read.
#[doc = include_str!("arguments/controller.md")]
///
/// The struct is made when the operator starts, each field by the `myop::FromSetup` of its type: a
/// `kube::Client`, a type of the author's, or an `Arc` of one, which all controllers share.
///
/// ```
/// # use myop::{resource, status};
/// # #[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
/// # pub struct MyAppSpec {}
/// use std::sync::Arc;
///
/// use k8s_openapi::api::apps::v1::Deployment;
/// use myop::{Context, Controller, Outcome, Reconcile};
///
/// /// Keeps the Deployment of each MyApp.
/// #[derive(Controller)]
/// #[controller(reconciles = MyApp, owns(Deployment), skip(label = "reconciler=ignore"))]
/// pub struct MyAppController;
///
/// impl Reconcile for MyAppController {
///     type Error = myop::Error;
///
///     async fn reconcile(&self, app: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
///         let deployments: Vec<Arc<Deployment>> = ctx.children();
///         Ok(Outcome::done())
///     }
/// }
/// ```
///
/// Of the functions in `watches`, `index` takes a reference to a reconciled object, `key` and `map`
/// to a watched one, and each returns an `Option`, an array or a `Vec`: of `myop::NamespacedName`s,
/// or with `key` of any keys that borrow nothing. There may be several `watches`, of one kind too, and several `owns`, each
/// with what is said in it.
///
/// A predicate, behind `when`, is a function of a `myop::Change` that returns a `bool`, or one of `myop::predicate`, or
/// several combined: `when = generation_changed.or(labels_changed)`. Who watches the kind that it reconciles, by
/// `watches(MyApp, index = host_of, key = host_of)`, needs one: each write of a status is a change.
///
/// ```
/// # use k8s_openapi::api::core::v1::Secret;
/// # use myop::{Controller, NamespacedName, resource};
/// # #[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
/// # pub struct MyAppSpec { secret: String }
/// #[derive(Controller)]
/// #[controller(reconciles = MyApp, watches(Secret, index = secret_of))]
/// pub struct MyAppController;
///
/// /// The Secret that an app uses.
/// fn secret_of(app: &MyApp) -> Option<NamespacedName> {
///     let namespace = app.metadata.namespace.clone();
///     Some(NamespacedName { namespace, name: app.spec.secret.clone() })
/// }
/// ```
#[proc_macro_derive(Controller, attributes(controller))]
pub fn controller(item: TokenStream) -> TokenStream {
    controller::expand(item.into()).into()
}

/// A test on a control plane, which it gets as `myop::testing::Cluster`.
///
/// It is an API server in the test's own process, of which nothing has to be installed. Where
/// `KUBEBUILDER_ASSETS` names a folder with `etcd` and `kube-apiserver` it is these, and with
/// `USE_EXISTING_CLUSTER=true` the cluster of the current context.
#[doc = include_str!("arguments/myop_test.md")]
///
/// ```no_run
/// use myop::testing::{Cluster, Result};
///
/// #[myop::test]
/// async fn there_is_a_cluster(cluster: Cluster) -> Result {
///     Ok(())
/// }
/// ```
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    test::expand(arguments.into(), &item.into()).into()
}

/// The item, or what to write where it can't be read: the error, and the item as it is.
fn parse<T: syn::parse::Parse>(
    item: &proc_macro2::TokenStream,
) -> Result<T, proc_macro2::TokenStream> {
    syn::parse2(item.clone()).map_err(|error| {
        let error = error.into_compile_error();
        quote!(#error #item)
    })
}
