use std::collections::BTreeMap;
use std::fs;

use super::*;
use crate::plan::Change;
use crate::plan::faulty::{Fault, Faulty};

fn plan(changes: Vec<(&str, Change)>) -> Plan {
    Plan {
        changes: changes
            .into_iter()
            .map(|(path, change)| (path.into(), change))
            .collect(),
        kept: Vec::new(),
        missing: Vec::new(),
    }
}

fn create(text: &str) -> Change {
    Change::Create { new: text.into() }
}

fn files(root: &Path) -> BTreeMap<PathBuf, Option<String>> {
    walkdir::WalkDir::new(root)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .map(|path| {
            (
                path.strip_prefix(root).unwrap().to_owned(),
                fs::read_to_string(&path).ok(),
            )
        })
        .collect()
}

#[test]
fn all_changes_are_made() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("old"), "old").unwrap();
    fs::write(root.join("gone"), "gone").unwrap();
    let changes = vec![
        ("a/b/new", create("new")),
        (
            "old",
            Change::Update {
                old: "old".into(),
                new: "newer".into(),
            },
        ),
        ("gone", Change::Remove { old: "gone".into() }),
    ];
    carry_out(&plan(changes), root, "myop test").unwrap();
    assert_eq!(fs::read_to_string(root.join("a/b/new")).unwrap(), "new");
    assert_eq!(fs::read_to_string(root.join("old")).unwrap(), "newer");
    assert_eq!(files(root).len(), 5);
}

#[cfg(unix)]
#[test]
fn a_link_is_written_through() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("elsewhere")).unwrap();
    for name in ["updated", "removed"] {
        let target = Path::new("elsewhere").join(name);
        fs::write(root.join(&target), "old").unwrap();
        symlink(&target, root.join(name)).unwrap();
    }
    let (old, new) = (|| "old".to_owned(), "new".to_owned());
    let changes = vec![
        ("updated", Change::Update { old: old(), new }),
        ("removed", Change::Remove { old: old() }),
    ];
    carry_out(&plan(changes), root, "myop test").unwrap();
    assert!(root.join("updated").is_symlink());
    assert_eq!(
        fs::read_to_string(root.join("elsewhere/updated")).unwrap(),
        "new"
    );
    assert!(!root.join("removed").is_symlink());
    assert!(root.join("elsewhere/removed").exists());
}

#[cfg(unix)]
#[test]
fn files_have_the_permissions_that_they_had_or_ordinary_ones() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let mode = |name: &str| {
        fs::metadata(folder.path().join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    fs::write(folder.path().join("ordinary"), "").unwrap();
    fs::write(folder.path().join("script"), "old").unwrap();
    fs::set_permissions(
        folder.path().join("script"),
        fs::Permissions::from_mode(0o750),
    )
    .unwrap();
    let changes = vec![
        ("new", create("new")),
        (
            "script",
            Change::Update {
                old: "old".into(),
                new: "new".into(),
            },
        ),
    ];
    carry_out(&plan(changes), folder.path(), "myop test").unwrap();
    assert_eq!(mode("new"), mode("ordinary"));
    assert_eq!(mode("script"), 0o750);
}

/// A folder in the place of a file fails only at the last step, when others are moved already.
#[test]
fn a_failure_leaves_all_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("b"), "old").unwrap();
    fs::write(root.join("c"), "gone").unwrap();
    fs::create_dir_all(root.join("z/inside")).unwrap();
    let before = files(root);
    let changes = vec![
        ("a/new", create("new")),
        (
            "b",
            Change::Update {
                old: "old".into(),
                new: "new".into(),
            },
        ),
        ("c", Change::Remove { old: "gone".into() }),
        ("z", create("never")),
    ];
    let error = carry_out(&plan(changes), root, "myop test").unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot write {}; nothing was changed",
            root.join("z").display()
        )
    );
    assert_eq!(files(root), before);
}

#[test]
fn what_can_not_be_staged_leaves_all_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("file"), "a file").unwrap();
    let before = files(root);
    let changes = vec![("a/new", create("new")), ("file/below", create("never"))];
    carry_out(&plan(changes), root, "myop test").unwrap_err();
    assert_eq!(files(root), before);
}

/// A tree, what is to be changed in it, and what it is then: files come, change and go, and folders with them.
fn example() -> (tempfile::TempDir, Plan) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("leaving/below")).unwrap();
    for (path, text) in [
        ("PROJECT", "old"),
        ("leaving/below/file", "gone"),
        ("kept", "kept"),
    ] {
        fs::write(root.join(path), text).unwrap();
    }
    let changes = vec![
        (
            "PROJECT",
            Change::Update {
                old: "old".into(),
                new: "new".into(),
            },
        ),
        ("coming/below/file", create("first")),
        ("coming/other", create("second")),
        ("leaving/below/file", Change::Remove { old: "gone".into() }),
    ];
    (folder, plan(changes))
}

fn trees_of_example() -> [BTreeMap<PathBuf, Option<String>>; 2] {
    let (folder, plan) = example();
    let old = files(folder.path());
    carry_out(&plan, folder.path(), "myop test").unwrap();
    [old, files(folder.path())]
}

#[test]
fn a_folder_that_is_emptied_goes() {
    let [_, new] = trees_of_example();
    assert!(!new.contains_key(Path::new("leaving")), "{new:?}");
}

/// What is left of a process that was killed after so many steps; nothing, once it comes to its end.
fn killed_after(steps: usize, fault: Fault) -> Option<tempfile::TempDir> {
    let (folder, plan) = example();
    let ended = carry_out_on(
        &Faulty::after(steps, fault),
        &plan,
        folder.path(),
        "myop test",
    );
    ended.is_err().then_some(folder)
}

