//! What people see: scripts of kubectl's commands, and what kubectl 1.32 shows of them on kube-apiserver 1.35.
//!
//! A script is a file, `kubectl/<name>.script`. It is played in the namespace `kubectl-<name>`, in an empty folder.
//! `SCENARIOS=kubectl/get` plays those whose names contain that, and `RECORD=1` records, as for scenarios.
//!
//! ```text
//! # What it shows.
//! @controllers                         kube-controller-manager runs, here: what it keeps tidy
//! @workloads                           … and here too, what it does for Deployments and Jobs
//! @crd example.com_myapps              that file of the workspace's `crds/` is applied
//!
//! === app.yaml                         a file: the lines up to the next command or file
//! apiVersion: v1
//! …
//!
//! $ kubectl apply -f app.yaml          a line for `sh`; one that ends in `\` goes on
//! | configmap/app created              from here on it is recorded: what is written to stdout,
//! ! Warning: …                         to stderr,
//! ? 1                                  and the exit code, where it is not 0
//! ```
//!
//! What differs from run to run is hidden: `shown.rs`. `pending.txt` lists the scripts that differ here, and why.

mod script;
mod shell;
mod shown;
mod tests;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use futures::{StreamExt, stream};
use similar::TextDiff;

use super::{Result, embedded::Embedded, real::Real, say, verdict::Pending};
use script::Script;
use shell::Shell;

/// Each command of a script is a process, and most of them wait for nothing.
const AT_A_TIME: usize = 3;

/// Only this one shows what was recorded.
const KUBECTL: &str = "v1.32.";

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_shows_the_embedded_server_as_recorded() -> Result<()> {
    if !is_there() {
        return Ok(());
    }
    let pending = Pending::parse(&fs::read_to_string(folder().join("pending.txt"))?)?;
    agree(&Embedded::default(), &pending).await
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_shows_the_real_server_as_recorded() -> Result<()> {
    if !is_there() {
        return Ok(());
    }
    let Some(assets) = env::var_os("KUBEBUILDER_ASSETS") else {
        return say("KUBEBUILDER_ASSETS is not set: no script was played on the real server");
    };
    let real = Real::new(Path::new(&assets));
    if env::var_os("RECORD").is_some() {
        return record(&real).await;
    }
    agree(&real, &Pending::default()).await
}

async fn record(real: &Real) -> Result<()> {
    let mut broken = Vec::new();
    for Played { script, shown } in play_all(real).await? {
        match shown {
            Ok(shown) => fs::write(folder().join(script.file()), shown)?,
            Err(error) => broken.push(format!("{}: {error}", script.name)),
        }
    }
    assert!(broken.is_empty(), "not recorded:\n{}", broken.join("\n"));
    Ok(())
}

/// What scripts are played on.
trait Clusters {
    /// The administrator's, for a server that has what the script needs.
    async fn kubeconfig_for(&self, script: &Script) -> Result<String>;
}

impl Clusters for Real {
    async fn kubeconfig_for(&self, script: &Script) -> Result<String> {
        self.running(script.controllers).await?.kubeconfig()
    }
}

impl Clusters for Embedded {
    async fn kubeconfig_for(&self, script: &Script) -> Result<String> {
        self.start(script.running_controllers()).await
    }
}

/// A script, and what the file would be if this were recorded.
struct Played {
    script: Script,
    shown: Result<String>,
}

/// Fails where kubectl shows something else than recorded, but for the scripts that are known to differ.
async fn agree(clusters: &impl Clusters, pending: &Pending) -> Result<()> {
    let played = play_all(clusters).await?;
    let complaints = played.iter().filter_map(|played| played.complaint(pending));
    let complaints: Vec<_> = complaints.collect();
    let (count, all) = (complaints.len(), played.len());
    assert!(
        count == 0,
        "{count} of {all} scripts:\n\n{}",
        complaints.join("\n\n")
    );
    say(&format!("{all} scripts of kubectl's commands were played"))
}

impl Played {
    /// What a person has to look at: nothing where all is as expected.
    fn complaint(&self, pending: &Pending) -> Option<String> {
        let name = &self.script.name;
        let shown = match &self.shown {
            Ok(shown) => shown.as_str(),
            Err(error) => return Some(format!("{name}: {error}")),
        };
        let recorded = self.script.print(self.script.recorded());
        match (recorded == shown, pending.reason(name)) {
            (true, Some(reason)) => Some(format!(
                "{name} passes: take it off the list, where it is with «{reason}»"
            )),
            (false, None) => {
                let diff = TextDiff::from_lines(recorded.as_str(), shown);
                let mut diff = diff.unified_diff();
                let diff = diff.context_radius(6).header("recorded", "shown");
                Some(format!("{name}:\n{diff}"))
            }
            _ => None,
        }
    }
}

async fn play_all(clusters: &impl Clusters) -> Result<Vec<Played>> {
    let scripts = scripts(&env::var("SCENARIOS").unwrap_or_default())?;
    let played = stream::iter(scripts).map(async |script| Played {
        shown: play(&script, clusters).await,
        script,
    });
    Ok(played.buffered(AT_A_TIME).collect().await)
}

async fn play(script: &Script, clusters: &impl Clusters) -> Result<String> {
    let shell = Shell::new(&clusters.kubeconfig_for(script).await?)?;
    shell.prepare(script).await?;
    let mut shown = Vec::new();
    for (files, command) in script.commands() {
        for (name, content) in files {
            shell.write(name, content)?;
        }
        shown.push(shell.run(command).await?.recorded());
    }
    Ok(script.print(shown.iter().map(String::as_str)))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/kubectl")
}

/// Those whose names contain the text, sorted by name.
fn scripts(containing: &str) -> Result<Vec<Script>> {
    let mut scripts = Vec::new();
    for file in fs::read_dir(folder())? {
        let path = file?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "script")
        {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let script = Script::parse(&format!("kubectl/{stem}"), &fs::read_to_string(&path)?);
            scripts.push(script.map_err(|error| format!("{stem}: {error}"))?);
        }
    }
    scripts.retain(|script| script.name.contains(containing));
    scripts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(scripts)
}

/// Says so where it is not: `cargo test` needs no more than Rust.
fn is_there() -> bool {
    let version = Command::new("kubectl")
        .args(["version", "--client", "-o=json"])
        .output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let is_there = version.is_ok_and(|version| version.contains(KUBECTL));
    if !is_there {
        let text =
            format!("kubectl {KUBECTL}x is not on the PATH: no script of its commands was played");
        say(&text).expect("stderr is there");
    }
    is_there
}
