//! `cargo build`: how it gets on, and what came of it.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::Command;

use super::process::Process;
use super::screen::Screen;
use crate::commands::Place;

/// How a project is built.
#[derive(Debug)]
pub(crate) struct Cargo {
    program: OsString,
    root: PathBuf,
    /// The target folder, where it is another than cargo would take.
    target: Option<PathBuf>,
    /// Variables that this command was given by cargo about itself: a build that heard of them would do more than it has to.
    unwanted: Vec<OsString>,
}

/// What came of a build.
#[derive(Debug)]
pub(crate) struct Built {
    /// The operator's program.
    pub(crate) program: PathBuf,
    /// Whether nothing had to be done.
    pub(crate) is_fresh: bool,
    /// How long it took.
    pub(crate) took: Duration,
    /// What the compiler warns of in the project.
    pub(crate) warnings: usize,
}

/// There is no new program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    #[error("cannot run {program}")]
    NotRun { program: String, source: io::Error },
    #[error("the build failed")]
    Failed {
        /// What the compiler or cargo say of it.
        said: String,
    },
    #[error("the build made no program {0}")]
    NoProgram(String),
}

/// What cargo prints on standard output, a line each.
#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-message")]
    Told { message: Diagnostic },
    #[serde(rename = "compiler-artifact")]
    Made {
        target: Target,
        executable: Option<PathBuf>,
        fresh: bool,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    rendered: Option<String>,
    spans: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// What all messages say together.
#[derive(Default)]
struct Findings {
    errors: Vec<String>,
    warnings: usize,
    programs: Vec<(String, PathBuf, bool)>,
}

impl Cargo {
    /// The cargo of a place, for the project in a folder.
    pub(crate) fn new(place: &Place, root: &Path, target: Option<PathBuf>) -> Self {
        Self {
            program: place.cargo.clone(),
            root: root.to_owned(),
            target,
            unwanted: place.about_itself.clone(),
        }
    }

    /// Builds the program of this name.
    ///
    /// # Errors
    /// When it does not build.
    pub(crate) async fn build(&self, name: &str, screen: &Screen) -> Result<Built, BuildError> {
        let began = Instant::now();
        let not_run = |source| BuildError::NotRun {
            program: self.program.display().to_string(),
            source,
        };
        let mut cargo = Process::start(self.command(screen)).map_err(not_run)?;
        let (stdout, stderr) = cargo.streams();
        let (findings, said) = tokio::join!(findings(stdout), progress(stderr, screen));
        let status = cargo.ended().await.map_err(not_run)?;
        screen.clear();
        if !status.success() {
            let said = if findings.errors.is_empty() {
                said
            } else {
                findings.errors.join("\n")
            };
            return Err(BuildError::Failed { said });
        }
        let warnings = findings.warnings;
        let program = findings.program(name);
        let (program, is_fresh) = program.ok_or_else(|| BuildError::NoProgram(name.to_owned()))?;
        Ok(Built {
            program,
            is_fresh,
            took: began.elapsed(),
            warnings,
        })
    }

    fn command(&self, screen: &Screen) -> Command {
        let messages = if screen.has_colour() {
            "--message-format=json-diagnostic-rendered-ansi"
        } else {
            "--message-format=json"
        };
        let mut command = Command::new(&self.program);
        command
            .args(["build", messages])
            .current_dir(&self.root)
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TERM_PROGRESS_WHEN", "always")
            .env("CARGO_TERM_PROGRESS_WIDTH", "120");
        for variable in &self.unwanted {
            command.env_remove(variable);
        }
        if let Some(target) = &self.target {
            command.env("CARGO_TARGET_DIR", target);
        }
        command
    }
}

impl Findings {
    fn hear(&mut self, line: &str) {
        match serde_json::from_str(line) {
            Ok(Message::Told { message }) => match message.level.as_str() {
                // "aborting due to 2 previous errors" is about no place.
                "error" if !message.spans.is_empty() || self.errors.is_empty() => {
                    // A derive has the code that it stands on compiled again.
                    let is_known = |error: &String| {
                        self.errors
                            .iter()
                            .any(|known| place_of(known).eq(place_of(error)))
                    };
                    let rendered = message
                        .rendered
                        .map(|text| format!("{}\n", text.trim_end()));
                    let new = rendered.filter(|error| !is_known(error));
                    self.errors.extend(new);
                }
                "warning" if !message.spans.is_empty() => self.warnings += 1,
                _ => {}
            },
            Ok(Message::Made {
                target,
                executable: Some(executable),
                fresh,
            }) => self.programs.push((target.name, executable, fresh)),
            _ => {}
        }
    }

    /// The program of this name, or the only one.
    fn program(mut self, name: &str) -> Option<(PathBuf, bool)> {
        let named = self.programs.iter().position(|(of, ..)| of == name);
        let place = named.or((self.programs.len() == 1).then_some(0))?;
        let (_, path, is_fresh) = self.programs.swap_remove(place);
        Some((path, is_fresh))
    }
}

/// What is wrong and where, as the first lines of what the compiler draws say it.
fn place_of(error: &str) -> impl Iterator<Item = &str> {
    error.lines().take(2)
}

async fn findings(stdout: Option<impl AsyncRead + Unpin>) -> Findings {
    let mut findings = Findings::default();
    if let Some(stdout) = stdout {
        let mut lines = BufReader::new(stdout).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            findings.hear(&line);
        }
    }
    findings
}

