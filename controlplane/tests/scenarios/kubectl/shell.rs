//! Where a script's commands run: a folder of its own, and a kubeconfig in it.

use std::{fs, path::Path, process::Stdio, time::Duration};

use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

use super::{
    super::Result,
    script::Script,
    shown::{Shown, hide},
};

/// No command of a script takes as long.
const DEADLINE: Duration = Duration::from_secs(60);

pub(super) struct Shell {
    folder: TempDir,
}

impl Shell {
    pub(super) fn new(kubeconfig: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("kubectl-").tempdir()?;
        fs::create_dir(folder.path().join(".home"))?;
        fs::write(folder.path().join(".home/kubeconfig"), kubeconfig)?;
        Ok(Self { folder })
    }

    /// Makes the script's namespace, and what else it needs.
    pub(super) async fn prepare(&self, script: &Script) -> Result<()> {
        let namespace = script.namespace();
        self.succeed(&format!("kubectl create namespace {namespace}"))
            .await?;
        self.succeed(&format!(
            "kubectl config set-context --current --namespace={namespace}"
        ))
        .await?;
        for name in &script.crds {
            let file = format!("\"$CRDS\"/{name}.yaml");
            self.succeed(&format!(
                "kubectl apply --server-side --force-conflicts -f {file}"
            ))
            .await?;
            self.succeed(&format!(
                "kubectl wait --for=condition=Established -f {file}"
            ))
            .await?;
        }
        if script.controllers {
            for made in ["serviceaccount/default", "configmap/kube-root-ca.crt"] {
                self.succeed(&format!("kubectl wait --for=create {made}"))
                    .await?;
            }
        }
        Ok(())
    }

    async fn succeed(&self, command: &str) -> Result<()> {
        match self.run(command).await? {
            shown if shown.code == 0 => Ok(()),
            shown => Err(format!("{command}: {}", shown.stderr).into()),
        }
    }

    pub(super) fn write(&self, name: &str, content: &str) -> Result<()> {
        let path = self.folder.path().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(fs::write(path, content)?)
    }

    pub(super) async fn run(&self, command: &str) -> Result<Shown> {
        let home = self.folder.path().join(".home");
        let crds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crds");
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(self.folder.path())
            .env("HOME", &home)
            .env("KUBECONFIG", home.join("kubeconfig"))
            .env("CRDS", &crds)
            .env("TMPDIR", self.folder.path())
            .env("TZ", "UTC")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = timeout(DEADLINE, output)
            .await
            .map_err(|_| format!("{command} takes too long"))??;
        let text = |bytes: &[u8]| hide(&String::from_utf8_lossy(bytes), self.folder.path());
        Ok(Shown {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code().ok_or("it was ended by a signal")?,
        })
    }
}