/// Killed at each step, and the recovery killed at each step, too.
#[test]
fn a_kill_at_any_step_leaves_the_old_tree_or_the_new_one() {
    let trees = trees_of_example();
    let (mut undone, mut completed) = (0, 0);
    for fault in [Fault::Kill, Fault::KillHalfway] {
        for steps in (0..).take_while(|steps| killed_after(*steps, fault).is_some()) {
            for recovery_steps in 0.. {
                let folder = killed_after(steps, fault).unwrap();
                let root = folder.path();
                let storage = Faulty::after(recovery_steps, fault);
                let has_recovered = recover_on(&storage, root, User::current()).is_ok();
                match recover(root).unwrap() {
                    Some(Recovered::Completed(_)) => completed += 1,
                    Some(Recovered::Undone(_)) => undone += 1,
                    None => {}
                }
                let found = files(root);
                assert!(
                    trees.contains(&found),
                    "{fault:?} {steps} {recovery_steps}: {found:?}"
                );
                if has_recovered {
                    break;
                }
            }
        }
    }
    assert!(
        undone > 10 && completed > 10,
        "{undone} undone, {completed} completed"
    );
}

#[test]
fn a_full_disk_leaves_the_old_tree() {
    let [old, new] = trees_of_example();
    for steps in 0.. {
        let (folder, plan) = example();
        let storage = Faulty::after(steps, Fault::Full);
        match carry_out_on(&storage, &plan, folder.path(), "myop test") {
            Ok(()) => {
                assert_eq!(files(folder.path()), new);
                assert!(steps > 4, "{steps}");
                break;
            }
            Err(error) => {
                assert!(
                    error.to_string().ends_with("nothing was changed"),
                    "{error}"
                );
                assert_eq!(files(folder.path()), old, "{steps}");
            }
        }
    }
}

/// Killed when all is staged.
fn interrupted() -> tempfile::TempDir {
    let mut killed = (0..).map_while(|steps| killed_after(steps, Fault::Kill));
    let is_staged = |folder: &tempfile::TempDir| {
        let journal = fs::read_to_string(folder.path().join(NAME));
        journal.is_ok_and(|journal| journal.ends_with("\nstaged\n"))
    };
    killed.find(is_staged).unwrap()
}

#[test]
fn what_somebody_edited_after_a_kill_is_not_lost() {
    let folder = interrupted();
    let root = folder.path();
    fs::write(root.join("PROJECT"), "edited").unwrap();
    let before = files(root);
    let error = recover(root).unwrap_err();
    let name = root.join("PROJECT").display().to_string();
    assert!(
        error
            .to_string()
            .starts_with("`myop test` was interrupted, and "),
        "{error}"
    );
    assert!(error.to_string().contains(&name) && error.help().contains(NAME));
    assert_eq!(files(root), before);
    assert!(check_settled(&root.join("kept")).is_err());

    fs::write(root.join("PROJECT"), "old").unwrap();
    let [_, new] = trees_of_example();
    assert_eq!(
        recover(root).unwrap(),
        Some(Recovered::Completed("myop test".into()))
    );
    assert_eq!(files(root), new);
    check_settled(root).unwrap();
}

#[test]
fn two_at_once_do_not_mix() {
    let (folder, plan) = example();
    let root = folder.path();
    let before = files(root);
    let (_, entry) = entry_of(&plan, root, "the other one");
    let other = Journal::begin(root, &entry, &Disk).unwrap();
    for error in [
        carry_out(&plan, root, "myop test").unwrap_err(),
        recover(root).unwrap_err(),
    ] {
        assert!(
            error.to_string().starts_with("another myop is at work in"),
            "{error}"
        );
    }
    other.end(&Disk).unwrap();
    assert_eq!(files(root), before);

    fs::write(root.join("PROJECT"), "newer").unwrap();
    let error = carry_out(&plan, root, "myop test").unwrap_err();
    assert!(
        error.to_string().contains("by somebody else meanwhile"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(root.join("PROJECT")).unwrap(), "newer");
    assert!(!root.join("coming").exists() && !root.join(NAME).exists());
}

/// In a folder that anybody may write to, such as that of temporary files.
#[cfg(unix)]
#[test]
fn what_another_user_left_is_not_followed() {
    let folder = interrupted();
    let root = folder.path();
    let before = files(root);
    let User(other) = User::current();
    let error = recover_on(&Disk, root, User(other + 1)).unwrap_err();
    assert!(
        error.to_string().contains("was left by another user"),
        "{error}"
    );
    assert_eq!(files(root), before);
    assert!(recover(root).unwrap().is_some());
}

/// As it may come with an archive.
#[test]
fn a_journal_that_names_files_elsewhere_is_not_followed() {
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut paths = vec![
        elsewhere.path().join("a"),
        "../a".into(),
        "b/../../a".into(),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(elsewhere.path(), root.join("link")).unwrap();
        paths.push("link/a".into());
    }
    for path in paths {
        let step = Step {
            path,
            old: None,
            new: Some("evil".into()),
        };
        let entry = Entry {
            command: "myop test".into(),
            folders: Vec::new(),
            steps: vec![step],
        };
        let line = serde_json::to_string(&entry).unwrap();
        fs::write(root.join(NAME), format!("{line}\nstaged\n")).unwrap();
        assert!(recover(root).is_err(), "{line}");
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0, "{line}");
    }
}

#[test]
fn an_edit_that_is_no_text_is_an_edit() {
    let folder = interrupted();
    let root = folder.path();
    fs::write(root.join("leaving/below/file"), b"gone\xff").unwrap();
    assert!(recover(root).is_err());
    assert!(root.join("leaving/below/file").exists());
}
