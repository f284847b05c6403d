//! 200 Speakers and 200 Proposals, edited and deleted at random by several writers at once, against a [`model`].
//!
//! `CFP_SEEDS="3 4"` runs these seeds.

mod keys;
mod model;
mod records;
mod seen;
mod service;
mod standing;
mod writer;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use cfp_operator::api::v1::{Proposal, Speaker};
use fastrand::Rng;
use futures::{
    StreamExt,
    future::try_join_all,
    stream::{BoxStream, Stream, select_all, unfold},
};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api,
    api::{ObjectMeta, PostParams},
    runtime::watcher::{self, watcher},
};
use myop::{
    Object,
    testing::{Cluster, Cut, Fault, Operator, Result},
};
use tokio::time::{Instant, sleep, timeout};

use keys::NAMESPACES;
use model::Model;
use seen::Seen;
use service::Service;
use writer::Writer;

const WRITERS: usize = 8;

/// How long nothing must happen for all to be at rest.
const QUIET: Duration = Duration::from_secs(1);

/// After how many requests to the service an operator is hard at work.
const AT_WORK: u64 = 100;

/// How long the service is out.
const OUTAGE: Duration = Duration::from_secs(1);

/// How long it may take until all is at rest. What a Proposal says of a missing Speaker it says anew only when it is
/// tried again: that may be its 14th try, which comes after 41 s, and in trouble one try in ten fails by a fault, so it may
/// take the 15th, 82 s later.
const DEADLINE: Duration = Duration::from_secs(200);

/// What an operator at rest does not write to.
const WRITTEN: [&str; 5] = [
    "speakers",
    "speakers/status",
    "proposals",
    "proposals/status",
    "events",
];

#[myop::test]
async fn service_and_cluster_agree_at_rest(cluster: Cluster) -> Result {
    make_namespaces(&cluster).await?;
    for seed in seeds("1 2")? {
        let ran = random_edits(&cluster, seed).await;
        ran.map_err(|error| format!("CFP_SEEDS={seed}: {error}"))?;
    }
    Ok(())
}

/// The same, while requests to the API server fail and watches drop.
#[myop::test]
async fn service_and_cluster_agree_in_trouble(cluster: Cluster) -> Result {
    make_namespaces(&cluster).await?;
    for seed in seeds("3")? {
        let faults = cluster.faults();
        faults.seed(seed);
        faults.begin(Fault::answer(500).share(0.05));
        faults.begin(Fault::answer(409).share(0.05));
        let ran = tokio::select! {
            ran = random_edits(&cluster, seed) => ran,
            () = drop_watches(&cluster, seed) => Ok(()),
        };
        ran.map_err(|error| format!("CFP_SEEDS={seed}: {error}"))?;
        faults.heal();
    }
    Ok(())
}

/// Ends all watches every few seconds, in one way or another.
async fn drop_watches(cluster: &Cluster, seed: u64) {
    let mut random = Rng::with_seed(seed);
    let ways = [Cut::Clean, Cut::Broken, Cut::MidLine, Cut::Expired];
    loop {
        sleep(Duration::from_millis(random.u64(2_000..5_000))).await;
        let way = random.usize(..ways.len());
        cluster.faults().cut_watches(ways[way]);
    }
}

async fn make_namespaces(cluster: &Cluster) -> Result {
    for name in NAMESPACES {
        let namespace = Namespace {
            metadata: ObjectMeta {
                name: Some(name.into()),
                ..ObjectMeta::default()
            },
            ..Namespace::default()
        };
        let namespaces: Api<Namespace> = cluster.all();
        namespaces
            .create(&PostParams::default(), &namespace)
            .await?;
    }
    Ok(())
}

fn seeds(default: &str) -> Result<Vec<u64>> {
    let given = std::env::var("CFP_SEEDS").unwrap_or(default.into());
    given
        .split_whitespace()
        .map(|seed| Ok(seed.parse()?))
        .collect()
}

