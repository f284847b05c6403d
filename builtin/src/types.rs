//! The table of types: what its lines say.

use crate::{
    blocks::{Block, word},
    docs,
};

const TABLE: &str = include_str!("types.txt");

/// A type's lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type(Block);

/// A field's line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
    shape: &'static str,
    words: &'static str,
}

/// What something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape<'a> {
    /// A type, by its path or by its name in the module of whoever speaks of it.
    Named(&'a str),
    List(&'a str),
    Map(&'a str),
    IntOrString,
    /// Something of which nothing is said.
    Anything,
    /// Something that contains itself.
    Recursive,
    Scalar {
        of: &'a str,
        format: Option<&'a str>,
    },
}

impl Type {
    /// A type by its path.
    pub(super) fn find(path: &str) -> Option<Self> {
        Block::find(TABLE, path).map(Self)
    }

    /// Its path below k8s-openapi's root.
    pub(super) fn path(&self) -> &'static str {
        self.0.name
    }

    /// A type by what this one calls it.
    pub(super) fn beside(&self, name: &str) -> Option<Self> {
        if name.contains("::") {
            return Self::find(name);
        }
        let (module, _) = self.path().rsplit_once("::")?;
        Self::find(&format!("{module}::{name}"))
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = Field> + use<> {
        self.0.lines().filter_map(Field::read)
    }

    /// What its documentation says.
    pub(super) fn doc(&self) -> Option<&'static str> {
        doc(self.0.words)
    }

    /// What its first line says of it under this key.
    pub(super) fn word(&self, key: &str) -> Option<&'static str> {
        word(self.0.words, key)
    }
}

impl Field {
    fn read(line: &'static str) -> Option<Self> {
        let (name, rest) = line.split_once(' ')?;
        let (shape, words) = rest.split_once(' ').unwrap_or((rest, ""));
        Some(Self {
            name: name.strip_suffix('*').unwrap_or(name),
            required: name.ends_with('*'),
            shape,
            words,
        })
    }

    pub(super) fn shape(&self) -> Shape<'static> {
        Shape::read(self.shape)
    }

    /// What its own documentation says.
    pub(super) fn doc(&self) -> Option<&'static str> {
        doc(self.words)
    }

    /// Whether its own documentation, if it has some, says this.
    pub(super) fn is_documented(&self, said: Option<&str>) -> bool {
        is_documented(self.words, said)
    }
}

/// Whether the documentation whose number these words have, if they have one, says this.
pub(super) fn is_documented(words: &'static str, said: Option<&str>) -> bool {
    doc_number(words).is_none_or(|number| said.is_some_and(|it| docs::is(number, it)))
}

impl<'a> Shape<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let within = |open: char, close: char| text.strip_prefix(open)?.strip_suffix(close);
        match text {
            "int-or-string" => Self::IntOrString,
            "anything" => Self::Anything,
            "recursive" => Self::Recursive,
            _ if text.contains("::") && !text.starts_with(['[', '{']) => Self::Named(text),
            _ if text.starts_with(|it: char| it.is_ascii_uppercase()) => Self::Named(text),
            _ => match (within('[', ']'), within('{', '}'), text.split_once('/')) {
                (Some(inner), ..) => Self::List(inner),
                (_, Some(inner), _) => Self::Map(inner),
                (.., Some((of, format))) => Self::Scalar {
                    of,
                    format: Some(format),
                },
                _ => Self::Scalar {
                    of: text,
                    format: None,
                },
            },
        }
    }

    /// What a schema's `type` says, where it says something.
    pub(super) fn type_name(self) -> Option<&'a str> {
        match self {
            Self::List(_) => Some("array"),
            Self::Map(_) => Some("object"),
            Self::Scalar { of, .. } => Some(of),
            _ => None,
        }
    }
}

fn doc(words: &'static str) -> Option<&'static str> {
    docs::text(doc_number(words)?)
}

fn doc_number(words: &'static str) -> Option<usize> {
    word(words, "doc")?.parse().ok()
}
