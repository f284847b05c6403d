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
        "created project shop in [SANDBOX]/shop: 33 files\n\
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
        "error: [SANDBOX]/shop is the project shop of domain example.com already\n\
         help: change the domain by `myop edit --domain`, or make another project in another folder\n"
    );
    assert_eq!(said.code, 2);
    let said = sandbox.run(".", "init shop --domain example.com --namespaced");
    assert_eq!(
        said.stderr,
        "error: [SANDBOX]/shop is the project shop already, whose operator works in all namespaces\n\
         help: change it by `myop edit --namespaced`\n"
    );
    assert_eq!(said.code, 2);
    assert_eq!(sandbox.files(), before);
}

#[test]
fn files_in_the_way_are_all_named() {
    let sandbox = Sandbox::new();
    sandbox.write("shop/Dockerfile", "FROM scratch\n");
    sandbox.write("shop/src/main.rs", "fn main() {}\n");
    sandbox.write("shop/notes.txt", "mine");
    let before = sandbox.files();
    let said = sandbox.run("shop", "init --domain example.com");
    assert_eq!(
        said.all(),
        "exit code 2\n--- stderr\n\
         error: files that are yours are in the way: Dockerfile, src/main.rs\n\
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
fn a_folder_whose_name_can_not_be_the_projects() {
    let sandbox = Sandbox::new();
    for (folder, instead) in [
        ("MyShop", "myshop"),
        ("my_shop", "my-shop"),
        ("core", "core-operator"),
        ("3shops", "NAME"),
    ] {
        let said = sandbox.run(".", &format!("init {folder} --domain example.com"));
        let help = format!("help: pass --project-name {instead}; the folder may have any name\n");
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.stderr.ends_with(&help), "{said:?}");
    }
}

/// A domain without a dot is no group by itself.
#[test]
fn what_to_do_next_can_be_done() {
    let sandbox = Sandbox::new();
    let said = sandbox.run(".", "init shop --domain local").succeeded();
    let next = "myop create api --group NAME --version v1alpha1 --kind MyApp";
    assert!(
        said.stdout.ends_with(&format!("next: {next}\n")),
        "{said:?}"
    );
    let readme = sandbox.read("shop/README.md");
    assert!(
        readme.starts_with("# shop\n") && readme.contains(next),
        "{readme}"
    );
    assert!(
        readme.contains("makes a kind of the group `NAME.local`, a controller"),
        "{readme}"
    );
    let request = next.strip_prefix("myop ").unwrap().replace("NAME", "name");
    sandbox.run("shop", &request).succeeded();
}

/// As a hosting service makes it.
#[test]
fn a_fresh_repository_keeps_what_it_has() {
    let sandbox = Sandbox::new();
    let kept = [
        ("shop/README.md", "# My shop\n"),
        ("shop/.gitignore", "debug/\ntarget/\n"),
        ("shop/LICENSE", "MIT"),
    ];
    for (path, text) in kept {
        sandbox.write(path, text);
    }
    let said = sandbox.run("shop", "init --domain example.com").succeeded();
    let notes = "note: kept your .gitignore and your README.md\nnote: your .gitignore lacks /.cargo/config.toml\n";
    assert!(said.stderr.ends_with(notes), "{said:?}");
    for (path, text) in kept {
        assert_eq!(sandbox.read(path), text);
    }
    assert!(sandbox.path("shop/src/main.rs").exists());
}

#[test]
fn a_readme_that_is_no_text_is_kept() {
    let sandbox = Sandbox::new();
    let utf16 = [0xff, 0xfe, b'#', 0];
    std::fs::create_dir(sandbox.path("shop")).unwrap();
    std::fs::write(sandbox.path("shop/README.md"), utf16).unwrap();
    sandbox.run("shop", "init --domain example.com").succeeded();
    assert_eq!(
        std::fs::read(sandbox.path("shop/README.md")).unwrap(),
        utf16
    );
}

#[test]
fn a_workspace_that_has_a_package_of_that_name() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.toml", "[workspace]\nmembers = [\"libs/*\"]\n");
    sandbox.write("libs/shop/Cargo.toml", "[package]\nname = \"shop\"\n");
    let before = sandbox.files();
    let said = sandbox.run(".", "init apps/shop --domain example.com");
    assert_eq!(
        said.all(),
        "exit code 2\n--- stderr\n\
         error: the workspace has a package shop already, in [SANDBOX]/libs/shop\n\
         help: give the project another name by --project-name\n--- stdout\n"
    );
    assert_eq!(sandbox.files(), before);
    sandbox
        .run(
            ".",
            "init apps/shop --domain example.com --project-name shop-operator",
        )
        .succeeded();
}

#[cfg(unix)]
#[test]
fn a_workspace_whose_manifest_is_a_link() {
    let sandbox = Sandbox::new();
    sandbox.write("shared/Cargo.toml", "[workspace]\nmembers = []\n");
    std::os::unix::fs::symlink("shared/Cargo.toml", sandbox.path("Cargo.toml")).unwrap();
    sandbox
        .run(".", "init shop --domain example.com")
        .succeeded();
    assert!(sandbox.path("Cargo.toml").is_symlink());
    assert_eq!(
        sandbox.read("shared/Cargo.toml"),
        "[workspace]\nmembers = [\"shop\"]\n"
    );
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
    assert_eq!(
        said.stderr,
        "note: it is a member of the workspace of [SANDBOX]/Cargo.toml\n"
    );
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

/// PROJECT is written last; without it nothing is lost of a project that has no kinds.
#[test]
fn a_request_that_was_cut_short_is_completed() {
    let sandbox = Sandbox::new();
    let request = "init --domain example.com";
    std::fs::create_dir(sandbox.path("shop")).unwrap();
    sandbox.run("shop", request).succeeded();
    let before = sandbox.files();
    std::fs::remove_file(sandbox.path("shop/PROJECT")).unwrap();
    let said = sandbox.run("shop", "manifests");
    assert!(said.stderr.contains("run `myop init` first"), "{said:?}");
    sandbox.run("shop", request).succeeded();
    assert_eq!(sandbox.files(), before);
}
