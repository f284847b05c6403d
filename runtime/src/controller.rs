//! What an author implements: a controller, and how it reconciles.

use std::sync::Arc;

use crate::{
    context::Context,
    definition::Definition,
    object::Object,
    outcome::{Failure, Outcome},
    setup::FromSetup,
};

/// What a controller reconciles and what it touches on the way.
///
/// It is written by [`#[derive(Controller)]`](macro@crate::Controller) from `#[controller(...)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a controller",
    label = "this is not a controller",
    note = "add #[derive(Controller)] and #[controller(reconciles = ...)] to it"
)]
pub trait Controller: Send + Sync + Sized + 'static {
    /// The kind that it reconciles.
    type Kind: Object;

    /// Its name in logs; unique in an operator.
    const NAME: &'static str;

    /// Declares what it touches.
    fn define(definition: Definition<Self>) -> Definition<Self>;
}

/// How a controller makes the world be as an object's spec asks.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how it reconciles",
    label = "`Reconcile` is not implemented",
    note = "write `impl Reconcile for {Self}` with `async fn reconcile(...)`"
)]
pub trait Reconcile: Controller + FromSetup {
    /// Why a reconcile can fail: [`myop::Error`](crate::Error), [`Failure`], or a type of one's own that says by
    /// `impl From<MyError> for Failure` what it means. Another crate's error is given a reason where it happens:
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use k8s_openapi::api::core::v1::ConfigMap;
    /// # use myop::{Context, Controller, Failure, Outcome, Reconcile};
    /// # #[derive(Controller)]
    /// # #[controller(reconciles = ConfigMap)]
    /// # struct LicenceController;
    /// impl Reconcile for LicenceController {
    ///     type Error = Failure;
    ///
    ///     async fn reconcile(&self, _: Arc<ConfigMap>, _: &Context<Self>) -> Result<Outcome, Failure> {
    ///         let licence = std::fs::read_to_string("/licence");
    ///         licence.map_err(|error| Failure::retry("NoLicence", error.to_string()))?;
    ///         Ok(Outcome::done())
    ///     }
    /// }
    /// ```
    type Error: Into<Failure> + Send;

    /// Brings the world to what `object` asks for.
    ///
    /// It is called when the object, or something that it owns or that it watches, has changed, when the operator starts, and after a
    /// failure or the time that the last outcome named; never twice at once for one object. What changed is not told:
    /// compare what should be with what is, each time.
    fn reconcile(
        &self,
        object: Arc<Self::Kind>,
        ctx: &Context<Self>,
    ) -> impl Future<Output = Result<Outcome, Self::Error>> + Send;
}

/// What a controller with a finalizer does before an object goes.
///
/// It goes together with `finalizer = "..."` in `#[controller(...)]`: neither compiles without the other.
///
/// ```
/// # use std::sync::Arc;
/// # use k8s_openapi::api::core::v1::ConfigMap;
/// # use myop::{Cleanup, Context, Controller, Outcome, Reconcile};
/// #[derive(Controller)]
/// #[controller(reconciles = ConfigMap, finalizer = "example.com/account")]
/// struct AccountController;
///
/// impl Cleanup for AccountController {
///     async fn cleanup(&self, object: Arc<ConfigMap>, ctx: &Context<Self>) -> Result<(), Self::Error> {
///         // Close the account that this object stands for.
///         Ok(())
///     }
/// }
/// # impl Reconcile for AccountController {
/// #     type Error = myop::Error;
/// #     async fn reconcile(&self, _: Arc<ConfigMap>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
/// #         Ok(Outcome::done())
/// #     }
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has a finalizer and does not say how it cleans up",
    label = "`Cleanup` is not implemented",
    note = "write `impl Cleanup for {Self}` with `async fn cleanup(...)`, or remove `finalizer` from its #[controller(...)]"
)]
pub trait Cleanup: Reconcile + HasFinalizer {
    /// Cleans up what the garbage collector does not know of, before the object goes.
    ///
    /// It is called for an object that is being deleted and carries the finalizer; once it has succeeded the finalizer
    /// is taken off. It may be called again for what it did already.
    fn cleanup(
        &self,
        object: Arc<Self::Kind>,
        ctx: &Context<Self>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// The controller declares a finalizer: `finalizer = "..."`. `#[derive(Controller)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cleans up and has no finalizer, so nothing would wait for it",
    label = "no finalizer is declared",
    note = "add `finalizer = \"example.com/name\"` to its #[controller(...)]"
)]
pub trait HasFinalizer {}
