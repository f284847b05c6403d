use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::{
    backoff::exponential,
    cause::{ObjectVersion, Source},
    order::{ByName, FirstCome, LOW_PRIORITY},
};

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
            generation: None,
            is_next: true,
        },
    }
}

/// An event of the reconciled object itself.
fn own_event(object: &str, generation: i64) -> Cause {
    let Cause::Event { verb, object, .. } = event(object, 1) else {
        unreachable!()
    };
    Cause::Event {
        source: Source::Reconciles,
        verb,
        object: ObjectVersion {
            generation: Some(generation),
            ..object
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
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.add(&key("a"), event("a", 1), now);
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
    queue.finish(&key("a"), now, verdict, writes, |_| false);
    (queue, now)
}

#[test]
fn ten_updates_before_a_run_are_one_run() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    (0..10).for_each(|version| queue.add(&key("a"), event("a", version), now));
    let turn = queue.pop(now).expect("a turn");
    assert_eq!(turn.causes.len(), 10);
    assert!(queue.pop(now).is_none());
}

#[test]
fn updates_during_a_run_are_one_more_run_after_it() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.add(&key("a"), event("a", 1), now);
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
    (2..5).for_each(|version| queue.add(&key("a"), event("a", version), now));
    assert_eq!(popped(&mut queue, now), None, "it is running");
    done(&mut queue, "a", now);
    assert_eq!(queue.pop(now).map(|turn| turn.causes.len()), Some(3));
    done(&mut queue, "a", now);
    assert_eq!(popped(&mut queue, now), None);
}

#[test]
fn an_own_write_holds_the_key_until_the_watch_shows_it() {
    let (mut queue, now) = after_a_run(Verdict::Done, vec![write("child", 7)]);
    queue.add(&key("a"), event("a", 2), now);
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
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.add(&key("a"), event("a", 1), now);
    queue.pop(now);
    queue.add(&key("a"), event("child", 7), now);
    queue.finish(
        &key("a"),
        now,
        Verdict::Done,
        vec![write("child", 7), write("other", 9)],
        |w| w.version == 7,
    );
    queue.add(&key("a"), event("other", 9), now);
    queue.observe(TypeId::of::<Kind>(), u64::MAX);
    assert_eq!(popped(&mut queue, now), None);
    queue.add(&key("a"), event("child", 8), now);
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
    queue.add(&key("a"), event("a", 7), now);
    queue.observe(TypeId::of::<Kind>(), 8);
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
}

#[test]
fn what_is_not_named_for_its_number_is_no_echo() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.add(&key("a"), event("a", 1), now);
    queue.pop(now);
    let writes: Vec<_> = (0..40).map(|child| write("child", child)).collect();
    for child in 0..40 {
        queue.add(&key("a"), event("child", child), now);
    }
    queue.add(&key("a"), event("somebody's", 99), now);
    queue.finish(&key("a"), now, Verdict::Done, writes, |_| true);
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
}

/// What lies between two versions is not told by a list.
#[test]
fn what_a_list_shows_anew_is_no_echo() {
    let (mut queue, now) = after_a_run(Verdict::Done, vec![write("a", 7)]);
    let Cause::Event {
        source,
        verb,
        object,
    } = event("a", 7)
    else {
        unreachable!()
    };
    let object = ObjectVersion {
        is_next: false,
        ..object
    };
    queue.add(
        &key("a"),
        Cause::Event {
            source,
            verb,
            object,
        },
        now,
    );
    queue.relisted(TypeId::of::<Kind>(), |_| true);
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
}

/// An order by floats of which none is less.
#[test]
fn an_order_that_is_none_loses_nothing() {
    struct Chaos;
    #[derive(PartialEq, Eq)]
    struct Rank(u32);
    impl PartialOrd for Rank {
        fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }
    impl Ord for Rank {
        fn cmp(&self, other: &Self) -> std::cmp::Ordering {
            let by_chance = self.0.wrapping_mul(7).wrapping_add(other.0.wrapping_mul(5)) % 3;
            [
                std::cmp::Ordering::Less,
                std::cmp::Ordering::Equal,
                std::cmp::Ordering::Greater,
            ][by_chance as usize]
        }
    }
    impl Order for Chaos {
        type Rank = Rank;
        fn rank(&self, waiting: &Waiting<'_>) -> Rank {
            Rank(waiting.key.name.parse().expect("a number"))
        }
    }
    let (mut queue, now) = (queue_by(Chaos), Instant::now());
    for round in 0..10 {
        for name in 0..20 {
            queue.add(&key(&name.to_string()), event("a", round), now);
        }
        for name in 0..5 {
            queue.add(&key(&name.to_string()), found("a"), now);
        }
        while let Some(name) = popped(&mut queue, now) {
            done(&mut queue, &name, now);
        }
        assert!(queue.state().running_since.is_empty());
    }
}

