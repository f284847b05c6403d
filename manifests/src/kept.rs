//! What is kept of a crate's definitions, so that the next reading reads what has changed alone.
//!
//! A definition stands as long as every file that said something of it has the same text, and the crate is built as before.
//! Where the crate has other modules than it had, everything is read again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::crd_file::CrdFile;
use crate::fingerprint::Fingerprint;
use crate::source::SourceFile;

/// Behind each part of the text of what is kept: YAML has none, and JSON neither.
const END: char = '\0';

/// What is kept of a reading. It is of use to the same program alone: another one can understand the sources otherwise.
///
/// ```
/// use myop_manifests::Kept;
///
/// let kept = Kept::default();
/// let text = kept.text();
/// assert_eq!(Kept::read(&text), Some(kept));
/// assert_eq!(Kept::read(&text[1..]), None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// That of the crate's packages.
    packages: Fingerprint,
    files: BTreeMap<PathBuf, SourceFile>,
    definitions: Vec<KeptDefinition>,
}

/// A definition with all its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KeptDefinition {
    file: CrdFile,
    /// The sources that its kinds stand in.
    kinds_in: BTreeSet<PathBuf>,
    /// The files that say something of it.
    made_of: BTreeSet<PathBuf>,
}

/// Where a kind comes from that was read.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) group: String,
    pub(crate) kind: String,
    /// The source that it stands in.
    pub(crate) file: PathBuf,
    /// The files that say something of it.
    pub(crate) made_of: BTreeSet<PathBuf>,
}

/// What stands of what was kept, and what is to be read because the rest does not.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    definitions: Vec<KeptDefinition>,
    /// The files that are as they were.
    unchanged: BTreeMap<PathBuf, SourceFile>,
    /// The others, as they were.
    changed: BTreeMap<PathBuf, SourceFile>,
    /// The files whose kinds are to be read.
    anew: BTreeSet<PathBuf>,
    /// These, and those that lead to them.
    on_the_way: BTreeSet<PathBuf>,
}

impl Kept {
    /// The files of all definitions, sorted by group and plural.
    pub fn crd_files(&self) -> impl Iterator<Item = &CrdFile> {
        self.definitions.iter().map(|one| &one.file)
    }

    /// It as text: what tells whether it stands, as JSON, and the definitions. Where a path is no text, this can't be read.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push(END);
        for file in self.crd_files() {
            text.push_str(&file.body);
            text.push(END);
        }
        text
    }

    /// Reads that text; nothing, if it is none or not whole.
    pub fn read(text: &str) -> Option<Self> {
        let (head, mut bodies) = text.split_once(END)?;
        let mut kept: Self = serde_json::from_str(head).ok()?;
        for definition in &mut kept.definitions {
            let (body, rest) = bodies.split_once(END)?;
            body.clone_into(&mut definition.file.body);
            bodies = rest;
        }
        bodies.is_empty().then_some(kept)
    }

    /// What stands of it, if the crate's packages are these.
    pub(crate) fn standing(self, packages: Fingerprint) -> Standing {
        if self.packages != packages || self.files.is_empty() {
            return Standing::default();
        }
        let files = self.files.into_iter();
        let (unchanged, changed): (BTreeMap<_, _>, BTreeMap<_, _>) =
            files.partition(|(path, file)| file.is_unchanged(path));
        let mut definitions = self.definitions;
        let mut anew: BTreeSet<PathBuf> = changed.keys().cloned().collect();
        drop_made_of(&mut definitions, &mut anew);
        let files: Vec<_> = unchanged.iter().chain(&changed).collect();
        let on_the_way = with_those_that_lead_to(&anew, &files);
        Standing {
            definitions,
            unchanged,
            changed,
            anew,
            on_the_way,
        }
    }
}

/// Drops the definitions that changed files say something of, and those that have a kind in a file that is read for that.
fn drop_made_of(definitions: &mut Vec<KeptDefinition>, anew: &mut BTreeSet<PathBuf>) {
    let mut stale: Vec<_> = definitions
        .extract_if(.., |one| !one.made_of.is_disjoint(anew))
        .collect();
    while !stale.is_empty() {
        anew.extend(stale.into_iter().flat_map(|one| one.kinds_in));
        stale = definitions
            .extract_if(.., |one| !one.kinds_in.is_disjoint(anew))
            .collect();
    }
}

