//! docs/quickstart.md does what it says: its commands are run, its changes are made, and what is printed is as it is shown.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use myop::testing::{Cluster, Result};
use myop_tests::{
    kubectl,
    project::{expect_success, myop, target, workspace},
};

#[myop::test]
async fn the_quick_start_is_true(cluster: Cluster) -> Result {
    if !kubectl::is_there("docs/quickstart.md") {
        return Ok(());
    }
    let page = fs::read_to_string(workspace().join("docs/quickstart.md"))?;
    let empty = tempfile::tempdir()?;
    let kubeconfig = cluster
        .kubeconfig()
        .ok_or("this test starts servers of its own")?;
    let mut reader = Reader {
        folder: empty.path().to_owned(),
        kubeconfig: kubeconfig.to_owned(),
        operator: None,
    };
    let (mut commands, mut changes) = (0, 0);
    for (language, block) in blocks(&page) {
        match language {
            "console" => commands += reader.run(block)?,
            "diff" => {
                reader.change(block)?;
                changes += 1;
            }
            _ => {}
        }
    }
    assert!(
        commands > 20 && changes > 8,
        "{commands} commands, {changes} changes"
    );
    Ok(())
}

/// The blocks of code, each with its language.
fn blocks(page: &str) -> impl Iterator<Item = (&str, &str)> {
    let inside = page.split("\n```").skip(1).step_by(2);
    inside.filter_map(|block| block.split_once('\n'))
}

/// Somebody who does what the page says.
struct Reader {
    folder: PathBuf,
    kubeconfig: PathBuf,
    operator: Option<Child>,
}

impl Reader {
    /// Runs the commands of a block and holds what they print against what is shown. Says how many there were.
    fn run(&mut self, block: &str) -> Result<usize> {
        let steps = block.split("$ ").filter(|step| !step.is_empty());
        let mut count = 0;
        for step in steps {
            let (command, shown) = step.split_once('\n').unwrap_or((step, ""));
            if let Some(folder) = command.strip_prefix("cd ") {
                self.folder.push(folder);
                // The versions that the workspace has downloaded.
                fs::copy(
                    workspace().join("Cargo.lock"),
                    self.folder.join("Cargo.lock"),
                )?;
            } else if command == "cargo run" {
                self.start()?;
            } else {
                self.check(command, shown)?;
            }
            count += 1;
        }
        Ok(count)
    }

    fn check(&self, command: &str, shown: &str) -> Result {
        let output = self.shell(&format!("{command} 2>&1")).output()?;
        let printed = String::from_utf8(output.stdout)?;
        let is_to_fail = shown.contains("error") || shown.contains("is invalid");
        if output.status.success() == is_to_fail || !is_as_shown(&lines(&printed), &lines(shown)) {
            let status = output.status;
            return Err(format!(
                "$ {command}\n{printed}ended with {status}, and the page shows\n{shown}"
            )
            .into());
        }
        Ok(())
    }

    /// Starts the operator, in place of the one that runs.
    fn start(&mut self) -> Result {
        self.stop()?;
        // Who waits for the operator does not wait for the compiler.
        expect_success(self.shell("cargo build"))?;
        let mut run = self.shell("exec cargo run --quiet -- --health-probe-bind-address=0");
        run.stdin(Stdio::null())
            .stderr(fs::File::create(self.folder.join("operator.log"))?);
        self.operator = Some(run.spawn()?);
        Ok(())
    }

    fn stop(&mut self) -> Result {
        if let Some(mut operator) = self.operator.take() {
            operator.kill()?;
            operator.wait()?;
        }
        Ok(())
    }

    fn shell(&self, line: &str) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let tools = myop()
            .parent()
            .map(Path::display)
            .map(|folder| format!("{folder}:{path}"));
        let mut shell = Command::new("bash");
        shell
            .args(["-c", line])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target())
            .env("KUBECONFIG", &self.kubeconfig)
            .env("PATH", tools.unwrap_or(path));
        // A build that hears which package the test is of would build half of the workspace anew.
        for (name, _) in std::env::vars().filter(|(name, _)| is_of_cargo(name)) {
            shell.env_remove(name);
        }
        shell
    }

    /// Makes a change: the lines that stay and those that go must be in the file, once.
    fn change(&self, block: &str) -> Result {
        let (file, diff) = block.split_once('\n').ok_or("an empty change")?;
        let file = self.folder.join(file.trim_start_matches("# "));
        let side = |other: char| -> String {
            let lines = diff.lines().filter(|line| !line.starts_with(other));
            let lines = lines.flat_map(|line| [line.get(1..).unwrap_or_default(), "\n"]);
            lines.collect()
        };
        let (before, after) = (side('+'), side('-'));
        let text = fs::read_to_string(&file)?;
        if text.matches(&before).count() != 1 {
            return Err(format!(
                "{} does not hold once:\n{before}\nbut is:\n{text}",
                file.display()
            )
            .into());
        }
        Ok(fs::write(&file, text.replace(&before, &after))?)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.stop();
    }
}

fn is_of_cargo(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// The compiler indents by the width of its line numbers.
fn lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().map(str::trim_start).collect()
}

/// Whether it is what is shown, where `...` stands for any lines and `[..]` for any words.
fn is_as_shown(printed: &[&str], shown: &[&str]) -> bool {
    match (printed, shown) {
        (_, ["...", rest @ ..]) => {
            (0..=printed.len()).any(|skipped| is_as_shown(&printed[skipped..], rest))
        }
        ([line, printed @ ..], [pattern, shown @ ..]) => {
            matches(line, pattern) && is_as_shown(printed, shown)
        }
        (printed, shown) => printed.is_empty() && shown.is_empty(),
    }
}

fn matches(line: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once("[..]") else {
        return line == pattern;
    };
    let Some(line) = line.strip_prefix(start) else {
        return false;
    };
    let mut ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
    ends.any(|at| matches(&line[at..], rest))
}

#[test]
fn what_is_left_out_may_be_anything() {
    let printed = ["a", "created 31 files", "b", "c"];
    assert!(is_as_shown(
        &printed,
        &["...", "created [..] files", "...", "c"]
    ));
    assert!(is_as_shown(
        &printed,
        &["a", "created [..]", "b", "c", "..."]
    ));
    assert!(!is_as_shown(
        &printed,
        &["...", "created [..] lines", "..."]
    ));
    assert!(!is_as_shown(&printed, &["a", "...", "b"]));
    assert!(!is_as_shown(&printed, &[]));
}