#[test]
fn a_deletion_is_no_echo() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.add(&key("a"), event("a", 1), now);
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
        now,
    );
    queue.finish(&key("a"), now, Verdict::Done, vec![write("a", 7)], |_| true);
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
}

#[test]
fn a_watch_releases_what_it_has_shown_and_no_more() {
    let (mut queue, now) = after_a_run(Verdict::Done, vec![write("x", 5), write("y", 9)]);
    queue.add(&key("a"), event("a", 2), now);
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
    let (mut queue, start) = (Queue::default(), Instant::now());
    let mut now = start;
    let mut gaps = Vec::new();
    queue.add(&key("bad"), event("bad", 1), now);
    for _ in 0..4 {
        assert_eq!(popped(&mut queue, now).as_deref(), Some("bad"));
        queue.finish(&key("bad"), now, Verdict::Retry, Vec::new(), |_| true);
        queue.add(&key("good"), event("good", 1), now);
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
    queue.add(&key("bad"), event("bad", 2), now);
    queue.pop(now);
    queue.finish(&key("bad"), now, Verdict::Retry, Vec::new(), |_| true);
    assert_eq!(queue.next_due().map(|due| (due - now).as_millis()), Some(5));
}

#[test]
fn an_event_does_not_wait_for_a_backoff_and_the_count_stays() {
    let (mut queue, now) = after_a_run(Verdict::Retry, Vec::new());
    queue.add(&key("a"), event("a", 2), now);
    assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
    queue.finish(&key("a"), now, Verdict::Retry, Vec::new(), |_| true);
    assert_eq!(
        queue.next_due().map(|due| (due - now).as_millis()),
        Some(10)
    );
}

#[test]
fn a_new_generation_begins_with_short_waits() {
    let wait_after = |generation| {
        let (mut queue, now) = (Queue::default(), Instant::now());
        for generation in [1, 1, generation] {
            queue.add(&key("a"), own_event("a", generation), now);
            queue.pop(now);
            queue.finish(&key("a"), now, Verdict::Retry, Vec::new(), |_| true);
        }
        queue.next_due().map(|due| (due - now).as_millis())
    };
    assert_eq!((wait_after(1), wait_after(2)), (Some(20), Some(5)));
}

#[test]
fn a_failure_counts_for_the_generation_that_the_run_began_with() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.add(&key("a"), own_event("a", 1), now);
    queue.pop(now);
    queue.add(&key("a"), own_event("a", 2), now);
    queue.finish(&key("a"), now, Verdict::Retry, Vec::new(), |_| true);
    assert_eq!(queue.pop(now).map(|turn| turn.attempt), Some(1));
}

#[test]
fn requeue_after_comes_back_and_giving_up_does_not() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.add(&key("later"), event("later", 1), now);
    queue.add(&key("never"), event("never", 1), now);
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

fn queue_by(order: impl Order) -> Queue {
    let mut queue = Queue::default();
    queue.order_by(order);
    queue
}

/// An event of the initial list.
fn found(object: &str) -> Cause {
    let Cause::Event { source, object, .. } = event(object, 1) else {
        unreachable!()
    };
    Cause::Event {
        source,
        verb: Verb::Found,
        object,
    }
}

fn in_turn(queue: &mut Queue, now: Instant) -> Vec<String> {
    std::iter::from_fn(|| popped(queue, now)).collect()
}

#[test]
fn what_changes_comes_before_what_was_there() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    for name in ["a", "b", "c"] {
        queue.add(&key(name), found(name), now);
    }
    queue.add(&key("d"), Cause::Resync, now);
    let later = now + Duration::from_secs(5);
    queue.add(&key("e"), event("e", 1), later);
    queue.add(&key("c"), event("c", 2), later);
    assert_eq!(queue.state().depth, [(LOW_PRIORITY, 3), (0, 2)].into());
    let order = in_turn(&mut queue, later);
    assert_eq!(order, ["c", "e", "a", "b", "d"], "c keeps its earlier time");
}

