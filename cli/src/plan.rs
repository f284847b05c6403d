//! The changes that make a tree of files what is wanted.

mod carry_out;
#[cfg(test)]
pub(crate) mod faulty;
mod journal;
mod storage;
mod wanted;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use similar::{ChangeTag, TextDiff};

#[cfg(test)]
pub(crate) use self::carry_out::carry_out_on;
pub(crate) use self::carry_out::{CarryOutError, Recovered, carry_out, check_settled, recover};
pub(crate) use self::wanted::{Edited, Wanted};
use self::wanted::{Keeper, Swept};
use crate::tree::{ReadError, Tree};

/// What is wanted can't be had in this tree.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    #[error("files that are yours are in the way: {}", list(.paths))]
    InTheWay { paths: Vec<PathBuf> },
    #[error("{} is a file, and a folder has to be there", .path.display())]
    NoFolder { path: PathBuf },
    #[error("files would go that you have edited, or another myop has written: {}", list(.paths))]
    Edited { paths: Vec<PathBuf> },
    #[error("what has to change was edited in {}", list(.conflicts.iter().map(|(path, _)| path)))]
    Conflict {
        /// The files, each with the lines that have to change.
        conflicts: Vec<(PathBuf, String)>,
    },
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl PlanError {
    /// What has to be changed by hand.
    pub(crate) fn by_hand(&self) -> String {
        let Self::Conflict { conflicts } = self else {
            return String::new();
        };
        let each = conflicts.iter();
        let each = each.map(|(path, lines)| format!("{}\n{lines}", path.display()));
        each.collect::<Vec<_>>().concat()
    }
}

/// What happens to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Create { new: String },
    Update { old: String, new: String },
    Remove { old: String },
}

/// Changes by path, which together make the tree what is wanted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    changes: BTreeMap<PathBuf, Change>,
    kept: Vec<PathBuf>,
    missing: Vec<PathBuf>,
}

impl Plan {
    /// What has to change in this tree.
    ///
    /// # Errors
    /// When a file would be lost that is not myop's to write: all of them are named.
    pub(crate) fn new(wanted: Wanted, tree: &impl Tree) -> Result<Self, PlanError> {
        let mut changes = BTreeMap::new();
        let mut paths = Vec::new();
        let mut kept = Vec::new();
        for swept in &wanted.swept {
            for (path, old) in generated_in(swept, tree)? {
                if !wanted.files.contains_key(&path) {
                    changes.insert(path, Change::Remove { old });
                }
            }
        }
        for (path, (keeper, new)) in wanted.files {
            if let Some(obstacle) = obstacle(&path, tree) {
                return Err(PlanError::NoFolder { path: obstacle });
            }
            if keeper == Keeper::Author {
                let place = place(&path, tree)?;
                if place != path {
                    paths.push(place);
                    continue;
                }
            }
            let found = tree.read(&path);
            let new = match &found {
                Ok(Some(old)) => with_line_ends_of(old, new),
                _ => new,
            };
            let change = match (found, keeper) {
                (Ok(None), _) => Change::Create { new },
                (Ok(Some(old)), _) if old == new => continue,
                (Ok(Some(old)), Keeper::Both) => Change::Update { old, new },
                (Ok(Some(old)), Keeper::Myop) if is_generated(&old) => Change::Update { old, new },
                (Err(error), _) if !error.is_no_text() => return Err(error.into()),
                (_, Keeper::First) => {
                    kept.push(path);
                    continue;
                }
                _ => {
                    paths.push(path);
                    continue;
                }
            };
            changes.insert(path, change);
        }
        if !paths.is_empty() {
            return Err(PlanError::InTheWay { paths });
        }
        for (path, text, edited) in wanted.removed {
            let path = place(&path, tree)?;
            let found = tree.read(&path);
            let is_edited = match &found {
                Ok(Some(old)) => *old != with_line_ends_of(old, text),
                Ok(None) => continue,
                Err(_) => true,
            };
            match (found, is_edited, edited) {
                (_, true, Edited::Refuse) => paths.push(path),
                (_, true, Edited::Keep) => kept.push(path),
                (Ok(Some(old)), ..) => {
                    changes.insert(path, Change::Remove { old });
                }
                (Err(error), ..) => return Err(error.into()),
                (Ok(None), ..) => {}
            }
        }
        if !paths.is_empty() {
            return Err(PlanError::Edited { paths });
        }
        let (mut conflicts, mut missing) = (Vec::new(), Vec::new());
        for (path, before, after, edited) in wanted.merged {
            let path = place(&path, tree)?;
            let Some(old) = tree.read(&path)? else {
                missing.push(path);
                continue;
            };
            match merge(&before, &after, &old).filter(|new| is_sound(&path, new)) {
                Some(new) if new == old => {}
                Some(new) => drop(changes.insert(path, Change::Update { old, new })),
                None if edited == Edited::Keep => kept.push(path),
                None => conflicts.push((path, changed_lines(&before, &after))),
            }
        }
        if !conflicts.is_empty() {
            return Err(PlanError::Conflict { conflicts });
        }
        Ok(Self {
            changes,
            kept,
            missing,
        })
    }

