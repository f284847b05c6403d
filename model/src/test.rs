//! `#[myop::test]`: an async function of a cluster.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Item, ItemFn};

use crate::arguments::{Argument, Arguments};
use crate::error::{Error, Errors, Reading};

/// What `#[myop::test]` on a function says.
#[derive(Clone, Debug)]
pub struct Test {
    /// The function, as the author wrote it.
    pub function: ItemFn,
    /// Whether the control plane has the controller manager.
    pub controllers: bool,
    /// Whether it runs on the embedded API server, whatever the others run on.
    pub embedded: bool,
}

impl Test {
    /// Reads `#[myop::test(arguments)] item`.
    pub fn read(arguments: TokenStream, item: &Item) -> Reading<Self> {
        let Item::Fn(function) = item else {
            let error = Error::new(item, "`#[myop::test]` goes on a function");
            return Reading::impossible(
                error.help("write `async fn it_works(cluster: Cluster) -> Result { ... }`"),
            );
        };
        let errors = Errors::default();
        let mut given = Arguments::parse("#[myop::test]", Span::call_site(), arguments, &errors);
        let controllers = given.one("controllers", Argument::switch);
        let embedded = given.one("embedded", Argument::switch);
        given.finish();
        let mut function = function.clone();
        function
            .attrs
            .retain(|attribute| !is_test(attribute, &errors));
        check_signature(&function, &errors);
        errors.reading(Self {
            function,
            controllers: controllers.unwrap_or_default(),
            embedded: embedded.unwrap_or_default(),
        })
    }
}

/// Whether it makes a test, too: `#[test]`, `#[tokio::test]`; that is reported.
fn is_test(attribute: &Attribute, errors: &Errors) -> bool {
    let path = &attribute.path().segments;
    let is_test = path.last().is_some_and(|last| last.ident == "test");
    if is_test {
        let error = Error::new(attribute, "`#[myop::test]` makes the test already");
        errors.push(error.help("remove this one"));
    }
    is_test
}

fn check_signature(function: &ItemFn, errors: &Errors) {
    let signature = &function.sig;
    let name = &signature.ident;
    if signature.asyncness.is_none() {
        let error = Error::new(signature.fn_token, "a test on a control plane is async");
        errors.push(error.help(format!("write `async fn {name}(...)`")));
    }
    if signature.inputs.len() != 1 {
        let message = "a test on a control plane is a function of the cluster, and of nothing else";
        let error = Error::at(signature.paren_token.span.join(), message);
        errors.push(error.help("write `(cluster: Cluster)`"));
    }
    if !signature.generics.params.is_empty() {
        let error = Error::new(&signature.generics, "a test is a function without generics");
        errors.push(error.help("write the types out"));
    }
}