#[test]
fn nothing_starves() {
    let (mut queue, start) = (Queue::default(), Instant::now());
    queue.add(&key("old"), found("old"), start);
    let mut turns = 0;
    loop {
        let now = start + Duration::from_secs(turns);
        queue.add(&key("hot"), event("hot", turns), now);
        match popped(&mut queue, now).as_deref() {
            Some("hot") => done(&mut queue, "hot", now),
            other => break assert_eq!(other, Some("old")),
        }
        turns += 1;
        assert!(turns < 1000, "it starves");
    }
    assert_eq!(turns, 100, "a point of priority is worth a second");
}

#[test]
fn a_retry_keeps_the_priority_of_its_call() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.add(&key("a"), found("a"), now);
    queue.pop(now);
    queue.finish(&key("a"), now, Verdict::Retry, Vec::new(), |_| true);
    let due = queue.next_due().expect("a retry");
    queue.add(&key("b"), event("b", 1), due + Duration::from_secs(1));
    let order = in_turn(&mut queue, due + Duration::from_secs(1));
    assert_eq!(order, ["b", "a"]);
}

#[test]
fn by_name_is_by_name_and_then_by_namespace() {
    let (mut queue, now) = (queue_by(ByName), Instant::now());
    for name in ["app-2", "b", "app-10", "a"] {
        queue.add(&key(name), event(name, 1), now);
    }
    let elsewhere = NamespacedName {
        namespace: Some("a-team".into()),
        name: "b".into(),
    };
    queue.add(&elsewhere, event("b", 1), now);
    let mut order = Vec::new();
    while let Some(turn) = queue.pop(now) {
        order.push(turn.key.to_string());
    }
    let names = [
        "default/a",
        "default/app-10",
        "default/app-2",
        "a-team/b",
        "default/b",
    ];
    assert_eq!(order, names);
}

#[test]
fn by_name_is_strict_and_can_starve() {
    let (mut queue, now) = (queue_by(ByName), Instant::now());
    queue.add(&key("z"), event("z", 1), now);
    for version in 0..100 {
        let now = now + Duration::from_secs(version);
        queue.add(&key("a"), event("a", version), now);
        assert_eq!(popped(&mut queue, now).as_deref(), Some("a"));
        done(&mut queue, "a", now);
    }
    assert_eq!(popped(&mut queue, now).as_deref(), Some("z"));
}

#[test]
fn first_come_knows_no_priority() {
    let (mut queue, now) = (queue_by(FirstCome), Instant::now());
    queue.add(&key("b"), found("b"), now);
    queue.add(&key("a"), event("a", 1), now);
    assert_eq!(in_turn(&mut queue, now), ["b", "a"]);
}

#[test]
fn an_order_that_panics_loses_nothing() {
    struct Broken;
    impl Order for Broken {
        type Rank = u32;
        fn rank(&self, waiting: &Waiting<'_>) -> u32 {
            waiting.key.name.parse().expect("a number")
        }
    }
    let (mut queue, now) = (queue_by(Broken), Instant::now());
    for name in ["2", "none", "1"] {
        queue.add(&key(name), event(name, 1), now);
    }
    assert_eq!(in_turn(&mut queue, now), ["none", "1", "2"]);
}

#[test]
fn a_backoff_of_the_author_s_own() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    let second = Duration::from_secs(1);
    queue.back_off(Arc::new(exponential(second, second * 3)));
    let mut delays = Vec::new();
    queue.add(&key("a"), event("a", 1), now);
    let mut now = now;
    for attempt in 1..=4 {
        let turn = queue.pop(now).expect("a turn");
        assert_eq!(turn.attempt, attempt);
        queue.finish(&key("a"), now, Verdict::Retry, Vec::new(), |_| true);
        let due = queue.next_due().expect("a retry");
        delays.push((due - now).as_secs());
        now = due;
    }
    assert_eq!(delays, [1, 2, 3, 3]);
}

