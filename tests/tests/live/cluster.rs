//! `myop cluster`

use std::{fs, path::Path, process::Command};

use myop::testing::Result;
use myop_tests::project::myop;

use crate::place::{Place, kubectl};

fn cluster(place: &Place, arguments: &[&str]) -> Command {
    let mut cluster = Command::new(myop());
    cluster
        .arg("cluster")
        .args(arguments)
        .current_dir(place.work());
    cluster
}

#[test]
fn kubectl_finds_it_until_it_is_stopped() -> Result {
    let place = Place::new()?;
    let mut cluster = place.start(cluster(&place, &[]))?;
    let ready = cluster.until("ready at https://127.0.0.1:")?;
    kubectl(&ready, &["create", "configmap", "a", "--from-literal=b=c"])?;
    let data = ["get", "configmap", "a", "-o", "jsonpath={.data.b}"];
    assert_eq!(kubectl(&ready, &data)?, "c");
    cluster.interrupt()?;
    let (status, said) = cluster.end()?;
    assert!(status.success(), "{status}: {said:?}");
    assert_eq!(said.join("\n"), ready);
    assert!(kubectl(&ready, &data).is_err());
    place.assert_nothing_is_left()
}

#[test]
fn deployments_become_available_where_that_is_wanted() -> Result {
    let place = Place::new()?;
    let mut cluster = place.start(cluster(&place, &["--workloads"]))?;
    let ready = cluster.until("ready at")?;
    kubectl(
        &ready,
        &[
            "create",
            "deployment",
            "web",
            "--image=nginx",
            "--replicas=2",
        ],
    )?;
    let rollout = ["rollout", "status", "deployment/web", "--timeout=60s"];
    let told = kubectl(&ready, &rollout)?;
    assert!(told.ends_with("successfully rolled out\n"), "{told}");
    let pods = ["get", "pods", "-o", "jsonpath={.items[*].status.phase}"];
    assert_eq!(kubectl(&ready, &pods)?, "Running Running");
    cluster.interrupt()?;
    cluster.end()?;
    place.assert_nothing_is_left()
}

#[test]
fn a_kubeconfig_where_it_is_wanted_is_its_users_alone() -> Result {
    let place = Place::new()?;
    let mut cluster = place.start(cluster(&place, &["--kubeconfig", "my config"]))?;
    let ready = cluster.until("ready at")?;
    let file = place.work().join("my config");
    let quoted = format!("export KUBECONFIG='{}'", file.canonicalize()?.display());
    assert!(ready.ends_with(&quoted), "{ready}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
    }
    kubectl(&ready, &["get", "namespaces"])?;
    cluster.interrupt()?;
    cluster.end()?;
    assert!(!file.exists());
    Ok(())
}

#[test]
fn what_it_cannot_have_is_told_in_a_sentence() -> Result {
    let place = Place::new()?;
    let mut first = place.start(cluster(&place, &[]))?;
    let ready = first.until("ready at")?;
    let port = ready
        .strip_prefix("ready at https://127.0.0.1:")
        .and_then(|rest| rest.split(' ').next())
        .ok_or("no port")?;
    fs::write(place.work().join("mine"), "mine")?;

    let folder = place.work().canonicalize()?;
    let refused = |arguments: &[&str]| -> Result<String> {
        let output = cluster(&place, arguments).output()?;
        let said = String::from_utf8(output.stderr)?;
        let said = said.replace(&folder.display().to_string(), "[WORK]");
        Ok(format!(
            "exit code {:?}\n{}",
            output.status.code().unwrap_or_default(),
            said.replace(port, "[PORT]").trim_end()
        ))
    };
    insta::assert_snapshot!(refused(&["--port", port])?, @r"
    exit code 1
    error: port [PORT] is taken by another program
    help: name another one by --port, or none for one that is free
    ");
    insta::assert_snapshot!(refused(&["--port", "70000"])?, @r"
    exit code 2
    error: invalid value '70000' for '--port <N>': 70000 is not in 0..=65535

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(refused(&["--kubeconfig", "mine"])?, @r"
    exit code 1
    error: [WORK]/mine is there already, and is not myop's to write over
    help: name a file by --kubeconfig that is not there yet
    ");
    insta::assert_snapshot!(refused(&["--kubeconfig", "none/config"])?, @r"
    exit code 1
    error: cannot write the kubeconfig [WORK]/none/config
    note: there is no folder [WORK]/none
    help: name another file by --kubeconfig
    ");
    assert_eq!(fs::read_to_string(place.work().join("mine"))?, "mine");
    assert!(!Path::new("none").exists());
    kubectl(&ready, &["get", "namespaces"])?;
    Ok(())
}