    /// Whether all is as wanted already.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The files that lay there first, and stay as they are.
    pub(crate) fn kept(&self) -> &[PathBuf] {
        &self.kept
    }

    /// What to say of those.
    pub(crate) fn kept_notes(&self) -> Vec<String> {
        let kept = self.kept.iter().map(|path| {
            let path = path.display();
            if path.to_string().starts_with("tests/") {
                format!(
                    "kept your {path}: `cargo test` builds it, so it may have to be mended or moved"
                )
            } else {
                format!("kept your {path}")
            }
        });
        let missing = self.missing.iter();
        let missing =
            missing.map(|path| format!("{} is not there, and would have changed", path.display()));
        kept.chain(missing).collect()
    }

    /// The number of files that change.
    pub(crate) fn len(&self) -> usize {
        self.changes.len()
    }

    /// The changes as a unified diff.
    pub(crate) fn diff(&self) -> String {
        self.diff_of(|_, _| true)
    }

    /// Those changes as a unified diff that are asked for.
    pub(crate) fn diff_of(&self, is_shown: impl Fn(&Path, &Change) -> bool) -> String {
        let diff = |(path, change): (&PathBuf, &Change)| {
            // A workspace around the project is named by its whole path.
            let path = path.display().to_string();
            let path = path.trim_start_matches('/');
            let (old, new) = change.texts();
            let from = if old.is_none() {
                "/dev/null".to_owned()
            } else {
                format!("a/{path}")
            };
            let to = if new.is_none() {
                "/dev/null".to_owned()
            } else {
                format!("b/{path}")
            };
            let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
            TextDiff::from_lines(old, new)
                .unified_diff()
                .header(&from, &to)
                .to_string()
        };
        let changes = self.changes.iter();
        changes
            .filter(|(path, change)| is_shown(path, change))
            .map(diff)
            .collect()
    }
}

/// A line a change: `updated src/api/mod.rs (+3 -1)`.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, change) in &self.changes {
            let path = path.display();
            match change {
                Change::Create { .. } => writeln!(f, "created {path}")?,
                Change::Remove { .. } => writeln!(f, "removed {path}")?,
                Change::Update { old, new } => {
                    let diff = TextDiff::from_lines(old.as_str(), new.as_str());
                    let count = |tag| {
                        diff.iter_all_changes()
                            .filter(|change| change.tag() == tag)
                            .count()
                    };
                    writeln!(
                        f,
                        "updated {path} (+{} -{})",
                        count(ChangeTag::Insert),
                        count(ChangeTag::Delete)
                    )?;
                }
            }
        }
        Ok(())
    }
}

impl Change {
    /// The text before and after.
    fn texts(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Create { new } => (None, Some(new)),
            Self::Update { old, new } => (Some(old), Some(new)),
            Self::Remove { old } => (Some(old), None),
        }
    }
}

