use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn candidate(identity: &str) -> Candidate {
    Candidate::new("shop".into(), identity.into(), 15 * SECOND)
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).expect("a time")
}

/// The Lease as the server would have it after this claim.
fn stored(mut lease: Lease, version: u64) -> Lease {
    lease.metadata.resource_version = Some(version.to_string());
    lease
}

fn record(lease: &Lease) -> LeaseSpec {
    lease.spec.clone().expect("a record")
}

#[test]
fn the_first_claim_makes_the_lease() {
    let lease = candidate("one").claim(time(0));
    assert_eq!(lease.metadata.name.as_deref(), Some("shop"));
    assert_eq!(lease.metadata.resource_version, None);
    let record = record(&lease);
    assert_eq!(record.holder_identity.as_deref(), Some("one"));
    assert_eq!(record.lease_duration_seconds, Some(15));
    assert_eq!(record.lease_transitions, Some(0));
    assert_eq!(record.acquire_time, Some(MicroTime(time(0))));
    assert_eq!(record.renew_time, Some(MicroTime(time(0))));
}

#[test]
fn a_renewal_keeps_when_it_was_acquired_and_what_others_wrote() {
    let (mut one, now) = (candidate("one"), Instant::now());
    let mut lease = stored(one.claim(time(0)), 7);
    lease.metadata.labels = Some([("team".to_owned(), "shop".to_owned())].into());
    one.see(lease.clone(), now);
    assert!(one.is_leader());
    let renewal = one.claim(time(2));
    assert_eq!(renewal.metadata, lease.metadata);
    let record = record(&renewal);
    assert_eq!(record.acquire_time, Some(MicroTime(time(0))));
    assert_eq!(record.renew_time, Some(MicroTime(time(2))));
    assert_eq!(record.lease_transitions, Some(0));
}

#[test]
fn a_takeover_counts_as_a_transition_and_a_release_does_not() {
    let (mut one, mut two, now) = (candidate("one"), candidate("two"), Instant::now());
    one.see(stored(one.claim(time(0)), 1), now);
    two.see(stored(one.claim(time(0)), 1), now);
    let taken = record(&two.claim(time(20)));
    assert_eq!(taken.lease_transitions, Some(1));
    assert_eq!(taken.acquire_time, Some(MicroTime(time(20))));

    let released = stored(one.release(time(3)), 2);
    assert_eq!(released.metadata.name.as_deref(), Some("shop"));
    let free = record(&released);
    assert_eq!(free.holder_identity.as_deref(), Some(""));
    assert_eq!(free.lease_duration_seconds, Some(1));
    assert_eq!(free.lease_transitions, Some(0));
    assert_eq!(free.acquire_time, Some(MicroTime(time(3))));
    assert_eq!(free.renew_time, Some(MicroTime(time(3))));

    two.see(released, now);
    assert_eq!(two.other_leader(now), None);
    assert!(two.is_taken(), "nobody's is not this replica's");
    assert_eq!(record(&two.claim(time(4))).lease_transitions, Some(1));
}

#[test]
fn a_lease_runs_out_by_its_own_duration_from_when_its_record_was_seen_to_change() {
    let (mut two, start) = (candidate("two"), Instant::now());
    let mut one = Candidate::new("shop".into(), "one".into(), 3 * SECOND);
    let first = stored(one.claim(time(0)), 1);
    two.see(first.clone(), start);
    // Another version with the same record is no sign of life.
    two.see(stored(first.clone(), 2), start + SECOND);
    let leader = two.other_leader(start).expect("a leader");
    assert_eq!((leader.identity, leader.until), ("one", start + 3 * SECOND));
    assert_eq!(two.other_leader(start + 3 * SECOND), None);

    one.see(first, start);
    let renewed = stored(one.claim(time(-500)), 3);
    two.see(renewed, start + 2 * SECOND);
    let leader = two.other_leader(start + 3 * SECOND).expect("a leader");
    assert_eq!(leader.until, start + 5 * SECOND, "whatever its clock shows");
}

#[test]
fn a_lease_that_is_gone_is_made_anew() {
    let mut one = candidate("one");
    one.see(stored(one.claim(time(0)), 1), Instant::now());
    one.see_none();
    assert!(!one.is_leader() && !one.is_taken());
    assert_eq!(one.claim(time(1)).metadata.resource_version, None);
}

#[test]
fn a_lease_without_a_record_is_nobody_s() {
    let (mut one, now) = (candidate("one"), Instant::now());
    one.see(stored(Lease::default(), 1), now);
    assert_eq!((one.holder(), one.other_leader(now)), (None, None));
    assert_eq!(record(&one.claim(time(0))).lease_transitions, Some(1));
}

/// Something that happens to one of the replicas, and how much later the next does.
#[derive(Clone, Debug)]
enum Event {
    Look,
    /// What was seen last is claimed, where nobody else leads by it.
    Claim,
    Release,
}

fn events() -> impl Strategy<Value = Vec<(usize, Event, u64)>> {
    let event = prop_oneof![
        4 => Just(Event::Look),
        4 => Just(Event::Claim),
        1 => Just(Event::Release)
    ];
    prop::collection::vec((0..3_usize, event, 0..6_000_u64), 0..200)
}

/// A server that stores a Lease where the version is the newest.
#[derive(Default)]
struct Store(Option<Lease>, u64);

impl Store {
    fn write(&mut self, lease: Lease) -> Option<Lease> {
        let newest = self.0.as_ref();
        if newest.and_then(|lease| lease.metadata.resource_version.clone())
            != lease.metadata.resource_version
        {
            return None;
        }
        self.1 += 1;
        self.0 = Some(stored(lease, self.1));
        self.0.clone()
    }
}

proptest! {
    /// Each leads for the lease duration from when it sent its claim, or until it releases.
    #[test]
    fn never_do_two_lead(events in events()) {
        let mut candidates = ["a", "b", "c"].map(candidate);
        let mut ends: [Option<Instant>; 3] = [None; 3];
        let (mut store, mut now) = (Store::default(), Instant::now());
        let mut transitions = 0;
        for (moment, (who, event, pause)) in (0..).zip(events) {
            let candidate = &mut candidates[who];
            match event {
                Event::Look => match &store.0 {
                    Some(lease) => candidate.see(lease.clone(), now),
                    None => candidate.see_none(),
                },
                Event::Claim if candidate.other_leader(now).is_none() => {
                    if let Some(lease) = store.write(candidate.claim(time(moment))) {
                        let counted = record(&lease).lease_transitions.unwrap_or_default();
                        prop_assert!(counted >= transitions);
                        transitions = counted;
                        candidate.see(lease, now);
                        ends[who] = Some(now + 15 * SECOND);
                    }
                }
                Event::Release if candidate.is_leader() => {
                    ends[who] = None;
                    if let Some(lease) = store.write(candidate.release(time(moment))) {
                        candidate.see(lease, now);
                    }
                }
                Event::Claim | Event::Release => {}
            }
            let leaders = ends.iter().flatten().filter(|end| **end > now).count();
            prop_assert!(leaders <= 1);
            now += Duration::from_millis(pause);
        }
    }
}
