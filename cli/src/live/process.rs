//! A program that was started, and what it starts itself: nothing of it outlives the command.

use std::io;
use std::process::{ExitStatus, Stdio};

use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// Runs a program, and ends it with all that it has started when the shell's own stdin closes, which it does however the
/// command ends. It ends as the program does.
#[cfg(unix)]
const GUARD: &str = r#"
trap : TERM
exec 3<&0
"$@" 3<&- </dev/null & program=$!
exec >/dev/null 2>&1
( trap "" TERM; read -r _ <&3; kill -9 0 ) & guard=$!
wait "$program"; code=$?
# A signal ends the waiting, and not always the program.
while kill -0 "$program"; do wait "$program"; code=$?; done
kill -9 "$guard"
trap - TERM
[ "$code" -gt 128 ] && kill "-$((code - 128))" $$
exit "$code"
"#;

/// A program that runs. It ends at once when this is dropped, with all that it has started.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// Closed by the system, too, where the command is killed.
    _tie: Option<ChildStdin>,
}

impl Process {
    /// Starts it, apart from the terminal: Ctrl-C is for the command, which ends its programs in their order.
    ///
    /// # Errors
    /// Where it can't be run.
    pub(crate) fn start(command: Command) -> io::Result<Self> {
        let mut child = guarded(command)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let tie = child.stdin.take();
        Ok(Self { child, _tie: tie })
    }

    /// What it prints; only the first call has it.
    pub(crate) fn streams(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Asks it to end by itself.
    pub(crate) fn ask_to_end(&mut self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::TERM);
        #[cfg(not(unix))]
        let _ = self.child.start_kill();
    }

    /// Tells all of them. A program whose end was waited for has no number any more.
    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        let number = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = number.and_then(rustix::process::Pid::from_raw) {
            // It may have ended in this moment.
            let _ = rustix::process::kill_process_group(group, signal);
        }
    }
}

#[cfg(unix)]
fn guarded(command: Command) -> Command {
    let command = command.into_std();
    let mut guard = Command::new("/bin/sh");
    guard
        .args(["-c", GUARD, "guard"])
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::piped())
        .process_group(0);
    if let Some(folder) = command.get_current_dir() {
        guard.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => guard.env(name, value),
            None => guard.env_remove(name),
        };
    }
    guard
}

#[cfg(not(unix))]
fn guarded(mut command: Command) -> Command {
    command.stdin(Stdio::null());
    command
}

#[cfg(unix)]
impl Drop for Process {
    fn drop(&mut self) {
        self.signal(rustix::process::Signal::KILL);
    }
}
