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
