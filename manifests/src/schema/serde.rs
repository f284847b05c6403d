//! What serde's attributes say, and schemars' in its words, as schemars takes them: its own come first.

use myop_model::Case;
use syn::{ExprPath, Meta, Path, Type};

use super::meta::{self, Argument, Said};

/// What is said of a container, a variant or a field. What a place has no use for stays unsaid.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Clone, Debug, Default)]
pub(super) struct Serde {
    pub(super) rename: Name,
    pub(super) rename_all: Option<Case>,
    pub(super) rename_all_fields: Option<Case>,
    pub(super) default: Default,
    pub(super) skip_serializing: bool,
    pub(super) skip_deserializing: bool,
    pub(super) skip_serializing_if: Option<Path>,
    pub(super) flatten: bool,
    pub(super) tag: Option<String>,
    pub(super) content: Option<String>,
    pub(super) untagged: bool,
    pub(super) transparent: bool,
    /// `from` or `try_from`.
    pub(super) from: Option<Type>,
    pub(super) into: Option<Type>,
    pub(super) deny_unknown_fields: bool,
    pub(super) remote: Option<Path>,
    /// Whether it is written in a way of its own.
    pub(super) serialize_with: bool,
}

/// A name by `rename`.
#[derive(Clone, Debug, Default)]
pub(super) struct Name {
    pub(super) read: Option<String>,
    pub(super) written: Option<String>,
}

/// What stands in for a field that is not there.
#[derive(Clone, Debug, Default)]
pub(super) enum Default {
    #[default]
    None,
    /// `#[serde(default)]`
    Trait,
    /// `#[serde(default = "path")]`
    Path(Path),
}

impl Default {
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

/// What schemars lets be said in its own attribute, in the place of serde's.
const SHARED: &[&str] = &[
    "rename",
    "rename_all",
    "rename_all_fields",
    "deny_unknown_fields",
    "tag",
    "content",
    "untagged",
    "default",
    "skip",
    "skip_serializing",
    "skip_serializing_if",
    "skip_deserializing",
    "flatten",
    "remote",
    "transparent",
    "into",
    "from",
    "try_from",
];

/// The arguments of serde's that are in force: schemars' of the same words first, and without those that it takes back.
fn in_force(said: &Said) -> Vec<&Meta> {
    let mut metas = Vec::new();
    let mut overridden = Vec::new();
    for argument in &said.schemars {
        match argument {
            Argument::TakenBack(path) => {
                overridden.extend(path.get_ident().map(ToString::to_string));
            }
            Argument::Said(meta) => {
                let name = meta::name_of(meta);
                if SHARED.contains(&name.as_str()) {
                    overridden.push(name);
                    metas.push(&**meta);
                }
            }
        }
    }
    if overridden.iter().any(|name| name == "skip") {
        overridden.extend([
            "skip_serializing".to_owned(),
            "skip_deserializing".to_owned(),
        ]);
    }
    let left = |meta: &&Meta| overridden.is_empty() || !overridden.contains(&meta::name_of(meta));
    metas.extend(said.serde.iter().filter(left));
    metas
}

/// That what is said is what serde takes.
pub(super) fn check(said: &Said) -> Result<(), syn::Error> {
    for meta in &said.serde {
        let wrong = |what: String| Err(syn::Error::new_spanned(meta, what));
        match meta::name_of(meta).as_str() {
            "default"
                if meta::value(meta).is_some() && meta::parsed::<ExprPath>(meta).is_none() =>
            {
                return wrong(
                    "`default` takes the path of a function, as text: `default = \"three\"`"
                        .to_owned(),
                );
            }
            name @ ("rename_all" | "rename_all_fields") => {
                let Name { read, written } = Name::read(meta);
                let unknown = |name: &&String| Case::parse(name).is_none();
                if let Some(case) = read.iter().chain(&written).find(unknown) {
                    let instead =
                        meta::instead(case, "it takes", &Case::NAMED.map(|(name, _)| name));
                    return wrong(format!("unknown case `{case}` in `{name}`; {instead}"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

impl Serde {
    pub(super) fn read(said: &Said) -> Self {
        let mut serde = Self::default();
        for meta in in_force(said) {
            serde.take(meta);
        }
        serde
    }

    /// What serde itself goes by, when it writes: schemars' words are not for it.
    pub(super) fn of_writing(said: &Said) -> Self {
        let mut serde = Self::default();
        for meta in &said.serde {
            serde.take(meta);
        }
        serde
    }

    fn take(&mut self, meta: &Meta) {
        match meta::name_of(meta).as_str() {
            "rename" => self.rename = Name::read(meta),
            "rename_all" => self.rename_all = case(meta),
            "rename_all_fields" => self.rename_all_fields = case(meta),
            "default" => {
                self.default = match meta::parsed(meta) {
                    Some(path) => Default::Path(path),
                    None => Default::Trait,
                }
            }
            "skip" => {
                self.skip_serializing = true;
                self.skip_deserializing = true;
            }
            "skip_serializing" => self.skip_serializing = true,
            "skip_deserializing" => self.skip_deserializing = true,
            "skip_serializing_if" => self.skip_serializing_if = meta::parsed(meta),
            "flatten" => self.flatten = true,
            "tag" => self.tag = meta::text(meta),
            "content" => self.content = meta::text(meta),
            "untagged" => self.untagged = true,
            "transparent" => self.transparent = true,
            "from" | "try_from" => self.from = meta::parsed(meta),
            "into" => self.into = meta::parsed(meta),
            "deny_unknown_fields" => self.deny_unknown_fields = true,
            "remote" => self.remote = meta::parsed(meta),
            "with" | "serialize_with" => self.serialize_with = true,
            _ => {}
        }
    }
}

impl Name {
    /// `rename = "a"`, or `rename(serialize = "a", deserialize = "b")`.
    fn read(meta: &Meta) -> Self {
        let both = meta::text(meta);
        let of = |direction: &str| {
            let nested = meta::nested(meta);
            let one = nested.iter().find(|one| meta::name_of(one) == direction)?;
            meta::text(one)
        };
        Self {
            read: both.clone().or_else(|| of("deserialize")),
            written: both.or_else(|| of("serialize")),
        }
    }
}

/// The case for what is read.
fn case(meta: &Meta) -> Option<Case> {
    Name::read(meta).read.as_deref().and_then(Case::parse)
}
