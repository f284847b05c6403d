//! The admission plugins that kube-apiserver runs by default: `src/core/admission/plugins.txt` names each, and is right.

use std::{collections::BTreeSet, env, io::Write as _, path::Path, process::Command};

use http::Request;
use kube::Client;
use myop_controlplane::ControlPlane;
use serde_json::{Value, json};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const TABLE: &str = include_str!("../src/core/admission/plugins.txt");

/// Each plugin, what becomes of it, and where that shows.
fn plugins() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let rows = lines.filter_map(|line| line.split_once(' '));
    rows.map(|(name, rest)| {
        let (what, shown) = rest.trim().split_once(' ').expect("a row has three parts");
        (name, what, shown)
    })
}

#[test]
fn those_of_the_real_server_are_listed() -> Result {
    let Some(assets) = env::var_os("KUBEBUILDER_ASSETS") else {
        let told = "\nKUBEBUILDER_ASSETS is not set: the real server was not asked for its plugins";
        return Ok(writeln!(std::io::stderr(), "{told}")?);
    };
    let mut server = Command::new(Path::new(&assets).join("kube-apiserver"));
    let help = String::from_utf8(server.arg("--help").output()?.stdout)?;
    let (_, after) = help
        .split_once("in addition to default enabled ones (")
        .ok_or("the help names the plugins")?;
    let (listed, _) = after.split_once(").").ok_or("the list ends")?;
    let real: BTreeSet<_> = listed.split(", ").collect();
    let ours: BTreeSet<_> = plugins().map(|(name, ..)| name).collect();
    assert_eq!(ours, real);
    Ok(())
}

#[tokio::test]
async fn each_does_its_work_or_is_answered_501() -> Result {
    let server = ControlPlane::start().await?;
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    for (name, what, shown) in plugins() {
        let is_so = match what {
            "done" => scenarios.join(format!("{shown}.http")).exists(),
            "501" | "idle" => creation(&server.client(), shown).await? == 501,
            "off" => !shown.is_empty(),
            _ => false,
        };
        assert!(is_so, "{name} {what} {shown}");
    }
    Ok(())
}

/// What the creation of an object of a kind is answered.
async fn creation(client: &Client, kind: &str) -> Result<u16> {
    let (plural, group) = kind.split_once('.').unwrap_or((kind, ""));
    let path = match group {
        "" => format!("/api/v1/namespaces/default/{plural}"),
        group => format!("/apis/{group}/v1/{plural}"),
    };
    let object = json!({
        "metadata": {"name": "a"},
        "webhooks": [{
            "name": "a.example.com", "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "clientConfig": {"url": "https://localhost/"},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
        }],
    });
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(serde_json::to_vec(&object)?)?;
    match client.request::<Value>(request).await {
        Err(kube::Error::Api(status)) => Ok(status.code),
        other => Err(format!("{kind}: {other:?}").into()),
    }
}
