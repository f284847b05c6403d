//! SIGTERM and Ctrl-C.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// A token that the first signal cancels. A second one ends the process at once, as in controller-runtime.
pub(crate) fn shutdown() -> CancellationToken {
    let token = CancellationToken::new();
    let (mut terminate, mut interrupt) = match (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) {
        (Ok(terminate), Ok(interrupt)) => (terminate, interrupt),
        (Err(error), _) | (_, Err(error)) => {
            warn!(%error, "signals are not handled: the operator will not end its runs when it is stopped");
            return token;
        }
    };
    let cancelled = token.clone();
    tokio::spawn(async move {
        let signal = next(&mut terminate, &mut interrupt).await;
        info!(signal, "stopping; runs under way are let to end");
        cancelled.cancel();
        let signal = next(&mut terminate, &mut interrupt).await;
        warn!(signal, "stopping at once");
        std::process::exit(1);
    });
    token
}

async fn next(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}
