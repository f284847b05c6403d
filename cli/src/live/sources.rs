//! The files that an operator is made of, and whether they change.
//!
//! They are looked at by their times and lengths, which takes a millisecond for some hundred files, when the system tells
//! that something has happened; and again and again, for not every system and not every file system tells.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio::time::timeout;

use super::notices::Notices;

/// How often the files are looked at where nothing is told of them: soon enough for who waits for what comes of a save.
const PERIOD: Duration = Duration::from_millis(200);

/// How long they stay as they are once a save is through: an editor may write a file in several steps, and several files.
const REST: Duration = Duration::from_millis(20);

/// Files of a project, besides those of its code's folders.
const FILES: [&str; 4] = ["Cargo.toml", "PROJECT", "build.rs", ".cargo/config.toml"];

/// The folders of a project's code.
const FOLDERS: [&str; 1] = ["src"];

/// The samples.
pub(crate) const SAMPLES: &str = "config/samples";

/// The files that a project's operator and its samples are made of.
#[derive(Debug)]
pub(crate) struct Sources {
    root: PathBuf,
    /// What the last build has read besides, as in other crates of a workspace.
    further: BTreeSet<PathBuf>,
    notices: Notices,
}

/// Each file, as it was when it was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen(BTreeMap<PathBuf, Mark>);

/// By what a change of a file is known.
type Mark = (Option<SystemTime>, u64);

/// What has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// The files, as seen from the project's folder.
    pub(crate) files: Vec<PathBuf>,
}

impl Changed {
    /// Whether the program is made of other files than these.
    pub(crate) fn is_in_samples(&self) -> bool {
        self.files.iter().all(|file| file.starts_with(SAMPLES))
    }

    /// Whether some of these files are samples.
    pub(crate) fn has_samples(&self) -> bool {
        self.files.iter().any(|file| file.starts_with(SAMPLES))
    }
}

impl Sources {
    pub(crate) fn new(root: &Path) -> Self {
        let mut notices = Notices::new();
        for folder in FOLDERS.into_iter().chain([SAMPLES]) {
            notices.listen_below(&root.join(folder));
        }
        for file in FILES.map(|file| root.join(file)) {
            notices.listen_in(file.parent().unwrap_or(root));
        }
        Self {
            root: root.to_owned(),
            further: BTreeSet::new(),
            notices,
        }
    }

    /// Looks at what the build of this program has read, too, of which cargo writes a list beside it.
    pub(crate) fn read_by(&mut self, program: &Path) {
        if let Ok(list) = fs::read_to_string(program.with_extension("d")) {
            self.read_also(files_of(&list).collect());
        }
    }

    /// Looks at these files, too.
    pub(crate) fn read_also(&mut self, files: BTreeSet<PathBuf>) {
        let folders = files.difference(&self.further).filter_map(|it| it.parent());
        for folder in folders.collect::<BTreeSet<_>>() {
            self.notices.listen_in(folder);
        }
        self.further = files;
    }

    /// The files as they are now.
    pub(crate) fn look(&self) -> Seen {
        let mut seen = Seen::default();
        for folder in FOLDERS.into_iter().chain([SAMPLES]) {
            seen.add_folder(&self.root.join(folder));
        }
        for file in FILES {
            seen.add(&self.root.join(file));
        }
        for file in &self.further {
            seen.add(file);
        }
        seen
    }

    /// Waits until the files are others than these, and stay so for a moment.
    pub(crate) async fn changed(&self, since: &Seen) -> Changed {
        let mut before = since.clone();
        loop {
            let now = self.look();
            match now.difference(since, &self.root) {
                Some(changed) if now == before => return changed,
                Some(_) => tokio::time::sleep(REST).await,
                None => {
                    let _ = timeout(PERIOD, self.notices.any()).await;
                }
            }
            before = now;
        }
    }
}

