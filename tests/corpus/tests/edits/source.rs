//! A kind as its author writes it, and its text.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use crate::possible::GIVEN;

/// A module with one kind, whose spec is the first of its types.
#[derive(Clone, Debug)]
pub struct Source {
    pub types: Vec<Type>,
    pub kube: Attributes,
}

/// Attributes by what they are about, so that none is said twice.
pub type Attributes = BTreeMap<&'static str, String>;

#[derive(Clone, Debug)]
pub struct Type {
    pub words: &'static str,
    /// With kube's `KubeSchema` in place of schemars' `JsonSchema`.
    pub has_rules: bool,
    pub attributes: Attributes,
    pub shape: Shape,
}

#[derive(Clone, Debug)]
pub enum Shape {
    Struct(Vec<Field>),
    Enum(Vec<Variant>),
    Newtype(Kept),
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub name: &'static str,
    pub words: &'static str,
    pub attributes: Attributes,
    /// None in a unit variant.
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: &'static str,
    pub words: &'static str,
    pub attributes: Attributes,
    pub kept: Kept,
}

/// What a field keeps.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    Plain(&'static str),
    /// A type of the same module.
    Own(usize),
    Option(Box<Self>),
    Vec(Box<Self>),
    Map(Box<Self>),
    Box(Box<Self>),
}

const USES: &str = "\
use std::collections::{BTreeMap, BTreeSet, HashMap};

use k8s_openapi::apimachinery::pkg::{api::resource::Quantity, apis::meta::v1::{Condition, LabelSelector}, util::intstr::IntOrString};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
";

impl Display for Source {
    fn fmt(&self, text: &mut Formatter<'_>) -> fmt::Result {
        writeln!(text, "{USES}")?;
        for (number, declared) in self.types.iter().enumerate() {
            writeln!(text)?;
            declared.write(text, number, (number == 0).then_some(&self.kube))?;
        }
        for (name, value) in GIVEN {
            writeln!(text, "\nfn given_{name}() -> {name} {{\n    {value}\n}}")?;
        }
        Ok(())
    }
}

impl Type {
    fn write(
        &self,
        text: &mut Formatter<'_>,
        number: usize,
        kube: Option<&Attributes>,
    ) -> fmt::Result {
        write_words(text, "", self.words)?;
        let root = if kube.is_some() {
            "CustomResource, "
        } else {
            ""
        };
        let schema = if self.has_rules {
            "KubeSchema"
        } else {
            "JsonSchema"
        };
        writeln!(
            text,
            "#[derive({root}Serialize, Deserialize, Clone, Debug, Default, {schema})]"
        )?;
        if let Some(kube) = kube {
            write!(
                text,
                "#[kube(group = \"example.com\", version = \"v1\", kind = \"Edited\""
            )?;
            for attribute in kube.values() {
                write!(text, ", {attribute}")?;
            }
            writeln!(text, ")]")?;
        }
        write_attributes(text, "", &self.attributes)?;
        match &self.shape {
            Shape::Struct(fields) => {
                writeln!(text, "pub struct T{number} {{")?;
                write_fields(text, "    ", "pub ", fields)?;
                writeln!(text, "}}")
            }
            Shape::Enum(variants) => {
                writeln!(text, "pub enum T{number} {{")?;
                for (place, variant) in variants.iter().enumerate() {
                    write_words(text, "    ", variant.words)?;
                    write_attributes(text, "    ", &variant.attributes)?;
                    if place == 0 {
                        writeln!(text, "    #[default]")?;
                    }
                    if variant.fields.is_empty() {
                        writeln!(text, "    {},", variant.name)?;
                    } else {
                        writeln!(text, "    {} {{", variant.name)?;
                        write_fields(text, "        ", "", &variant.fields)?;
                        writeln!(text, "    }},")?;
                    }
                }
                writeln!(text, "}}")
            }
            Shape::Newtype(kept) => writeln!(text, "pub struct T{number}(pub {kept});"),
        }
    }
}

impl Display for Kept {
    fn fmt(&self, text: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(name) => write!(text, "{name}"),
            Self::Own(number) => write!(text, "T{number}"),
            Self::Option(inner) => write!(text, "Option<{inner}>"),
            Self::Vec(inner) => write!(text, "Vec<{inner}>"),
            Self::Map(inner) => write!(text, "BTreeMap<String, {inner}>"),
            Self::Box(inner) => write!(text, "Box<{inner}>"),
        }
    }
}

fn write_fields(
    text: &mut Formatter<'_>,
    indent: &str,
    visibility: &str,
    fields: &[Field],
) -> fmt::Result {
    for field in fields {
        write_words(text, indent, field.words)?;
        write_attributes(text, indent, &field.attributes)?;
        writeln!(text, "{indent}{visibility}{}: {},", field.name, field.kept)?;
    }
    Ok(())
}

fn write_words(text: &mut Formatter<'_>, indent: &str, words: &str) -> fmt::Result {
    for line in words.lines() {
        writeln!(text, "{indent}///{line}")?;
    }
    Ok(())
}

fn write_attributes(
    text: &mut Formatter<'_>,
    indent: &str,
    attributes: &Attributes,
) -> fmt::Result {
    for attribute in attributes.values() {
        writeln!(text, "{indent}#[{attribute}]")?;
    }
    Ok(())
}
