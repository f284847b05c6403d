//! Any requests in any order: all of one, or nothing; and what remains is what would have been made alone.
//!
//! `PROPTEST_CASES=10000` runs that many sequences.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::plan::Wanted;
use crate::scaffold;

#[derive(Debug, Clone)]
enum Step {
    Ask(String),
    /// The author edits the file of this number.
    Edit(prop::sample::Index),
    /// The author removes it.
    Remove(prop::sample::Index),
}

/// Names that fit, that collide and that are none.
fn names() -> impl Strategy<Value = String> {
    let group = select(vec!["", "shop", "v1", "apps", "core", "Bad", "a.b"]);
    let version = select(vec!["v1", "v2", "v1alpha1", "V1", "1", "shop"]);
    let kind = select(vec![
        "Cart",
        "cart",
        "CArt",
        "Carts",
        "Policy",
        "Deployment",
        "Pod",
        "Type",
        "My-App",
        "Context",
    ]);
    (group, version, kind).prop_map(|(group, version, kind)| {
        format!("--group={group} --version {version} --kind {kind}")
    })
}

fn requests() -> impl Strategy<Value = String> {
    let create = select(vec![
        "",
        "",
        "--namespaced=false",
        "--controller=false",
        "--resource=false",
        "--plural carts",
        "--controller-name audit",
        "--controller-name Audit",
        "--external-api-path foo::v1::Cart --external-api-domain io",
        "--resource=false --controller=false",
    ]);
    let delete = select(vec![
        "",
        "",
        "--resource=false",
        "--controller-name audit",
        "--keep-edited",
        "--force",
    ]);
    prop_oneof![
        2 => (names(), create).prop_map(|(names, flags)| format!("create {names} {flags}")),
        1 => (names(), delete).prop_map(|(names, flags)| format!("delete {names} {flags}")),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => requests().prop_map(Step::Ask),
        1 => any::<prop::sample::Index>().prop_map(Step::Edit),
        1 => any::<prop::sample::Index>().prop_map(Step::Remove),
    ]
}

/// The tree of a project whose author has touched nothing.
fn untouched(project: &Project) -> Tree {
    let mut fresh = project.clone();
    fresh.resources.clear();
    let mut wanted = Wanted::default();
    for resource in &project.resources {
        wanted.owned(scaffold::resource(project, resource).unwrap());
    }
    wanted.generated(scaffold::lists(project).unwrap());
    wanted.amended(FILE, project.text());
    let fresh = init_project(&fresh, &Surroundings::default());
    Plan::new(wanted, &fresh).unwrap().carried_out(fresh)
}

/// Whether each file is what its name says.
fn check_texts(tree: &Tree) {
    for (path, text) in tree {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.unwrap_or_default() {
            "rs" => drop(
                syn::parse_file(text)
                    .unwrap_or_else(|error| panic!("{}: {error}\n{text}", path.display())),
            ),
            "toml" => drop(text.parse::<toml_edit::DocumentMut>().unwrap()),
            "yaml" => {
                for document in text.split("\n---\n") {
                    let _: serde_json::Value = serde_yaml::from_str(document).unwrap();
                }
            }
            _ => {}
        }
    }
}

/// Whether each module that the lists name is there.
fn check_modules(tree: &Tree) {
    for resource in &project_of(tree).resources {
        for path in scaffold::resource(&project_of(tree), resource)
            .unwrap()
            .into_keys()
        {
            let is_listed = Path::new(&path).starts_with("src");
            assert!(
                !is_listed || tree.contains_key(Path::new(&path)),
                "{path} is not there"
            );
        }
    }
}

proptest! {
    #[test]
    fn any_requests_leave_a_project(steps in prop::collection::vec(requests(), 1..12)) {
        let mut tree = init(&Surroundings::default());
        for request in steps {
            if let Ok(after) = ask(&tree, &request) {
                prop_assert_eq!(&after, &untouched(&project_of(&after)), "{}", request);
                tree = after;
            }
        }
        check_texts(&tree);
        check_modules(&tree);
    }

    #[test]
    fn what_its_author_wrote_is_not_lost(steps in prop::collection::vec(steps(), 1..16)) {
        let mut tree = init(&Surroundings::default());
        let mut edited: Tree = Tree::new();
        for step in steps {
            match step {
                Step::Ask(request) => {
                    if let Ok(after) = ask(&tree, &request) {
                        tree = after;
                    }
                    if request.contains("--force") {
                        edited.retain(|path, _| tree.contains_key(path));
                    }
                }
                Step::Edit(index) => {
                    let (path, text) = index.get(&tree.iter().collect::<Vec<_>>()).to_owned();
                    let is_his = !crate::plan::is_generated(text);
                    if is_his {
                        let (path, text) = (path.clone(), format!("{text}# by hand\n"));
                        edited.insert(path.clone(), text.clone());
                        tree.insert(path, text);
                    }
                }
                Step::Remove(index) => {
                    let path = (*index.get(&tree.keys().collect::<Vec<_>>())).clone();
                    if path != Path::new(FILE) {
                        edited.remove(&path);
                        tree.remove(&path);
                    }
                }
            }
            for (path, text) in &edited {
                let found = tree.get(path).cloned().unwrap_or_default();
                // Only the line that says which version is stored may come or go.
                let without = |text: &str| text.replace("    storage = false,\n", "");
                prop_assert_eq!(without(&found), without(text), "{}", path.display());
            }
        }
    }
}
