//! `myop init`.

use crate::sandbox::Sandbox;

#[test]
fn it_makes_a_project_and_a_repository() {
    let sandbox = Sandbox::new();
    let said = sandbox
        .run(".", "init shop --domain example.com")
        .succeeded();
    assert_eq!(
        said.stdout,
        "created project shop in [SANDBOX]/shop: 23 files\n\
         next: myop create api --group \"\" --version v1alpha1 --kind MyApp\n"
    );
    assert!(
        said.stderr.starts_with("note: until myop is published, "),
        "{}",
        said.stderr
    );
    assert!(sandbox.path("shop/.git").is_dir());
    let config = sandbox.read("shop/.cargo/config.toml");
    assert!(
        config.contains("myop = { path = \"") && config.contains("runtime\""),
        "{config}"
    );
}

#[test]
fn inside_a_repository_it_makes_none() {
    let sandbox = Sandbox::new();
    sandbox
        .run(".", "init outer --domain example.com")
        .succeeded();
    sandbox.write("outer/Cargo.toml", "");
    sandbox
        .run("outer", "init inner --domain example.com")
        .succeeded();
    assert!(!sandbox.path("outer/inner/.git").exists());
}

#[test]
fn the_same_request_changes_nothing_and_another_is_refused() {
    let sandbox = Sandbox::new();
    sandbox
        .run(".", "init shop --domain example.com")
        .succeeded();
    sandbox.write("shop/README.md", "edited");
    let before = sandbox.files();
    for arguments in [
        "init --domain example.com",
        "init . --domain example.com --project-name shop",
    ] {
        assert_eq!(
            sandbox.run("shop", arguments).succeeded().stdout,
            "nothing to do\n"
        );
    }
    let said = sandbox.run(".", "init shop --domain other.org");
    assert_eq!(
        said.stderr,
        "error: [SANDBOX]/shop is the project shop of domain example.com already\n"
    );
    assert_eq!(said.code, 2);
    assert_eq!(sandbox.files(), before);
}

#[test]
fn files_in_the_way_are_all_named() {
    let sandbox = Sandbox::new();
    sandbox.write("shop/Cargo.toml", "[package]\n");
    sandbox.write("shop/src/main.rs", "fn main() {}\n");
    sandbox.write("shop/notes.txt", "mine");
    let before = sandbox.files();
    let said = sandbox.run("shop", "init --domain example.com");
    assert_eq!(
        said.all(),
        "exit code 2\n--- stderr\n\
         error: files that are yours are in the way: Cargo.toml, src/main.rs\n\
         help: move them away and ask again; nothing was changed\n--- stdout\n"
    );
    assert_eq!(sandbox.files(), before);
    assert!(!sandbox.path("shop/.git").exists());
}

#[test]
fn names_are_checked_before_anything_is_made() {
    let sandbox = Sandbox::new();
    for arguments in [
        "init Shop --domain example.com",
        "init shop --domain Example",
        "init core --domain example.com",
    ] {
        let said = sandbox.run(".", arguments);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.stderr.starts_with("error: `"), "{said:?}");
    }
    assert_eq!(sandbox.files().len(), 1);
}

#[test]
fn in_a_workspace_it_makes_a_member() {
    let sandbox = Sandbox::new();
    let manifest =
        "[workspace]\nmembers = [\"one\"]\n\n[patch.crates-io]\nmyop = { path = \"elsewhere\" }\n";
    sandbox.write("Cargo.toml", manifest);
    let said = sandbox
        .run(".", "init apps/shop --domain example.com")
        .succeeded();
    assert_eq!(said.stderr, "");
    assert_eq!(
        sandbox.read("Cargo.toml"),
        manifest.replace("\"one\"", "\"one\", \"apps/shop\"")
    );
    let package = sandbox.read("apps/shop/Cargo.toml");
    assert!(
        !package.contains("[workspace]") && !package.contains("[profile"),
        "{package}"
    );
    assert!(!sandbox.path("apps/shop/.cargo").exists());

    let files = sandbox.files();
    sandbox
        .run("apps", "init shop --domain example.com")
        .succeeded();
    assert_eq!(sandbox.files(), files);
}

#[test]
fn a_workspace_that_excludes_it_is_none_of_its_business() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "Cargo.toml",
        "[workspace]\nmembers = []\nexclude = [\"apps\"]\n",
    );
    sandbox
        .run(".", "init apps/shop --domain example.com")
        .succeeded();
    assert!(
        sandbox
            .read("apps/shop/Cargo.toml")
            .contains("\n[workspace]\n")
    );
}

#[test]
fn a_workspace_that_can_not_be_read_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.toml", "[workspace\n");
    let said = sandbox.run(".", "init shop --domain example.com");
    assert_eq!(said.code, 1);
    let first = said.stderr.lines().next().unwrap();
    assert_eq!(
        first,
        "error: cannot understand [SANDBOX]/Cargo.toml, in a folder above"
    );
    assert!(!sandbox.path("shop").exists());
}
