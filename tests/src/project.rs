//! Projects that the CLI makes in a temporary folder, built with the workspace's own lock file and target folder.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use myop::testing::Result;
use walkdir::WalkDir;

/// The root of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the workspace")
}

/// The workspace's target folder: that of this very test.
pub fn target() -> PathBuf {
    let test = std::env::current_exe().expect("a test is a program");
    let folder = test.ancestors().find(|folder| folder.ends_with("deps"));
    folder
        .and_then(|deps| deps.ancestors().nth(2))
        .expect("tests lie in TARGET/debug/deps")
        .to_owned()
}

/// The `myop` of this workspace, built once a test run.
pub fn myop() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build("myop-cli", "myop"))
}

/// Builds a program of this workspace.
pub fn build(package: &str, program: &str) -> PathBuf {
    let mut build = command(Path::new(env!("CARGO")));
    build
        .current_dir(workspace())
        .args(["build", "--quiet", "-p", package]);
    expect_success(build).expect("it builds");
    target().join("debug").join(program)
}

/// A command that does not hear which package this test is of, as cargo has told it: a build that heard of that would run
/// ring's build script again, and then build half of the workspace anew, each time.
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    let of_package =
        |name: &String| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for name in std::env::vars().map(|(name, _)| name).filter(of_package) {
        command.env_remove(name);
    }
    command
}

/// A folder with a project in it.
#[derive(Debug)]
pub struct Project {
    folder: PathBuf,
}

impl Project {
    /// Runs `myop init FOLDER` with these further arguments.
    pub fn init(folder: &Path, arguments: &[&str]) -> Result<Self> {
        let mut init = Command::new(myop());
        init.arg("init").arg(folder).args(arguments);
        expect_success(init)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// The path of a file of the project.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Runs `myop` in the project and returns what it printed.
    pub fn myop<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<String> {
        self.run(myop(), arguments)
    }

    /// Makes the kind of the README's way: `MyApp` in version v1alpha1 of the domain's own group.
    pub fn create_my_app(&self) -> Result<String> {
        self.myop(&[
            "create",
            "api",
            "--group",
            "",
            "--version",
            "v1alpha1",
            "--kind",
            "MyApp",
        ])
    }

    /// Runs `cargo` in the project and returns what it printed, warnings and all.
    pub fn cargo<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<String> {
        self.run(Path::new(env!("CARGO")), arguments)
    }

    /// The program that `cargo build` makes of a project whose name is its folder's.
    pub fn program(&self) -> PathBuf {
        let name = self.folder.file_name().unwrap_or_default();
        target().join("debug").join(name)
    }

    /// A command that runs in the project, with the workspace's target folder.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = command(program);
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target());
        command
    }

    /// Replaces a text that is in a file exactly once.
    pub fn edit(&self, file: &str, from: &str, to: &str) -> Result {
        let text = fs::read_to_string(self.path(file))?;
        if text.matches(from).count() != 1 {
            return Err(format!("{file} does not hold {from:?} once:\n{text}").into());
        }
        Ok(fs::write(self.path(file), text.replace(from, to))?)
    }

    /// The files of the project with their texts, but for what git ignores.
    pub fn files(&self) -> Result<BTreeMap<String, String>> {
        files_of(&self.folder)
    }

    fn run<S: AsRef<OsStr>>(&self, program: &Path, arguments: &[S]) -> Result<String> {
        let mut command = self.command(program);
        command.args(arguments);
        let output = expect_success(command)?;
        Ok(format!(
            "{}{}",
            String::from_utf8(output.stdout)?,
            String::from_utf8(output.stderr)?
        ))
    }
}

/// The files below a folder with their texts, by their paths in it, but for what git ignores in a project.
pub fn files_of(folder: &Path) -> Result<BTreeMap<String, String>> {
    let ignored = [".git", ".cargo", "target", "Cargo.lock"];
    let entries = WalkDir::new(folder)
        .into_iter()
        .filter_entry(|entry| !ignored.iter().any(|name| entry.file_name() == *name));
    let mut files = BTreeMap::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type().is_file() {
            let path = entry
                .path()
                .strip_prefix(folder)?
                .to_string_lossy()
                .into_owned();
            let text = String::from_utf8_lossy(&fs::read(entry.path())?).into_owned();
            files.insert(path, text);
        }
    }
    Ok(files)
}

/// Runs a command; one that fails is an error with all that it said.
pub fn expect_success(mut command: Command) -> Result<Output> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(output);
    }
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    Err(format!("{command:?} ended with {}\n{stdout}{stderr}", output.status).into())
}