async fn random_edits(cluster: &Cluster, seed: u64) -> Result {
    let scene = Scene::open(cluster).await?;
    let mut writers = scene.writers(seed);
    let operator = scene.start().await?;
    try_join_all(writers.iter_mut().map(Writer::create_all)).await?;
    try_join_all(writers.iter_mut().map(Writer::burst)).await?;
    scene.rest().await?;

    let edits = try_join_all(writers.iter_mut().map(Writer::burst));
    let (_, operator) = tokio::try_join!(edits, scene.restart(operator))?;
    scene.rest().await?;

    // The new operator has failed at nothing for long: its delays are short.
    let edits = try_join_all(writers.iter_mut().map(Writer::burst));
    tokio::try_join!(edits, scene.outage())?;
    scene.rest().await?;
    scene.nothing_is_sent().await?;

    try_join_all(writers.iter_mut().map(Writer::delete_all)).await?;
    scene.rest().await?;
    operator.stop().await
}

struct Scene<'a> {
    cluster: &'a Cluster,
    service: Service,
    model: Arc<Mutex<Model>>,
}

impl<'a> Scene<'a> {
    async fn open(cluster: &'a Cluster) -> Result<Self> {
        Ok(Self {
            cluster,
            service: Service::start().await?,
            model: Arc::default(),
        })
    }

    fn writers(&self, seed: u64) -> Vec<Writer> {
        let mut random = Rng::with_seed(seed);
        let mut names = keys::all();
        random.shuffle(&mut names);
        let all = Arc::new(names);
        let shares = all.chunks(all.len().div_ceil(WRITERS));
        let writers = shares.map(|own| Writer {
            cluster: self.cluster.clone(),
            model: self.model.clone(),
            random: random.fork(),
            own: own.into(),
            all: all.clone(),
            last_words: BTreeMap::new(),
        });
        writers.collect()
    }

    async fn start(&self) -> Result<Operator> {
        let manager = cfp_operator::manager().provide(self.service.flags()?);
        self.cluster.run(manager).await
    }

    /// In the middle of what happens, another operator takes over.
    async fn restart(&self, operator: Operator) -> Result<Operator> {
        self.middle().await?;
        operator.stop().await?;
        self.start().await
    }

    /// In the middle of what happens, the service is out for a while.
    async fn outage(&self) -> Result {
        self.middle().await?;
        self.service.set_out(true);
        sleep(OUTAGE).await;
        self.service.set_out(false);
        Ok(())
    }

    /// Waits until the operator is hard at work.
    async fn middle(&self) -> Result {
        let mut requests = self.service.requests();
        let enough = *requests.borrow_and_update() + AT_WORK;
        timeout(DEADLINE, requests.wait_for(|count| *count >= enough)).await??;
        Ok(())
    }

    /// Waits until nothing happens any more and all is as the model says.
    async fn rest(&self) -> Result {
        let deadline = Instant::now() + DEADLINE;
        let mut changes = self.changes();
        loop {
            let is_quiet = timeout(QUIET, changes.next()).await.is_err();
            let is_late = Instant::now() > deadline;
            if !is_quiet && !is_late {
                continue;
            }
            let seen = Seen::look(self.cluster, &self.service).await?;
            let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
            let mismatches = model.mismatches(&seen);
            if is_quiet && mismatches.is_empty() {
                model.rest(&seen);
                return Ok(());
            }
            if is_late {
                let seconds = DEADLINE.as_secs();
                let list = mismatches.join("\n");
                return Err(
                    format!("not at rest after {seconds} s (quiet: {is_quiet}):\n{list}").into(),
                );
            }
        }
    }

    /// Something for each change of an object and each request to the service.
    fn changes(&self) -> impl Stream<Item = ()> + Unpin {
        let requests = unfold(self.service.requests(), async |mut requests| {
            requests.changed().await.ok()?;
            Some(((), requests))
        });
        select_all([
            changes_of::<Speaker>(self.cluster),
            changes_of::<Proposal>(self.cluster),
            requests.boxed(),
        ])
    }

    async fn nothing_is_sent(&self) -> Result {
        let requests = self.service.requests();
        let before = *requests.borrow();
        let writes = self
            .cluster
            .writes_within(Duration::from_secs(3), &WRITTEN)
            .await?;
        match (writes, *requests.borrow() - before) {
            (0, 0) => Ok(()),
            (writes, requests) => {
                Err(format!("at rest: {writes} writes, {requests} requests").into())
            }
        }
    }
}

fn changes_of<K: Object>(cluster: &Cluster) -> BoxStream<'static, ()> {
    watcher(cluster.all::<K>(), watcher::Config::default())
        .map(drop)
        .boxed()
}
