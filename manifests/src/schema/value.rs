//! Values that are written so that they can be seen without running the program: literals, constants, and what is made of
//! them by the everyday calls.

use std::borrow::Cow;

use proc_macro2::Span;
use serde_json::{Map, Number, Value};
use syn::spanned::Spanned as _;
use syn::{
    Attribute, BinOp, Block, Expr, ExprCall, ExprMethodCall, ExprStruct, Lit, Member, Stmt, UnOp,
};

use super::json;
use super::meta::{self, literal_text};
use super::shape::{Scope, Shape};
use super::written;
use crate::source::{Found, Item, Outside, Read, Sources, TypeId, Unread};

/// A list is repeated so often at most.
const MOST_REPEATED: usize = 1024;

/// Constants may be made of others, so far.
const DEEPEST: usize = 32;

/// Reads values in a scope.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) sources: &'a Sources,
    pub(super) scope: &'a Scope,
    depth: usize,
}

impl<'a> Values<'a> {
    pub(super) fn new(sources: &'a Sources, scope: &'a Scope) -> Self {
        Self {
            sources,
            scope,
            depth: 0,
        }
    }

    pub(super) fn unread(&self, span: Span, why: &str) -> Box<Unread> {
        self.sources.unread(self.scope.module, span, why)
    }

