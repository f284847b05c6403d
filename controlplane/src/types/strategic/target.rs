//! What Go knows of the type that a patch is merged into.

use std::sync::LazyLock;

use super::Wrong;
use crate::{
    Patch, Shape,
    types::go::{Kind, Named, Type},
};

/// The type of an object or of a list's items.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    Struct(&'static Named),
    Other(&'a Type),
}

impl Target<'static> {
    fn of(of: &'static Type) -> Self {
        match &of.kind {
            Kind::Pointer(of) => Self::of(of),
            Kind::Struct(named) => Self::Struct(named),
            _ => Self::Other(of),
        }
    }
}

impl Target<'_> {
    /// The type of a field, and how it is merged.
    pub(super) fn field(self, name: &str) -> Result<(Target<'static>, &'static Patch), Wrong> {
        let (of, patch) = self.found(name)?;
        Ok((Target::of(of), patch))
    }

    /// The type of the items of a field, and how it is merged.
    pub(super) fn items(self, name: &str) -> Result<(Target<'static>, &'static Patch), Wrong> {
        let (of, patch) = self.found(name)?;
        match &of.kind {
            Kind::List(items) => Ok((Target::of(items), patch)),
            Kind::Pointer(of) | Kind::Map(of) if matches!(of.kind, Kind::List(_)) => {
                Ok((Target::of(of), patch))
            }
            Kind::Pointer(_) => Ok((Target::of(of), patch)),
            _ => Err(Wrong::Other(format!(
                "expected slice or array type, but got: {}",
                self.kind()
            ))),
        }
    }

    /// What Go's reflection calls it.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Struct(_) => "struct",
            Self::Other(of) => of.go_kind(),
        }
    }

    /// Go does not mind the case where no name is the same.
    fn found(self, name: &str) -> Result<(&'static Type, &'static Patch), Wrong> {
        static NONE: LazyLock<Patch> = LazyLock::new(Patch::default);
        let unknown = |owner: &str| {
            Wrong::Other(format!(
                "unable to find api field in struct {owner} for the json field \"{name}\""
            ))
        };
        match self {
            Self::Struct(named) => {
                let fields = named.fields();
                let found = fields.iter().find(|it| it.name == name);
                let found =
                    found.or_else(|| fields.iter().find(|it| it.name.eq_ignore_ascii_case(name)));
                let field = found.ok_or_else(|| unknown(named.short_name()))?;
                let patch = match &named.schema().shape {
                    Shape::Object(object) => object.fields.get(field.name).map(|it| &it.patch),
                    _ => None,
                };
                Ok((&field.of, patch.unwrap_or(&NONE)))
            }
            Self::Other(of) if of.go_kind() == "struct" => {
                Err(unknown(of.go_name().rsplit('.').next().unwrap_or("")))
            }
            Self::Other(of) => Err(Wrong::Other(format!(
                "merging an object in json but data type is not struct, instead is: {}",
                of.go_kind()
            ))),
        }
    }
}
