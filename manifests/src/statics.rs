//! The kinds that the sources of a crate have.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::crd_file::CrdFile;
use crate::facts::Facts;
use crate::fingerprint::Fingerprint;
use crate::kept::{Kept, Origin, Standing};
use crate::schema::{Schemas, is_known};
use crate::source::{Features, Place, SourceError, SourceFile, Sources, TypeId, Unread, name};
use crate::{definition, operator};

/// What was read of a crate's sources.
#[derive(Debug)]
pub struct Reading {
    /// The name of the crate's package.
    pub package: String,
    /// The kinds, in the order of their files and lines, without those whose definitions are unchanged.
    pub kinds: Vec<Kind>,
    /// What is wrong with myop's own attributes, of which the compiler says the same, and with what attributes of others
    /// say of schemas, of which the compiler says it in structs that have one of myop's own.
    pub mistakes: Vec<(Place, myop_model::Error)>,
    /// The files that say how the crate is built.
    manifests: BTreeSet<PathBuf>,
    /// That of its packages.
    packages: Fingerprint,
    /// The files that were read.
    read: BTreeMap<PathBuf, SourceFile>,
    /// What stands of what was kept.
    standing: Standing,
    /// Where the kinds come from, if all could be read.
    origins: Option<Vec<Origin>>,
}

/// A kind in one version.
#[derive(Debug)]
pub struct Kind {
    /// The path of its type, from the name of the crate.
    pub path: String,
    /// The struct of its spec.
    pub spec: String,
    /// Where that stands.
    pub place: Place,
    /// Its `CustomResourceDefinition`, or why that can't be seen without running the program.
    pub definition: Result<Value, Unread>,
}

/// What an operator declares, as far as its sources tell.
#[derive(Debug)]
pub struct Declared {
    /// The files that this was read from.
    pub files: BTreeSet<PathBuf>,
    /// The facts that its program would print, or why they can't be seen without running it.
    pub facts: Result<Facts, Unread>,
    /// What is wrong with myop's own attributes, of which the compiler says the same, and with what attributes of others
    /// say of schemas, of which the compiler says it in structs that have one of myop's own.
    pub mistakes: Vec<(Place, myop_model::Error)>,
}

/// Reads what the operator in a folder declares: the kinds of `api::kinds()` and the controllers of
/// `controllers::register()`.
///
/// # Errors
/// When there is no crate, or a file of it can't be read or is not Rust.
pub fn read_operator(folder: &Path) -> Result<Declared, SourceError> {
    let sources = Sources::read(folder, &Features::default(), is_known)?;
    let schemas = Schemas::new(&sources);
    let facts = operator::read(&sources, &schemas).map_err(|unread| *unread);
    // What they don't speak of is to be Rust, too.
    sources.own_types().for_each(drop);
    let mut mistakes = sources.mistakes();
    let facts = facts.map(|(facts, wrong)| {
        mistakes.extend(wrong);
        facts
    });
    mistakes.extend(schemas.mistakes());
    let mut files = sources.manifests();
    files.extend(sources.files()?.into_keys());
    Ok(Declared {
        files,
        facts,
        mistakes,
    })
}

/// Reads the kinds of the crate in a folder, as it is built with these features: each struct with `#[resource]`, or with
/// kube's derive of `CustomResource`.
///
/// # Errors
/// When there is no crate, it has no such features, or a file of it can't be read or is not Rust.
pub fn read_sources(folder: &Path, features: &Features) -> Result<Reading, SourceError> {
    read_again(folder, features, Kept::default())
}

/// The same, without what is kept of an earlier reading by the same program, with the same [`Descriptions`](crate::Descriptions),
/// and has not changed since.
///
/// # Errors
/// As [`read_sources`].
pub fn read_again(folder: &Path, features: &Features, kept: Kept) -> Result<Reading, SourceError> {
    let sources = || Sources::read(folder, features, is_known);
    let first = sources()?;
    let standing = kept.standing(first.packages());
    if standing.reads_everything() {
        return read(first, standing);
    }
    let reading = read(first, standing)?;
    let origins = reading.origins.as_deref().unwrap_or_default();
    if reading.standing.stands_beside(&reading.read, origins) {
        return Ok(reading);
    }
    read(sources()?, Standing::default())
}

/// Reads the kinds beside those that stand.
fn read(sources: Sources, standing: Standing) -> Result<Reading, SourceError> {
    let schemas = Schemas::new(&sources);
    let leads_on = |file: &Path| standing.leads_on(file);
    let ids = sources.own_types_in(&leads_on);
    let found = ids.filter_map(|id| kind(&sources, &schemas, id, &standing));
    let (mut kinds, origins): (Vec<_>, Vec<_>) = found.unzip();
    kinds.sort_by(|one, other| one.place.cmp(&other.place));
    let mut mistakes = sources.mistakes();
    mistakes.extend(schemas.mistakes());
    mistakes.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(Reading {
        package: sources.package().to_owned(),
        kinds,
        mistakes,
        manifests: sources.manifests(),
        packages: sources.packages(),
        read: sources.files()?,
        standing,
        origins: origins.into_iter().collect(),
    })
}

/// The kind that a type is the spec of, if it is one and does not stand.
fn kind(
    sources: &Sources,
    schemas: &Schemas<'_>,
    id: TypeId,
    standing: &Standing,
) -> Option<(Kind, Option<Origin>)> {
    let root = sources.root_of(id)?;
    let item = sources.type_item(id);
    let file = sources.file(item.module);
    if !standing.has_kinds_to_read(file) {
        return None;
    }
    let ident = item.item.name();
    sources.take_looked_at();
    let definition = definition::read(schemas, id).map_err(|unread| *unread);
    let made_of = sources.take_looked_at();
    let origin = definition.as_ref().ok();
    let origin = origin.and_then(|crd| Origin::of(crd, file.to_owned(), made_of));
    let kind = Kind {
        path: format!("{}::{root}", sources.path(item.module)),
        spec: name(ident),
        place: Place::of(file.to_owned(), ident.span()),
        definition,
    };
    Some((kind, origin))
}

impl Reading {
    /// The files that say something of it.
    pub fn files(&self) -> BTreeSet<PathBuf> {
        let read = self.read.keys().chain(self.standing.files());
        read.chain(&self.manifests).cloned().collect()
    }

    /// The files of those definitions that are as they were kept.
    pub fn unchanged(&self) -> impl Iterator<Item = &CrdFile> {
        self.standing.crd_files()
    }

    /// Whether all is as it was kept.
    pub fn is_kept(&self) -> bool {
        self.read.is_empty()
    }

    /// All definitions, given the files of those of its kinds, and what tells whether they still stand.
    pub fn keep(self, files: Vec<CrdFile>) -> Kept {
        let Self {
            standing,
            packages,
            read,
            origins,
            ..
        } = self;
        standing.kept(packages, read, origins.as_deref(), files)
    }
}
