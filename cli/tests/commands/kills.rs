//! A command that is killed, at whatever moment, and the one after it.

use std::process::Stdio;
use std::time::Duration;

use crate::sandbox::Sandbox;

/// Really killed, but only with luck at one of its writes: the program's own tests go through these one by one.
#[test]
fn a_killed_process_leaves_the_old_tree_or_the_new_one() {
    let sandbox = Sandbox::with_shop();
    let (create, delete) = (
        "create api --group store --version v1 --kind Cart",
        "delete api --group store --version v1 --kind Cart",
    );
    let trees = [create, delete].map(|request| {
        sandbox.run("shop", request).succeeded();
        sandbox.files()
    });
    for (round, request) in [create, delete].into_iter().cycle().take(200).enumerate() {
        let mut myop = sandbox
            .command("shop", request)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(100 * (round as u64 % 100)));
        myop.kill().unwrap();
        myop.wait().unwrap();

        let next = sandbox.run("shop", "edit --license none");
        assert_eq!(
            (next.code, next.stdout.as_str()),
            (0, "nothing to do\n"),
            "{next:?}"
        );
        assert!(trees.contains(&sandbox.files()), "killed in round {round}");
    }
}

#[test]
fn what_was_left_is_told() {
    let sandbox = Sandbox::with_shop();
    let before = sandbox.files();
    let journal = r#"{"command":"myop create api …","folders":["src/new"],"steps":[{"path":"src/new/a","old":null,"new":"a"}]}"#;
    sandbox.write("shop/src/new/.myop-a", "half");
    sandbox.write("shop/.myop-journal", &format!("{journal}\n"));
    let with = sandbox.files();

    let dry = sandbox.run("shop", "edit --license none --dry-run");
    insta::assert_snapshot!(dry.all());
    assert_eq!(sandbox.files(), with);

    let next = sandbox.run("shop", "edit --license none");
    assert_eq!(
        next.stderr,
        "note: undid `myop create api …`, which was interrupted\n"
    );
    assert_eq!(sandbox.files(), before);

    sandbox.write("shop/src/new/.myop-a", "a");
    sandbox.write("shop/.myop-journal", &format!("{journal}\nstaged\n"));
    let next = sandbox.run("shop", "edit --license none");
    assert_eq!(
        next.stderr,
        "note: completed `myop create api …`, which was interrupted\n"
    );
    assert_eq!(sandbox.read("shop/src/new/a"), "a");
}

/// Who comes second is refused, or comes after the first: nobody overwrites what another has written meanwhile.
#[test]
fn commands_at_the_same_time_lose_nothing() {
    let sandbox = Sandbox::with_shop();
    for round in 0..25 {
        let kinds = ["One", "Two", "Three", "Four"].map(|name| format!("{name}{round}"));
        let running = kinds.clone().map(|kind| {
            let request = format!("create api --version v1 --kind {kind}");
            let mut myop = sandbox.command("shop", &request);
            let piped = myop.stdout(Stdio::null()).stderr(Stdio::piped());
            (kind, piped.spawn().unwrap())
        });
        let mut made = Vec::new();
        for (kind, process) in running {
            let output = process.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            if output.status.success() {
                made.push(kind);
            } else {
                let is_other = said.contains("another myop is at work in")
                    || said.contains("by somebody else meanwhile");
                assert!(is_other, "{said}");
            }
        }
        assert!(!made.is_empty(), "all are refused");
        let (project, list) = (
            sandbox.read("shop/PROJECT"),
            sandbox.read("shop/src/api/mod.rs"),
        );
        for kind in made {
            assert!(
                project.contains(&format!("kind: {kind}\n")),
                "{kind}: {project}"
            );
            assert!(
                list.contains(&format!("v1::{kind}::crd()")),
                "{kind}: {list}"
            );
        }
    }
    assert!(!sandbox.path("shop/.myop-journal").exists());
}
