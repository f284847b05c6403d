mod server;

use tokio::time::{sleep, timeout};

use self::server::{Link, Server};
use super::*;
use crate::{
    leader::{Campaign, LeaderElection, leadership::Leadership, lost},
    metrics::Metrics,
};

const SECOND: Duration = Duration::from_secs(1);

/// A replica with the default durations: 15 s, 10 s and 2 s.
struct Replica {
    leadership: Leadership,
    campaign: Campaign,
    link: Link,
}

impl Replica {
    fn of(server: &Server, seed: u64) -> Self {
        let (client, link) = server.connect(Rng::seeded(seed));
        let contender = LeaderElection::new("shop").contender(
            "shop",
            &client,
            &Metrics::new(),
            &Server::clock(),
            Rng::seeded(seed),
        );
        let contender = contender.expect("workable durations");
        Self {
            leadership: contender.leadership.clone(),
            campaign: contender.run(),
            link,
        }
    }

    async fn leading(server: &Server, seed: u64) -> Self {
        let replica = Self::of(server, seed);
        replica.wins().await;
        replica
    }

    async fn wins(&self) {
        let won = timeout(60 * SECOND, self.leadership.won());
        won.await.expect("it leads within a minute");
    }

    async fn loses(&mut self) -> String {
        let lost = timeout(60 * SECOND, lost(Some(&mut self.campaign)));
        lost.await.expect("it loses within a minute").to_string()
    }
}

fn holder(server: &Server) -> Option<String> {
    server.lease()?.spec?.holder_identity
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_ends_releases_its_lease_and_a_standby_leaves_it_alone() {
    let server = Server::default();
    let leader = Replica::leading(&server, 1).await;
    let standby = Replica::of(&server, 2);
    sleep(60 * SECOND).await;
    assert!(leader.leadership.is_held() && !standby.leadership.is_held());
    let before = holder(&server);
    standby.campaign.end().await;
    assert_eq!(holder(&server), before);
    leader.campaign.end().await;
    assert!(!leader.leadership.is_held());
    assert_eq!(holder(&server).as_deref(), Some(""));
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_has_died_is_succeeded() {
    let server = Server::default();
    let leader = Replica::leading(&server, 1).await;
    let standby = Replica::of(&server, 2);
    sleep(SECOND).await;
    drop(leader.campaign);
    let start = Instant::now();
    standby.wins().await;
    let waited = start.elapsed();
    assert!(waited > 12 * SECOND && waited < 20 * SECOND, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_cannot_renew_stops_before_its_lease_has_run_out() {
    let server = Server::default();
    let mut leader = Replica::leading(&server, 1).await;
    leader.link.set_down(true);
    let start = Instant::now();
    let lost = leader.loses().await;
    assert_eq!(lost, "the lease default/shop was not renewed within 10s");
    assert!(start.elapsed() <= 10 * SECOND);
    assert!(!leader.leadership.is_held());
}

/// The look takes 4 s, then the claim does, and the server has it after the half of that.
#[tokio::test(start_paused = true)]
async fn a_term_counts_from_when_its_claim_was_sent() {
    let server = Server::default();
    let start = Instant::now();
    let leader = Replica::of(&server, 1);
    leader.link.set_slow(2 * SECOND);
    leader.wins().await;
    assert!(start.elapsed() > 8 * SECOND);
    drop(leader.campaign);
    let abandoned = leader.leadership.while_held(std::future::pending::<()>());
    abandoned.await.expect_err("the lease runs out");
    let until = start.elapsed();
    assert!(until > 19 * SECOND && until < 20 * SECOND, "{until:?}");
}

#[tokio::test(start_paused = true)]
async fn a_short_outage_is_survived() {
    let server = Server::default();
    let leader = Replica::leading(&server, 1).await;
    leader.link.set_down(true);
    sleep(6 * SECOND).await;
    leader.link.set_down(false);
    sleep(60 * SECOND).await;
    assert!(leader.leadership.is_held());
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_touched_or_deleted_is_kept() {
    let server = Server::default();
    let leader = Replica::leading(&server, 1).await;
    let before = holder(&server);
    server.edit(|lease| lease.metadata.labels = Some([("a".into(), "b".into())].into()));
    sleep(5 * SECOND).await;
    server.delete();
    sleep(5 * SECOND).await;
    assert!(leader.leadership.is_held());
    assert_eq!(holder(&server), before);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_another_has_is_lost() {
    for (to, name) in [("somebody", "somebody"), ("", "nobody")] {
        let server = Server::default();
        let mut leader = Replica::leading(&server, 1).await;
        server.edit(|lease| {
            lease.spec.get_or_insert_default().holder_identity = Some(to.into());
        });
        let lost = leader.loses().await;
        assert_eq!(lost, format!("the lease default/shop has gone to {name}"));
        assert!(!leader.leadership.is_held());
    }
}

/// Replicas die, end and lose the network; messages are slow, and some are lost.
#[tokio::test(start_paused = true)]
async fn never_do_two_lead_and_in_the_end_one_does() {
    for seed in 0..10 {
        let rng = fastrand::Rng::with_seed(seed);
        play(rng, seed).await;
    }
}

async fn play(mut rng: fastrand::Rng, seed: u64) {
    let server = Server::default();
    let mut replicas: Vec<_> = (0..3).map(|number| Replica::of(&server, number)).collect();
    let mut leaders = 0;
    for step in 3..60 {
        let who = rng.usize(..replicas.len());
        match rng.u8(..8) {
            0 => replicas[who] = Replica::of(&server, step),
            1 => {
                let old = std::mem::replace(&mut replicas[who], Replica::of(&server, step));
                tokio::spawn(old.campaign.end());
            }
            2 | 3 => replicas[who].link.set_down(rng.bool()),
            4 => replicas[who].link.set_lossy(rng.bool()),
            _ => {}
        }
        for _ in 0..rng.u32(..200) {
            sleep(Duration::from_millis(50)).await;
            let held = replicas
                .iter()
                .filter(|one| one.leadership.is_held())
                .count();
            assert!(held <= 1, "seed {seed}, step {step}");
            leaders += held;
        }
    }
    assert!(leaders > 0);
    let healthy: Vec<_> = (100..103)
        .map(|number| Replica::of(&server, number))
        .collect();
    drop(replicas);
    sleep(60 * SECOND).await;
    let held = healthy
        .iter()
        .filter(|one| one.leadership.is_held())
        .count();
    assert_eq!(held, 1, "seed {seed}");
}
