//! Schemas that are taken in the place of one's own: another type's, or what a function makes.

use serde_json::Value;
use syn::spanned::Spanned as _;
use syn::{Block, Expr, ImplItem, Stmt};

use super::said::Instead;
use super::shape::Scope;
use super::value::Values;
use super::{Schemas, json, meta};
use crate::source::{Found, Read, TypeId};

impl Schemas<'_> {
    /// The schema that is taken instead.
    pub(super) fn instead(&self, instead: &Instead, scope: &Scope) -> Read<Value> {
        match instead {
            Instead::Type(written) => self.schema_of(written, scope),
            Instead::Function(path) => self.made_by(path, scope),
        }
    }

    /// The schema that a function makes, if it is nothing but that schema written out.
    fn made_by(&self, path: &syn::Path, scope: &Scope) -> Read<Value> {
        match self.sources.find_value(scope.module, path) {
            Found::Function(module, function) => {
                self.written_schema(&function.block, &Scope::of(module))
            }
            Found::Outside(outside) if outside.path() == "myop::condition::conditions_schema" => {
                Ok(crate::conditions::schema())
            }
            Found::Outside(outside) => {
                // A type's own function: `String::json_schema`.
                let why = format!(
                    "what `{}` makes is known when the program runs",
                    outside.path()
                );
                Err(self.sources.unread(scope.module, path.span(), why))
            }
            _ => {
                let why = "what this function makes is known when the program runs";
                Err(self.sources.unread(scope.module, path.span(), why))
            }
        }
    }

    /// The schema of a type whose `JsonSchema` is written out by hand.
    pub(super) fn by_hand(
        &self,
        id: TypeId,
        written: &syn::ItemImpl,
        scope: &Scope,
    ) -> Read<Value> {
        let made = written.items.iter().find_map(|item| match item {
            ImplItem::Fn(function) if function.sig.ident == "json_schema" => Some(function),
            _ => None,
        });
        if let Some(made) = made {
            return self.written_schema(&made.block, scope);
        }
        let found = self.sources.type_item(id);
        let name = found.item.name();
        let why = format!("the schema of `{name}` is written by hand");
        Err(self.sources.unread(scope.module, name.span(), why))
    }

    fn written_schema(&self, block: &Block, scope: &Scope) -> Read<Value> {
        let unread = |span| {
            let why = "the schema that is made here is known when the program runs";
            Err(self.sources.unread(scope.module, span, why))
        };
        match block.stmts.as_slice() {
            [Stmt::Expr(expr, None)] => self.schema_expression(expr, scope),
            [Stmt::Macro(call)] => self.schema_macro(&call.mac, scope),
            _ => unread(block.span()),
        }
    }

    /// `json_schema!({...})`, `T::json_schema(generator)`, `generator.subschema_for::<T>()`,
    /// `serde_json::from_value(json!({...})).unwrap()`
    fn schema_expression(&self, expr: &Expr, scope: &Scope) -> Read<Value> {
        let unread = || {
            let why = "the schema that is made here is known when the program runs";
            Err(self.sources.unread(scope.module, expr.span(), why))
        };
        match expr {
            Expr::Macro(call) => self.schema_macro(&call.mac, scope),
            Expr::MethodCall(call) if call.method == "subschema_for" => {
                let written = call.turbofish.as_ref().and_then(|it| it.args.first());
                match written {
                    Some(syn::GenericArgument::Type(written)) => self.schema_of(written, scope),
                    _ => unread(),
                }
            }
            Expr::MethodCall(call)
                if ["unwrap", "expect", "into"]
                    .iter()
                    .any(|name| call.method == name) =>
            {
                self.schema_expression(&call.receiver, scope)
            }
            Expr::Call(call) => {
                let Expr::Path(function) = &*call.func else {
                    return unread();
                };
                let last = function.path.segments.last();
                let last = last.map(|last| last.ident.to_string()).unwrap_or_default();
                match (last.as_str(), call.args.first()) {
                    ("json_schema", Some(_)) => self.schema_of_owner(function, scope),
                    ("from_value" | "from" | "try_from", Some(inner)) => {
                        self.schema_expression(inner, scope)
                    }
                    _ => unread(),
                }
            }
            _ => unread(),
        }
    }

    /// The schema of a type that is written here.
    pub(super) fn schema_of(&self, written: &syn::Type, scope: &Scope) -> Read<Value> {
        let shape = scope.shape(self.sources, written)?;
        self.schema(&shape, &scope.uses(written))
    }

    /// `T` of `T::json_schema` and `<T>::json_schema`.
    fn schema_of_owner(&self, function: &syn::ExprPath, scope: &Scope) -> Read<Value> {
        if let Some(owner) = &function.qself {
            return self.schema_of(&owner.ty, scope);
        }
        let mut path = function.path.clone();
        path.segments.pop();
        path.segments.pop_punct();
        let written = meta::type_at(path);
        self.schema_of(&written, scope)
    }

    fn schema_macro(&self, call: &syn::Macro, scope: &Scope) -> Read<Value> {
        let last = call.path.segments.last().map(|last| last.ident.to_string());
        if !matches!(last.as_deref(), Some("json_schema" | "json")) {
            let why = "the schema that is made here is known when the program runs";
            return Err(self.sources.unread(scope.module, call.span(), why));
        }
        json::value(&call.tokens, &Values::new(self.sources, scope))
    }
}
