//! Each command, killed at each of its writes: the next one finds the old tree or the new one.

use std::fs;
use std::path::Path;

use super::*;
use crate::plan::faulty::{Fault, Faulty};
use crate::plan::{carry_out_on, recover};

fn lay_out(tree: &Tree) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in tree {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn found(root: &Path) -> Tree {
    let entries = walkdir::WalkDir::new(root).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|file| {
            let path = file.path().strip_prefix(root).unwrap().to_owned();
            (path, fs::read_to_string(file.path()).unwrap())
        })
        .collect()
}

/// At how many of its steps the change from one tree to the other can be killed.
fn kill_at_each_step(old: &Tree, new: &Tree) -> usize {
    let plan = Plan::between(old, new);
    for steps in 0.. {
        let folder = lay_out(old);
        let storage = Faulty::after(steps, Fault::KillHalfway);
        let ended = carry_out_on(&storage, &plan, folder.path(), "myop");
        recover(folder.path()).unwrap();
        let found = found(folder.path());
        if ended.is_ok() {
            assert_eq!(&found, new);
            return steps;
        }
        assert!(
            &found == old || &found == new,
            "killed after {steps}: {found:?}"
        );
    }
    unreachable!("it comes to an end")
}

#[test]
fn each_command_at_each_write() {
    let fresh = init(&Surroundings::default());
    let both = ask(&shop(), "create --group= --version v1 --kind MyApp").unwrap();
    let mut steps = vec![kill_at_each_step(&Tree::new(), &fresh)];
    for (tree, request) in [
        (&fresh, &format!("create {MYAPP}")),
        (&shop(), &format!("create {MYAPP} --controller-name audit")),
        (&shop(), &format!("delete {MYAPP}")),
        (&both, &format!("delete {MYAPP}")),
        (
            &both,
            &"edit --domain shop.org --namespaced --license MIT".to_owned(),
        ),
    ] {
        steps.push(kill_at_each_step(tree, &ask(tree, request).unwrap()));
    }
    assert!(steps.iter().all(|steps| *steps > 8), "{steps:?}");
}
