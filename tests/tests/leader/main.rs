//! Several replicas of an operator, as processes of their own, on a real API server. `LEADER_ROUNDS=50` runs more rounds.

#![expect(clippy::print_stdout, reason = "figures for `--nocapture`")]

mod audit;
mod link;
mod replicas;

use std::time::Instant;

use k8s_openapi::{
    api::{
        coordination::v1::Lease,
        core::v1::ConfigMap,
        rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding},
    },
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, CustomResourceExt,
    api::PostParams,
    runtime::{conditions::is_crd_established, wait::await_condition},
};
use myop::{
    LeaderElection,
    testing::{Cluster, Result},
};
use myop_tests::{
    project::workspace,
    scribe::{Journal, JournalSpec, ScribeFlags, manager},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::replicas::{Replica, Replicas};

/// The group that all replicas are in; each is a user of its own, so that the server's record tells them apart.
const GROUP: &str = "replicas";
/// All of them are written in at once.
const JOURNALS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// What happens to a leader.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Killed,
    /// It is stopped for longer than its lease lasts, and goes on.
    Frozen,
    Terminated,
    /// Its network is cut.
    CutOff,
}

const FATES: [Fate; 4] = [Fate::Killed, Fate::Frozen, Fate::Terminated, Fate::CutOff];

impl Fate {
    async fn befall(self, leader: &Replica) -> Result {
        match self {
            Self::Killed => leader.signal("KILL").await,
            Self::Frozen => leader.signal("STOP").await,
            Self::Terminated => leader.signal("TERM").await,
            Self::CutOff => {
                leader.link.cut();
                Ok(())
            }
        }
    }

    /// How the process ends, and what it says in the end.
    fn end(self) -> (Option<i32>, &'static str) {
        match self {
            Self::Killed => (None, ""),
            Self::Terminated => (Some(0), "released the lease"),
            Self::Frozen | Self::CutOff => (Some(1), "this replica does not lead any more"),
        }
    }
}

/// What a role of the examples allows, as it is written.
fn rules_in(file: &str) -> Result<Value> {
    let role: Value = serde_yaml::from_str(&std::fs::read_to_string(workspace().join(file))?)?;
    Ok(role["rules"].clone())
}

async fn create<K>(api: Api<K>, object: Value) -> Result
where
    K: Clone + DeserializeOwned + serde::Serialize + std::fmt::Debug,
{
    api.create(&PostParams::default(), &serde_json::from_value(object)?)
        .await?;
    Ok(())
}

