//! The examples are what the CLI makes, and what their authors then wrote.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use myop::testing::Result;
use myop_tests::{
    kubectl,
    project::{Project, expect_success, files_of, workspace},
};

/// An operator of this repository.
struct Example {
    folder: &'static str,
    /// What `myop init` is told.
    init: &'static [&'static str],
    /// What `myop create api` is told, of a kind each.
    kinds: &'static [[&'static str; 6]],
    /// What the author changed.
    changed: &'static [&'static str],
    /// What the author added: files, and folders with a `/` at their end.
    added: &'static [&'static str],
}

const MY_APP: Example = Example {
    folder: "generated-example",
    init: &[
        "--domain",
        "example.com",
        "--project-name",
        "myapp-operator",
    ],
    kinds: &[["--group", "", "--version", "v1alpha1", "--kind", "MyApp"]],
    changed: &[
        "config/samples/v1alpha1_myapp.yaml",
        "src/api/v1alpha1/myapp.rs",
        "src/controllers/myapp.rs",
        "src/lib.rs",
        "tests/myapp.rs",
    ],
    added: &["src/controllers/myapp/"],
};

const CFP: Example = Example {
    folder: "examples/cfp",
    init: &[
        "--domain",
        "talks.kubecon.na",
        "--project-name",
        "cfp-operator",
    ],
    kinds: &[
        ["--group", "", "--version", "v1", "--kind", "Speaker"],
        ["--group", "", "--version", "v1", "--kind", "Proposal"],
    ],
    changed: &[
        "Cargo.toml",
        "README.md",
        "config/default/kustomization.yaml",
        "config/manager/manager.yaml",
        "config/samples/v1_proposal.yaml",
        "config/samples/v1_speaker.yaml",
        "src/api/v1/proposal.rs",
        "src/api/v1/speaker.rs",
        "src/controllers/proposal.rs",
        "src/controllers/speaker.rs",
        "src/lib.rs",
        "tests/proposal.rs",
        "tests/speaker.rs",
    ],
    added: &[
        "cfp-api/",
        "src/cfp.rs",
        "src/cfp/",
        "src/record.rs",
        "tests/crashes/",
        "tests/model/",
        "tests/stage/",
        "tests/trouble.rs",
        "tests/trouble/",
    ],
};

/// What `myop manifests` makes of it.
const MANIFESTS: [&str; 2] = ["config/crd/", "config/rbac/"];

impl Example {
    fn files(&self) -> Result<BTreeMap<String, String>> {
        files_of(&workspace().join(self.folder))
    }

    fn is_added(&self, path: &str) -> bool {
        let is = |added: &&str| *added == path || added.ends_with('/') && path.starts_with(*added);
        self.added.iter().any(is)
    }

    /// The files that differ from what the CLI scaffolds.
    fn written_by_the_author<'a>(
        committed: &'a BTreeMap<String, String>,
        scaffolded: &'a BTreeMap<String, String>,
    ) -> BTreeSet<&'a str> {
        let is_manifest = |path: &str| MANIFESTS.iter().any(|folder| path.starts_with(folder));
        let paths = committed.keys().chain(scaffolded.keys());
        paths
            .filter(|path| committed.get(*path) != scaffolded.get(*path) && !is_manifest(path))
            .map(String::as_str)
            .collect()
    }

    fn is_made_again_byte_for_byte(&self) -> Result {
        let committed = self.files()?;
        let folder = tempfile::tempdir()?;
        make_workspace(folder.path())?;
        let project = Project::init(&folder.path().join(self.folder), self.init)?;
        for kind in self.kinds {
            project.myop(&[&["create", "api"], kind.as_slice()].concat())?;
        }
        let scaffolded = project.files()?;
        let written = Self::written_by_the_author(&committed, &scaffolded);
        let changed = written.iter().filter(|path| !self.is_added(path)).copied();
        assert_eq!(changed.collect::<Vec<_>>(), self.changed);
        assert!(
            self.added
                .iter()
                .all(|added| written.iter().any(|path| path.starts_with(added))),
            "nothing is added there: {:?}",
            self.added
        );

        for path in written {
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

    fn crds_are_shown(&self) -> Result {
        let bases = self.files()?.into_iter();
        let bases: BTreeMap<_, _> = bases
            .filter_map(|(path, text)| {
                Some((path.strip_prefix("config/crd/bases/")?.to_owned(), text))
            })
            .collect();
        assert!(!bases.is_empty());
        for (name, written) in bases {
            let shown = fs::read_to_string(workspace().join("crds").join(&name))?;
            assert_eq!(
                shown, written,
                "copy {}/config/crd/bases/{name} to crds/",
                self.folder
            );
        }
        Ok(())
    }
}

/// A workspace as this one, without members.
fn make_workspace(folder: &Path) -> Result {
    let (here, manifest) = (workspace(), workspace().join("Cargo.toml"));
    let text = fs::read_to_string(manifest)?;
    let members = text
        .lines()
        .find(|line| line.starts_with("members"))
        .ok_or("members")?;
    let absolute = format!("path = \"{}/", here.display());
    let text = text
        .replace(members, "members = []")
        .replace("path = \"", &absolute);
    fs::write(folder.join("Cargo.toml"), text)?;
    fs::copy(here.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(())
}

/// What `kubectl apply -k` would send of a folder.
fn rendered(folder: &str) -> Result<String> {
    let mut kubectl = Command::new("kubectl");
    kubectl.arg("kustomize").arg(workspace().join(folder));
    Ok(String::from_utf8(expect_success(kubectl)?.stdout)?)
}

#[test]
fn the_examples_can_be_deployed() -> Result {
    if !kubectl::is_there("what config makes of the examples") {
        return Ok(());
    }
    let my_app = rendered("generated-example/config/default")?;
    assert!(
        my_app.contains("namespace: myapp-operator-system"),
        "{my_app}"
    );
    let cfp = rendered("examples/cfp/config/default")?;
    for part in [
        "name: cfp-controller-manager",
        "namespace: cfp-system",
        "--cfp-api=http://cfp-api.cfp.svc:50001",
    ] {
        assert!(cfp.contains(part), "{part} is not in {cfp}");
    }
    for example in ["generated-example", "examples/cfp"] {
        let prometheus = rendered(&format!("{example}/config/prometheus"))?;
        for kind in ["ServiceMonitor", "PrometheusRule", "ConfigMap"] {
            assert!(
                prometheus.contains(&format!("kind: {kind}\n")),
                "{prometheus}"
            );
        }
    }
    let service = rendered("examples/cfp/cfp-api/config")?;
    assert!(
        service.contains("name: cfp-api\n  namespace: cfp\n"),
        "{service}"
    );
    Ok(())
}

#[test]
fn the_cli_makes_generated_example_again_byte_for_byte() -> Result {
    MY_APP.is_made_again_byte_for_byte()
}

#[test]
fn the_cli_makes_the_cfp_operator_again_byte_for_byte() -> Result {
    CFP.is_made_again_byte_for_byte()
}

#[test]
fn crds_holds_the_crds_of_both() -> Result {
    MY_APP.crds_are_shown()?;
    CFP.crds_are_shown()
}
