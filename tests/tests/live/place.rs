//! Where a command is run, and what it leaves there.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use myop::testing::Result;
use myop_tests::{foreground::Foreground, project::expect_success};
use tempfile::TempDir;

/// A folder to work in, and one for temporary files that nobody else uses.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join("work"))?;
        fs::create_dir(folder.path().join("tmp"))?;
        Ok(Self { folder })
    }

    /// Where its user works.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Where its temporary files are.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    /// Starts a program here.
    pub(crate) fn start(&self, mut program: Command) -> Result<Foreground> {
        program
            .env("TMPDIR", self.temporary())
            .env_remove("XDG_RUNTIME_DIR")
            .env_remove("KUBECONFIG");
        Foreground::start(program)
    }

    /// Whether no temporary file is left, and no process that works there.
    pub(crate) fn assert_nothing_is_left(&self) -> Result {
        let left: Vec<_> = fs::read_dir(self.temporary())?.collect();
        assert!(left.is_empty(), "{left:?}");
        let at_work = self.at_work();
        assert!(at_work.is_empty(), "{at_work:?}");
        Ok(())
    }

    /// The processes that work there.
    pub(crate) fn at_work(&self) -> Vec<String> {
        let folder = self.folder.path().to_string_lossy().into_owned();
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let words = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
        let words = words.map(|words| String::from_utf8_lossy(&words).replace('\0', " "));
        words.filter(|words| words.contains(&folder)).collect()
    }

    /// Waits until no process works there any more.
    pub(crate) fn until_nobody_is_at_work(&self) -> Result {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !self.at_work().is_empty() {
            if Instant::now() > deadline {
                return Err(format!("these go on: {:?}", self.at_work()).into());
            }
            // Nobody tells of the end of a process that is not one's own.
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

/// What kubectl prints when it is run with the kubeconfig of a line `export KUBECONFIG=…`.
pub(crate) fn kubectl(line: &str, arguments: &[&str]) -> Result<String> {
    let (_, kubeconfig) = line
        .split_once("export KUBECONFIG=")
        .ok_or_else(|| format!("no line for kubectl: {line}"))?;
    let mut kubectl = Command::new("kubectl");
    kubectl
        .arg("--kubeconfig")
        .arg(Path::new(kubeconfig.trim_matches('\'')))
        .args(arguments);
    Ok(String::from_utf8(expect_success(kubectl)?.stdout)?)
}