    /// The same, for what is written elsewhere.
    pub(super) fn within<'b>(&self, scope: &'b Scope) -> Values<'b>
    where
        'a: 'b,
    {
        Values {
            sources: self.sources,
            scope,
            depth: self.depth + 1,
        }
    }

    /// The value of an expression whose type does not matter.
    pub(super) fn value(&self, expr: &Expr) -> Read<Value> {
        self.read(expr, None)
    }

    /// The value of an expression of a type, as it is written by serde.
    pub(super) fn value_of(&self, expr: &Expr, shape: &Shape) -> Read<Value> {
        self.read(expr, Some(shape))
    }

    fn read(&self, expr: &Expr, shape: Option<&Shape>) -> Read<Value> {
        let inner = shape.map(wrapped);
        let shape = inner.as_ref();
        match expr {
            Expr::Lit(literal) => self.literal(&literal.lit, shape),
            Expr::Paren(inner) => self.read(&inner.expr, shape),
            Expr::Group(inner) => self.read(&inner.expr, shape),
            Expr::Reference(inner) => self.read(&inner.expr, shape),
            Expr::Cast(inner) => self.read(&inner.expr, shape),
            Expr::Block(block) => self.block(&block.block, shape),
            Expr::Const(block) => self.block(&block.block, shape),
            Expr::Unary(unary) => self.unary(unary, shape),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Array(array) => self.items(array.elems.iter(), shape),
            Expr::Repeat(repeat) => self.repeated(&repeat.expr, &repeat.len, shape),
            Expr::Tuple(tuple) => self.items(tuple.elems.iter(), shape),
            Expr::Macro(call) => self.macro_call(&call.mac, shape),
            Expr::Path(path) => self.path(&path.path, shape),
            Expr::Call(call) => self.call(call, shape),
            Expr::MethodCall(call) => self.method(call, shape),
            Expr::Closure(closure) if closure.inputs.is_empty() => self.read(&closure.body, shape),
            Expr::Struct(literal) => self.structure(literal, shape),
            _ => Err(self.not_plain(expr.span())),
        }
    }

    /// The attributes of something here that are in force.
    pub(super) fn attributes<'w>(&self, written: &'w [Attribute]) -> Read<Cow<'w, [Attribute]>> {
        self.sources.attributes(self.scope.module, written)
    }

    /// That this is no value that can be seen.
    pub(super) fn not_plain(&self, span: Span) -> Box<Unread> {
        self.unread(span, "this value is computed when the program runs")
    }

    /// What a block is, if it is nothing but an expression.
    pub(super) fn block(&self, block: &Block, shape: Option<&Shape>) -> Read<Value> {
        match block.stmts.as_slice() {
            [Stmt::Expr(expr, None)] => self.read(expr, shape),
            [Stmt::Macro(call)] if call.semi_token.is_none() => self.macro_call(&call.mac, shape),
            _ => Err(self.not_plain(block.span())),
        }
    }

    fn literal(&self, literal: &Lit, shape: Option<&Shape>) -> Read<Value> {
        Ok(match literal {
            Lit::Str(text) => text.value().into(),
            Lit::Char(letter) => letter.value().to_string().into(),
            Lit::Bool(flag) => flag.value.into(),
            Lit::Byte(byte) => byte.value().into(),
            Lit::Int(int) => {
                let float = int.suffix().starts_with('f') || is_float(shape);
                if float {
                    self.float(int.base10_digits(), shape, int.span())?
                } else if let Ok(natural) = int.base10_parse::<u64>() {
                    natural.into()
                } else {
                    // In an attribute the sign is part of the number.
                    let whole = int.base10_parse::<i64>();
                    whole.map_err(|_| self.not_plain(int.span()))?.into()
                }
            }
            Lit::Float(float) => {
                let narrow = float.suffix() == "f32";
                let shape = narrow.then(|| outside("f32"));
                self.float(float.base10_digits(), shape.as_ref(), float.span())?
            }
            _ => return Err(self.not_plain(literal.span())),
        })
    }

    fn float(&self, digits: &str, shape: Option<&Shape>, span: Span) -> Read<Value> {
        let narrow = matches!(shape, Some(Shape::Outside(Outside(path), _)) if path == &["f32"]);
        let number = if narrow {
            digits.parse::<f32>().ok().map(f64::from)
        } else {
            digits.parse().ok()
        };
        let number = number.and_then(Number::from_f64);
        number
            .map(Value::Number)
            .ok_or_else(|| self.not_plain(span))
    }

    fn unary(&self, unary: &syn::ExprUnary, shape: Option<&Shape>) -> Read<Value> {
        let value = self.read(&unary.expr, shape)?;
        let negative = match (&unary.op, &value) {
            (UnOp::Deref(_), _) => Some(value),
            (UnOp::Not(_), Value::Bool(flag)) => Some((!flag).into()),
            (UnOp::Neg(_), Value::Number(number)) => negative(number),
            _ => None,
        };
        negative.ok_or_else(|| self.not_plain(unary.span()))
    }

    fn binary(&self, binary: &syn::ExprBinary) -> Read<Value> {
        let (left, right) = (self.value(&binary.left)?, self.value(&binary.right)?);
        let numbers = left.as_i64().zip(right.as_i64());
        let result = numbers.and_then(|(left, right)| match &binary.op {
            BinOp::Add(_) => left.checked_add(right),
            BinOp::Sub(_) => left.checked_sub(right),
            BinOp::Mul(_) => left.checked_mul(right),
            BinOp::Div(_) => left.checked_div(right),
            BinOp::Shl(_) => left.checked_shl(u32::try_from(right).ok()?),
            _ => None,
        });
        result
            .map(Value::from)
            .ok_or_else(|| self.not_plain(binary.span()))
    }

    fn items<'e>(
        &self,
        items: impl Iterator<Item = &'e Expr>,
        shape: Option<&Shape>,
    ) -> Read<Value> {
        let of = |at: usize| match shape {
            Some(Shape::Tuple(parts)) => parts.get(at),
            Some(Shape::Slice(of) | Shape::Array(of, _)) => Some(&**of),
            Some(Shape::Outside(_, arguments)) => arguments.first(),
            _ => None,
        };
        if let Some(Shape::Outside(outside, arguments)) = shape
            && outside.0.last().is_some_and(|last| last.ends_with("Map"))
        {
            return self.entries(items, arguments);
        }
        items
            .enumerate()
            .map(|(at, item)| self.read(item, of(at)))
            .collect()
    }

    /// `[(key, value)]` of which a map is made.
    fn entries<'e>(
        &self,
        items: impl Iterator<Item = &'e Expr>,
        arguments: &[Shape],
    ) -> Read<Value> {
        let mut map = Map::new();
        for item in items {
            let Expr::Tuple(pair) = item else {
                return Err(self.not_plain(item.span()));
            };
            let (Some(key), Some(value)) = (pair.elems.first(), pair.elems.get(1)) else {
                return Err(self.not_plain(item.span()));
            };
            let Value::String(key) = self.read(key, arguments.first())? else {
                return Err(self.not_plain(item.span()));
            };
            map.insert(key, self.read(value, arguments.get(1))?);
        }
        Ok(Value::Object(map))
    }

    /// `[item; times]`
    fn repeated(&self, item: &Expr, times: &Expr, shape: Option<&Shape>) -> Read<Value> {
        let times = self.value(times)?.as_u64();
        let times = times.and_then(|times| usize::try_from(times).ok());
        match times.filter(|times| *times <= MOST_REPEATED) {
            Some(times) => self.items(std::iter::repeat_n(item, times), shape),
            None => Err(self.not_plain(item.span())),
        }
    }

    fn macro_call(&self, call: &syn::Macro, shape: Option<&Shape>) -> Read<Value> {
        let last = call.path.segments.last().map(|last| last.ident.to_string());
        let items = || {
            type Items = syn::punctuated::Punctuated<Expr, syn::Token![,]>;
            call.parse_body_with(Items::parse_terminated)
                .map_err(|_| self.not_plain(call.span()))
        };
        match last.as_deref() {
            Some("json" | "json_schema") => json::value(&call.tokens, self),
            Some("vec") => match call.parse_body_with(repetition) {
                Ok((item, times)) => self.repeated(&item, &times, shape),
                Err(_) => self.items(items()?.iter(), shape),
            },
            Some("concat") => {
                let mut whole = String::new();
                for part in items()? {
                    match self.value(&part)? {
                        Value::String(text) => whole.push_str(&text),
                        other => whole.push_str(&other.to_string()),
                    }
                }
                Ok(whole.into())
            }
            Some("include_str") => self.included(call),
            Some("stringify") => Ok(call.tokens.to_string().into()),
            _ => Err(self.not_plain(call.span())),
        }
    }

    /// The text of a file beside the source.
    fn included(&self, call: &syn::Macro) -> Read<Value> {
        let path = call.parse_body::<syn::LitStr>();
        let path = path.map_err(|_| self.not_plain(call.span()))?;
        let source = self.sources.file(self.scope.module);
        let folder = source.parent().unwrap_or(std::path::Path::new(""));
        let file = folder.join(path.value());
        match self.sources.included(&file) {
            Ok(text) => Ok(text.into()),
            Err(error) => {
                let why = format!("cannot read {}: {error}", file.display());
                Err(self.unread(path.span(), &why))
            }
        }
    }

    fn path(&self, path: &syn::Path, shape: Option<&Shape>) -> Read<Value> {
        if path.is_ident("None") {
            return Ok(Value::Null);
        }
        if self.depth > DEEPEST {
            return Err(self.not_plain(path.span()));
        }
        if let Found::Constant(module, constant) = self.sources.find_value(self.scope.module, path)
        {
            let scope = Scope::of(module);
            let kind = scope.shape(self.sources, &constant.kind).ok();
            let values = self.within(&scope);
            return values.read(&constant.value, kind.as_ref().or(shape));
        }
        if let Some(limit) = limit_of_integer(path) {
            return Ok(limit);
        }
        if let Some((id, arguments, variant)) = self.variant(path) {
            return written::variant(self, id, &arguments, &variant, path.span());
        }
        Err(self.not_plain(path.span()))
    }

    /// The type and the variant that `Type::Variant` is.
    fn variant(&self, path: &syn::Path) -> Option<(TypeId, Vec<Shape>, String)> {
        let parent = owner(path);
        let last = path.segments.last();
        let last = last.filter(|_| !parent.segments.is_empty())?;
        let owner = meta::type_at(parent);
        match self.scope.shape(self.sources, &owner) {
            Ok(Shape::Own(id, arguments)) => {
                Some((id, arguments, crate::source::name(&last.ident)))
            }
            _ => None,
        }
    }

    fn call(&self, call: &ExprCall, shape: Option<&Shape>) -> Read<Value> {
        let Expr::Path(function) = &*call.func else {
            return Err(self.not_plain(call.span()));
        };
        let path = &function.path;
        let arguments: Vec<&Expr> = call.args.iter().collect();
        let last = path.segments.last().map(|last| last.ident.to_string());
        match (last.as_deref().unwrap_or_default(), arguments.as_slice()) {
            ("Some", [inner]) => self.read(inner, shape.map(in_option)),
            ("from" | "new", [inner]) if !self.is_own(path) => {
                let owner = meta::type_at(owner(path));
                let made = self.scope.shape(self.sources, &owner).ok();
                let of_map = |made: &Shape| matches!(made, Shape::Outside(_, arguments) if arguments.is_empty());
                self.read(inner, shape.or(made.as_ref().filter(|made| of_map(made))))
            }
            // What Kubernetes' own types that are one value hold.
            ("Quantity" | "Int" | "String", [inner]) if !self.is_own(path) => self.value(inner),
            ("new" | "default", []) => self.made_new(call, path, shape),
            (_, []) => self.function(call, path, shape),
            _ => match self.variant(path) {
                Some((id, of, variant)) => {
                    written::newtype_variant(self, id, &of, &variant, &arguments, path.span())
                }
                None => self.newtype(call, path, &arguments),
            },
        }
    }

    /// Whether what is called belongs to a type of these sources, which may do anything with what it is given.
    fn is_own(&self, path: &syn::Path) -> bool {
        let owner = owner(path);
        let is_own = |path: &syn::Path| {
            matches!(
                self.sources.find_type(self.scope.module, path),
                Found::Type(_)
            )
        };
        is_own(path) || (!owner.segments.is_empty() && is_own(&owner))
    }

    /// `Type::new()`, `Type::default()`, `Default::default()`.
    fn made_new(&self, call: &ExprCall, path: &syn::Path, shape: Option<&Shape>) -> Read<Value> {
        if let Found::Function(..) = self.sources.find_value(self.scope.module, path) {
            return self.function(call, path, shape);
        }
        let owner = meta::type_at(owner(path));
        let named = match self.scope.shape(self.sources, &owner) {
            Ok(Shape::Outside(Outside(path), _))
                if path.last().is_some_and(|it| it == "Default") =>
            {
                None
            }
            named => named.ok(),
        };
        let ends_in_new = path.segments.last().is_some_and(|last| last.ident == "new");
        if ends_in_new && matches!(named, Some(Shape::Own(..))) {
            return Err(self.not_plain(call.span()));
        }
        match named.as_ref().or(shape) {
            Some(shape) => written::default(self, shape, call.span()),
            None => Err(self.not_plain(call.span())),
        }
    }

    /// A function without arguments that is nothing but an expression.
    fn function(&self, call: &ExprCall, path: &syn::Path, shape: Option<&Shape>) -> Read<Value> {
        match self.sources.find_value(self.scope.module, path) {
            Found::Function(module, function) if self.depth < DEEPEST => {
                let scope = Scope::of(module);
                let kind = match &function.sig.output {
                    syn::ReturnType::Type(_, kind) => scope.shape(self.sources, kind).ok(),
                    syn::ReturnType::Default => None,
                };
                self.within(&scope)
                    .block(&function.block, kind.as_ref().or(shape))
            }
            _ => Err(self.not_plain(call.span())),
        }
    }

    /// `Name("...".into())`
    fn newtype(&self, call: &ExprCall, path: &syn::Path, arguments: &[&Expr]) -> Read<Value> {
        match self.sources.find_type(self.scope.module, path) {
            Found::Type(id) => written::newtype(self, id, arguments, call.span()),
            _ => Err(self.not_plain(call.span())),
        }
    }

    fn method(&self, call: &ExprMethodCall, shape: Option<&Shape>) -> Read<Value> {
        let name = call.method.to_string();
        match name.as_str() {
            // What one's own type makes of it is not to be seen.
            "into" if matches!(shape, Some(Shape::Own(..))) => Err(self.not_plain(call.span())),
            "into" | "to_string" | "to_owned" | "clone" | "unwrap" | "to_vec" | "into_iter"
            | "collect" | "as_str"
                if call.args.is_empty() =>
            {
                self.read(&call.receiver, shape)
            }
            _ => Err(self.not_plain(call.span())),
        }
    }

    fn structure(&self, literal: &ExprStruct, shape: Option<&Shape>) -> Read<Value> {
        let named = meta::type_at(literal.path.clone());
        let named = self.scope.shape(self.sources, &named).ok();
        let Some(Shape::Own(id, arguments)) = named.as_ref().or(shape) else {
            return Err(self.not_plain(literal.span()));
        };
        if !matches!(self.sources.type_item(*id).item, Item::Struct(_)) {
            return Err(self.not_plain(literal.span()));
        }
        let fields = self.fields(literal, *id, arguments)?;
        let inside = Scope::inside(self.sources, *id, arguments)?;
        written::structure(&self.within(&inside), *id, fields, literal.span())
    }

    /// The fields of a struct that is written out, by their names in Rust.
    pub(super) fn fields(
        &self,
        literal: &ExprStruct,
        id: TypeId,
        arguments: &[Shape],
    ) -> Read<Map<String, Value>> {
        let inside = Scope::inside(self.sources, id, arguments)?;
        let mut fields = match &literal.rest {
            Some(rest) => written::fields_of(&self.within(&inside), rest, id, arguments)?,
            None => Map::new(),
        };
        for field in &literal.fields {
            let Member::Named(ident) = &field.member else {
                return Err(self.not_plain(field.span()));
            };
            let name = crate::source::name(ident);
            let shape = written::shape_of_field(self.sources, &inside, id, &name)?;
            fields.insert(name, self.read(&field.expr, shape.as_ref())?);
        }
        Ok(fields)
    }
}

