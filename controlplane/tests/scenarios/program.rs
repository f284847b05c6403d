//! The programs of a real control plane.

use std::{
    fs::File,
    path::Path,
    process::{Child, Command, Stdio},
};

use super::Result;

/// Ends the program when its own stdin closes, which it does however the test ends.
const SUPERVISOR: &str = r#"
exec 3<&0
"$@" 3<&- </dev/null & server=$!
( read -r _ <&3; kill -9 "$server" ) 2>/dev/null & reader=$!
wait "$server"; kill "$reader" 2>/dev/null
"#;

/// One that runs. It ends when it is dropped.
pub(crate) struct Program(Child);

impl Program {
    /// Starts it in a folder, which gets its log.
    pub(crate) fn start(
        assets: &Path,
        name: &str,
        arguments: Vec<String>,
        folder: &Path,
    ) -> Result<Self> {
        let log = File::create(folder.join(format!("{name}.log")))?;
        let program = Command::new("sh")
            .args(["-c", SUPERVISOR, "supervisor"])
            .arg(assets.join(name))
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self(program))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // One that has ended already needs no waiting for.
        let _ = self.0.wait();
    }
}

/// Of kube-controller-manager, in a folder that has a kubeconfig, `sa.key` and `ca.crt`.
pub(crate) fn controller_manager_arguments() -> Vec<String> {
    [
        "--kubeconfig=kubeconfig",
        "--service-account-private-key-file=sa.key",
        "--root-ca-file=ca.crt",
        "--use-service-account-credentials",
        "--leader-elect=false",
        "--secure-port=0",
    ]
    .map(Into::into)
    .into()
}
