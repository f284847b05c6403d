//! What schemars' derive makes of an enum, in each of serde's four ways to write one.

use myop_model::Case;
use serde_json::{Value, json};
use syn::spanned::Spanned as _;
use syn::{Fields, ItemEnum, Variant};

use super::derive::Container;
use super::said::{About, Instead};
use super::serde::{Default, Serde};
use super::value::Values;
use super::{Schemas, about, flatten, outside};
use crate::source::{Read, name};

/// A variant, with what is said of it.
struct Choice<'a> {
    name: String,
    serde: Serde,
    about: About,
    instead: Option<Instead>,
    variant: &'a Variant,
}

impl Choice<'_> {
    fn is_unit(&self) -> bool {
        matches!(self.variant.fields, Fields::Unit)
    }

    /// Whether it is only a word in a list.
    fn is_word(&self) -> bool {
        self.is_unit() && self.about.is_empty() && self.instead.is_none() && !self.serde.untagged
    }
}

impl Schemas<'_> {
    pub(super) fn enumeration(&self, item: &ItemEnum, container: &Container<'_>) -> Read<Value> {
        if item.variants.is_empty() {
            return Ok(json!(false));
        }
        let mut choices = Vec::new();
        for variant in &item.variants {
            if self
                .sources
                .is_there(container.scope.module, &variant.attrs)?
            {
                choices.push(self.choice(variant, container)?);
            }
        }
        let serde = &container.serde;
        if serde.untagged {
            return self.untagged(&choices, container);
        }
        match (&serde.tag, &serde.content) {
            (None, _) => self.by_key(&choices, container),
            (Some(tag), None) => self.by_tag_inside(&choices, tag, container),
            (Some(tag), Some(content)) => self.by_tag_beside(&choices, tag, content, container),
        }
    }

    fn choice<'v>(&self, variant: &'v Variant, container: &Container<'_>) -> Read<Choice<'v>> {
        let scope = &container.scope;
        let attributes = self.sources.attributes(scope.module, &variant.attrs)?;
        let said = self.said(&attributes, false, scope)?;
        let about = About::read(&said).map_err(|error| self.wrong(&error, scope))?;
        let serde = Serde::read(&said);
        let called = name(&variant.ident);
        let in_case = container.serde.rename_all.map(|case| case.variant(&called));
        Ok(Choice {
            name: serde.rename.read.clone().or(in_case).unwrap_or(called),
            serde,
            about,
            instead: Instead::of_part(&said),
            variant,
        })
    }

    /// `"word"`, or `{"word": content}`
    fn by_key(&self, choices: &[Choice<'_>], container: &Container<'_>) -> Read<Value> {
        let (words, others): (Vec<_>, Vec<_>) = choices.iter().partition(|choice| choice.is_word());
        let there = words
            .iter()
            .filter(|choice| !choice.serde.skip_deserializing);
        let names: Vec<_> = there.map(|choice| choice.name.as_str()).collect();
        let list = json!({"type": "string", "enum": names});
        if others.is_empty() {
            return Ok(list);
        }
        let mut alternatives = Vec::new();
        if !words.is_empty() {
            alternatives.push(list);
        }
        for choice in there_of(&others) {
            if choice.serde.untagged {
                alternatives.push(self.bare(choice, container)?);
                continue;
            }
            let name = &choice.name;
            let mut schema = if choice.is_unit() && choice.instead.is_none() {
                json!({"type": "string", "const": name})
            } else {
                let mut schema = json!({
                    "type": "object",
                    "required": [name],
                    "additionalProperties": false,
                });
                schema["properties"][name] = self.content(choice, container)?;
                schema
            };
            self.say(&mut schema, choice, container)?;
            alternatives.push(schema);
        }
        Ok(one_of(alternatives, choices))
    }

    /// `{"tag": "word", ...content}`
    fn by_tag_inside(
        &self,
        choices: &[Choice<'_>],
        tag: &str,
        container: &Container<'_>,
    ) -> Read<Value> {
        let closed = container.serde.deny_unknown_fields;
        let mut alternatives = Vec::new();
        for choice in choices
            .iter()
            .filter(|choice| !choice.serde.skip_deserializing)
        {
            if choice.serde.untagged {
                alternatives.push(self.bare(choice, container)?);
                continue;
            }
            let mut schema = self.content_beside_tag(choice, container)?;
            put_tag(&mut schema, tag, &choice.name, closed);
            self.say(&mut schema, choice, container)?;
            alternatives.push(schema);
        }
        Ok(one_of(alternatives, choices))
    }

    /// `{"tag": "word", "content": content}`
    fn by_tag_beside(
        &self,
        choices: &[Choice<'_>],
        tag: &str,
        content: &str,
        container: &Container<'_>,
    ) -> Read<Value> {
        let mut alternatives = Vec::new();
        for choice in choices
            .iter()
            .filter(|choice| !choice.serde.skip_deserializing)
        {
            if choice.serde.untagged {
                alternatives.push(self.bare(choice, container)?);
                continue;
            }
            let mut schema = json!({
                "type": "object",
                "properties": { tag: {"type": "string", "const": choice.name} },
                "required": [tag],
            });
            if !choice.is_unit() || choice.instead.is_some() {
                schema["properties"][content] = self.content(choice, container)?;
                schema["required"] = json!([tag, content]);
            }
            if container.serde.deny_unknown_fields {
                schema["additionalProperties"] = json!(false);
            }
            self.say(&mut schema, choice, container)?;
            alternatives.push(schema);
        }
        Ok(one_of(alternatives, choices))
    }

    /// `content`
    fn untagged(&self, choices: &[Choice<'_>], container: &Container<'_>) -> Read<Value> {
        let there = choices
            .iter()
            .filter(|choice| !choice.serde.skip_deserializing);
        let schemas = there.map(|choice| self.bare(choice, container));
        let schemas = schemas.collect::<Read<Vec<_>>>()?;
        Ok(about::having(json!({}), "anyOf", schemas.into()))
    }

    /// A variant that is written as what is in it.
    fn bare(&self, choice: &Choice<'_>, container: &Container<'_>) -> Read<Value> {
        let mut schema = self.content(choice, container)?;
        self.say(&mut schema, choice, container)?;
        Ok(schema)
    }

    /// What is in a variant.
    fn content(&self, choice: &Choice<'_>, container: &Container<'_>) -> Read<Value> {
        if let Some(instead) = &choice.instead {
            return self.instead(instead, &container.scope);
        }
        match &choice.variant.fields {
            Fields::Unit => Ok(json!({"type": "null"})),
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                let part = self.part(&fields.unnamed[0], container)?;
                self.field(&part, container)
            }
            fields @ Fields::Unnamed(_) => self.tuple(fields, container),
            fields @ Fields::Named(_) => {
                let closed = container.serde.deny_unknown_fields;
                let case = case_of_fields(choice, container);
                self.structure(fields, case, &Default::None, closed, container)
            }
        }
    }

    /// The same, where a tag is put among it: a closed schema could not take that.
    fn content_beside_tag(&self, choice: &Choice<'_>, container: &Container<'_>) -> Read<Value> {
        let Fields::Unnamed(fields) = &choice.variant.fields else {
            return self.content(choice, container);
        };
        if fields.unnamed.len() != 1 || choice.instead.is_some() {
            return self.content(choice, container);
        }
        let part = self.part(&fields.unnamed[0], container)?;
        let shape = self.shape_of(&part, container)?;
        let mut schema = self.type_of(&part, shape.as_ref(), container)?;
        if !part.limits.required {
            flatten::allow_unknown_below(&mut schema);
        }
        self.say_of_field(&mut schema, &part, None, container)?;
        Ok(schema)
    }

    /// Puts what is said of a variant into its schema.
    fn say(&self, schema: &mut Value, choice: &Choice<'_>, container: &Container<'_>) -> Read<()> {
        let values = Values::new(self.sources, &container.scope);
        if let Some(span) = choice.about.transform {
            let span = span.join(choice.variant.span()).unwrap_or(span);
            return Err(values.unread(span, "what `transform` does is known when the program runs"));
        }
        about::describe(schema, &choice.about, &values)?;
        about::extend(schema, &choice.about, &values)
    }
}

fn there_of<'c, 'v>(choices: &'c [&'c Choice<'v>]) -> impl Iterator<Item = &'c Choice<'v>> {
    choices
        .iter()
        .copied()
        .filter(|choice| !choice.serde.skip_deserializing)
}

/// Variants exclude each other, but for those without a tag.
fn one_of(alternatives: Vec<Value>, choices: &[Choice<'_>]) -> Value {
    let exclusive = choices.iter().all(|choice| !choice.serde.untagged);
    let key = if exclusive { "oneOf" } else { "anyOf" };
    about::having(json!({}), key, alternatives.into())
}

fn case_of_fields(choice: &Choice<'_>, container: &Container<'_>) -> Option<Case> {
    choice
        .serde
        .rename_all
        .or(container.serde.rename_all_fields)
}

fn put_tag(schema: &mut Value, tag: &str, word: &str, closed: bool) {
    let is_unit = outside::has_type(schema, "null") && schema["type"].is_string();
    about::insert(schema, "type", json!("object"));
    let tagged = json!({"type": "string", "const": word});
    match schema.get_mut("properties").and_then(Value::as_object_mut) {
        Some(properties) => {
            properties.insert(tag.to_owned(), tagged);
        }
        None => schema["properties"] = json!({ tag: tagged }),
    }
    match schema.get_mut("required").and_then(Value::as_array_mut) {
        Some(required) => required.insert(0, tag.into()),
        None => schema["required"] = json!([tag]),
    }
    if closed && is_unit && schema.get("additionalProperties").is_none() {
        schema["additionalProperties"] = json!(false);
    }
}
