//! The MyApp operator as a process of its own, with the rights that its manifests give it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec,
};
use kube::{Api, api::PostParams};
use myop::testing::{Cluster, Result};
use myop_tests::project::{build, expect_success, workspace};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
    time::{Duration, Instant},
};

const ACCOUNT: &str =
    "system:serviceaccount:myapp-operator-system:myapp-operator-controller-manager";

const DEADLINE: Duration = Duration::from_secs(30);

/// A running operator, which ends with this value.
pub(crate) struct Process {
    /// Where it serves metrics.
    pub(crate) address: String,
    _child: Child,
    _folder: tempfile::TempDir,
}

impl Process {
    /// Deploys what config/default has, and runs the operator in place of its Deployment.
    pub(crate) async fn start(cluster: &Cluster, flags: &[&str]) -> Result<Self> {
        let kubeconfig = cluster
            .kubeconfig()
            .ok_or("this test starts servers of its own")?;
        let mut apply = Command::new("kubectl");
        apply.args(["apply", "--server-side", "-k"]);
        apply.arg(workspace().join("generated-example/config/default"));
        expect_success_with(apply, kubeconfig)?;
        until_allowed(cluster).await?;

        let folder = tempfile::tempdir()?;
        let own = folder.path().join("kubeconfig");
        let mut text: Value = serde_yaml::from_str(&std::fs::read_to_string(kubeconfig)?)?;
        text["users"][0]["user"]["as"] = json!(ACCOUNT);
        std::fs::write(&own, text.to_string())?;
        let mut operator = tokio::process::Command::new(program());
        operator
            .args([
                "--metrics-bind-address=127.0.0.1:0",
                "--health-probe-bind-address=0",
            ])
            .args(["--log-encoder=json", "--kubeconfig"])
            .arg(&own)
            .args(flags)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = operator.spawn()?;
        let address = tokio::time::timeout(DEADLINE, address_of(&mut child)).await??;
        Ok(Self {
            address,
            _child: child,
            _folder: folder,
        })
    }
}

/// What it says it serves metrics at. What it says later is read, too, so that it can go on saying it.
async fn address_of(child: &mut Child) -> Result<String> {
    let stderr = child.stderr.take().ok_or("stderr is a pipe")?;
    let mut lines = BufReader::new(stderr).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await? {
        let message: Value = serde_json::from_str(&line)?;
        if message["fields"]["message"] == "serving metrics" {
            let address = message["fields"]["address"].as_str().unwrap_or_default();
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(address.to_owned());
        }
        said.push(line);
    }
    Err(format!("it serves no metrics: {}", said.join("\n")).into())
}

/// The program, built once a test run.
fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build("myapp-operator", "myapp-operator"))
}

fn expect_success_with(mut command: Command, kubeconfig: &Path) -> Result {
    command.env("KUBECONFIG", kubeconfig);
    expect_success(command)?;
    Ok(())
}

/// Nothing tells when a rule that was written just now begins to count. So it is asked.
async fn until_allowed(cluster: &Cluster) -> Result {
    let reviews: Api<SubjectAccessReview> = cluster.all();
    let deadline = Instant::now() + DEADLINE;
    for (group, resource, verb) in [
        ("authentication.k8s.io", "tokenreviews", "create"),
        ("authorization.k8s.io", "subjectaccessreviews", "create"),
        ("example.com", "myapps", "list"),
    ] {
        let review = SubjectAccessReview {
            spec: SubjectAccessReviewSpec {
                user: Some(ACCOUNT.into()),
                resource_attributes: Some(ResourceAttributes {
                    group: Some(group.into()),
                    resource: Some(resource.into()),
                    verb: Some(verb.into()),
                    ..ResourceAttributes::default()
                }),
                ..SubjectAccessReviewSpec::default()
            },
            ..SubjectAccessReview::default()
        };
        loop {
            let answer = reviews.create(&PostParams::default(), &review).await?;
            if answer.status.is_some_and(|status| status.allowed) {
                break;
            }
            if Instant::now() > deadline {
                return Err(format!("the operator may not {verb} {resource}").into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}
