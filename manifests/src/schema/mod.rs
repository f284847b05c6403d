//! The schema of a type, from its source: what schemars' derive and kube's would make of it when the program runs.
//!
//! [`Schemas::root`] gives the schema of a kind as it is in a CRD. On the way a type is a [`Shape`], and what attributes
//! say is read by `serde`, `said` and `rules`; `derive` and `enums` do what the derives do, `outside` knows the types of
//! others, `value` sees the constants; `structural` makes the schema one that Kubernetes takes. `places` knows where
//! in the sources something in a schema is said.

mod about;
mod derive;
mod enums;
mod flatten;
mod instead;
mod json;
mod limits;
mod meta;
mod outside;
mod places;
mod props;
mod rules;
mod said;
mod serde;
mod shape;
mod structural;
mod value;
mod written;

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Value, json};
use syn::spanned::Spanned as _;

pub(crate) use self::shape::{Scope, Shape};
pub(crate) use self::structural::Conflict;

use crate::builtin::{self, Builtin};
use crate::source::{Item, ModuleId, Outside, Place, Read, Sources, TypeId, Unread};

/// A kind, as far as its schema goes.
pub(crate) struct Kind<'a> {
    /// The name of its type.
    pub(crate) name: &'a str,
    pub(crate) doc: Option<&'a str>,
    /// More attributes of it.
    pub(crate) attributes: &'a [String],
    /// Whether the fields of its spec are its own.
    pub(crate) no_spec: bool,
    pub(crate) status: Option<&'a syn::Path>,
    /// The rules of the whole.
    pub(crate) validations: &'a [syn::Expr],
}

/// Reads schemas of types.
pub(crate) struct Schemas<'a> {
    /// Where all that is read is said, if somebody asks.
    places: Option<places::Places>,
    pub(crate) sources: &'a Sources,
    /// The types whose schema is being read: one among them that is asked for again holds itself.
    open: RefCell<Vec<(TypeId, Vec<Shape>)>>,
    /// The types that were looked through for mistakes.
    checked: RefCell<BTreeSet<TypeId>>,
    mistakes: RefCell<Vec<(Place, myop_model::Error)>>,
}

/// A place where a type is used: what has no source of its own is told of there.
struct Use<'u> {
    module: ModuleId,
    written: &'u syn::Type,
}

/// Whether another crate has a type, as far as is known.
pub(crate) fn is_known(outside: &Outside) -> bool {
    outside::is_known(outside)
        || builtin_path(outside).is_some_and(|path| builtin::schema(&path).is_some())
}

/// The path of one of Kubernetes' own types below `k8s_openapi`, where it is one.
pub(crate) fn builtin_path(outside: &Outside) -> Option<String> {
    let (krate, rest) = outside.0.split_first()?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match (krate.as_str(), rest.as_slice()) {
        ("k8s_openapi", rest) | ("kube", ["k8s_openapi", rest @ ..]) => Some(rest.join("::")),
        ("kube", ["core" | "api", "ObjectMeta"] | ["core", "metadata", "ObjectMeta"]) => {
            Some("apimachinery::pkg::apis::meta::v1::ObjectMeta".to_owned())
        }
        ("myop", ["Condition"] | ["condition", "Condition"]) => {
            Some("apimachinery::pkg::apis::meta::v1::Condition".to_owned())
        }
        _ => None,
    }
}