#[test]
fn the_queue_says_how_it_stands() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.add(&key("a"), event("a", 1), now);
    queue.add(&key("a"), event("a", 2), now);
    queue.add(&key("b"), event("b", 1), now);
    let later = now + Duration::from_secs(3);
    let turn = queue.pop(later).expect("a turn");
    assert_eq!(turn.waited, Duration::from_secs(3));
    queue.add(&key("a"), event("a", 3), later);
    let state = queue.state();
    assert_eq!((state.adds, state.retries), (3, 0));
    assert_eq!(state.running_since, [later]);
    assert_eq!(state.depth, [(0, 1)].into(), "what runs does not wait");
    queue.finish(&key("a"), later, Verdict::Retry, Vec::new(), |_| true);
    assert_eq!(queue.state().retries, 1);
    queue.pop(later);
    queue.pop(later);
    assert_eq!(
        queue.state().depth,
        [(0, 0)].into(),
        "a gauge does not vanish"
    );
}

#[derive(Clone, Debug)]
enum Step {
    Add(u8, bool),
    Pop,
    Finish(u8, u8),
    Observe,
    Wait(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..4u8, any::<bool>()).prop_map(|(key, found)| Step::Add(key, found)),
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
    /// When it was called for first, and the highest priority.
    wanted: Option<(Instant, i32)>,
    priority: i32,
    held: bool,
    due: Option<Instant>,
    failures: u32,
}

impl Model {
    fn want(&mut self, since: Instant, priority: i32) {
        let (since, before) = self.wanted.unwrap_or((since, priority));
        self.wanted = Some((since, before.max(priority)));
    }

    fn could_run(&self) -> bool {
        self.wanted.is_some() && !self.running && !self.held
    }
}

#[derive(Clone, Copy, Debug)]
enum Kept {
    Priority,
    FirstCome,
    ByName,
}

impl Kept {
    /// In seconds since the start, or by name: the lower the sooner.
    fn rank(self, name: &str, state: &Model, start: Instant) -> (f64, String) {
        let (since, priority) = state.wanted.expect("it waits");
        let since = (since - start).as_secs_f64();
        match self {
            Self::Priority => (since - f64::from(priority), String::new()),
            Self::FirstCome => (since, String::new()),
            Self::ByName => (0.0, name.to_owned()),
        }
    }
}

proptest! {
    /// No key runs twice at once or while its writes are unseen; none that is called for is lost; none runs uncalled;
    /// and what runs is first in its order.
    #[test]
    fn every_call_is_answered_and_no_key_runs_twice(
        steps in steps(),
        kept in prop_oneof![Just(Kept::Priority), Just(Kept::FirstCome), Just(Kept::ByName)],
    ) {
        let mut queue = match kept {
            Kept::Priority => queue_by(Priority),
            Kept::FirstCome => queue_by(FirstCome),
            Kept::ByName => queue_by(ByName),
        };
        let start = Instant::now();
        let mut model: BTreeMap<String, Model> = BTreeMap::new();
        let mut now = start;
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Add(name, was_there) => {
                    let name = name.to_string();
                    let cause = if was_there { found(&name) } else { event(&name, number as u64) };
                    model.entry(name.clone()).or_default().want(now, cause.priority());
                    queue.add(&key(&name), cause, now);
                }
                Step::Pop => {
                    for state in model.values_mut() {
                        if let Some(due) = state.due.filter(|due| *due <= now) {
                            state.due = None;
                            state.want(due, state.priority);
                        }
                    }
                    let ranks = model.iter().filter(|(_, state)| state.could_run());
                    let ranks: BTreeMap<_, _> = ranks.map(|(name, state)| (name.clone(), kept.rank(name, state, start))).collect();
                    let turn = popped(&mut queue, now);
                    prop_assert_eq!(turn.is_some(), !ranks.is_empty());
                    if let Some(name) = turn {
                        let rank = ranks.get(&name);
                        prop_assert!(rank.is_some(), "{} was not to run", name);
                        prop_assert!(ranks.values().all(|other| rank <= Some(other)), "{} of {:?}", name, ranks);
                        let state = model.entry(name).or_default();
                        let priority = state.wanted.map(|(_, priority)| priority).unwrap_or_default();
                        *state = Model { running: true, failures: state.failures, priority, ..Model::default() };
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
                        3 => (Verdict::Retry, Some(after_reconcile(state.failures))),
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
