//! Programs that run in the foreground: what they say, line by line, and Ctrl-C.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::{Duration, Instant},
};

use myop::testing::Result;

/// How long a line may take that a build stands before, on a machine that does other things, too.
const PATIENCE: Duration = Duration::from_secs(400);

/// A program that runs, and does not outlive its test.
#[derive(Debug)]
pub struct Foreground {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Foreground {
    /// Starts it.
    pub fn start(mut command: Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (sender, lines) = mpsc::channel();
        if let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) {
            follow(stdout, sender.clone());
            follow(stderr, sender);
        }
        Ok(Self {
            child,
            lines,
            said: Vec::new(),
        })
    }

    /// Waits for a line that holds this text, from the next one on.
    pub fn until(&mut self, text: &str) -> Result<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                let said = self.said.join("\n");
                return Err(format!("no line holds {text:?}:\n{said}").into());
            };
            self.said.push(line);
            if let Some(line) = self.said.last().filter(|line| line.contains(text)) {
                return Ok(line.clone());
            }
        }
    }

    /// Presses Ctrl-C.
    pub fn interrupt(&self) -> Result {
        let mut kill = Command::new("kill");
        kill.args(["-INT", &self.child.id().to_string()]);
        crate::project::expect_success(kill)?;
        Ok(())
    }

    /// Waits for its end, and returns how it ended and all that it said.
    pub fn end(mut self) -> Result<(ExitStatus, Vec<String>)> {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.said.push(line);
        }
        let status = self.child.wait()?;
        Ok((status, std::mem::take(&mut self.said)))
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn follow(stream: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
}
