use super::*;

const MILLISECOND: Duration = Duration::from_millis(1);

/// A watch and its time.
struct Watch {
    state: State,
    now: Instant,
}

impl Watch {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            state: State::down(now),
            now,
        }
    }

    /// Asks for something, and returns the pause before in milliseconds.
    fn ask(&mut self) -> u128 {
        let pause = self.state.before_request();
        self.now += pause;
        pause.as_millis()
    }

    /// Opens it, and ends it after this time.
    fn open_for(&mut self, millis: u32) {
        self.state.heard(self.now);
        self.now += MILLISECOND * millis;
        if u128::from(millis) >= SHORT.as_millis() {
            self.state.settled();
        }
        self.state.closed(self.now);
    }

    fn fail(&mut self, trouble: Trouble) {
        self.state.failed(trouble, "broken".into(), self.now);
    }
}

#[test]
fn short_watches_are_opened_ever_more_slowly_and_a_long_one_forgets() {
    let mut watch = Watch::new();
    let pauses = [0, 10, 10, 5_000, 10, 10].map(|lives| {
        let pause = watch.ask();
        watch.open_for(lives);
        pause
    });
    assert_eq!(pauses, [0, 800, 1_600, 3_200, 0, 800]);
}

#[test]
fn failures_are_paused_after_ever_longer() {
    let mut watch = Watch::new();
    let pauses = [(); 7].map(|()| {
        let pause = watch.ask();
        watch.fail(Trouble::Other);
        pause
    });
    assert_eq!(pauses, [0, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
}

/// A list that is read does not mend a watch that fails after it.
#[test]
fn a_list_in_between_forgets_no_failure() {
    let mut watch = Watch::new();
    let pauses = [(); 4].map(|()| {
        let before_list = watch.ask();
        let before_watch = watch.ask();
        watch.fail(Trouble::Other);
        (before_list, before_watch)
    });
    assert_eq!(pauses, [(0, 0), (800, 0), (1_600, 0), (3_200, 0)]);
}

#[test]
fn what_has_expired_is_listed_at_once_but_only_once() {
    let mut watch = Watch::new();
    watch.ask();
    watch.open_for(5_000);
    watch.fail(Trouble::Expired);
    let pauses = [(); 3].map(|()| {
        let pause = watch.ask();
        watch.fail(Trouble::Expired);
        pause
    });
    assert_eq!(pauses, [0, 1_600, 3_200]);

    let mut watch = Watch::new();
    watch.ask();
    watch.open_for(10);
    watch.fail(Trouble::Expired);
    assert_eq!(watch.ask(), 0, "the watch ended early because it said so");
}

/// An API server that is back remembers no version.
#[test]
fn what_has_expired_after_an_outage_is_listed_at_once() {
    let mut watch = Watch::new();
    for _ in 0..8 {
        watch.ask();
        watch.fail(Trouble::Other);
    }
    watch.ask();
    watch.open_for(10);
    watch.fail(Trouble::Expired);
    assert_eq!(watch.ask(), 0);
}

#[test]
fn a_kind_that_is_not_installed_is_asked_for_every_second() {
    let mut watch = Watch::new();
    let pauses = [(); 4].map(|()| {
        let pause = watch.ask();
        watch.fail(Trouble::NotInstalled);
        pause
    });
    assert_eq!(pauses, [0, 1_000, 1_000, 1_000]);
}

#[test]
fn it_is_down_until_it_has_been_open_for_a_second() {
    let mut watch = Watch::new();
    let begin = watch.now;
    let down = |watch: &Watch| watch.state.down_for(watch.now);
    watch.now += MILLISECOND * 4_000;
    watch.fail(Trouble::Other);
    watch.state.heard(watch.now);
    watch.now += MILLISECOND * 500;
    assert_eq!(down(&watch), Some(watch.now - begin));
    watch.now += MILLISECOND * 500;
    assert_eq!(down(&watch), None);
    assert_eq!(watch.state.settled(), Some(MILLISECOND * 4_000));

    watch.now += MILLISECOND * 60_000;
    watch.state.closed(watch.now);
    watch.now += MILLISECOND * 7;
    assert_eq!(down(&watch), Some(MILLISECOND * 7));
    watch.open_for(10);
    assert_eq!(down(&watch), Some(MILLISECOND * 17), "that was too short");
}

#[tokio::test(start_paused = true)]
async fn a_complaint_says_since_when_and_why() {
    let standing = Standing::of("MyApp".into());
    standing.heard();
    tokio::time::advance(SHORT).await;
    standing.settled();
    assert_eq!(standing.failed(Trouble::Other, "nobody listens".into()), 1);
    tokio::time::advance(PATIENCE).await;
    assert_eq!(standing.complaint(), None);
    tokio::time::advance(SHORT).await;
    let said = standing.complaint();
    assert_eq!(
        said.as_deref(),
        Some("MyApp not watched for 31 s: nobody listens")
    );

    standing.heard();
    tokio::time::advance(SHORT).await;
    assert_eq!(standing.complaint(), None);
}
