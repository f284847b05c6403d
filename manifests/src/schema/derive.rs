//! What schemars' derive makes of a struct, and kube's of one with rules.

use myop_model::Case;
use serde_json::{Value, json};
use syn::spanned::Spanned as _;
use syn::{Attribute, Field, Fields};

use super::meta::{Said, derives};
use super::said::{About, Instead, Limits};
use super::serde::{Default, Serde};
use super::shape::{Scope, Shape};
use super::value::Values;
use super::{Schemas, about, flatten, limits, outside, rules, serde, written};
use crate::source::{Item, Read, TypeId, Unread, name};

/// A type of the author's, with what is said of it.
pub(super) struct Container<'a> {
    pub(super) id: TypeId,
    pub(super) scope: Scope,
    pub(super) serde: Serde,
    pub(super) about: About,
    pub(super) item: &'a Item,
    /// Whether kube's derive makes the schema, which knows of rules.
    pub(super) has_rules: bool,
}

/// A field, with what is said of it.
pub(super) struct Part<'a> {
    pub(super) serde: Serde,
    pub(super) about: About,
    pub(super) limits: Limits,
    pub(super) instead: Option<Instead>,
    pub(super) said: Said,
    pub(super) field: &'a Field,
}

/// Whether kube's derive makes the schema; older versions of it call that `CELSchema`.
fn derives_rules(attributes: &[Attribute]) -> bool {
    derives(attributes, "KubeSchema") || derives(attributes, "CELSchema")
}