fn repetition(input: syn::parse::ParseStream<'_>) -> syn::Result<(Expr, Expr)> {
    let item = input.parse()?;
    input.parse::<syn::Token![;]>()?;
    Ok((item, input.parse()?))
}

/// `a::B` of `a::B::c`.
fn owner(path: &syn::Path) -> syn::Path {
    let mut owner = path.clone();
    owner.segments.pop();
    owner.segments.pop_punct();
    owner
}

fn negative(number: &Number) -> Option<Value> {
    if let Some(whole) = number.as_u64() {
        return i64::try_from(-i128::from(whole)).ok().map(Value::from);
    }
    Number::from_f64(-number.as_f64()?).map(Value::Number)
}

/// `i32::MAX`, `u16::MIN`
fn limit_of_integer(path: &syn::Path) -> Option<Value> {
    let mut segments = path.segments.iter().rev();
    let which = segments.next()?.ident.to_string();
    let of = segments.next()?.ident.to_string();
    Some(match (of.as_str(), which.as_str()) {
        ("i8", "MIN") => i8::MIN.into(),
        ("i8", "MAX") => i8::MAX.into(),
        ("i16", "MIN") => i16::MIN.into(),
        ("i16", "MAX") => i16::MAX.into(),
        ("i32", "MIN") => i32::MIN.into(),
        ("i32", "MAX") => i32::MAX.into(),
        ("i64", "MIN") => i64::MIN.into(),
        ("i64", "MAX") => i64::MAX.into(),
        ("u8" | "u16" | "u32" | "u64", "MIN") => 0.into(),
        ("u8", "MAX") => u8::MAX.into(),
        ("u16", "MAX") => u16::MAX.into(),
        ("u32", "MAX") => u32::MAX.into(),
        ("u64", "MAX") => u64::MAX.into(),
        _ => return None,
    })
}

