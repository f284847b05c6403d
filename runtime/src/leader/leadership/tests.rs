use std::{future::ready, time::Duration};

use futures::FutureExt;
use tokio::time::{advance, sleep};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_lease_is_held_until_it_runs_out() {
    let (term, leadership) = leadership("shop");
    assert!(!leadership.is_held());
    let refused = leadership.while_held(ready(())).await.unwrap_err();
    assert!(refused.to_string().contains("does not hold the lease shop"));

    term.lasts_until(Instant::now() + SECOND);
    assert!(leadership.is_held());
    assert!(leadership.while_held(ready(())).await.is_ok());
    advance(SECOND).await;
    assert!(!leadership.is_held());
    assert!(leadership.while_held(ready(())).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn work_goes_on_for_as_long_as_the_lease_is_renewed() {
    let (term, leadership) = leadership("shop");
    let start = Instant::now();
    term.lasts_until(start + 2 * SECOND);
    let renewing = async {
        for _ in 0..3 {
            sleep(SECOND).await;
            term.lasts_until(Instant::now() + 2 * SECOND);
        }
    };
    let (done, ()) = tokio::join!(leadership.while_held(sleep(4 * SECOND)), renewing);
    assert!(done.is_ok());
    let endless = leadership.while_held(sleep(60 * SECOND)).await;
    assert!(endless.is_err());
    let waited = start.elapsed();
    assert!(
        waited >= 5 * SECOND && waited < 5 * SECOND + SECOND / 100,
        "{waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn work_is_abandoned_when_the_lease_is_given_up() {
    let (term, leadership) = leadership("shop");
    term.lasts_until(Instant::now() + 60 * SECOND);
    let start = Instant::now();
    let giving_up = async {
        sleep(SECOND).await;
        term.ends();
    };
    let (done, ()) = tokio::join!(leadership.while_held(sleep(30 * SECOND)), giving_up);
    assert!(done.is_err());
    assert!(start.elapsed() < 2 * SECOND);
}

/// A process that was stopped finds its lease run out and its requests ready to be sent in the same moment, before any
/// timer has been looked at.
#[tokio::test]
async fn after_a_pause_no_step_of_the_work_is_taken() {
    let (term, leadership) = leadership("shop");
    let pause = Duration::from_millis(50);
    term.lasts_until(Instant::now() + pause);
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let mut sent = false;
    let mut work = Box::pin(leadership.while_held(async {
        let _ = receiver.await;
        sent = true;
    }));
    assert!(work.as_mut().now_or_never().is_none());
    std::thread::sleep(pause);
    sender.send(()).expect("somebody listens");
    assert!(work.as_mut().now_or_never().is_none());
    assert!(work.await.is_err());
    assert!(!sent);
}

#[tokio::test(start_paused = true)]
async fn it_is_told_who_waits_when_the_lease_is_won() {
    let (term, leadership) = leadership("shop");
    assert!(leadership.won().now_or_never().is_none());
    term.lasts_until(Instant::now() + SECOND);
    assert!(leadership.won().now_or_never().is_some());
    drop(term);
    advance(SECOND).await;
    assert!(leadership.won().now_or_never().is_none());
}
