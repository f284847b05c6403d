//! A server that cannot outlive the test that started it.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

/// Sends the server each signal that its own stdin names, and ends it when that closes, which it does however the test ends, and ends when the server does. A test
/// that was killed cannot clean up: so the one that is given a folder removes it.
const SUPERVISOR: &str = r#"
folder=$1; shift
exec 3<&0
"$@" 3<&- </dev/null & server=$!
( while read -r signal <&3; do kill -s "$signal" "$server"; done; kill -9 "$server"; [ -z "$folder" ] || rm -rf "$folder" ) 2>/dev/null & reader=$!
wait "$server"; code=$?
kill "$reader" 2>/dev/null
exit "$code"
"#;

/// A running server, and the file that it logs to.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `program` in `folder`, with its output going to `log`. With it goes the folder `leftover`.
    pub(super) fn start(
        program: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        folder: &Path,
        log: PathBuf,
        leftover: Option<&Path>,
    ) -> io::Result<Self> {
        let output = File::options().create(true).append(true).open(&log)?;
        let child = Command::new("sh")
            .args(["-c", SUPERVISOR, "supervisor"])
            .arg(leftover.unwrap_or(Path::new("")))
            .arg(program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()?;
        Ok(Self { child, log })
    }

    /// Tells that the server has ended by itself: with the last lines of its log.
    pub(super) fn ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(5)..].join("\n");
        Some(format!("{status}; the end of its log:\n{last}"))
    }

    /// Sends the server this signal (`TERM`, `KILL`) and waits until it has ended.
    pub(super) async fn end_by(mut self, signal: &str) -> io::Result<()> {
        if let Some(stdin) = &mut self.child.stdin {
            stdin.write_all(format!("{signal}\n").as_bytes()).await?;
        }
        self.child.wait().await.map(drop)
    }

    /// Ends the server and waits until it has.
    pub(super) async fn stop(mut self) -> io::Result<()> {
        drop(self.child.stdin.take());
        self.child.wait().await.map(drop)
    }
}
