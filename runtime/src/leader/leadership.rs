//! Whether this replica leads, and until when: what the rest of the runtime asks.

use std::{
    future::{pending, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use thiserror::Error;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// The election's end: it says until when this replica leads.
#[derive(Debug)]
pub(crate) struct Term(watch::Sender<Option<Instant>>);

/// Everybody else's end.
#[derive(Clone, Debug)]
pub(crate) struct Leadership {
    lease: Arc<str>,
    until: watch::Receiver<Option<Instant>>,
}

/// What a replica that does not lead answers to a write.
#[derive(Debug, Error)]
#[error("nothing is written: this replica does not hold the lease {0}")]
pub(crate) struct NotLeading(Arc<str>);

/// A replica that does not lead the others of this lease yet.
pub(crate) fn leadership(lease: &str) -> (Term, Leadership) {
    let (sender, receiver) = watch::channel(None);
    let leadership = Leadership {
        lease: lease.into(),
        until: receiver,
    };
    (Term(sender), leadership)
}

impl Term {
    pub(crate) fn lasts_until(&self, until: Instant) {
        self.0.send_replace(Some(until));
    }

    pub(crate) fn ends(&self) {
        self.0.send_replace(None);
    }
}

impl Leadership {
    /// Whether this replica leads now.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests and metrics ask"))]
    pub(crate) fn is_held(&self) -> bool {
        self.end().is_some()
    }

    /// Waits until this replica leads.
    pub(crate) async fn won(&self) {
        let mut until = self.until.clone();
        let is_over = until.wait_for(|until| is_ahead(*until)).await.is_err();
        if is_over {
            pending::<()>().await;
        }
    }

    /// Does the work while this replica leads, and abandons it when the lease runs out.
    ///
    /// The clock is asked before each step of the work: a process that was stopped for a while does not send in its first
    /// moment what it was about to send.
    pub(crate) async fn while_held<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, NotLeading> {
        let mut renewed = self.until.clone();
        let mut work = pin!(work);
        loop {
            renewed.mark_unchanged();
            let Some(end) = self.end() else {
                return Err(NotLeading(self.lease.clone()));
            };
            let step = poll_fn(|task| {
                if Instant::now() >= end {
                    return Poll::Ready(None);
                }
                work.as_mut().poll(task).map(Some)
            });
            tokio::select! {
                biased;
                () = sleep_until(end) => {}
                Ok(()) = renewed.changed() => {}
                Some(result) = step => return Ok(result),
            }
        }
    }

    /// When the lease runs out, if it has not.
    fn end(&self) -> Option<Instant> {
        self.until.borrow().filter(|end| is_ahead(Some(*end)))
    }
}

fn is_ahead(until: Option<Instant>) -> bool {
    until.is_some_and(|until| until > Instant::now())
}

#[cfg(test)]
mod tests;
