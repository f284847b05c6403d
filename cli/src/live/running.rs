//! The operator that runs, and Ctrl-C: both are heard, whatever else is done.

use std::io;
use std::pin::pin;

use super::operator::{Heard, Operator, Orders};
use super::screen::{Screen, Tone};
use super::stop::{Stop, Stopped};

/// What goes on beside the work.
#[derive(Debug)]
pub(crate) struct Running {
    operator: Option<Operator>,
    stop: Stop,
}

impl Running {
    pub(crate) fn new(stop: Stop) -> Self {
        Self {
            operator: None,
            stop,
        }
    }

    /// Whether an operator runs.
    pub(crate) fn is_up(&self) -> bool {
        self.operator.is_some()
    }

    /// Waits for some work, and shows meanwhile what the operator says.
    ///
    /// # Errors
    /// When it is to end. The work is left as it is then.
    pub(crate) async fn during<T>(
        &mut self,
        screen: &Screen,
        work: impl Future<Output = T>,
    ) -> Result<T, Stopped> {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                stopped = self.stop.asked() => return Err(stopped),
                // What is done is told before what the operator says of it.
                done = &mut work => return Ok(done),
                heard = hear(&mut self.operator) => match heard {
                    Heard::Said(said) => said.show(screen),
                    Heard::Ended(status) => {
                        self.operator = None;
                        let how = match status {
                            Ok(status) => status.to_string(),
                            Err(error) => error.to_string(),
                        };
                        let text = format!("the operator, {how}; it starts again after the next edit");
                        screen.tell("ended", Tone::Bad, text);
                    }
                },
            }
        }
    }

    /// Starts an operator, once the one that runs has ended.
    ///
    /// # Errors
    /// Where it can't be run.
    pub(crate) async fn replace(&mut self, orders: &Orders<'_>) -> io::Result<()> {
        self.end().await;
        self.operator = Some(Operator::start(orders)?);
        Ok(())
    }

    /// Ends the operator.
    pub(crate) async fn end(&mut self) {
        if let Some(operator) = self.operator.take() {
            operator.end().await;
        }
    }
}

async fn hear(operator: &mut Option<Operator>) -> Heard {
    match operator {
        Some(operator) => operator.next().await,
        None => std::future::pending().await,
    }
}
