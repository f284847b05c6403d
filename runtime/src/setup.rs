//! How controllers are made when the operator starts, and what they are made from.

use std::{
    any::{Any, TypeId, type_name},
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kube::Client;

use crate::{error::BoxError, flags::OwnFlags, metrics::Metrics};

/// What can be made when the operator starts: a controller, and each field of one.
///
/// [`#[derive(Controller)]`](macro@crate::Controller) makes a controller field by field. An author implements it for
/// what the fields are: a client of some service, for example. In an [`Arc`] it is made once and shared by all
/// controllers, and a test can give another by [`Manager::provide`](crate::Manager::provide).
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
    /// Makes it. An error ends the operator before it has done anything; nothing is waited for here, so what has to connect
    /// somewhere does that when it is first used.
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
    metrics: Metrics,
    flags: Vec<OwnFlags>,
    parts: Mutex<Parts>,
}

/// Values by their types.
#[derive(Default)]
pub(crate) struct Parts(BTreeMap<TypeId, Part>);

struct Part {
    type_name: &'static str,
    value: Arc<dyn Any + Send + Sync>,
    is_used: bool,
}

impl Parts {
    /// Takes in what was given: somebody is to ask for it.
    pub(crate) fn provide<T: Send + Sync + 'static>(&mut self, value: Arc<T>) {
        self.insert(value, false);
    }

    /// Takes in what was made on demand, or in case it is asked for.
    pub(crate) fn keep<T: Send + Sync + 'static>(&mut self, value: Arc<T>) {
        self.insert(value, true);
    }

    fn insert<T: Send + Sync + 'static>(&mut self, value: Arc<T>, is_used: bool) {
        let part = Part {
            type_name: type_name::<T>(),
            value,
            is_used,
        };
        self.0.insert(TypeId::of::<T>(), part);
    }

    pub(crate) fn has<T: 'static>(&self) -> bool {
        self.0.contains_key(&TypeId::of::<T>())
    }

    pub(crate) fn get<T: Send + Sync + 'static>(&mut self) -> Option<Arc<T>> {
        let part = self.0.get_mut(&TypeId::of::<T>())?;
        part.is_used = true;
        Some(part.value.clone().downcast().expect("kept by its type"))
    }

    pub(crate) fn unused(&self) -> Option<&'static str> {
        let unused = self.0.values().find(|part| !part.is_used);
        unused.map(|part| part.type_name)
    }
}

impl Setup {
    pub(crate) fn new(
        client: Client,
        metrics: Metrics,
        flags: Vec<OwnFlags>,
        parts: Parts,
    ) -> Self {
        Self {
            client,
            metrics,
            flags,
            parts: Mutex::new(parts),
        }
    }

    /// The one `T` of this operator: made at the first call, unless it was given by
    /// [`Manager::provide`](crate::Manager::provide).
    pub fn shared<T: FromSetup + Send + Sync + 'static>(&self) -> Result<Arc<T>, BoxError> {
        if let Some(part) = self.parts().get() {
            return Ok(part);
        }
        // Outside the lock: it may need other parts.
        let part = Arc::new(T::from_setup(self)?);
        self.parts().keep(part.clone());
        Ok(part)
    }

    /// The operator's own flags `F`: as the command line has them, as they were given by
    /// [`Manager::provide`](crate::Manager::provide), or else their defaults.
    ///
    /// # Errors
    ///
    /// Where the manager does not know of them (see [`Manager::flags`](crate::Manager::flags)), or one of them has neither
    /// a value nor a default.
    pub fn flags<F: Send + Sync + 'static>(&self) -> Result<Arc<F>, BoxError> {
        let name = type_name::<F>();
        let Some(flags) = self.flags.iter().find(|flags| flags.are::<F>()) else {
            let short = name.rsplit("::").next().unwrap_or(name);
            return Err(format!(
                "nobody reads the flags `{name}`; add `.flags::<{short}>()` to the manager"
            )
            .into());
        };
        let mut parts = self.parts();
        flags.read_defaults(&mut parts)?;
        Ok(parts.get().expect("they were just read"))
    }

    /// The operator's metrics, to add one's own to.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// A part that was given and that nobody has asked for.
    pub(crate) fn unused(&self) -> Option<&'static str> {
        self.parts().unused()
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
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
        let client = Client::new(no_server, "default");
        Setup::new(client, Metrics::new(), Vec::new(), parts)
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
        parts.provide(Arc::new(Bank("given")));
        let setup = setup(parts);
        assert_eq!(setup.unused(), Some(type_name::<Bank>()));
        let bank = setup.shared::<Bank>().expect("a bank");
        assert_eq!(bank.0, "given");
        assert_eq!(setup.unused(), None);
    }

    #[tokio::test]
    async fn flags_that_nobody_reads_say_so() {
        let error = setup(Parts::default()).flags::<Bank>().unwrap_err();
        let words = "add `.flags::<Bank>()` to the manager";
        assert!(error.to_string().ends_with(words), "{error}");
    }
}
