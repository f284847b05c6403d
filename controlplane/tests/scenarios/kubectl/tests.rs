//! Tests of the player itself, and of the files.

use std::path::Path;

use super::{
    super::{Result, verdict::Pending},
    folder,
    script::Script,
    scripts,
    shown::{Shown, hide},
};

const SCRIPT: &str =
    "# One.\n\n=== a.yaml\na: 1\n\n$ kubectl get \\\n    a\n| a\n! b\n? 1\n\n$ kubectl get b\n";

#[test]
fn a_script_is_written_as_it_is_read() {
    let script = Script::parse("kubectl/one", SCRIPT).unwrap();
    assert_eq!(script.print(script.recorded()), SCRIPT);
    let commands: Vec<_> = script.commands().collect();
    assert_eq!(
        commands[0],
        (vec![("a.yaml", "a: 1\n\n")], "kubectl get \\\n    a\n")
    );
    assert_eq!(commands[1], (vec![], "kubectl get b\n"));
    assert_eq!(script.recorded().next(), Some("| a\n! b\n? 1\n"));
}

#[test]
fn what_is_shown_is_recorded_line_by_line() {
    let shown = Shown {
        stdout: "a\n\nb".into(),
        stderr: "c\n".into(),
        code: 2,
    };
    assert_eq!(shown.recorded(), "| a\n|\n| b\n! c\n? 2\n");
}

#[test]
fn what_differs_from_run_to_run_is_hidden() {
    let shown = |text| hide(text, Path::new("/tmp/here"));
    let table = "NAME   AGE     IMAGE\napp    1h5m    app\nb      3s      app";
    assert_eq!(
        shown(table),
        "NAME   AGE IMAGE\napp    <age> app\nb      <age> app"
    );
    assert_eq!(
        shown("x resourceVersion: \"12\""),
        "x resourceVersion: \"<version>\""
    );
    assert_eq!(shown("web-x7k2p /tmp/here/a"), "web-<suffix> <folder>/a");
    assert_eq!(
        shown("delay=0s 3 items, 10s later"),
        "delay=0s 3 items, <age> later"
    );
}

#[test]
fn what_is_pending_is_a_script() -> Result<()> {
    let scripts = scripts("")?;
    let pending = Pending::parse(&std::fs::read_to_string(folder().join("pending.txt"))?)?;
    for name in pending.names() {
        assert!(scripts.iter().any(|script| script.name == name), "{name}");
    }
    Ok(())
}

#[test]
fn every_script_can_be_read() -> Result<()> {
    for script in scripts("")? {
        let lines = script.print(script.recorded()).lines().count();
        assert!(lines <= 700, "{} is too long to be read", script.name);
    }
    Ok(())
}
