//! The operator's process.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::log::Said;
use super::process::Process;

/// What an operator of ours takes at the most to let its runs end.
const GRACE: Duration = Duration::from_secs(10);

/// What is told of: each run, also those that had nothing to do.
const LOGGED: &str = "info,myop::worker=debug,kube_client=off,kube_runtime=off";

/// An operator that runs, or has ended by itself.
#[derive(Debug)]
pub(crate) struct Operator {
    process: Process,
    lines: mpsc::Receiver<String>,
    has_ended: bool,
}

/// How an operator is run.
#[derive(Debug)]
pub(crate) struct Orders<'o> {
    /// The program.
    pub(crate) program: &'o Path,
    /// The folder to run it in.
    pub(crate) folder: &'o Path,
    /// Whom it is, and where its cluster is.
    pub(crate) kubeconfig: &'o Path,
    /// The one namespace that it works in, if it does.
    pub(crate) namespace: Option<&'o str>,
    /// Arguments of its author's own.
    pub(crate) arguments: &'o [OsString],
}

/// What is heard of it.
#[derive(Debug)]
pub(crate) enum Heard {
    Said(Said),
    Ended(io::Result<ExitStatus>),
}

impl Operator {
    /// Starts it.
    ///
    /// # Errors
    /// Where it can't be run.
    pub(crate) fn start(orders: &Orders<'_>) -> io::Result<Self> {
        let mut command = Command::new(orders.program);
        command
            .arg("--kubeconfig")
            .arg(orders.kubeconfig)
            .args(["--log-encoder=json", "--health-probe-bind-address=0"])
            .args(orders.arguments)
            .current_dir(orders.folder)
            .env("RUST_LOG", LOGGED)
            .env_remove("KUBECONFIG");
        if let Some(namespace) = orders.namespace {
            command.env("WATCH_NAMESPACE", namespace);
        }
        let mut process = Process::start(command)?;
        let (stdout, stderr) = process.streams();
        let (sender, lines) = mpsc::channel(1024);
        tokio::spawn(read(stdout, sender.clone()));
        tokio::spawn(read(stderr, sender));
        Ok(Self {
            process,
            lines,
            has_ended: false,
        })
    }

    /// The next that is heard of it; nothing more once it has ended.
    pub(crate) async fn next(&mut self) -> Heard {
        if self.has_ended {
            std::future::pending::<()>().await;
        }
        if let Some(line) = self.lines.recv().await {
            return Heard::Said(Said::read(&line));
        }
        let ended = self.process.ended().await;
        self.has_ended = true;
        Heard::Ended(ended)
    }

    /// Ends it: lets its runs end, if they do so soon.
    pub(crate) async fn end(mut self) {
        self.process.ask_to_end();
        let to_the_end = async {
            // A pipe that is full would hold it up.
            while self.lines.recv().await.is_some() {}
            self.process.ended().await
        };
        // One that takes longer is killed as it is dropped.
        let _ = timeout(GRACE, to_the_end).await;
    }
}

async fn read(stream: Option<impl AsyncRead + Unpin>, lines: mpsc::Sender<String>) {
    let Some(stream) = stream else { return };
    let mut read = BufReader::new(stream).lines();
    while let Ok(Some(line)) = read.next_line().await {
        if lines.send(line).await.is_err() {
            return;
        }
    }
}
