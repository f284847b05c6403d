//! A temporary folder in which `myop` is run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use walkdir::WalkDir;

pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
    cargo: Option<PathBuf>,
}

/// What a run said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            cargo: None,
        }
    }

    /// With a project `shop` of domain example.com and a kind MyApp.
    pub(crate) fn with_shop() -> Self {
        let sandbox = Self::new();
        sandbox
            .run(".", "init shop --domain example.com")
            .succeeded();
        sandbox
            .run("shop", "create api --version v1alpha1 --kind MyApp")
            .succeeded();
        sandbox
    }

    /// In which cargo is a program that prints this, or fails.
    #[cfg(unix)]
    pub(crate) fn set_cargo(&mut self, prints: Option<&str>) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path("cargo");
        let script = match prints {
            Some(text) => {
                fs::write(self.path("facts.json"), text).unwrap();
                format!(
                    "[ \"$*\" = 'run --quiet -- manifests' ] && cat {}",
                    self.path("facts.json").display()
                )
            }
            None => "echo 'error[E0609]: no field' >&2; exit 101".to_owned(),
        };
        // Written by another process: one that forks meanwhile would keep a script open that was written here.
        let write = format!("cat > {0} && chmod +x {0}", path.display());
        let mut shell = Command::new("sh")
            .args(["-c", &write])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let script = format!("#!/bin/sh\n{script}\n");
        std::io::Write::write_all(&mut shell.stdin.take().unwrap(), script.as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success());
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o111,
            0o111
        );
        self.cargo = Some(path);
    }

    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Runs `myop` in a folder with arguments, which are split at spaces.
    pub(crate) fn run(&self, folder: &str, arguments: &str) -> Said {
        let mut myop = Command::new(env!("CARGO_BIN_EXE_myop"));
        // What lies above the temporary folder must not matter, nor the repository that these tests are run from.
        myop.env("GIT_CEILING_DIRECTORIES", self.path(".."))
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE");
        if let Some(cargo) = &self.cargo {
            myop.env("CARGO", cargo);
        }
        let Output {
            status,
            stdout,
            stderr,
        } = myop
            .args(arguments.split(' '))
            .current_dir(self.path(folder))
            .output()
            .unwrap();
        let text = |bytes| {
            String::from_utf8(bytes)
                .unwrap()
                .replace(&self.path("").display().to_string(), "[SANDBOX]/")
        };
        Said {
            code: status.code().unwrap(),
            stdout: text(stdout),
            stderr: text(stderr),
        }
    }

    /// Each file with its text, and each folder; git's own left out.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Option<String>> {
        let entries = WalkDir::new(self.folder.path())
            .into_iter()
            .filter_entry(|entry| entry.file_name() != ".git");
        entries
            .map(|entry| entry.unwrap().into_path())
            .map(|path| {
                (
                    path.strip_prefix(&self.folder).unwrap().to_owned(),
                    fs::read_to_string(&path).ok(),
                )
            })
            .collect()
    }
}

impl Said {
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Exit code, standard error and standard output.
    pub(crate) fn all(&self) -> String {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        format!("exit code {code}\n--- stderr\n{stderr}--- stdout\n{stdout}")
    }
}
