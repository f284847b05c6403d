//! Projects in memory: one tree whole, and what other requests make different in it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Parser as _;

use super::create_api::CreateApi;
use super::delete_api::DeleteApi;
use super::edit::Edit;
use super::init::{self, Surroundings};
use crate::error::Error;
use crate::plan::Plan;
use crate::project::{FILE, Project};

type Tree = BTreeMap<PathBuf, String>;

/// What can be asked for in memory.
#[derive(clap::Parser)]
enum Request {
    Create(CreateApi),
    Delete(DeleteApi),
    Edit(Edit),
}

mod deleting;
mod editing;
mod foreign;
mod kills;
mod sequences;

fn init(around: &Surroundings) -> Tree {
    init_project(&Project::new("shop", "example.com").unwrap(), around)
}

fn init_project(project: &Project, around: &Surroundings) -> Tree {
    let plan = Plan::new(init::wanted(project, around).unwrap(), &Tree::new()).unwrap();
    plan.carried_out(Tree::new())
}

/// The tree after `create api` with these arguments.
fn create(tree: &Tree, arguments: &str) -> Result<Tree, Error> {
    ask(tree, &format!("create {arguments}"))
}

/// The tree after `delete api` with these arguments.
fn delete(tree: &Tree, arguments: &str) -> Result<Tree, Error> {
    ask(tree, &format!("delete {arguments}"))
}

fn ask(tree: &Tree, request: &str) -> Result<Tree, Error> {
    let arguments = request
        .split_whitespace()
        .map(|argument| argument.trim_matches('"'));
    let request = Request::try_parse_from(["myop"].into_iter().chain(arguments)).unwrap();
    let project = project_of(tree);
    let wanted = match request {
        Request::Create(create) => create.wanted(&project)?,
        Request::Delete(delete) => delete.wanted(&project)?,
        Request::Edit(edit) => edit.wanted(&project, None)?,
    };
    Ok(Plan::new(wanted, tree)?.carried_out(tree.clone()))
}

fn project_of(tree: &Tree) -> Project {
    Project::parse(FILE.as_ref(), &tree[&PathBuf::from(FILE)]).unwrap()
}

const MYAPP: &str = "--group= --version v1alpha1 --kind MyApp";

fn shop() -> Tree {
    create(&init(&Surroundings::default()), MYAPP).unwrap()
}

fn whole(tree: &Tree) -> String {
    let texts = tree
        .iter()
        .map(|(path, text)| format!("=== {}\n{text}", path.display()));
    texts.collect::<Vec<_>>().concat()
}

#[test]
fn a_project_with_a_kind() {
    insta::assert_snapshot!(whole(&shop()));
}

#[test]
fn an_operator_of_one_namespace() {
    let mut project = Project::new("shop", "example.com").unwrap();
    project.namespaced = true;
    let tree = init_project(&project, &Surroundings::default());
    let with_kind = create(&tree, MYAPP).unwrap();
    insta::assert_snapshot!(Plan::between(&shop(), &with_kind).diff());

    let error = create(&tree, &format!("{MYAPP} --namespaced=false")).unwrap_err();
    assert_eq!(error.code(), 2);
    assert_eq!(
        error.to_string(),
        "the operator works in its own namespace, and an object of kind MyApp would be in none"
    );
}

#[test]
fn requests_that_make_it_different() {
    for (name, arguments) in [
        (
            "a cluster-scoped kind",
            "--group= --version v1alpha1 --kind MyApp --namespaced=false",
        ),
        (
            "a kind without a controller",
            "--group= --version v1alpha1 --kind MyApp --controller=false",
        ),
        (
            "a cluster-scoped kind",
            "--group= --version v1alpha1 --namespaced false --kind MyApp",
        ),
        (
            "a kind with a plural",
            "--group= --version v1alpha1 --kind MyApp --plural=apps",
        ),
        (
            "a kind of a group",
            "--group store --version v1alpha1 --kind MyApp",
        ),
    ] {
        let tree = create(&init(&Surroundings::default()), arguments).unwrap();
        insta::assert_snapshot!(name.replace(' ', "_"), Plan::between(&shop(), &tree).diff());
    }
}

