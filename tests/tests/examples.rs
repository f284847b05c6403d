//! `generated-example` is what the CLI makes, and what its author then wrote.

use std::{collections::BTreeSet, fs};

use myop::testing::Result;
use myop_tests::project::{Project, files_of, workspace};

/// What the author changed.
const CHANGED: [&str; 4] = [
    "config/samples/v1alpha1_myapp.yaml",
    "src/api/v1alpha1/myapp.rs",
    "src/controllers/myapp.rs",
    "tests/myapp.rs",
];

/// What the author added.
const ADDED: [&str; 2] = [
    "src/controllers/myapp/children.rs",
    "src/controllers/myapp/rollout.rs",
];

/// What `myop manifests` makes of it.
const MANIFESTS: [&str; 2] = ["config/crd/", "config/rbac/"];

#[test]
fn the_cli_makes_it_again_byte_for_byte() -> Result {
    let committed = files_of(&workspace().join("generated-example"))?;
    let folder = tempfile::tempdir()?;
    let patch = format!(
        "[patch.crates-io]\nmyop = {{ path = {:?} }}\n",
        workspace().join("runtime")
    );
    fs::write(
        folder.path().join("Cargo.toml"),
        format!("[workspace]\nresolver = \"3\"\nmembers = []\n\n{patch}"),
    )?;
    fs::copy(
        workspace().join("Cargo.lock"),
        folder.path().join("Cargo.lock"),
    )?;

    let arguments = [
        "--domain",
        "example.com",
        "--project-name",
        "myapp-operator",
    ];
    let project = Project::init(&folder.path().join("generated-example"), &arguments)?;
    project.create_my_app()?;
    let scaffolded = project.files()?;
    let is_manifest = |path: &str| MANIFESTS.iter().any(|folder| path.starts_with(folder));
    let differing: BTreeSet<_> = committed
        .keys()
        .chain(scaffolded.keys())
        .filter(|path| committed.get(*path) != scaffolded.get(*path) && !is_manifest(path))
        .map(String::as_str)
        .collect();
    assert_eq!(differing, CHANGED.into_iter().chain(ADDED).collect());

    for path in CHANGED.into_iter().chain(ADDED) {
        let file = project.path(path);
        fs::create_dir_all(file.parent().ok_or("a file lies in a folder")?)?;
        fs::write(file, &committed[path])?;
    }
    project.myop(&["manifests"])?;
    let made_again = project.files()?;
    for (path, text) in &committed {
        assert_eq!(made_again.get(path), Some(text), "{path}");
    }
    assert_eq!(made_again.len(), committed.len(), "{:?}", made_again.keys());
    Ok(())
}

#[test]
fn crds_holds_its_crd() -> Result {
    let name = "example.com_myapps.yaml";
    let shown = fs::read_to_string(workspace().join("crds").join(name))?;
    let written = fs::read_to_string(
        workspace()
            .join("generated-example/config/crd/bases")
            .join(name),
    )?;
    assert_eq!(
        shown, written,
        "copy generated-example/config/crd/bases/{name} to crds/"
    );
    Ok(())
}
