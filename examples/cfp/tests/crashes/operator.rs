//! The operator as a process, behind a gate of its own.

use std::{fs::OpenOptions, os::unix::process::ExitStatusExt, path::Path};

use myop::testing::Result;
use serde_json::json;
use tokio::process::{Child, Command};

use crate::{gate::Gate, outside::Outside};

const SIGKILL: i32 = 9;

pub(crate) struct Operator {
    child: Child,
    pub(crate) gate: Gate,
}

impl Operator {
    /// Starts it as the ServiceAccount that its rules are bound to.
    pub(crate) async fn start(outside: &Outside) -> Result<Self> {
        let gate = Gate::open(outside).await?;
        let kubeconfig = outside.folder().join("kubeconfig");
        std::fs::write(&kubeconfig, kubeconfig_of(&gate))?;
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log(outside))?;
        let child = Command::new(env!("CARGO_BIN_EXE_cfp-operator"))
            .arg("--kubeconfig")
            .arg(kubeconfig)
            .args(["--cfp-api", &gate.service()])
            .args(["--health-probe-bind-address", "0", "--log-level", "debug"])
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { child, gate })
    }

    /// Kills it, which lives until then. Returns the steps that it took.
    pub(crate) async fn kill(mut self) -> Result<Vec<String>> {
        self.child.start_kill()?;
        let end = self.child.wait().await?;
        if end.signal() != Some(SIGKILL) {
            return Err(format!("the operator ended by itself: {end}").into());
        }
        Ok(self.gate.steps())
    }
}

/// What all operators have logged, but for what is about other objects.
pub(crate) fn log_about(outside: &Outside, object: &str) -> String {
    let log = std::fs::read_to_string(log(outside)).unwrap_or_default();
    let about_it = |line: &&str| line.contains(object) || !line.contains("object=");
    log.lines().filter(about_it).collect::<Vec<_>>().join("\n")
}

fn log(outside: &Outside) -> impl AsRef<Path> {
    outside.folder().join("operator.log")
}

fn kubeconfig_of(gate: &Gate) -> String {
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "gate",
        "contexts": [{"name": "gate", "context": {"cluster": "gate", "user": "operator"}}],
        "clusters": [{"name": "gate", "cluster": {"server": gate.api_server()}}],
        "users": [{"name": "operator", "user": {
            "as": "system:serviceaccount:cfp-operator-under-test:controller-manager",
        }}],
    })
    .to_string()
}