#[test]
fn requests_that_add_to_it() {
    for (name, arguments) in [
        ("another kind", "--group= --version v1alpha1 --kind Other"),
        ("another version", "--group= --version v1 --kind MyApp"),
        (
            "another group",
            "--group store --version v1alpha1 --kind MyApp",
        ),
    ] {
        let tree = create(&shop(), arguments).unwrap();
        let lists = |tree: &Tree| {
            let is_list = |path: &PathBuf| {
                path.ends_with("mod.rs")
                    || path.ends_with("kustomization.yaml")
                    || path.ends_with(FILE)
            };
            tree.iter()
                .filter(|(path, _)| is_list(path))
                .map(|(path, text)| (path.clone(), text.clone()))
                .collect::<Tree>()
        };
        let plan = Plan::between(&shop(), &tree);
        insta::assert_snapshot!(
            name.replace(' ', "_"),
            format!(
                "{plan}\n{}",
                Plan::between(&lists(&shop()), &lists(&tree)).diff()
            )
        );
    }
}

#[test]
fn the_stored_version_stays_the_stored_one() {
    let tree = create(&shop(), "--group= --version v1 --kind MyApp").unwrap();
    let is_stored = |version: &str| {
        !tree[&PathBuf::from(format!("src/api/{version}/myapp.rs"))].contains("storage = false")
    };
    assert!(is_stored("v1alpha1") && !is_stored("v1"));
}

/// What is not said of a further version is as in the others.
#[test]
fn versions_share_scope_and_plural() {
    let tree = create(
        &init(&Surroundings::default()),
        "--version v1 --kind Policy --plural=rules --namespaced=false",
    )
    .unwrap();
    let tree = create(&tree, "--version v2 --kind Policy").unwrap();
    let text = &tree[&PathBuf::from("src/api/v2/policy.rs")];
    assert!(
        text.contains("plural = \"rules\"") && !text.contains("namespaced"),
        "{text}"
    );
}

#[test]
fn a_controller_can_come_later() {
    let without = create(
        &init(&Surroundings::default()),
        &format!("{MYAPP} --controller=false"),
    )
    .unwrap();
    for request in [
        "--resource=false",
        "--controller",
        "--resource=false --controller=true",
    ] {
        assert_eq!(
            create(&without, &format!("{MYAPP} {request}")).unwrap(),
            shop(),
            "{request}"
        );
    }
}

/// The author edits a file, and asks again.
#[test]
fn the_same_request_changes_nothing() {
    let mut tree = shop();
    tree.insert("src/controllers/myapp.rs".into(), "// edited".into());
    tree.insert("src/api/v1alpha1/myapp.rs".into(), "// edited".into());
    for request in [
        "",
        " --namespaced",
        " --plural=myapps",
        " --controller=true",
        " --controller=false",
        " --namespaced true --resource true --controller false",
    ] {
        assert_eq!(
            create(&tree, &format!("{MYAPP}{request}")).unwrap(),
            tree,
            "{request}"
        );
    }
}

#[test]
fn a_list_that_was_edited_is_put_right() {
    let mut tree = shop();
    let list = tree.get_mut(&PathBuf::from("src/api/mod.rs")).unwrap();
    *list = list.replace("v1alpha1::MyApp::crd(),", "");
    assert_eq!(create(&tree, MYAPP).unwrap(), shop());
}

