//! What is kept of what a crate declares, so that the next reading reads what has changed alone.
//!
//! A definition, or the access of a controller, stands as long as every file that said something of it has the same text, and
//! the crate is built as before.
//! Where the crate has other modules than it had, everything is read again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::crd_file::CrdFile;
use crate::facts::Controller;
use crate::fingerprint::Fingerprint;
use crate::source::{SourceError, SourceFile, Sources};

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
    /// The files that say which kinds and controllers an operator has: where one has changed, everything is read again.
    listed_in: BTreeSet<PathBuf>,
    definitions: Vec<KeptDefinition>,
    /// In the order of their registration.
    controllers: Vec<KeptController>,
}

/// A definition with all its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KeptDefinition {
    file: CrdFile,
    /// What an operator's list of kinds calls them.
    entries: BTreeSet<String>,
    /// The sources that its kinds stand in.
    kinds_in: BTreeSet<PathBuf>,
    /// The files that say something of it.
    made_of: BTreeSet<PathBuf>,
}

/// A controller and the access that it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptController {
    pub(crate) controller: Controller,
    /// What the operator's list calls it.
    pub(crate) entry: String,
    /// The files that say something of it.
    pub(crate) made_of: BTreeSet<PathBuf>,
}

/// Where a kind comes from that was read.
#[derive(Debug)]
pub(crate) struct Origin {
    /// What the operator's list calls it.
    pub(crate) entry: Option<String>,
    pub(crate) group: String,
    pub(crate) kind: String,
    /// The source that it stands in.
    pub(crate) file: PathBuf,
    /// The files that say something of it.
    pub(crate) made_of: BTreeSet<PathBuf>,
}

/// Where all of it comes from.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    /// That of each kind that was read.
    pub(crate) kinds: Vec<Origin>,
    /// The files that say which kinds and controllers an operator has.
    pub(crate) listed_in: BTreeSet<PathBuf>,
    /// All controllers, in the order of their registration.
    pub(crate) controllers: Vec<KeptController>,
}

/// What a reading is made of: what was read, and what stands of the reading before. That of a program which was asked is
/// empty.
#[derive(Debug, Default)]
pub struct Basis {
    /// The files that say how the crate is built.
    manifests: BTreeSet<PathBuf>,
    /// That of its packages.
    packages: Fingerprint,
    /// The files that were read.
    read: BTreeMap<PathBuf, SourceFile>,
    standing: Standing,
    /// None where not all could be read.
    origins: Option<Origins>,
}

/// What stands of what was kept, and what is to be read because the rest does not.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    listed_in: BTreeSet<PathBuf>,
    definitions: Vec<KeptDefinition>,
    controllers: Vec<KeptController>,
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
        if self.listed_in.iter().any(|file| changed.contains_key(file)) {
            return Standing::default();
        }
        let (mut definitions, mut controllers) = (self.definitions, self.controllers);
        let mut anew: BTreeSet<PathBuf> = changed.keys().cloned().collect();
        controllers.retain(|one| one.made_of.is_disjoint(&anew));
        drop_made_of(&mut definitions, &mut anew);
        let files: Vec<_> = unchanged.iter().chain(&changed).collect();
        let on_the_way = with_those_that_lead_to(&anew, &files);
        Standing {
            listed_in: self.listed_in,
            definitions,
            controllers,
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

    /// Whether nothing has changed.
    pub(crate) fn is_all(&self) -> bool {
        !self.reads_everything() && self.changed.is_empty()
    }

    /// Whether the kind stands that an operator's list calls so.
    pub(crate) fn has_kind(&self, entry: &str) -> bool {
        let mut definitions = self.definitions.iter();
        definitions.any(|one| one.entries.contains(entry))
    }

    /// The controller that an operator's list calls so, if it stands.
    pub(crate) fn controller(&self, entry: &str) -> Option<&KeptController> {
        self.controllers.iter().find(|one| one.entry == entry)
    }

    /// Where an operator comes from of which nothing has changed.
    pub(crate) fn origins(&self) -> Origins {
        Origins {
            kinds: Vec::new(),
            listed_in: self.listed_in.clone(),
            controllers: self.controllers.clone(),
        }
    }

    /// The definitions that stand.
    pub(crate) fn crd_files(&self) -> impl Iterator<Item = &CrdFile> {
        self.definitions.iter().map(|one| &one.file)
    }

    /// Whether it still stands beside what was read since: the crate has the modules that it had, no file has changed
    /// meanwhile, and no version was added to a definition that stands.
    fn stands_beside(&self, read: &BTreeMap<PathBuf, SourceFile>, kinds: &[Origin]) -> bool {
        let files_stand = read.iter().all(|(path, now)| {
            let is_as_before = |before: &SourceFile| now == before;
            let has_modules = |before: &SourceFile| now.has_the_modules_of(before);
            self.unchanged.get(path).is_none_or(is_as_before)
                && self.changed.get(path).is_none_or(has_modules)
        });
        let is_in_one = |origin: &Origin| self.crd_files().any(|file| origin.is_of(file));
        files_stand && !kinds.iter().any(is_in_one)
    }
}

