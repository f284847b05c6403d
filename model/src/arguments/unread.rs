//! What nobody took and what is missing, in words.

use proc_macro2::TokenStream;
use syn::LitStr;

use super::{Argument, Arguments, Value, listed};
use crate::error::Error;
use crate::names;
use crate::nearest::{nearest, slip_of};
use crate::places::{places_of, synonym_of};

impl Arguments<'_> {
    /// Reports what nobody took and what is missing.
    pub(crate) fn finish(mut self) {
        for tokens in &self.nameless {
            self.errors.push(self.unnamed(tokens));
        }
        for argument in std::mem::take(&mut self.given) {
            let written = argument.name.to_string();
            let meant = meant(&self.of, &written, &self.known);
            if self.is_kind(&argument, meant) {
                self.missing.retain(|(names, _)| !names.is_empty());
            }
            self.absent.retain(|(name, _)| meant != Some(name));
            self.missing
                .retain(|(names, _)| meant.is_none_or(|meant| !names.contains(&meant)));
            self.errors.push(self.unknown(&argument, meant));
        }
        if let Some(error) = self.report_absent() {
            self.errors.push(error);
        }
        for (_, error) in self.missing {
            self.errors.push(error);
        }
    }

    /// All that has to be there and is not, in one message: who forgot one has often forgotten another.
    fn report_absent(&self) -> Option<Error> {
        let names: Vec<_> = self.absent.iter().map(|(name, _)| *name).collect();
        let examples: Vec<_> = self
            .absent
            .iter()
            .map(|(_, example)| example.as_str())
            .collect();
        let message = format!("`{}` needs {}", self.of, listed(&names));
        let error = Error::at(self.span, message).help(format!("add `{}`", examples.join(", ")));
        (!names.is_empty()).then_some(error)
    }

    fn unnamed(&self, tokens: &TokenStream) -> Error {
        let kind = syn::parse2::<LitStr>(tokens.clone())
            .ok()
            .map(|text| text.value());
        if let Some(kind) = kind.filter(|kind| self.has_kinds && names::is_type_name(kind)) {
            let error = Error::new(tokens, "a kind is a type, and no text");
            return error.help(format!("write `{kind}`"));
        }
        let message = format!("expected the name of an argument of `{}`", self.of);
        Error::new(tokens, message).help(self.listed_known())
    }

    /// Whether it is a kind that isn't written as a type.
    fn is_kind(&self, Argument { name, value, .. }: &Argument, meant: Option<&str>) -> bool {
        let is_no_argument = meant.is_none() && places_of(&name.to_string()).next().is_none();
        self.has_kinds && matches!(value, Value::Flag) && is_no_argument
    }

    fn unknown(&self, argument: &Argument, meant: Option<&str>) -> Error {
        let name = &argument.name;
        let written = name.to_string();
        if self.is_kind(argument, meant) {
            let error = Error::new(name, format!("`{written}` is not a kind, which is a type"));
            return error.help(format!("try `{}`", names::type_name(&written)));
        }
        let message = format!("unknown argument `{written}` of `{}`", self.of);
        Error::new(name, message).help(self.way_out(&written, meant))
    }

    /// A slip of the pen, an argument of something else, or a longer way to the right name.
    fn way_out(&self, written: &str, meant: Option<&str>) -> String {
        let places: Vec<_> = places_of(written)
            .filter(|place| *place != self.of)
            .map(|place| format!("`{place}`"))
            .collect();
        match meant {
            Some(meant)
                if places.is_empty()
                    || slip_of(written, [meant]).is_some()
                    || synonym_of(&self.of, written).is_some() =>
            {
                format!("did you mean `{meant}`?")
            }
            None if places.is_empty() => self.listed_known(),
            _ => format!("it belongs in {}", places.join(" or ")),
        }
    }

    fn listed_known(&self) -> String {
        let mut known = self.known.clone();
        known.sort_unstable();
        match known.as_slice() {
            [] if self.has_kinds => "it takes kinds alone".to_owned(),
            [] => "it takes none".to_owned(),
            [only] => format!("there is only `{only}`"),
            _ => format!("known are {}", listed(&known)),
        }
    }
}

/// The known argument that somebody meant: under another tool's word for it, or misspelt.
pub(super) fn meant(of: &str, written: &str, known: &[&'static str]) -> Option<&'static str> {
    synonym_of(of, written).or_else(|| nearest(written, known.iter().copied()))
}
