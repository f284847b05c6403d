//! How much of its doc comments a schema says.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use serde_json::Value;

/// How much of its doc comments a schema says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Descriptions {
    /// All.
    #[default]
    Full,
    /// The first sentence of each.
    FirstSentence,
    /// At most so many characters of each: as many whole sentences as that takes, or else words.
    AtMost(NonZeroUsize),
    /// Nothing.
    None,
}

/// There is no such policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of `full`, `first-sentence`, `none` and a number of characters")]
pub struct NoDescriptions(String);

/// Words with a point that ends no sentence.
const SHORT: [&str; 6] = ["cf.", "e.g.", "eg.", "i.e.", "ie.", "vs."];

/// What stands in the place of what was left out.
const LEFT_OUT: char = '…';

impl FromStr for Descriptions {
    type Err = NoDescriptions;

    fn from_str(said: &str) -> Result<Self, Self::Err> {
        Ok(match said {
            "full" => Self::Full,
            "first-sentence" => Self::FirstSentence,
            "none" => Self::None,
            number => {
                let number: usize = number.parse().map_err(|_| NoDescriptions(said.into()))?;
                NonZeroUsize::new(number).map_or(Self::None, Self::AtMost)
            }
        })
    }
}

impl fmt::Display for Descriptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::FirstSentence => f.write_str("first-sentence"),
            Self::AtMost(number) => number.fmt(f),
            Self::None => f.write_str("none"),
        }
    }
}

impl Descriptions {
    /// Shortens what a schema, and all in it, says of itself.
    pub(crate) fn shorten(self, schema: &mut Value) {
        if self == Self::Full {
            return;
        }
        let Value::Object(schema) = schema else {
            return;
        };
        if let Some(Value::String(text)) = schema.get("description") {
            match self.of(text) {
                Some(text) => schema.insert("description".to_owned(), text.into()),
                None => schema.remove("description"),
            };
        }
        for (key, inner) in schema {
            match (key.as_str(), inner) {
                ("properties" | "patternProperties", Value::Object(properties)) => {
                    for one in properties.values_mut() {
                        self.shorten(one);
                    }
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                    for one in schemas {
                        self.shorten(one);
                    }
                }
                ("items" | "additionalProperties" | "not", one) => self.shorten(one),
                _ => {}
            }
        }
    }

    fn of(self, text: &str) -> Option<String> {
        match self {
            Self::Full => Some(text.to_owned()),
            Self::FirstSentence => Some(first_sentence(text).to_owned()),
            Self::AtMost(number) => Some(at_most(number.get(), text)),
            Self::None => None,
        }
    }
}

fn first_sentence(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    let end = sentence_ends(paragraph).next();
    paragraph[..end.unwrap_or(paragraph.len())].trim_end()
}

/// The places at which sentences end.
fn sentence_ends(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().filter_map(|(at, character)| {
        let end = at + character.len_utf8();
        let (before, after) = text.split_at(end);
        let is_end = match character {
            '.' | '!' | '?' => {
                let word = before
                    .rsplit(|c: char| c.is_whitespace() || c == '(')
                    .next();
                let next = after.trim_start().chars().next();
                (after.is_empty() || after.starts_with(char::is_whitespace))
                    && !word.is_some_and(|word| SHORT.contains(&&*word.to_lowercase()))
                    && !next.is_some_and(char::is_lowercase)
            }
            '。' | '！' | '？' => true,
            _ => false,
        };
        is_end.then_some(end)
    })
}

fn at_most(number: usize, text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(number) else {
        return text.to_owned();
    };
    if let Some(end) = sentence_ends(text).take_while(|at| *at <= end).last() {
        return text[..end].to_owned();
    }
    // The sign for what was left out takes the place of one.
    let (last, _) = text.char_indices().nth(number - 1).unwrap_or_default();
    let is_whole = text[last..].starts_with(char::is_whitespace);
    let words = text[..last]
        .rfind(char::is_whitespace)
        .filter(|_| !is_whole);
    let kept = text[..words.unwrap_or(last)].trim_end();
    format!("{kept}{LEFT_OUT}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_sentence_ends_where_a_reader_would_say_so() {
        for (text, first) in [
            ("One. Two.", "One."),
            ("One\nline more. Two.", "One\nline more."),
            ("One\n\nTwo.", "One"),
            (
                "An image, e.g. Nginx 1.29 or so. Two.",
                "An image, e.g. Nginx 1.29 or so.",
            ),
            ("Is it on? Yes.", "Is it on?"),
            (
                "By v1.2.3 and a.b. and so on",
                "By v1.2.3 and a.b. and so on",
            ),
            ("一つ。二つ。", "一つ。"),
            ("", ""),
        ] {
            assert_eq!(first_sentence(text), first);
        }
    }

    #[test]
    fn so_many_characters_are_sentences_or_else_words() {
        let text = "One two. Three four. Five";
        for (number, kept) in [
            (100, text),
            (25, text),
            (24, "One two. Three four."),
            (20, "One two. Three four."),
            (19, "One two."),
            (8, "One two."),
            (7, "One…"),
            (4, "One…"),
            (3, "On…"),
            (1, "…"),
        ] {
            assert_eq!(at_most(number, text), kept, "{number}");
        }
    }

    #[test]
    fn schemas_are_shortened_and_nothing_else() {
        let schema = || {
            json!({
                "description": "One. Two.",
                "default": { "description": "One. Two." },
                "properties": {
                    "description": { "type": "string", "description": "Three. Four.", "enum": ["a. B."] },
                    "list": { "items": { "description": "Five. Six." } },
                    "map": { "additionalProperties": { "anyOf": [{ "description": "Seven. Eight." }] } },
                },
            })
        };
        let shortened = |descriptions: Descriptions| {
            let mut schema = schema();
            descriptions.shorten(&mut schema);
            schema
        };
        assert_eq!(shortened(Descriptions::Full), schema());
        assert_eq!(
            shortened(Descriptions::FirstSentence),
            json!({
                "description": "One.",
                "default": { "description": "One. Two." },
                "properties": {
                    "description": { "type": "string", "description": "Three.", "enum": ["a. B."] },
                    "list": { "items": { "description": "Five." } },
                    "map": { "additionalProperties": { "anyOf": [{ "description": "Seven." }] } },
                },
            })
        );
        assert_eq!(
            shortened(Descriptions::None),
            json!({
                "default": { "description": "One. Two." },
                "properties": {
                    "description": { "type": "string", "enum": ["a. B."] },
                    "list": { "items": {} },
                    "map": { "additionalProperties": { "anyOf": [{}] } },
                },
            })
        );
    }

    #[test]
    fn policies_are_said_in_words() {
        for said in ["full", "first-sentence", "none", "80"] {
            assert_eq!(said.parse::<Descriptions>().unwrap().to_string(), said);
        }
        assert_eq!("0".parse(), Ok(Descriptions::None));
        for said in ["short", "-1", ""] {
            assert!(said.parse::<Descriptions>().is_err());
        }
    }

    proptest! {
        #[test]
        fn never_more_than_so_many(text in "[a-zé。. \n]{0,60}", number in 1_usize..40) {
            let kept = at_most(number, &text);
            prop_assert!(kept.chars().count() <= number);
            prop_assert!(text.starts_with(kept.trim_end_matches(LEFT_OUT)));
        }
    }
}
