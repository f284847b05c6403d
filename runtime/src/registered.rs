//! A controller of whatever type, as the manager holds it.

use std::{any::TypeId, collections::BTreeSet, sync::Arc};

use futures::future::BoxFuture;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    access::Rule,
    clock::Clock,
    controller::Reconcile,
    definition::Definition,
    keeper::Keeper,
    manager::ManagerError,
    memory::Memory,
    object::resource_of,
    record::Followers,
    recorder::Recorder,
    resync::Resync,
    setup::Setup,
    watches::{Watches, WatchesBuilder},
    worker::Worker,
    workqueue::WorkQueue,
    writer::Writer,
};

/// Where a controller works: what all of an operator's controllers share.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) writer: Writer,
    pub(crate) watches: Arc<Watches>,
    pub(crate) recorder: Recorder,
    pub(crate) followers: Followers,
    pub(crate) resync: Resync,
    pub(crate) clock: Clock,
    pub(crate) concurrency: usize,
}

/// A controller that is ready to start.
pub(crate) struct Prepared {
    /// The kinds whose caches it reads.
    pub(crate) kinds: BTreeSet<TypeId>,
    pub(crate) queue: Arc<WorkQueue>,
    pub(crate) start: Start,
}

/// Starts a controller; it works until the token is cancelled.
pub(crate) type Start = Box<dyn FnOnce(Site, CancellationToken) -> BoxFuture<'static, ()> + Send>;

pub(crate) trait Registered: Send {
    fn name(&self) -> &'static str;
    fn rules(&self) -> Vec<Rule>;
    /// The kind whose status it keeps, whatever the version.
    fn keeps_status_of(&self) -> Option<String>;
    /// Makes the controller and says what is to be watched for it.
    fn prepare(
        self: Box<Self>,
        setup: &Setup,
        watches: &mut WatchesBuilder,
    ) -> Result<Prepared, ManagerError>;
}

impl<C: Reconcile> Registered for Definition<C> {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn rules(&self) -> Vec<Rule> {
        Definition::rules(self)
    }

    fn keeps_status_of(&self) -> Option<String> {
        self.status.map(|_| resource_of::<C::Kind>())
    }

    fn prepare(
        mut self: Box<Self>,
        setup: &Setup,
        watches: &mut WatchesBuilder,
    ) -> Result<Prepared, ManagerError> {
        let made = C::from_setup(setup);
        let controller = made.map_err(|source| ManagerError::New {
            controller: C::NAME,
            source,
        })?;
        let queue = Arc::new(WorkQueue::new(std::mem::take(&mut self.queue)));
        let kinds = self.subscribe(watches, &queue);
        let metrics = setup.metrics().of_controller(C::NAME, queue.clone());
        let calls = queue.clone();
        let start: Start = Box::new(move |site, shutdown| {
            let keeper = Keeper {
                status: self.status,
                writer: site.writer.clone(),
                clock: site.clock,
            };
            let worker = Worker {
                controller,
                definition: *self,
                writer: site.writer,
                watches: site.watches,
                queue,
                keeper,
                metrics,
                memory: Memory::default(),
                recorder: site.recorder,
                followers: site.followers,
                resync: site.resync,
                recording: TaskTracker::new(),
            };
            Box::pin(Arc::new(worker).run(site.concurrency, shutdown))
        });
        Ok(Prepared {
            kinds,
            queue: calls,
            start,
        })
    }
}
