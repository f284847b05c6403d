//! Runs the call for papers: `cfp-api --help` says with which options.

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
    process::ExitCode,
};

use cfp_api::Service;
use clap::Parser;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing::{error, info};

/// The call for papers: speakers and their proposals, over HTTP
#[derive(Parser)]
#[command(version)]
#[command(after_help = "\
For programs: /api/speakers and /api/proposals
For people:   / shows the records, and changes as they do")]
struct Flags {
    /// Where it is served
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50001")]
    listen: String,

    /// The folder of the records; it is made where it does not exist
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    data_dir: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .init();
    match run(Flags::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(flags: Flags) -> io::Result<()> {
    let stop = stop_signal()?;
    let listener = listen(&flags.listen).await?;
    let service = Service::open(&flags.data_dir)?;
    let address = listener.local_addr()?;
    info!(
        "listening on http://{address}, with the records in {}",
        flags.data_dir.display()
    );
    service.serve(listener, stop).await
}

async fn listen(address: &str) -> io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("could not listen on {address}: {error}"),
        )
    })
}

/// SIGTERM or Ctrl-C.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let signal = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        info!(signal, "stopping; requests under way are let to end");
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        Flags::command().debug_assert();
    }
}