fn outside(name: &str) -> Shape {
    Shape::Outside(Outside(vec![name.to_owned()]), Vec::new())
}

fn is_float(shape: Option<&Shape>) -> bool {
    matches!(shape, Some(Shape::Outside(Outside(path), _)) if path == &["f64"] || path == &["f32"])
}

/// What is in a `Box` and the like: its value is written as what is in it is.
fn wrapped(shape: &Shape) -> Shape {
    match shape {
        Shape::Outside(Outside(path), arguments)
            if matches!(
                path.last().map(String::as_str),
                Some("Box" | "Arc" | "Rc" | "Cow")
            ) =>
        {
            arguments.first().map_or_else(|| shape.clone(), wrapped)
        }
        shape => shape.clone(),
    }
}

/// What an `Option` is of.
fn in_option(shape: &Shape) -> &Shape {
    match shape {
        Shape::Outside(Outside(path), arguments)
            if path.last().is_some_and(|it| it == "Option") =>
        {
            arguments.first().unwrap_or(shape)
        }
        shape => shape,
    }
}

/// The text of an expression that is one.
pub(super) fn text(values: &Values<'_>, expr: &Expr) -> Read<String> {
    if let Some(text) = literal_text(expr) {
        return Ok(text);
    }
    match values.value(expr)? {
        Value::String(text) => Ok(text),
        _ => Err(values.unread(expr.span(), "this is no text that can be seen here")),
    }
}
