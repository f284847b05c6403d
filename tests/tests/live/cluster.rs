//! `myop cluster`

use std::{fs, path::Path, process::Command};

use myop::testing::Result;
use myop_tests::{kubectl, project::myop};

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
    if !kubectl::is_there("kubectl on `myop cluster`") {
        return Ok(());
    }
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
    if !kubectl::is_there("`myop cluster --workloads`") {
        return Ok(());
    }
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
    if !kubectl::is_there("`myop cluster --kubeconfig`") {
        return Ok(());
    }
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
fn two_share_a_kubeconfig_and_each_takes_its_own_away() -> Result {
    if !kubectl::is_there("two of `myop cluster` with one kubeconfig") {
        return Ok(());
    }
    let place = Place::new()?;
    let shared = ["--kubeconfig", "config"];
    let mut first = place.start(cluster(&place, &shared))?;
    let line = first.until("ready at")?;
    kubectl(&line, &["create", "configmap", "first"])?;
    let context = kubectl(&line, &["config", "current-context"])?;
    let mut second = place.start(cluster(&place, &shared))?;
    second.until("ready at")?;
    kubectl(&line, &["create", "configmap", "second"])?;
    let in_first = ["--context", context.trim(), "get", "configmap", "first"];
    kubectl(&line, &in_first)?;
    kubectl(
        &line,
        &["config", "set-context", "--current", "--namespace=shop"],
    )?;

    second.interrupt()?;
    second.end()?;
    let contexts = kubectl(&line, &["config", "get-contexts", "-o", "name"])?;
    assert_eq!(contexts, context);
    assert_eq!(kubectl(&line, &["config", "current-context"])?, context);
    kubectl(&line, &["get", "configmap", "first"])?;
    first.interrupt()?;
    first.end()?;
    assert_eq!(fs::read_dir(place.work())?.count(), 0);
    Ok(())
}

#[test]
fn what_a_killed_one_left_goes_with_the_next() -> Result {
    let place = Place::new()?;
    let mut killed = place.start(cluster(&place, &[]))?;
    killed.until("ready at")?;
    drop(killed);
    assert_eq!(fs::read_dir(place.temporary())?.count(), 1);
    let mut next = place.start(cluster(&place, &[]))?;
    next.until("ready at")?;
    next.interrupt()?;
    next.end()?;
    place.assert_nothing_is_left()
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
    error: [WORK]/mine is there already, and is no kubeconfig
    help: name another file by --kubeconfig
    ");
    insta::assert_snapshot!(refused(&["--kubeconfig", "none/config"])?, @r"
    exit code 1
    error: cannot write the kubeconfig [WORK]/none/config
    note: there is no folder [WORK]/none
    help: name another file by --kubeconfig
    ");
    assert_eq!(fs::read_to_string(place.work().join("mine"))?, "mine");
    assert!(!Path::new("none").exists());
    if kubectl::is_there("whether a cluster goes on beside one that was refused") {
        kubectl(&ready, &["get", "namespaces"])?;
    }
    Ok(())
}
