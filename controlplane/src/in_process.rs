//! A control plane without sockets.

use jiff::Timestamp;
use kube::Client;
use tokio::task::AbortHandle;

use crate::{
    Settings,
    auth::{AUTHENTICATED, MASTERS, User},
    serve::{
        in_process,
        shared::{Clock, Shared},
    },
};

/// An API server in this process, which no other process reaches. It ends when it is dropped.
///
/// It does no I/O, and its time is that of the runtime: where that is paused, one seed and the same requests in the same
/// order get the same answers, byte for byte.
///
/// ```
/// use k8s_openapi::{api::core::v1::Namespace, jiff::Timestamp};
/// use kube::Api;
/// use myop_controlplane::{InProcess, Settings};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = InProcess::start(7, Timestamp::UNIX_EPOCH, Settings::default());
/// let namespaces: Api<Namespace> = Api::all(server.client());
/// assert!(namespaces.get_opt("default").await?.is_some());
/// # Ok(())
/// # }
/// ```
pub struct InProcess {
    pub(crate) shared: Shared,
    controllers: AbortHandle,
}

impl InProcess {
    /// Starts one, whose names and uids are drawn from a seed, and whose time goes on from `began`.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn start(seed: u64, began: Timestamp, settings: Settings) -> Self {
        Self::of(Shared::new(
            seed,
            settings,
            Clock::beginning_at(began),
            None,
        ))
    }

    pub(crate) fn of(shared: Shared) -> Self {
        Self {
            controllers: tokio::spawn(shared.clone().work()).abort_handle(),
            shared,
        }
    }

    /// A client with all rights.
    pub fn client(&self) -> Client {
        self.client_as(&administrator())
    }

    /// A client that asks as this user.
    pub fn client_as(&self, user: &User) -> Client {
        in_process::client(&self.shared, user)
    }

    /// Forgets what happened until now, as a compaction of etcd does: a watch from further back ends with 410. While the
    /// watch cache [lags](Self::lag), what it has yet to tell is kept.
    pub fn compact(&self) {
        self.shared.compact();
    }

    /// From now on watches tell nothing new, and neither do reads at resourceVersion 0, as if the watch cache had fallen
    /// behind etcd.
    pub fn lag(&self) {
        self.shared.lag();
    }

    /// Ends what [`lag`](Self::lag) began: what was held back is told.
    pub fn catch_up(&self) {
        self.shared.catch_up();
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        self.controllers.abort();
    }
}

pub(crate) fn administrator() -> User {
    User {
        name: "admin".into(),
        groups: vec![MASTERS.into(), AUTHENTICATED.into()],
        ..User::default()
    }
}
