//! Ctrl-C, and what else ends a command that goes on.

use std::io;

/// That the command is to end.
#[derive(Debug)]
pub(crate) struct Stop {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 3],
    #[cfg(windows)]
    signals: [tokio::signal::windows::CtrlC; 1],
}

/// The command was asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stopped;

impl Stop {
    /// From now on Ctrl-C, a SIGTERM or a terminal that is closed end the command in its own way.
    ///
    /// # Errors
    /// Where this can't be listened for.
    pub(crate) fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        let signals = {
            use tokio::signal::unix::{SignalKind, signal};
            [
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
            ]
        };
        #[cfg(windows)]
        let signals = [tokio::signal::windows::ctrl_c()?];
        Ok(Self { signals })
    }

    /// Waits until it is to end.
    #[cfg(unix)]
    pub(crate) async fn asked(&mut self) -> Stopped {
        let [interrupt, terminate, hangup] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => Stopped,
            _ = terminate.recv() => Stopped,
            _ = hangup.recv() => Stopped,
        }
    }

    /// Waits until it is to end.
    #[cfg(windows)]
    pub(crate) async fn asked(&mut self) -> Stopped {
        let [ctrl_c] = &mut self.signals;
        ctrl_c.recv().await;
        Stopped
    }
}