/// The files of a folder that are myop's: they have a name of such a file, and say so.
fn generated_in(swept: &Swept, tree: &impl Tree) -> Result<Vec<(PathBuf, String)>, ReadError> {
    let mut files = Vec::new();
    for path in tree.files_in(&swept.folder)? {
        let name = path.file_name().and_then(|name| name.to_str());
        if !name.is_some_and(swept.can_have) {
            continue;
        }
        match tree.read(&path) {
            Ok(text) => files.extend(
                text.filter(|text| text.starts_with(&swept.header))
                    .map(|text| (path, text)),
            ),
            Err(error) if error.is_no_text() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(files)
}

/// Where a file of a module lies: an author may have moved `cart.rs` to `cart/mod.rs`.
pub(crate) fn place(path: &Path, tree: &impl Tree) -> Result<PathBuf, ReadError> {
    let is_module = path.starts_with("src") && path.extension().is_some_and(|is| is == "rs");
    if is_module && matches!(tree.read(path), Ok(None)) {
        let inside = path.with_extension("").join("mod.rs");
        if tree.read(&inside)?.is_some() {
            return Ok(inside);
        }
    }
    Ok(path.to_owned())
}

/// The file that lies where a folder of this path has to be.
fn obstacle(path: &Path, tree: &impl Tree) -> Option<PathBuf> {
    let above = path.ancestors().skip(1);
    let is_file =
        |above: &&Path| !above.as_os_str().is_empty() && matches!(tree.read(above), Ok(Some(_)));
    above
        .take_while(|above| *above != Path::new("/"))
        .find(is_file)
        .map(Path::to_owned)
}

/// Whether a merged text is still what its name says: two texts without a conflict can have a key twice.
fn is_sound(path: &Path, text: &str) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => text.parse::<toml_edit::DocumentMut>().is_ok(),
        Some("yaml") => text
            .split("\n---\n")
            .all(|document| serde_yaml::from_str::<serde_json::Value>(document).is_ok()),
        _ => true,
    }
}

/// The author's text with what differs between two of myop's, unless he has edited that.
fn merge(before: &str, after: &str, authors: &str) -> Option<String> {
    let plain = if with_line_ends_of(authors, "\n".to_owned()) == "\n" {
        authors.to_owned()
    } else {
        authors.replace("\r\n", "\n")
    };
    let merged = diffy::merge(before, after, &plain).ok()?;
    Some(with_line_ends_of(authors, merged))
}

/// What differs, a line each.
fn changed_lines(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let changes = diff.iter_all_changes();
    let changes = changes.filter(|change| change.tag() != ChangeTag::Equal);
    let lines = changes.map(|change| format!("{}{}", change.tag(), change.value()));
    lines.collect::<Vec<_>>().concat()
}

/// A text with the line ends of another one: git may have checked that out with those of Windows.
fn with_line_ends_of(old: &str, new: String) -> String {
    let (windows, all) = (old.matches("\r\n").count(), old.matches('\n').count());
    if windows * 2 > all {
        new.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        new
    }
}

/// How the first line begins of each generated file that lies in config.
pub(crate) const MARK: &str = "# Generated by myop";

/// Whether a file says in its first line that it is myop's.
pub(crate) fn is_generated(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    ["# ", "// "].iter().any(|comment| {
        first
            .strip_prefix(comment)
            .is_some_and(|rest| rest.starts_with("Generated by myop"))
    })
}

