//! The one place that writes: all of a plan, or nothing.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{fs, mem};

use tempfile::{Builder, NamedTempFile};

use super::{Change, Plan};
use crate::project;

/// A plan could not be carried out; what it had changed was put back.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}; nothing was changed", .path.display())]
pub(crate) struct CarryOutError {
    path: PathBuf,
    source: io::Error,
}

/// Makes the changes below `root`. New texts first lie in files beside their places, and are only then moved there, so
/// that a full disk or a folder without write access is met before anything changes. PROJECT is moved last: a request
/// that was cut short is then completed by the same request, as PROJECT doesn't say yet that it was met.
///
/// # Errors
/// When something can't be written: what was changed until then is put back.
pub(crate) fn carry_out(plan: &Plan, root: &Path) -> Result<(), CarryOutError> {
    let mut undo = Undo::default();
    let mut staged = Vec::new();
    for (path, change) in in_order(plan) {
        let path = place(&root.join(path), change);
        let file = stage(&path, change, &mut undo).map_err(|source| CarryOutError {
            path: path.clone(),
            source,
        })?;
        staged.push((path, change, file));
    }
    for (path, change, file) in staged {
        let moved = match file {
            Some(file) => file.persist(&path).map(drop).map_err(|error| error.error),
            None => fs::remove_file(&path),
        };
        moved.map_err(|source| CarryOutError {
            path: path.clone(),
            source,
        })?;
        undo.changed
            .push((path, change.texts().0.map(str::to_owned)));
    }
    undo.forget();
    Ok(())
}

/// The changes, that of PROJECT as the last one.
fn in_order(plan: &Plan) -> Vec<(&Path, &Change)> {
    let changes = plan.changes.iter();
    let mut changes: Vec<_> = changes
        .map(|(path, change)| (path.as_path(), change))
        .collect();
    changes.sort_by_key(|(path, _)| *path == project::FILE);
    changes
}

/// Where a file really lies: a link to it is written through, and stays one.
fn place(path: &Path, change: &Change) -> PathBuf {
    match change {
        Change::Create { .. } | Change::Update { .. } => path.canonicalize().ok(),
        Change::Remove { .. } => None,
    }
    .unwrap_or_else(|| path.to_owned())
}

/// The new text of a file, in a file beside it.
fn stage(path: &Path, change: &Change, undo: &mut Undo) -> io::Result<Option<NamedTempFile>> {
    let Some(text) = change.texts().1 else {
        return Ok(None);
    };
    let folder = path.parent().unwrap_or(path);
    undo.create_folder(folder)?;
    let mut builder = Builder::new();
    builder.prefix(".myop-");
    if let Ok(metadata) = fs::metadata(path) {
        builder.permissions(metadata.permissions());
    } else {
        set_ordinary_permissions(&mut builder);
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    Ok(Some(file))
}

/// Those of any new file; a temporary one would be readable by its owner only.
#[cfg(unix)]
fn set_ordinary_permissions(builder: &mut Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn set_ordinary_permissions(_: &mut Builder<'_, '_>) {}

/// What was done so far, undone when it is dropped.
#[derive(Default)]
struct Undo {
    /// Folders, each before those inside it.
    folders: Vec<PathBuf>,
    /// Files with what they held before.
    changed: Vec<(PathBuf, Option<String>)>,
}

impl Undo {
    fn create_folder(&mut self, folder: &Path) -> io::Result<()> {
        let missing: Vec<_> = folder
            .ancestors()
            .take_while(|folder| !folder.exists())
            .collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }

    fn forget(mut self) {
        self.folders.clear();
        self.changed.clear();
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        // Best effort: the error that led here is the one to tell.
        for (path, old) in mem::take(&mut self.changed).into_iter().rev() {
            let _ = match old {
                Some(old) => fs::write(path, old),
                None => fs::remove_file(path),
            };
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn plan(changes: Vec<(&str, Change)>) -> Plan {
        Plan {
            changes: changes
                .into_iter()
                .map(|(path, change)| (path.into(), change))
                .collect(),
            kept: Vec::new(),
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
        carry_out(&plan(changes), root).unwrap();
        assert_eq!(fs::read_to_string(root.join("a/b/new")).unwrap(), "new");
        assert_eq!(fs::read_to_string(root.join("old")).unwrap(), "newer");
        assert_eq!(files(root).len(), 5);
    }

    #[test]
    fn project_is_written_last() {
        let paths = [
            "src/lib.rs",
            "../Cargo.toml",
            "PROJECT",
            "PROJECTS",
            "Cargo.toml",
        ];
        let plan = plan(paths.map(|path| (path, create(""))).into());
        let last = in_order(&plan).pop().unwrap();
        assert_eq!(last.0, "PROJECT");
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
        carry_out(&plan(changes), root).unwrap();
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
        carry_out(&plan(changes), folder.path()).unwrap();
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
        let error = carry_out(&plan(changes), root).unwrap_err();
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
        carry_out(&plan(changes), root).unwrap_err();
        assert_eq!(files(root), before);
    }
}
