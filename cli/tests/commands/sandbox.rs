//! A temporary folder in which `myop` is run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use walkdir::WalkDir;

pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
    caches: tempfile::TempDir,
    cargo: Option<PathBuf>,
    path: Option<PathBuf>,
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
            caches: tempfile::tempdir().unwrap(),
            cargo: None,
            path: None,
        }
    }

    /// With a project `shop` of domain `example.com` and a kind `MyApp`.
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
        let (cargo, facts) = (self.path("cargo"), self.path("facts.json"));
        let body = match prints {
            Some(text) => {
                fs::write(&facts, text).unwrap();
                format!(
                    "[ \"$*\" = 'run --quiet -- manifests' ] && cat {}",
                    facts.display()
                )
            }
            None => "echo 'error[E0609]: no field' >&2; exit 101".to_owned(),
        };
        // Not written by this process: a test that starts a program meanwhile would hold the file
        // open for writing, and then it can't be run.
        let written = Command::new("sh")
            .args([
                "-c",
                r#"printf '#!/bin/sh\n%s\n' "$BODY" >"$CARGO" && chmod +x "$CARGO""#,
            ])
            .env("BODY", body)
            .env("CARGO", &cargo)
            .status();
        assert!(written.unwrap().success());
        self.cargo = Some(cargo);
    }

    /// In which no programs are found but these.
    #[cfg(unix)]
    pub(crate) fn set_programs(&mut self, names: &[&str]) {
        let folder = self.path("programs");
        fs::create_dir(&folder).unwrap();
        let path = std::env::var_os("PATH").unwrap();
        for name in names {
            let found = std::env::split_paths(&path).map(|folder| folder.join(name));
            let program = found.into_iter().find(|program| program.is_file());
            std::os::unix::fs::symlink(program.unwrap(), folder.join(name)).unwrap();
        }
        self.path = Some(folder);
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

    /// The file in which is kept what was read of the one crate that was read.
    pub(crate) fn kept(&self) -> PathBuf {
        let folder = self.caches.path().join("myop/manifests");
        let mut files = fs::read_dir(folder).unwrap();
        files.next().unwrap().unwrap().path()
    }

    /// `myop` in a folder with arguments, which are split at spaces.
    pub(crate) fn command(&self, folder: &str, arguments: &str) -> Command {
        let mut myop = Command::new(env!("CARGO_BIN_EXE_myop"));
        // What lies above the temporary folder must not matter, nor the repository that these tests are run from.
        myop.env("GIT_CEILING_DIRECTORIES", self.path(".."))
            .env("XDG_CACHE_HOME", self.caches.path())
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE");
        if let Some(cargo) = &self.cargo {
            myop.env("CARGO", cargo);
        }
        if let Some(path) = &self.path {
            myop.env("PATH", path);
        }
        myop.args(arguments.split(' '))
            .current_dir(self.path(folder));
        myop
    }

    /// Runs it.
    pub(crate) fn run(&self, folder: &str, arguments: &str) -> Said {
        self.said(&mut self.command(folder, arguments))
    }

    /// What a command of this sandbox says.
    pub(crate) fn said(&self, command: &mut Command) -> Said {
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
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