fn list<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> String {
    let display = |path: &PathBuf| path.display().to_string();
    let paths = paths.into_iter().map(display);
    paths.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
impl Plan {
    /// The tree as it is once the plan is carried out.
    pub(crate) fn carried_out(
        &self,
        mut tree: BTreeMap<PathBuf, String>,
    ) -> BTreeMap<PathBuf, String> {
        for (path, change) in &self.changes {
            match change.texts().1 {
                Some(new) => tree.insert(path.clone(), new.to_owned()),
                None => tree.remove(path),
            };
        }
        tree
    }

    /// What makes one tree the other.
    pub(crate) fn between(
        old: &BTreeMap<PathBuf, String>,
        new: &BTreeMap<PathBuf, String>,
    ) -> Self {
        let change = |path: &PathBuf| match (old.get(path).cloned(), new.get(path).cloned()) {
            (Some(old), Some(new)) => (old != new).then_some(Change::Update { old, new }),
            (None, Some(new)) => Some(Change::Create { new }),
            (Some(old), None) => Some(Change::Remove { old }),
            (None, None) => None,
        };
        let paths = old.keys().chain(new.keys());
        Self {
            changes: paths
                .filter_map(|path| Some((path.clone(), change(path)?)))
                .collect(),
            kept: Vec::new(),
            missing: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    fn tree(entries: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
        files(entries)
            .into_iter()
            .map(|(path, text)| (path.into(), text))
            .collect()
    }

    #[test]
    fn an_authors_file_is_never_overwritten_and_all_are_named() {
        let tree = tree(&[
            ("a", "edited"),
            ("b", "same"),
            ("c", "by hand"),
            ("d", "# Generated by myop: old"),
        ]);
        let mut wanted = Wanted::default();
        wanted.owned(files(&[("a", "new"), ("b", "same")]));
        wanted.generated(files(&[("c", "new"), ("d", "new")]));
        let error = Plan::new(wanted, &tree).unwrap_err();
        assert_eq!(
            error.to_string(),
            "files that are yours are in the way: a, c"
        );
    }

    #[test]
    fn a_file_that_lay_there_first_stays() {
        let tree = tree(&[("a", "edited"), ("b", "same")]);
        let mut wanted = Wanted::default();
        wanted.unless_there(files(&[("a", "new"), ("b", "same"), ("c", "new")]));
        let plan = Plan::new(wanted, &tree).unwrap();
        assert_eq!(plan.to_string(), "created c\n");
        assert_eq!(plan.kept(), [Path::new("a")]);
    }

    #[test]
    fn line_ends_of_windows_stay() {
        let tree = tree(&[("a", "one\r\n"), ("b", "# Generated by myop\r\none\r\n")]);
        let mut wanted = Wanted::default();
        wanted.owned(files(&[("a", "one\n")]));
        wanted.generated(files(&[("b", "# Generated by myop\ntwo\n")]));
        let plan = Plan::new(wanted, &tree).unwrap();
        let tree = plan.carried_out(tree);
        assert_eq!(plan.to_string(), "updated b (+1 -1)\n");
        assert_eq!(tree[Path::new("b")], "# Generated by myop\r\ntwo\r\n");
    }

    #[test]
    fn changes_are_told_by_line() {
        let tree = tree(&[
            ("config/rbac/role.yaml", "# Generated by myop\none\ntwo\n"),
            ("config/rbac/old.yaml", "# Generated by myop\n"),
            ("config/rbac/mine.yaml", "kind: Role\n"),
            ("config/rbac/below/old.yaml", "# Generated by myop\n"),
            ("config/rbac/copied.yaml", "# Generated by myop\n"),
        ]);
        let mut wanted = Wanted::default();
        wanted.generated(files(&[
            ("config/rbac/role.yaml", "# Generated by myop\none\n2\n3\n"),
            ("config/rbac/new.yaml", "# Generated by myop\n"),
        ]));
        wanted.sweep("config/rbac", |name| name != "copied.yaml", MARK);
        let plan = Plan::new(wanted, &tree).unwrap();
        insta::assert_snapshot!(format!("{plan}{}", plan.diff()), @r"
        created config/rbac/new.yaml
        removed config/rbac/old.yaml
        updated config/rbac/role.yaml (+2 -1)
        --- /dev/null
        +++ b/config/rbac/new.yaml
        @@ -0,0 +1 @@
        +# Generated by myop
        --- a/config/rbac/old.yaml
        +++ /dev/null
        @@ -1 +0,0 @@
        -# Generated by myop
        --- a/config/rbac/role.yaml
        +++ b/config/rbac/role.yaml
        @@ -1,3 +1,4 @@
         # Generated by myop
         one
        -two
        +2
        +3
        ");
    }
}