impl Origins {
    /// Those of a crate's kinds.
    pub(crate) fn of_kinds(kinds: Vec<Origin>) -> Self {
        Self {
            kinds,
            ..Self::default()
        }
    }
}

impl Basis {
    /// That of what was read of these sources, beside what stands; or why a file of them could not be read.
    pub(crate) fn of(
        sources: Sources,
        standing: Standing,
        origins: Option<Origins>,
    ) -> Result<Self, SourceError> {
        Ok(Self {
            manifests: sources.manifests(),
            packages: sources.packages(),
            read: sources.files()?,
            standing,
            origins,
        })
    }

    /// Whether what was taken to stand does so beside what was read.
    pub(crate) fn holds(&self) -> bool {
        let kinds = self
            .origins
            .as_ref()
            .map(|origins| origins.kinds.as_slice());
        let kinds = kinds.unwrap_or_default();
        self.standing.stands_beside(&self.read, kinds)
    }

    /// The files that say something of it.
    pub fn files(&self) -> BTreeSet<PathBuf> {
        let read = self.read.keys().chain(self.standing.unchanged.keys());
        read.chain(&self.manifests).cloned().collect()
    }

    /// The files of those definitions that are as they were kept.
    pub fn unchanged(&self) -> impl Iterator<Item = &CrdFile> {
        self.standing.crd_files()
    }

    /// Whether there is something to keep that is not kept yet.
    pub fn is_new(&self) -> bool {
        !self.read.is_empty()
    }

    /// What to keep, given the files of the kinds that were read: these and what stands. Where not all could be read, everything
    /// is to be read again the next time.
    pub fn keep(self, new: Vec<CrdFile>) -> Kept {
        let is_there = |origin: &Origin| new.iter().any(|file| origin.is_of(file));
        let origins = self.origins.as_ref();
        let are_all = origins.is_some_and(|origins| origins.kinds.iter().all(is_there));
        let origins = self.origins.unwrap_or_default();
        let mut definitions = self.standing.definitions;
        definitions.extend(new.into_iter().map(|file| {
            let own = origins.kinds.iter().filter(|origin| origin.is_of(&file));
            KeptDefinition {
                entries: own
                    .clone()
                    .filter_map(|origin| origin.entry.clone())
                    .collect(),
                kinds_in: own.clone().map(|origin| origin.file.clone()).collect(),
                made_of: own.flat_map(|origin| origin.made_of.clone()).collect(),
                file,
            }
        }));
        definitions.sort_by(|one, other| one.file.place().cmp(&other.file.place()));
        let mut files = self.standing.unchanged;
        files.extend(self.read);
        Kept {
            packages: self.packages,
            files: if are_all { files } else { BTreeMap::new() },
            listed_in: origins.listed_in,
            definitions,
            controllers: origins.controllers,
        }
    }
}

impl Origin {
    /// That of a definition, if this is one.
    pub(crate) fn of(
        definition: &Value,
        entry: Option<String>,
        file: PathBuf,
        made_of: BTreeSet<PathBuf>,
    ) -> Option<Self> {
        let said = |pointer| definition.pointer(pointer)?.as_str().map(str::to_owned);
        Some(Self {
            entry,
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
