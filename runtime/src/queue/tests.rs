use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::cause::{ObjectVersion, Source};

struct Kind;

fn key(name: &str) -> NamespacedName {
    NamespacedName {
        namespace: Some("default".into()),
        name: name.into(),
    }
}

fn event(object: &str, version: u64) -> Cause {
    Cause::Event {
        source: Source::Owns,
        verb: Verb::Updated,
        object: ObjectVersion {
            id: TypeId::of::<Kind>(),
            kind: Cow::Borrowed("Kind"),
            name: key(object),
            version: Some(version),
        },
    }
}

fn write(object: &str, version: u64) -> Written {
    Written {
        id: TypeId::of::<Kind>(),
        name: key(object),
        version,
        relists: 1,
        is_ours: true,
    }
}

fn popped(queue: &mut Queue, now: Instant) -> Option<String> {
    queue.pop(now).map(|turn| turn.key.name)
}

fn done(queue: &mut Queue, name: &str, now: Instant) {
    queue.finish(&key(name), now, Verdict::Done, Vec::new(), |_| true);
}

/// A queue whose key `a` has run once, and ended so; the watch has shown none of its writes.
fn after_a_run(verdict: Verdict, writes: Vec<Written>) -> (Queue, Instant) {
    let (mut queue, now) = (Queue::new(Backoff::RECONCILE), Instant::now());
    queue.add(&key("a"), event("a", 1));
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
    queue.finish(&key("a"), now, verdict, writes, |_| false);
    (queue, now)
}

#[test]
fn ten_updates_before_a_run_are_one_run() {
    let (mut queue, now) = (Queue::new(Backoff::RECONCILE), Instant::now());
    (0..10).for_each(|version| queue.add(&key("a"), event("a", version)));
    let turn = queue.pop(now).expect("a turn");
    assert_eq!(turn.causes.len(), 10);
    assert!(queue.pop(now).is_none());
}

#[test]
fn updates_during_a_run_are_one_more_run_after_it() {
    let (mut queue, now) = (Queue::new(Backoff::RECONCILE), Instant::now());
    queue.add(&key("a"), event("a", 1));
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
    (2..5).for_each(|version| queue.add(&key("a"), event("a", version)));
    assert_eq!(popped(&mut queue, now), None, "it is running");
    done(&mut queue, "a", now);
    assert_eq!(queue.pop(now).map(|turn| turn.causes.len()), Some(3));
    done(&mut queue, "a", now);
    assert_eq!(popped(&mut queue, now), None);
}

#[test]
fn an_own_write_holds_the_key_until_the_watch_shows_it() {
    let (mut queue, now) = after_a_run(Verdict::Done, vec![write("child", 7)]);
    queue.add(&key("a"), event("a", 2));
    assert_eq!(
        popped(&mut queue, now),
        None,
        "its cache is older than what it wrote"
    );
    queue.observe(TypeId::of::<Kind>(), u64::MAX);
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
}

#[test]
fn the_echo_of_an_own_write_wakes_nobody() {
    let (mut queue, now) = (Queue::new(Backoff::RECONCILE), Instant::now());
    queue.add(&key("a"), event("a", 1));
    queue.pop(now);
    queue.add(&key("a"), event("child", 7));
    queue.finish(
        &key("a"),
        now,
        Verdict::Done,
        vec![write("child", 7), write("other", 9)],
        |w| w.version == 7,
    );
    queue.add(&key("a"), event("other", 9));
    queue.observe(TypeId::of::<Kind>(), u64::MAX);
    assert_eq!(popped(&mut queue, now), None);
    queue.add(&key("a"), event("child", 8));
    assert_eq!(
        popped(&mut queue, now).as_deref(),
        Some("a"),
        "somebody else changed it"
    );
}

#[test]
fn what_may_be_somebody_else_s_doing_is_no_echo() {
    let unchanged = Written {
        is_ours: false,
        ..write("a", 7)
    };
    let (mut queue, now) = after_a_run(Verdict::Done, vec![unchanged, write("b", 8)]);
    queue.add(&key("a"), event("a", 7));
    queue.observe(TypeId::of::<Kind>(), 8);
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
}

#[test]
fn a_deletion_is_no_echo() {
    let (mut queue, now) = (Queue::new(Backoff::RECONCILE), Instant::now());
    queue.add(&key("a"), event("a", 1));
    queue.pop(now);
    let Cause::Event { source, object, .. } = event("a", 7) else {
        unreachable!()
    };
    queue.add(
        &key("a"),
        Cause::Event {
            source,
            verb: Verb::Deleted,
            object,
        },
    );
    queue.finish(&key("a"), now, Verdict::Done, vec![write("a", 7)], |_| true);
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
}

#[test]
fn a_watch_releases_what_it_has_shown_and_no_more() {
    let (mut queue, now) = after_a_run(Verdict::Done, vec![write("x", 5), write("y", 9)]);
    queue.add(&key("a"), event("a", 2));
    queue.observe(TypeId::of::<Kind>(), 8);
    assert_eq!(popped(&mut queue, now), None);
    queue.relisted(TypeId::of::<Kind>(), |write| write.name == key("y"));
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
}

#[test]
fn never_is_a_time() {
    let (queue, _) = after_a_run(Verdict::After(Duration::MAX), Vec::new());
    assert_eq!(queue.next_due(), None);
}

