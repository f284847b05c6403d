//! How controllers are made when the operator starts, and what they are made from.

use std::{
    any::{Any, TypeId, type_name},
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use kube::Client;

use crate::error::BoxError;

/// What can be made when the operator starts: a controller, and each field of one.
///
/// [`#[derive(Controller)]`](macro@crate::Controller) makes a controller field by field. An author implements it for
/// what the fields are: a client of some service, for example. In an [`Arc`] it is made once and shared by all
/// controllers.
///
/// ```
/// use std::sync::Arc;
/// # use k8s_openapi::api::core::v1::ConfigMap;
/// # use myop::{Context, Reconcile, Outcome};
/// use myop::{BoxError, Controller, FromSetup, Setup};
///
/// /// A bank, which several controllers ask.
/// struct Bank {
///     url: String,
/// }
///
/// impl FromSetup for Bank {
///     fn from_setup(_: &Setup) -> Result<Self, BoxError> {
///         Ok(Bank { url: std::env::var("BANK_URL")? })
///     }
/// }
///
/// #[derive(Controller)]
/// #[controller(reconciles = ConfigMap)]
/// struct AccountController {
///     bank: Arc<Bank>,
/// }
/// # impl Reconcile for AccountController {
/// #     type Error = myop::Error;
/// #     async fn reconcile(&self, _: Arc<ConfigMap>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
/// #         Ok(Outcome::done().because("Asked", &self.bank.url))
/// #     }
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made when the operator starts",
    label = "`FromSetup` is not implemented for it",
    note = "write `impl FromSetup for {Self}`, or for a type of your own around it, with `fn from_setup(setup: &Setup) -> Result<Self, BoxError>`"
)]
pub trait FromSetup: Sized {
    /// Makes it. An error ends the operator before it has done anything.
    fn from_setup(setup: &Setup) -> Result<Self, BoxError>;
}

impl<T: FromSetup + Send + Sync + 'static> FromSetup for Arc<T> {
    fn from_setup(setup: &Setup) -> Result<Self, BoxError> {
        setup.shared()
    }
}

impl FromSetup for Client {
    fn from_setup(setup: &Setup) -> Result<Self, BoxError> {
        Ok(setup.client.clone())
    }
}

/// What a controller may be made from.
#[non_exhaustive]
pub struct Setup {
    /// The client of the operator. What it is used for has no rules of its own: declare them with `rbac(...)`.
    pub client: Client,
    parts: Mutex<Parts>,
}

/// Values by their types.
#[derive(Clone, Default)]
pub(crate) struct Parts(BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Parts {
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, part: Arc<T>) {
        self.0.insert(TypeId::of::<T>(), part);
    }

    pub(crate) fn has<T: 'static>(&self) -> bool {
        self.0.contains_key(&TypeId::of::<T>())
    }

    pub(crate) fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let part = self.0.get(&TypeId::of::<T>())?;
        Some(part.clone().downcast().expect("kept by its type"))
    }
}

impl Setup {
    pub(crate) fn new(client: Client, parts: Parts) -> Self {
        Self {
            client,
            parts: Mutex::new(parts),
        }
    }

    /// The one `T` of this operator: made at the first call, unless it was given by
    /// [`Manager::provide`](crate::Manager::provide).
    pub fn shared<T: FromSetup + Send + Sync + 'static>(&self) -> Result<Arc<T>, BoxError> {
        if let Some(part) = self.part() {
            return Ok(part);
        }
        // Outside the lock: it may need other parts.
        let part = Arc::new(T::from_setup(self)?);
        self.parts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(part.clone());
        Ok(part)
    }

    /// The operator's own flags `F`, as they were given to it.
    ///
    /// # Errors
    ///
    /// Where the manager does not know of them: see [`Manager::flags`](crate::Manager::flags).
    pub fn flags<F: Send + Sync + 'static>(&self) -> Result<Arc<F>, BoxError> {
        self.part().ok_or_else(|| {
            let flags = type_name::<F>();
            let short = flags.rsplit("::").next().unwrap_or(flags);
            format!("nobody reads the flags `{flags}`; add `.flags::<{short}>()` to the manager")
                .into()
        })
    }

    fn part<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.get()
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    static MADE: AtomicUsize = AtomicUsize::new(0);

    #[derive(Debug)]
    struct Bank(&'static str);

    impl FromSetup for Bank {
        fn from_setup(_: &Setup) -> Result<Self, BoxError> {
            MADE.fetch_add(1, Ordering::Relaxed);
            Ok(Self("made"))
        }
    }

    /// Needs a part itself.
    struct Desk(Arc<Bank>);

    impl FromSetup for Desk {
        fn from_setup(setup: &Setup) -> Result<Self, BoxError> {
            Ok(Self(setup.shared()?))
        }
    }

    fn setup(parts: Parts) -> Setup {
        let no_server = tower::service_fn(|_: axum::http::Request<kube::client::Body>| async {
            Err::<axum::http::Response<kube::client::Body>, _>(BoxError::from("not to be asked"))
        });
        Setup::new(Client::new(no_server, "default"), parts)
    }

    #[tokio::test]
    async fn a_part_is_made_once() {
        let setup = setup(Parts::default());
        let (one, other) = (setup.shared::<Desk>(), setup.shared::<Bank>());
        let (one, other) = (one.expect("a desk"), other.expect("a bank"));
        assert!(Arc::ptr_eq(&one.0, &other));
        assert_eq!(MADE.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_part_that_was_given_is_not_made() {
        let mut parts = Parts::default();
        parts.insert(Arc::new(Bank("given")));
        let bank = setup(parts).shared::<Bank>().expect("a bank");
        assert_eq!(bank.0, "given");
    }

    #[tokio::test]
    async fn flags_that_nobody_reads_say_so() {
        let error = setup(Parts::default()).flags::<Bank>().unwrap_err();
        let words = "add `.flags::<Bank>()` to the manager";
        assert!(error.to_string().ends_with(words), "{error}");
    }
}
