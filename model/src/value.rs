//! What an argument's value may be: a string, a path, a function, an expression, a flag, a list.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprPath, Lit, LitStr, Path, Token};

use crate::arguments::{Argument, Arguments, Value};
use crate::error::{Error, Errors};
use crate::names::NameError;

impl Argument {
    /// `kind = "MyApp"`
    pub(crate) fn text(&self, errors: &Errors) -> Option<LitStr> {
        if let Value::Assigned(value) = &self.value
            && let Some(text) = literal_text(value)
        {
            return Some(text);
        }
        errors.push(self.takes("a string", &format!(" = \"{}\"", self.without_quotes())));
        None
    }

    /// What somebody wrote who forgot the quotes.
    fn without_quotes(&self) -> String {
        match &self.value {
            Value::Assigned(
                value @ (Expr::Path(_)
                | Expr::Field(_)
                | Expr::Lit(ExprLit {
                    lit: Lit::Int(_), ..
                })),
            ) => value.to_token_stream().to_string().replace(' ', ""),
            _ => "...".to_owned(),
        }
    }

    /// A string that passes `check`. One that doesn't is returned all the same: a stand-in is as
    /// good.
    pub(crate) fn checked(
        &self,
        errors: &Errors,
        check: impl Fn(&str) -> Result<(), NameError>,
    ) -> Option<LitStr> {
        let text = self.text(errors)?;
        errors.keep(check(&text.value()).map_err(|wrong| Error::new(&text, wrong)));
        Some(text)
    }

    /// `namespaced`, `storage = false`
    pub(crate) fn switch(&self, errors: &Errors) -> Option<bool> {
        match &self.value {
            Value::Flag => return Some(true),
            Value::Assigned(Expr::Lit(ExprLit {
                lit: Lit::Bool(value),
                ..
            })) => return Some(value.value),
            _ => errors.push(self.takes("true or false", " = false")),
        }
        None
    }

    /// `priority = 1`
    pub(crate) fn number(&self, errors: &Errors) -> Option<i32> {
        if let Value::Assigned(Expr::Lit(ExprLit {
            lit: Lit::Int(value),
            ..
        })) = &self.value
        {
            return errors.keep(value.base10_parse().map_err(Error::from));
        }
        errors.push(self.takes("a number", " = 1"));
        None
    }

    /// `status = MyAppStatus`, or with the path in a string, as kube has it.
    pub(crate) fn path(&self, errors: &Errors) -> Option<Path> {
        match &self.value {
            Value::Assigned(Expr::Path(path)) if path.qself.is_none() => Some(path.path.clone()),
            Value::Assigned(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })) => errors.keep(text.parse().map_err(|_| {
                Error::new(
                    text,
                    format!("`{}` is not the path of a type", text.value()),
                )
            })),
            _ => {
                errors.push(self.takes("a type", " = MyType"));
                None
            }
        }
    }

    /// `index = speaker_of`
    pub(crate) fn function(&self, errors: &Errors, example: &str) -> Option<ExprPath> {
        if let Value::Assigned(Expr::Path(path)) = &self.value {
            return Some(path.clone());
        }
        errors.push(self.takes("the path of a function", &format!(" = {example}")));
        None
    }

    /// `queue = order::ByName`
    pub(crate) fn expression(&self, errors: &Errors, example: &str) -> Option<Expr> {
        if let Value::Assigned(value) = &self.value {
            return Some(value.clone());
        }
        errors.push(self.takes("an expression", &format!(" = {example}")));
        None
    }

    /// `owns(Deployment, Service, any_owner)`: the kinds, and what `read` makes of the rest.
    pub(crate) fn kinds<T>(
        &self,
        errors: &Errors,
        read: impl FnOnce(&mut Arguments<'_>) -> T,
    ) -> Option<(Vec<Path>, T)> {
        let before = errors.count();
        let form = "(Deployment, Service)";
        if !matches!(self.value, Value::List(_)) {
            errors.push(self.takes("kinds", form));
            return None;
        }
        let mut given = self.nested(errors)?;
        let kinds = given.types();
        let rest = read(&mut given);
        given.finish();
        if kinds.is_empty() && errors.count() == before {
            errors.push(self.takes("kinds", form));
            return None;
        }
        Some((kinds, rest))
    }

    /// `label("key", "value")`
    pub(crate) fn pair(&self, errors: &Errors) -> Option<(LitStr, LitStr)> {
        let parse =
            |input: ParseStream<'_>| Punctuated::<LitStr, Token![,]>::parse_terminated(input);
        let form = "(\"key\", \"value\")";
        let items = self.items(errors, "a key and a value", form, |inside| {
            parse.parse2(inside)
        })?;
        let [key, value] = <[LitStr; 2]>::try_from(items)
            .map_err(|_| errors.push(self.takes("a key and a value", form)))
            .ok()?;
        Some((key, value))
    }

    /// `verbs = ["get", "list"]`
    pub(crate) fn texts(&self, errors: &Errors) -> Option<Vec<LitStr>> {
        if let Value::Assigned(Expr::Array(array)) = &self.value
            && !array.elems.is_empty()
            && let Some(texts) = array.elems.iter().map(literal_text).collect()
        {
            return Some(texts);
        }
        errors.push(self.takes("a list of at least one string", " = [\"...\"]"));
        None
    }

    /// `printcolumn(name = "Ready", ...)`
    pub(crate) fn nested<'e>(&self, errors: &'e Errors) -> Option<Arguments<'e>> {
        let Value::List(inside) = &self.value else {
            errors.push(self.takes("arguments of its own", "(...)"));
            return None;
        };
        Some(Arguments::parse(
            self.name.to_string(),
            self.name.span(),
            inside.clone(),
            errors,
        ))
    }

    fn items<T>(
        &self,
        errors: &Errors,
        what: &str,
        form: &str,
        parse: impl Fn(TokenStream) -> syn::Result<Punctuated<T, Token![,]>>,
    ) -> Option<Vec<T>> {
        let Value::List(inside) = &self.value else {
            errors.push(self.takes(what, form));
            return None;
        };
        match parse(inside.clone()) {
            Ok(items) if !items.is_empty() => Some(items.into_iter().collect()),
            _ => {
                errors.push(self.takes(what, form));
                None
            }
        }
    }

    pub(crate) fn takes(&self, what: &str, form: &str) -> Error {
        let name = &self.name;
        Error::new(&self.tokens, format!("`{name}` takes {what}"))
            .help(format!("write `{name}{form}`"))
    }
}

/// What a literal says.
pub(crate) fn literal_text(value: &Expr) -> Option<LitStr> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.clone()),
        // A string that came through a `macro_rules!` variable.
        Expr::Group(group) => literal_text(&group.expr),
        _ => None,
    }
}