#[test]
fn what_is_refused() {
    let tree = create(
        &shop(),
        "--group store --version v1 --kind Cart --controller=false",
    )
    .unwrap();
    let tree = create(
        &tree,
        "--group store --version v1 --kind Policy --namespaced=false --plural=rules",
    )
    .unwrap();
    let mut told = Vec::new();
    for arguments in [
        "--group= --version v1alpha1 --kind MyApp --namespaced=false",
        "--group= --version v1alpha1 --kind MyApp --plural=apps",
        "--group= --version v1 --kind MyApp --namespaced=false",
        "--group= --version v1 --kind MyApp --plural=apps",
        "--group= --version v1 --kind MyApp --controller=true",
        "--group= --version v1 --kind Myapp",
        "--group= --version v1 --kind MyApps",
        "--group store --version v1 --kind Rule",
        "--group= --version v1 --kind Other --resource=false",
        "--group store --version v1 --kind Other --resource=false",
        "--group= --version v1 --kind Other --resource=false --controller=false",
        "--group= --version v1 --kind Context",
        "--group= --version v1 --kind Store",
        "--group myapp --version v1 --kind Other",
        "--group v1alpha1 --version v1 --kind Other",
        "--group a.b --version v1 --kind Other",
        "--group web.example.com --version v1 --kind Other",
        "--group example.com --version v1 --kind Other",
        "--group= --version v1.2 --kind Other",
        "--group a-group-whose-name-is-long --version v1 --kind AKindWhoseNameIsLongTooAndWithTheGroups",
    ] {
        let before = if arguments.starts_with("--group a.b") {
            create(&tree, "--group a-b --version v1 --kind Other").unwrap()
        } else {
            tree.clone()
        };
        let error = create(&before, arguments).expect_err(arguments);
        assert_eq!(error.code(), 2, "{arguments}");
        told.push(format!("{arguments}\n  error: {error}"));
        told.extend(error.help().map(|help| format!("  help: {help}")));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn names_are_checked() {
    for arguments in [
        "--group= --version v1 --kind my-app",
        "--group Shop --version v1 --kind Other",
        "--group= --version v1 --kind Other --plural=Others",
    ] {
        let error = create(&shop(), arguments).expect_err(arguments);
        assert!(matches!(error, Error::Name(_)), "{arguments}: {error}");
        assert_eq!(error.code(), 2, "{arguments}");
    }
}

/// A kind in two groups: nothing of the one is called as something of the other.
#[test]
fn kinds_of_one_name_are_told_apart() {
    let tree = create(&shop(), "--group store.eu --version v1 --kind MyApp").unwrap();
    let text = |path: &str| &tree[&PathBuf::from(path)];
    assert!(!text("src/controllers/myapp.rs").contains("name = "));
    assert!(text("src/controllers/store_eu/myapp.rs").contains("name = \"store-eu-myapp\""));
    let sample = |path: &str| text(path).lines().find(|line| line.contains("name:"));
    assert_eq!(
        sample("config/samples/v1alpha1_myapp.yaml"),
        Some("  name: myapp-sample")
    );
    assert_eq!(
        sample("config/samples/store.eu_v1_myapp.yaml"),
        Some("  name: store-eu-myapp-sample")
    );
}

/// clippy finds a module odd that has the name of the one around it, and only there that may be said.
#[test]
fn modules_of_one_name_are_expected_only_where_they_are() {
    for (arguments, api, controllers) in [
        (MYAPP, false, false),
        ("--group shop --version v1 --kind Shop", false, true),
        ("--group= --version v1 --kind V1", true, false),
        ("--group v1 --version v1 --kind Shop", true, false),
        ("--group api --version v1 --kind Shop", true, false),
        ("--group= --version v1 --kind Controllers", false, true),
        (
            "--group shop --version v1 --kind Shop --controller=false",
            false,
            false,
        ),
    ] {
        let tree = create(&init(&Surroundings::default()), arguments).unwrap();
        let expects =
            |path: &str| tree[&PathBuf::from(path)].contains("#![expect(clippy::module_inception");
        assert_eq!(expects("src/api/mod.rs"), api, "{arguments}");
        assert_eq!(
            expects("src/controllers/mod.rs"),
            controllers,
            "{arguments}"
        );
    }
}

/// A file that PROJECT knows nothing of.
#[test]
fn an_authors_file_is_not_overwritten() {
    let mut tree = shop();
    tree.insert("src/api/v1/myapp.rs".into(), "// mine".into());
    tree.insert("config/samples/v1_myapp.yaml".into(), "# mine".into());
    let error = create(&tree, "--group= --version v1 --kind MyApp").unwrap_err();
    insta::assert_snapshot!(
        error,
        @"files that are yours are in the way: config/samples/v1_myapp.yaml, src/api/v1/myapp.rs"
    );
}