impl<'a> Schemas<'a> {
    /// A reader that can tell the places of what it has read.
    pub(crate) fn with_places(sources: &'a Sources) -> Self {
        Self {
            places: Some(places::Places::default()),
            ..Self::new(sources)
        }
    }

    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self {
            places: None,
            sources,
            open: RefCell::default(),
            checked: RefCell::default(),
            mistakes: RefCell::default(),
        }
    }

    /// What is wrong with the attributes of the types whose schemas were read.
    pub(crate) fn mistakes(self) -> Vec<(Place, myop_model::Error)> {
        self.mistakes.into_inner()
    }

    /// Looks for what would be lost of a type's attributes, where no macro of myop's has looked.
    fn check(&self, id: TypeId) {
        if !self.checked.borrow_mut().insert(id) {
            return;
        }
        let found = self.sources.type_item(id);
        let parts: Vec<_> = match &found.item {
            Item::Struct(item) => item.fields.iter().map(|field| &field.attrs).collect(),
            Item::Enum(item) => {
                let of_fields = item.variants.iter().flat_map(|variant| &variant.fields);
                let of_fields = of_fields.map(|field| &field.attrs);
                let of_variants = item.variants.iter().map(|variant| &variant.attrs);
                of_variants.chain(of_fields).collect()
            }
            Item::Alias(_) => Vec::new(),
        };
        let parts = parts.into_iter().map(Vec::as_slice);
        for attributes in parts.chain([found.item.attributes()]) {
            let Ok(attributes) = self.sources.attributes(found.module, attributes) else {
                continue;
            };
            let file = self.sources.file(found.module);
            let errors = myop_model::extension_errors(&attributes).into_iter();
            let placed = errors.map(|error| (Place::of(file.to_owned(), error.span()), error));
            self.mistakes.borrow_mut().extend(placed);
        }
    }

    /// The schema of a kind in a CRD, from the type of its spec.
    pub(crate) fn root(&self, spec: TypeId, kind: &Kind<'_>) -> Read<Value> {
        let item = self.sources.type_item(spec);
        let scope = Scope::of(item.module);
        let values = value::Values::new(self.sources, &scope);
        let of_spec = self.own(spec, &[])?;
        let mut schema = json!({"type": "object"});
        if kind.no_spec {
            flatten::merge(&mut schema, flatten::prepare(of_spec, false));
        } else {
            schema["properties"]["spec"] = of_spec;
            schema["required"] = json!(["spec"]);
        }
        if let Some(status) = kind.status {
            let written = meta::type_at(status.clone());
            let shape = scope.shape(self.sources, &written)?;
            let user = Use {
                module: item.module,
                written: &written,
            };
            let of_status = self.schema(&outside::optional(shape), &user)?;
            schema["properties"]["status"] = of_status;
        }
        let doc = kind.doc.map_or_else(
            || {
                format!(
                    " Auto-generated derived type for {} via `CustomResource`",
                    item.item.name()
                )
            },
            str::to_owned,
        );
        let mut about = said::About::of_doc(&doc);
        for attribute in kind.attributes {
            about.add_attribute(attribute);
        }
        about::describe(&mut schema, &about, &values)?;
        self.mark(&mut schema, "", item.module, item.item.name().span());
        for rule in kind.validations {
            self.mark_rule(&mut schema, item.module, rule.span());
            rules::add(&mut schema, rules::read(rule, &values)?);
        }
        self.finish(schema, kind.name, spec)
    }

    /// The schema of a kind whose `JsonSchema` is written by hand.
    pub(crate) fn by_hand_of_kind(&self, spec: TypeId, kind: &str) -> Read<Value> {
        let item = self.sources.type_item(spec);
        let by_hand = self.sources.implementation(item.module, "JsonSchema", kind);
        let Some(by_hand) = by_hand else {
            let why = format!("where the schema of `{kind}` is written can not be seen");
            return Err(self
                .sources
                .unread(item.module, item.item.name().span(), why));
        };
        let schema = self.by_hand(spec, by_hand, &Scope::of(item.module))?;
        self.finish(schema, kind, spec)
    }

    /// Makes it a schema of a CRD.
    fn finish(&self, mut schema: Value, name: &str, spec: TypeId) -> Read<Value> {
        if let Value::Object(map) = &mut schema {
            map.entry("title").or_insert_with(|| name.into());
        }
        let item = self.sources.type_item(spec);
        let conflict = |conflict: Conflict| {
            let span = item.item.name().span();
            self.sources.unread(item.module, span, conflict.to_string())
        };
        structural::make(&mut schema).map_err(conflict)?;
        props::settle(&mut schema).map_err(conflict)?;
        Ok(schema)
    }

    /// The schema of a type that is used somewhere.
    fn schema(&self, shape: &Shape, user: &Use<'_>) -> Read<Value> {
        match shape {
            Shape::Own(id, arguments) => self.own(*id, arguments),
            Shape::Outside(outside, arguments) => self.outside(outside, arguments, user),
            Shape::Tuple(parts) => {
                let parts = parts.iter().map(|part| self.schema(part, user));
                Ok(outside::tuple(parts.collect::<Read<_>>()?))
            }
            Shape::Slice(of) => Ok(about::having(
                json!({"type": "array"}),
                "items",
                self.schema(of, user)?,
            )),
            Shape::Array(of, length) => match **length {
                Shape::Number(length) => Ok(outside::array(self.schema(of, user)?, length)),
                _ => Err(self.unread(user, "an array of unknown length has no schema")),
            },
            Shape::Number(_) => Err(self.unread(user, "a number has no schema")),
        }
    }

    /// That a type can't be read which has no source of its own.
    fn unread(&self, user: &Use<'_>, why: impl Into<String>) -> Box<Unread> {
        self.sources.unread(user.module, user.written.span(), why)
    }

    fn own(&self, id: TypeId, arguments: &[Shape]) -> Read<Value> {
        let key = (id, arguments.to_vec());
        if self.open.borrow().contains(&key) {
            let item = self.sources.type_item(id);
            let name = item.item.name();
            let why = format!("`{name}` holds itself, which no CRD can say");
            return Err(self.sources.unread(item.module, name.span(), why));
        }
        self.check(id);
        self.open.borrow_mut().push(key);
        let schema = self.derived(id, arguments);
        self.open.borrow_mut().pop();
        schema
    }

    fn outside(&self, outside: &Outside, arguments: &[Shape], user: &Use<'_>) -> Read<Value> {
        if let Some(schema) = outside::schema(self, user, outside, arguments)? {
            return Ok(schema);
        }
        match builtin_path(outside).and_then(|path| builtin::schema(&path)) {
            Some(Builtin::Schema(schema)) => Ok(schema),
            Some(Builtin::Recursive) => {
                let why = format!("`{}` holds itself, which no CRD can say", outside.path());
                Err(self.unread(user, why))
            }
            None => {
                let why = format!("the schema of `{}` is not known here", outside.path());
                Err(self.unread(user, why))
            }
        }
    }

    /// Whether a value of a type may be left out because it is an `Option`.
    fn is_option(&self, shape: &Shape) -> Read<bool> {
        Ok(match shape {
            Shape::Outside(outside, arguments) => {
                if outside::option_of(outside, arguments).is_some() {
                    return Ok(true);
                }
                match outside::same_as(outside, arguments) {
                    Some(inner) => self.is_option(inner)?,
                    None => false,
                }
            }
            Shape::Own(id, arguments) => match self.forwards_to(*id, arguments)? {
                Some(inner) => self.is_option(&inner)?,
                None => false,
            },
            _ => false,
        })
    }

    /// The schema of a type, or of what an `Option` is of.
    fn not_optional(&self, shape: &Shape, user: &Use<'_>) -> Read<Value> {
        if let Shape::Outside(outside, arguments) = shape {
            let option = outside::option_of(outside, arguments);
            if let Some(inner) = option.or_else(|| outside::same_as(outside, arguments)) {
                return self.not_optional(inner, user);
            }
        }
        if let Shape::Own(id, arguments) = shape
            && let Some(inner) = self.forwards_to(*id, arguments)?
        {
            return self.not_optional(&inner, user);
        }
        self.schema(shape, user)
    }
}