#[test]
fn failures_back_off_each_key_by_itself_and_success_forgets() {
    let (mut queue, start) = (Queue::new(Backoff::RECONCILE), Instant::now());
    let mut now = start;
    let mut gaps = Vec::new();
    queue.add(&key("bad"), event("bad", 1));
    for _ in 0..4 {
        assert_eq!(popped(&mut queue, now).as_deref(), Some("bad"));
        queue.finish(&key("bad"), now, Verdict::Retry, Vec::new(), |_| true);
        queue.add(&key("good"), event("good", 1));
        assert_eq!(
            popped(&mut queue, now).as_deref(),
            Some("good"),
            "one key's failures hold up no other"
        );
        done(&mut queue, "good", now);
        let due = queue.next_due().expect("a retry");
        gaps.push((due - now).as_millis());
        now = due;
    }
    assert_eq!(gaps, [5, 10, 20, 40]);
    queue.pop(now);
    done(&mut queue, "bad", now);
    queue.add(&key("bad"), event("bad", 2));
    queue.pop(now);
    queue.finish(&key("bad"), now, Verdict::Retry, Vec::new(), |_| true);
    assert_eq!(queue.next_due().map(|due| (due - now).as_millis()), Some(5));
}

#[test]
fn an_event_does_not_wait_for_a_backoff_and_the_count_stays() {
    let (mut queue, now) = after_a_run(Verdict::Retry, Vec::new());
    queue.add(&key("a"), event("a", 2));
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
    queue.finish(&key("a"), now, Verdict::Retry, Vec::new(), |_| true);
    assert_eq!(
        queue.next_due().map(|due| (due - now).as_millis()),
        Some(10)
    );
}

#[test]
fn requeue_after_comes_back_and_giving_up_does_not() {
    let (mut queue, now) = (Queue::new(Backoff::RECONCILE), Instant::now());
    queue.add(&key("later"), event("later", 1));
    queue.add(&key("never"), event("never", 1));
    queue.pop(now);
    queue.pop(now);
    queue.finish(
        &key("later"),
        now,
        Verdict::After(Duration::from_secs(60)),
        Vec::new(),
        |_| true,
    );
    queue.finish(&key("never"), now, Verdict::GiveUp, Vec::new(), |_| true);
    assert_eq!(popped(&mut queue, now + Duration::from_secs(59)), None);
    let turn = queue.pop(now + Duration::from_secs(60)).expect("a turn");
    assert_eq!(
        (turn.key, turn.causes),
        (key("later"), vec![Cause::RequeueAfter])
    );
    assert_eq!(popped(&mut queue, now + Duration::from_secs(7200)), None);
}

#[derive(Clone, Debug)]
enum Step {
    Add(u8),
    Pop,
    Finish(u8, u8),
    Observe,
    Wait(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..4u8).prop_map(Step::Add),
        3 => Just(Step::Pop),
        3 => (0..4u8, 0..5u8).prop_map(|(key, how)| Step::Finish(key, how)),
        1 => Just(Step::Observe),
        1 => (0..40u16).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..120)
}

/// What must hold of one key, in the simplest terms.
#[derive(Default)]
struct Model {
    running: bool,
    wanted: bool,
    held: bool,
    due: Option<Instant>,
    failures: u32,
}

proptest! {
    /// No key runs twice at once or while its writes are unseen; none that is called for is lost; none runs uncalled.
    #[test]
    fn every_call_is_answered_and_no_key_runs_twice(steps in steps()) {
        let mut queue = Queue::new(Backoff::RECONCILE);
        let mut model: BTreeMap<String, Model> = BTreeMap::new();
        let mut now = Instant::now();
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Add(name) => {
                    let name = name.to_string();
                    queue.add(&key(&name), event(&name, number as u64));
                    model.entry(name).or_default().wanted = true;
                }
                Step::Pop => {
                    for state in model.values_mut() {
                        if state.due.is_some_and(|due| due <= now) {
                            state.due = None;
                            state.wanted = true;
                        }
                    }
                    let could = model.values().any(|state| state.wanted && !state.running && !state.held);
                    let turn = popped(&mut queue, now);
                    prop_assert_eq!(turn.is_some(), could);
                    if let Some(name) = turn {
                        let state = model.entry(name).or_default();
                        prop_assert!(state.wanted && !state.running && !state.held);
                        *state = Model { running: true, failures: state.failures, ..Model::default() };
                    }
                }
                Step::Finish(name, how) => {
                    let name = name.to_string();
                    let state = model.entry(name.clone()).or_default();
                    if !state.running {
                        continue;
                    }
                    state.running = false;
                    let failed = how == 3;
                    state.failures = if failed { state.failures + 1 } else { 0 };
                    state.held = how == 4;
                    let (verdict, delay) = match how {
                        2 => (Verdict::After(Duration::from_millis(7)), Some(Duration::from_millis(7))),
                        3 => (Verdict::Retry, Some(Backoff::RECONCILE.after(state.failures))),
                        _ => (Verdict::Done, None),
                    };
                    state.due = delay.map(|delay| now + delay);
                    let writes = if state.held { vec![write("elsewhere", 1_000_000)] } else { Vec::new() };
                    queue.finish(&key(&name), now, verdict, writes, |_| false);
                }
                Step::Observe => {
                    queue.observe(TypeId::of::<Kind>(), u64::MAX);
                    for state in model.values_mut() {
                        state.held = false;
                    }
                }
                Step::Wait(millis) => now += Duration::from_millis(millis.into()),
            }
            let next = model.values().filter(|state| !state.running).filter_map(|state| state.due).min();
            prop_assert_eq!(queue.next_due(), next);
        }
    }
}