/// These files, and those whose modules lead there.
fn with_those_that_lead_to(
    wanted: &BTreeSet<PathBuf>,
    files: &[(&PathBuf, &SourceFile)],
) -> BTreeSet<PathBuf> {
    let mut all = wanted.clone();
    loop {
        let before = all.len();
        for (path, file) in files {
            if file.files_of_modules().any(|file| all.contains(file)) {
                all.insert((*path).clone());
            }
        }
        if all.len() == before {
            return all;
        }
    }
}

impl Standing {
    /// Whether everything is to be read.
    pub(crate) fn reads_everything(&self) -> bool {
        self.unchanged.is_empty()
    }

    /// Whether a file is looked through, for its kinds or for modules that have some.
    pub(crate) fn leads_on(&self, file: &Path) -> bool {
        self.reads_everything() || self.on_the_way.contains(file)
    }

    /// Whether the kinds of a file are read.
    pub(crate) fn has_kinds_to_read(&self, file: &Path) -> bool {
        self.reads_everything() || self.anew.contains(file)
    }

    /// The definitions that stand.
    pub(crate) fn crd_files(&self) -> impl Iterator<Item = &CrdFile> {
        self.definitions.iter().map(|one| &one.file)
    }

    /// The files that are as they were.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.unchanged.keys()
    }

    /// Whether it still stands beside what was read since: the crate has the modules that it had, no file has changed
    /// meanwhile, and no version was added to a definition that stands.
    pub(crate) fn stands_beside(
        &self,
        read: &BTreeMap<PathBuf, SourceFile>,
        origins: &[Origin],
    ) -> bool {
        let files_stand = read.iter().all(|(path, now)| {
            let is_as_before = |before: &SourceFile| now == before;
            let has_modules = |before: &SourceFile| now.has_the_modules_of(before);
            self.unchanged.get(path).is_none_or(is_as_before)
                && self.changed.get(path).is_none_or(has_modules)
        });
        let is_in_one = |origin: &Origin| self.crd_files().any(|file| origin.is_of(file));
        files_stand && !origins.iter().any(is_in_one)
    }

    /// What to keep: what stands, and beside it the files of what was read since. Where these are not all of that, everything
    /// is to be read again the next time.
    pub(crate) fn kept(
        self,
        packages: Fingerprint,
        read: BTreeMap<PathBuf, SourceFile>,
        origins: Option<&[Origin]>,
        files: Vec<CrdFile>,
    ) -> Kept {
        let is_there = |origin: &Origin| files.iter().any(|file| origin.is_of(file));
        let are_all = origins.is_some_and(|origins| origins.iter().all(is_there));
        let origins = origins.unwrap_or_default();
        let mut definitions = self.definitions;
        definitions.extend(files.into_iter().map(|file| {
            let own = origins.iter().filter(|origin| origin.is_of(&file));
            KeptDefinition {
                kinds_in: own.clone().map(|origin| origin.file.clone()).collect(),
                made_of: own.flat_map(|origin| origin.made_of.clone()).collect(),
                file,
            }
        }));
        definitions.sort_by(|one, other| one.file.place().cmp(&other.file.place()));
        let mut all = self.unchanged;
        all.extend(read);
        Kept {
            packages,
            files: if are_all { all } else { BTreeMap::new() },
            definitions,
        }
    }
}

impl Origin {
    /// That of a definition, if this is one.
    pub(crate) fn of(
        definition: &Value,
        file: PathBuf,
        made_of: BTreeSet<PathBuf>,
    ) -> Option<Self> {
        let said = |pointer| definition.pointer(pointer)?.as_str().map(str::to_owned);
        Some(Self {
            group: said("/spec/group")?,
            kind: said("/spec/names/kind")?,
            file,
            made_of,
        })
    }

    /// Whether its definition is in a file.
    fn is_of(&self, file: &CrdFile) -> bool {
        self.group == file.names.group && self.kind == file.names.kind
    }
}