/// The first of its files, and how many more there are.
impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut files = self.files.iter();
        if let Some(first) = files.next() {
            write!(f, "{}", first.display())?;
        }
        match files.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl Seen {
    /// Takes those files for seen that were not looked at before, and have not changed since this time.
    pub(crate) fn learn(&mut self, found: Self, since: SystemTime) {
        for (file, mark) in found.0 {
            let (modified, _) = mark;
            if modified.is_none_or(|modified| modified < since) {
                self.0.entry(file).or_insert(mark);
            }
        }
    }

    fn add_folder(&mut self, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else {
            return;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                self.add_folder(&path);
            } else {
                self.add(&path);
            }
        }
    }

    fn add(&mut self, file: &Path) {
        let is_hidden = file
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // Editors keep their own files beside those that are edited.
        if is_hidden || file.to_string_lossy().ends_with('~') {
            return;
        }
        if let Ok(found) = fs::metadata(file) {
            let mark = (found.modified().ok(), found.len());
            self.0.insert(file.to_owned(), mark);
        }
    }

    /// What is different from what was seen before.
    pub(crate) fn difference(&self, before: &Self, root: &Path) -> Option<Changed> {
        let paths: BTreeSet<_> = self.0.keys().chain(before.0.keys()).collect();
        let changed = paths
            .into_iter()
            .filter(|path| self.0.get(*path) != before.0.get(*path));
        let files: Vec<_> = changed
            .map(|path| path.strip_prefix(root).unwrap_or(path).to_owned())
            .collect();
        (!files.is_empty()).then_some(Changed { files })
    }
}

/// The files of a list as cargo writes it: `program: file file\ with\ spaces`.
fn files_of(list: &str) -> impl Iterator<Item = PathBuf> {
    let line = list.lines().next().unwrap_or_default();
    let files = line.split_once(": ").map(|(_, files)| files);
    let files = files.unwrap_or_default().replace("\\ ", "\0");
    let files: Vec<_> = files
        .split(' ')
        .map(|file| file.replace('\0', " "))
        .collect();
    files
        .into_iter()
        .filter(|file| !file.is_empty())
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_told_by_what_it_is_for() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("src/api/mod.rs", "");
        write("config/samples/a.yaml", "");
        let sources = Sources::new(root);
        let first = sources.look();
        assert_eq!(sources.look().difference(&first, root), None);

        write("src/.mod.rs.swp", "of an editor");
        write("target/debug/shop", "of a build");
        assert_eq!(sources.look().difference(&first, root), None);
        write("config/samples/a.yaml", "kind: A");
        let changed = sources.look().difference(&first, root).unwrap();
        assert_eq!(changed.files, [Path::new("config/samples/a.yaml")]);
        assert!(changed.is_in_samples());
        fs::remove_file(root.join("src/api/mod.rs")).unwrap();
        let changed = sources.look().difference(&first, root).unwrap();
        assert_eq!(changed.files.len(), 2);
        assert!(changed.has_samples() && !changed.is_in_samples());
    }

    #[test]
    fn what_a_build_has_read_is_no_change() {
        let folder = tempfile::tempdir().unwrap();
        let (project, other) = (folder.path().join("project"), folder.path().join("lib.rs"));
        fs::create_dir_all(project.join("target")).unwrap();
        fs::write(&other, "").unwrap();
        let program = project.join("target/shop");
        let list = format!("{}: {}\n", program.display(), other.display());
        fs::write(program.with_extension("d"), list).unwrap();

        let mut sources = Sources::new(&project);
        let mut seen = sources.look();
        let modified = fs::metadata(&other).unwrap().modified().unwrap();
        sources.read_by(&program);
        let mut while_it_was_built = seen.clone();
        while_it_was_built.learn(sources.look(), modified);
        let changed = sources.look().difference(&while_it_was_built, &project);
        assert_eq!(changed.unwrap().files, [other]);
        seen.learn(sources.look(), modified + PERIOD);
        assert_eq!(sources.look().difference(&seen, &project), None);
    }

    #[test]
    fn the_list_of_a_build() {
        let list = "/t/shop: /a/lib.rs /a/with\\ space.rs\n\n/a/lib.rs:\n";
        let files: Vec<_> = files_of(list).collect();
        assert_eq!(
            files,
            [Path::new("/a/lib.rs"), Path::new("/a/with space.rs")]
        );
    }
}