impl Schemas<'_> {
    /// What attributes say, as schemars sees them.
    pub(super) fn said(
        &self,
        attributes: &[Attribute],
        has_rules: bool,
        scope: &Scope,
    ) -> Read<Said> {
        let said = Said::read(attributes).and_then(|said| serde::check(&said).map(|()| said));
        let said = said.map_err(|error| self.wrong(&error, scope))?;
        Ok(if has_rules { said.under_rules() } else { said })
    }

    /// That an attribute is not as it should be.
    pub(super) fn wrong(&self, error: &syn::Error, scope: &Scope) -> Box<Unread> {
        self.sources
            .unread(scope.module, error.span(), error.to_string())
    }

    fn about(&self, said: &Said, scope: &Scope) -> Read<About> {
        About::read(said).map_err(|error| self.wrong(&error, scope))
    }

    /// The schema of a type of the author's.
    pub(super) fn derived(&self, id: TypeId, arguments: &[Shape]) -> Read<Value> {
        let sources = self.sources;
        let found = sources.type_item(id);
        let scope = Scope::inside(sources, id, arguments)?;
        let attributes = sources.attributes(scope.module, found.item.attributes())?;
        let own_name = name(found.item.name());
        let has_rules = derives_rules(&attributes);
        if !has_rules && !derives(&attributes, "JsonSchema") {
            let by_hand = sources.implementation(found.module, "JsonSchema", &own_name);
            if let Some(by_hand) = by_hand {
                return self.by_hand(id, by_hand, &scope);
            }
            let why = format!("`{own_name}` derives no schema that could be read");
            return Err(sources.unread(found.module, found.item.name().span(), why));
        }
        let said = self.said(&attributes, has_rules, &scope)?;
        let instead = Instead::of_container(&said);
        let container = Container {
            id,
            serde: Serde::read(&said),
            about: self.about(&said, &scope)?,
            item: &found.item,
            scope,
            has_rules,
        };
        let mut schema = self.contents(&container, instead.as_ref())?;
        let values = Values::new(sources, &container.scope);
        about::describe(&mut schema, &container.about, &values)?;
        about::extend(&mut schema, &container.about, &values)?;
        let module = container.scope.module;
        self.mark(&mut schema, "", module, found.item.name().span());
        self.mark_said(&mut schema, &said, module);
        if has_rules {
            self.add_rules(&mut schema, &said, &values)?;
        }
        Ok(schema)
    }

    fn contents(&self, container: &Container<'_>, instead: Option<&Instead>) -> Read<Value> {
        if let Some(instead) = instead {
            return self.instead(instead, &container.scope);
        }
        if let Some(part) = self.transparent(container)? {
            return self.field(&part, container);
        }
        if let Some(from) = &container.serde.from {
            return self.schema_of(from, &container.scope);
        }
        match container.item {
            Item::Struct(item) => match &item.fields {
                Fields::Unit => Ok(json!({"type": "null"})),
                Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                    let part = self.part(&fields.unnamed[0], container)?;
                    self.field(&part, container)
                }
                Fields::Unnamed(_) => self.tuple(&item.fields, container),
                Fields::Named(_) => {
                    let case = container.serde.rename_all;
                    let default = &container.serde.default;
                    let closed = container.serde.deny_unknown_fields;
                    self.structure(&item.fields, case, default, closed, container)
                }
            },
            Item::Enum(item) => self.enumeration(item, container),
            Item::Alias(item) => self.schema_of(&item.ty, &container.scope),
        }
    }

    /// The field that a transparent struct is.
    fn transparent<'c>(&self, container: &Container<'c>) -> Read<Option<Part<'c>>> {
        if let Item::Struct(item) = container.item
            && container.serde.transparent
        {
            for field in &item.fields {
                let part = self.part(field, container)?;
                if !part.serde.skip_deserializing {
                    return Ok(Some(part));
                }
            }
        }
        Ok(None)
    }

    /// The type that stands for a container in all ways, if there is nothing that it says itself.
    pub(super) fn forwards_to(&self, id: TypeId, arguments: &[Shape]) -> Read<Option<Shape>> {
        let found = self.sources.type_item(id);
        let scope = Scope::inside(self.sources, id, arguments)?;
        let attributes = self
            .sources
            .attributes(scope.module, found.item.attributes())?;
        if derives_rules(&attributes) {
            return Ok(None);
        }
        let said = self.said(&attributes, false, &scope)?;
        let about = self.about(&said, &scope)?;
        if !about.is_empty() {
            return Ok(None);
        }
        if let Some(Instead::Type(written)) = Instead::of_container(&said) {
            return scope.shape(self.sources, &written).map(Some);
        }
        let container = Container {
            id,
            serde: Serde::read(&said),
            about,
            item: &found.item,
            scope,
            has_rules: false,
        };
        let Some(part) = self.transparent(&container)? else {
            return Ok(None);
        };
        let says_nothing =
            part.about.is_empty() && part.limits.is_empty() && part.instead.is_none();
        if !says_nothing {
            return Ok(None);
        }
        container
            .scope
            .shape(self.sources, &part.field.ty)
            .map(Some)
    }

    /// A field with what is said of it.
    pub(super) fn part<'f>(&self, field: &'f Field, container: &Container<'_>) -> Read<Part<'f>> {
        let scope = &container.scope;
        let attributes = self.sources.attributes(scope.module, &field.attrs)?;
        let said = self.said(&attributes, container.has_rules, scope)?;
        Ok(Part {
            serde: Serde::read(&said),
            about: self.about(&said, scope)?,
            limits: Limits::read(&said).map_err(|error| self.wrong(&error, scope))?,
            instead: Instead::of_part(&said),
            said,
            field,
        })
    }

    /// The schema of a field, without what the struct around it knows.
    pub(super) fn field(&self, part: &Part<'_>, container: &Container<'_>) -> Read<Value> {
        let shape = self.shape_of(part, container)?;
        let mut schema = self.type_of(part, shape.as_ref(), container)?;
        self.say_of_field(&mut schema, part, None, container)?;
        Ok(schema)
    }

    /// Puts what is said of a field into its schema. What extends it may take the place of all else.
    pub(super) fn say_of_field(
        &self,
        schema: &mut Value,
        part: &Part<'_>,
        default: Option<Value>,
        container: &Container<'_>,
    ) -> Read<()> {
        let values = Values::new(self.sources, &container.scope);
        about::describe(schema, &part.about, &values)?;
        limits::apply(schema, &part.limits, &values)?;
        if let Some(default) = default {
            about::insert(schema, "default", default);
        }
        about::extend(schema, &part.about, &values)?;
        let module = container.scope.module;
        let ident = part.field.ident.as_ref();
        let span = ident.map_or_else(|| part.field.ty.span(), syn::Ident::span);
        self.mark(schema, "", module, span);
        self.mark_said(schema, &part.said, module);
        Ok(())
    }

    /// The schema of a field's type, which is that of its shape unless a function makes it.
    pub(super) fn type_of(
        &self,
        part: &Part<'_>,
        shape: Option<&Shape>,
        container: &Container<'_>,
    ) -> Read<Value> {
        let scope = &container.scope;
        let user = scope.uses(&part.field.ty);
        match (&part.instead, shape) {
            (_, Some(shape)) if part.limits.required => self.not_optional(shape, &user),
            (_, Some(shape)) => self.schema(shape, &user),
            (Some(instead), None) => self.instead(instead, scope),
            (None, None) => Ok(json!(true)),
        }
    }

    /// The type of a field, as far as its schema goes; none where a function makes that.
    pub(super) fn shape_of(
        &self,
        part: &Part<'_>,
        container: &Container<'_>,
    ) -> Read<Option<Shape>> {
        let written = match &part.instead {
            Some(Instead::Function(_)) => return Ok(None),
            Some(Instead::Type(written)) => written,
            None => &part.field.ty,
        };
        container.scope.shape(self.sources, written).map(Some)
    }

    pub(super) fn tuple(&self, fields: &Fields, container: &Container<'_>) -> Read<Value> {
        let mut parts = Vec::new();
        for field in fields {
            if !self
                .sources
                .is_there(container.scope.module, &field.attrs)?
            {
                continue;
            }
            let part = self.part(field, container)?;
            if !part.serde.skip_deserializing {
                parts.push(self.field(&part, container)?);
            }
        }
        Ok(match parts.len() {
            0 => json!({"type": "array", "maxItems": 0}),
            _ => outside::tuple(parts),
        })
    }

    /// A struct with named fields, or a variant that is one.
    pub(super) fn structure(
        &self,
        fields: &Fields,
        case: Option<Case>,
        default: &Default,
        closed: bool,
        container: &Container<'_>,
    ) -> Read<Value> {
        let mut schema = json!({"type": "object"});
        if closed {
            schema["additionalProperties"] = json!(false);
        }
        for field in fields {
            if !self
                .sources
                .is_there(container.scope.module, &field.attrs)?
            {
                continue;
            }
            let part = self.part(field, container)?;
            if part.serde.skip_deserializing {
                continue;
            }
            if part.serde.flatten {
                if container.has_rules && !part.said.x_kube.is_empty() {
                    let why = "which property this rule is of is known when the program runs";
                    let span = part.field.ty.span();
                    return Err(self.sources.unread(container.scope.module, span, why));
                }
                self.flatten_field(&mut schema, &part, container)?;
            } else {
                self.add_field(&mut schema, &part, case, default, container)?;
            }
        }
        Ok(schema)
    }

    fn flatten_field(
        &self,
        schema: &mut Value,
        part: &Part<'_>,
        container: &Container<'_>,
    ) -> Read<()> {
        let shape = self.shape_of(part, container)?;
        let (inner, is_option) = match &shape {
            Some(shape) => {
                let user = container.scope.uses(&part.field.ty);
                (self.not_optional(shape, &user)?, self.is_option(shape)?)
            }
            None => (self.type_of(part, None, container)?, false),
        };
        let inner = flatten::prepare(inner, is_option && !part.limits.required);
        flatten::merge(schema, inner);
        Ok(())
    }

    fn add_field(
        &self,
        schema: &mut Value,
        part: &Part<'_>,
        case: Option<Case>,
        default: &Default,
        container: &Container<'_>,
    ) -> Read<()> {
        let shape = self.shape_of(part, container)?;
        let mut property = self.type_of(part, shape.as_ref(), container)?;
        let value = self.default_of(part, default, container)?;
        self.say_of_field(&mut property, part, value, container)?;
        if container.has_rules {
            let values = Values::new(self.sources, &container.scope);
            self.add_rules(&mut property, &part.said, &values)?;
            for (key, value) in rules::strategy(&part.said, &values)? {
                about::insert(&mut property, &key, value);
            }
        }
        let key = key(part, case);
        let optional = self.may_be_left_out(part, shape.as_ref(), default)?;
        schema["properties"][&key] = property;
        if !optional {
            match schema["required"].as_array_mut() {
                Some(required) => required.push(key.into()),
                None => schema["required"] = json!([key]),
            }
        }
        Ok(())
    }

    /// Adds the rules of a struct or of a field.
    fn add_rules(&self, schema: &mut Value, said: &Said, values: &Values<'_>) -> Read<()> {
        for written in rules::written(said) {
            let rule = rules::read(written, values)?;
            self.mark_rule(schema, values.scope.module, written.span());
            rules::add(schema, rule);
        }
        Ok(())
    }

    fn may_be_left_out(
        &self,
        part: &Part<'_>,
        shape: Option<&Shape>,
        default: &Default,
    ) -> Read<bool> {
        if !default.is_none() || !part.serde.default.is_none() {
            return Ok(true);
        }
        match shape.filter(|_| !part.limits.required) {
            Some(shape) => self.is_option(shape),
            None => Ok(false),
        }
    }

    /// The default of a field, if there is one that would be written.
    fn default_of(
        &self,
        part: &Part<'_>,
        default: &Default,
        container: &Container<'_>,
    ) -> Read<Option<Value>> {
        let own = &part.serde.default;
        if part.serde.skip_serializing || (own.is_none() && default.is_none()) {
            return Ok(None);
        }
        let scope = &container.scope;
        let values = Values::new(self.sources, scope);
        let ident = part.field.ident.as_ref();
        let span = ident.map_or_else(proc_macro2::Span::call_site, syn::Ident::span);
        let shape = scope.shape(self.sources, &part.field.ty)?;
        let value = match (own, default) {
            (Default::Trait, _) => written::default(&values, &shape, span)?,
            (Default::Path(path), _) => written::made_by(&values, path, &shape)?,
            (Default::None, default) => {
                let whole = Shape::Own(container.id, own_arguments(container));
                let fields = written::fields_of_default(&values, default, &whole, span)?;
                let ident = part.field.ident.as_ref().map(name).unwrap_or_default();
                fields.get(&ident).cloned().unwrap_or(Value::Null)
            }
        };
        if let Some(condition) = &part.serde.skip_serializing_if
            && written::is_left_out(&values, condition, &value)?
        {
            return Ok(None);
        }
        if part.serde.serialize_with {
            return Err(values.unread(span, "this default is written in a way of its own"));
        }
        Ok(Some(value))
    }
}

fn own_arguments(container: &Container<'_>) -> Vec<Shape> {
    match container.scope.own() {
        Some(Shape::Own(_, arguments)) => arguments.clone(),
        _ => Vec::new(),
    }
}

/// The name of a field in JSON.
pub(super) fn key(part: &Part<'_>, case: Option<Case>) -> String {
    let called = part.field.ident.as_ref().map(name).unwrap_or_default();
    let in_case = case.map(|case| case.field(&called));
    part.serde.rename.read.clone().or(in_case).unwrap_or(called)
}