/// The CRD, a journal, and for the replicas the rules that `myop manifests` writes, no more.
async fn install(cluster: &Cluster) -> Result {
    let crds: Api<CustomResourceDefinition> = cluster.all();
    crds.create(&PostParams::default(), &Journal::crd()).await?;
    await_condition(crds, Journal::crd_name(), is_crd_established()).await?;
    let journals: Api<Journal> = cluster.namespaced("default");
    for name in JOURNALS {
        let journal = Journal::new(name, JournalSpec {});
        journals.create(&PostParams::default(), &journal).await?;
    }

    let metadata = json!({"name": GROUP});
    let subjects =
        json!([{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": GROUP}]);
    let role = |kind: &str, rules: Value| json!({"metadata": metadata, "kind": kind, "apiVersion": "rbac.authorization.k8s.io/v1", "rules": rules});
    let binding = |kind: &str, role: &str| {
        json!({"metadata": metadata, "kind": kind, "apiVersion": "rbac.authorization.k8s.io/v1",
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": GROUP}, "subjects": subjects})
    };
    let rules = json!(manager().rules());
    create::<ClusterRole>(cluster.all(), role("ClusterRole", rules)).await?;
    create::<ClusterRoleBinding>(cluster.all(), binding("ClusterRoleBinding", "ClusterRole"))
        .await?;
    let rules = rules_in("generated-example/config/rbac/leader_election_role.yaml")?;
    create::<Role>(cluster.namespaced("default"), role("Role", rules)).await?;
    create::<RoleBinding>(
        cluster.namespaced("default"),
        binding("RoleBinding", "Role"),
    )
    .await
}

fn rounds() -> Result<u64> {
    match std::env::var("LEADER_ROUNDS") {
        Ok(rounds) => Ok(rounds.parse()?),
        Err(_) => Ok(FATES.len() as u64),
    }
}

/// Lets every leader meet a fate; returns the leaders in their order.
async fn play(replicas: &mut Replicas, rounds: u64) -> Result<Vec<String>> {
    let mut leaders = vec![replicas.leader_after("").await?];
    for (round, fate) in (0..rounds).zip(FATES.into_iter().cycle()) {
        let old = leaders.last().cloned().unwrap_or_default();
        // It is struck down at one moment or another of its work.
        replicas.written(&old, 3 + 7 * round % 19).await?;
        let mut leader = replicas.take(&old)?;
        let start = Instant::now();
        fate.befall(&leader).await?;
        let new = replicas.leader_after(&old).await?;
        let took = start.elapsed();
        println!("round {round}: {old} was {fate:?}, {new} wrote after {took:.2?}");
        if let Fate::Frozen = fate {
            leader.signal("CONT").await?;
        }
        let (code, words) = fate.end();
        let (status, log) = leader.ended().await?;
        assert_eq!(status.code(), code, "{log}");
        assert!(log.contains(words), "{log}");
        leaders.push(new);
        replicas.add().await?;
    }
    Ok(leaders)
}

async fn no_old_leader_writes_after_a_new_one(cluster: Cluster, count: usize) -> Result {
    let log = cluster
        .audit_log()
        .ok_or("needs a control plane of its own")?;
    install(&cluster).await?;
    let mut replicas = Replicas::start(&cluster, count).await?;
    let leaders = play(&mut replicas, rounds()?).await?;
    let mut work = replicas.end().await?;
    audit::read(log, &mut work)?;
    let found = audit::judge(&work);
    println!(
        "{count} replicas: {} leaders in turn, {} writes; {} in flight when the next leader's first came in, of which {} came in after it",
        found.leaders.len(),
        found.writes,
        found.in_flight,
        found.overtaken,
    );
    assert_eq!(found.leaders, leaders);
    assert!(found.wrong.is_empty(), "{:#?}", found.wrong);
    Ok(())
}

/// Two replicas in this process, as an operator's author may run them in a test.
#[myop::test]
async fn a_replica_that_ends_is_succeeded_by_one_that_waits(cluster: Cluster) -> Result {
    let replica = |author: &str| {
        let author = author.to_owned();
        let elected = manager().leader_election(LeaderElection::new("scribes"));
        cluster.run(elected.provide(ScribeFlags { author }))
    };
    let first = replica("first").await?;
    let journals: Api<Journal> = cluster.namespaced("default");
    let journal = Journal::new("a", JournalSpec {});
    journals.create(&PostParams::default(), &journal).await?;
    let maps: Api<ConfigMap> = cluster.namespaced("default");
    let signed =
        |author: &'static str| move |map: Option<&ConfigMap>| replicas::author(map) == Some(author);
    cluster.until(&maps, "a", signed("first")).await?;
    let _second = replica("second").await?;
    first.stop().await?;
    cluster.until(&maps, "a", signed("second")).await?;
    let leases: Api<Lease> = cluster.namespaced("scribe-under-test");
    let record = leases.get("scribes").await?.spec.ok_or("a record")?;
    assert_eq!(record.lease_transitions, Some(1));
    Ok(())
}

#[myop::test]
async fn of_two_replicas_one_writes(cluster: Cluster) -> Result {
    no_old_leader_writes_after_a_new_one(cluster, 2).await
}

#[myop::test]
async fn of_three_replicas_one_writes(cluster: Cluster) -> Result {
    no_old_leader_writes_after_a_new_one(cluster, 3).await
}