/// Shows how it gets on, and returns what else was said.
async fn progress(stderr: Option<impl AsyncRead + Unpin>, screen: &Screen) -> String {
    let mut said = String::new();
    let Some(mut stderr) = stderr else {
        return said;
    };
    let (mut chunk, mut line) = ([0; 4096], Vec::new());
    while let Ok(count @ 1..) = stderr.read(&mut chunk).await {
        for byte in &chunk[..count] {
            if !matches!(byte, b'\r' | b'\n') {
                line.push(*byte);
                continue;
            }
            let text = String::from_utf8_lossy(&line).into_owned();
            line.clear();
            if let Some(state) = state_of(&text) {
                screen.pass("build", &state);
            } else if is_of_weight(&text) {
                said.push_str(text.trim_end());
                said.push('\n');
            }
        }
    }
    said
}

/// How far the build is, if a line says that: `12 of 230: kube-client`.
fn state_of(line: &str) -> Option<String> {
    let line = line.trim();
    if line.starts_with("Building [") {
        let (_, state) = line.split_once("] ")?;
        let (count, what) = state.split_once(": ").unwrap_or((state, ""));
        let (done, of) = count.split_once('/')?;
        return Some(format!("{done} of {of}  {what}"));
    }
    let waits = [
        "Blocking",
        "Downloading",
        "Updating",
        "Downloaded",
        "Locking",
    ];
    let waits = waits.iter().any(|word| line.starts_with(word));
    waits.then(|| line.to_lowercase())
}

/// Whether a line of cargo's says something that a failed build is explained by.
fn is_of_weight(line: &str) -> bool {
    let verbs = [
        "Compiling",
        "Finished",
        "Fresh",
        "Adding",
        "Checking",
        "\x1b[K",
    ];
    let line = line.trim();
    !line.is_empty()
        && !verbs.iter().any(|verb| line.starts_with(verb))
        && !line.starts_with("error: could not compile")
        && !line.starts_with("warning: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_build_gets_on() {
        let state = |line| state_of(line).unwrap_or_default();
        assert_eq!(
            state("    Building [=======>     ] 12/230: kube-client, tokio"),
            "12 of 230  kube-client, tokio"
        );
        assert_eq!(
            state("    Blocking waiting for file lock on build directory"),
            "blocking waiting for file lock on build directory"
        );
        assert_eq!(state_of("   Compiling shop v0.1.0"), None);
    }

    #[test]
    fn errors_are_told_as_the_compiler_draws_them() {
        let mut findings = Findings::default();
        findings.hear(r#"{"reason":"compiler-message","message":{"level":"error","rendered":"error[E0609]: no field\n --> a.rs:1:2\nhelp: ask\n","spans":[{}]}}"#);
        findings.hear(r#"{"reason":"compiler-message","message":{"level":"error","rendered":"error[E0609]: no field\n --> a.rs:1:2\n\n","spans":[{}]}}"#);
        findings.hear(r#"{"reason":"compiler-message","message":{"level":"error","rendered":"error: aborting\n","spans":[]}}"#);
        findings.hear(r#"{"reason":"compiler-message","message":{"level":"warning","rendered":"warning: unused\n","spans":[{}]}}"#);
        findings.hear(r#"{"reason":"build-finished","success":false}"#);
        let error = "error[E0609]: no field\n --> a.rs:1:2\nhelp: ask\n";
        assert_eq!(findings.errors, [error]);
        assert_eq!(findings.warnings, 1);
    }
}
