//! `myop man`.

use crate::sandbox::Sandbox;

#[test]
fn each_command_has_a_page() {
    let sandbox = Sandbox::new();
    for (command, title, flag) in [
        ("", "myop", "create"),
        (" init", "myop-init", "domain"),
        (" create api", "myop-create-api", "namespaced"),
        (" delete api", "myop-delete-api", "keep"),
        (" manifests", "myop-manifests", "check"),
        (" build-installer", "myop-build-installer", "image"),
        (" completion", "myop-completion", "elvish"),
        (" man", "myop-man", "COMMAND"),
    ] {
        let said = sandbox.run(".", &format!("man{command}")).succeeded();
        let heading = format!(".TH {title} 1 ");
        assert!(
            said.stdout.contains(&heading) && said.stdout.contains(flag),
            "{said:?}"
        );
        assert_eq!(said.stderr, "");
    }
}

#[test]
fn a_command_that_is_not_there() {
    let sandbox = Sandbox::new();
    for (command, told) in [
        (
            "crate",
            "there is no command `myop crate`\nhelp: did you mean `myop create`?",
        ),
        (
            "create apis",
            "there is no command `myop create apis`\nhelp: did you mean `myop create api`?",
        ),
        (
            "init x",
            "there is no command `myop init x`\nhelp: `myop init` has no commands of its own",
        ),
    ] {
        let said = sandbox.run(".", &format!("man {command}"));
        assert_eq!(
            said.all(),
            format!("exit code 2\n--- stderr\nerror: {told}\n--- stdout\n")
        );
    }
}
