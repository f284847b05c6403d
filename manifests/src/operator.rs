//! What an operator declares, from its sources: the facts that its program would print.

use quote::ToTokens as _;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Expr, ItemFn, Path, Stmt, Token, parse_quote};

use crate::facts::{Controller, Facts};
use crate::schema::Schemas;
use crate::source::{Found, Item, ModuleId, Place, Read, Sources, TypeId};
use crate::{access, definition};

/// What is wrong with the attribute of a controller.
type Mistakes = Vec<(Place, myop_model::Error)>;

/// Reads the kinds of `api::kinds()` and the controllers of `controllers::register()`, as `myop` writes the two.
pub(crate) fn read(sources: &Sources, schemas: &Schemas<'_>) -> Read<(Facts, Mistakes)> {
    check_manager(sources)?;
    let mut facts = Facts::none(sources.package());
    for spec in kinds(sources)? {
        facts.crds.push(definition::read(schemas, spec)?);
    }
    let mut mistakes = Mistakes::new();
    for (module, id) in controllers(sources)? {
        let (controller, wrong) = controller(sources, module, id)?;
        facts.controllers.push(controller);
        mistakes.extend(wrong);
    }
    Ok((facts, mistakes))
}

/// That the operator has nothing but what these two list.
fn check_manager(sources: &Sources) -> Read<()> {
    let (module, manager) = function(sources, &parse_quote!(crate::manager))?;
    let text = manager.block.to_token_stream().to_string().replace(' ', "");
    if text.contains("api::kinds()")
        && text.contains("controllers::register(")
        && !text.contains(".controller::<")
    {
        return Ok(());
    }
    let why = "which kinds and controllers there are besides is known when the program runs";
    Err(sources.unread(module, manager.sig.ident.span(), why))
}

fn function<'a>(sources: &'a Sources, path: &Path) -> Read<(ModuleId, &'a ItemFn)> {
    if let Found::Function(module, function) = sources.find_value(sources.root(), path) {
        return Ok((module, function));
    }
    let name = path.to_token_stream().to_string().replace(' ', "");
    let why = format!("there is no function `{name}`");
    Err(sources.unread(sources.root(), proc_macro2::Span::call_site(), why))
}

/// The specs of the kinds: `vec![v1::MyApp::crd()]`.
fn kinds(sources: &Sources) -> Read<Vec<TypeId>> {
    let (module, function) = function(sources, &parse_quote!(crate::api::kinds))?;
    let unread = |span| {
        let why = "which kinds there are is known when the program runs";
        sources.unread(module, span, why)
    };
    let span = function.sig.ident.span();
    let list = match function.block.stmts.as_slice() {
        [Stmt::Macro(list)] => &list.mac,
        [Stmt::Expr(Expr::Macro(list), None)] => &list.mac,
        _ => return Err(unread(span)),
    };
    let calls = list
        .parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
        .map_err(|_| unread(span))?;
    let kind = |call: &Expr| match call {
        Expr::Call(call) => match &*call.func {
            Expr::Path(function) => {
                let mut path = function.path.clone();
                path.segments.pop();
                path.segments.pop_punct();
                match sources.find_type(module, &path) {
                    Found::Kind(spec) => Ok(spec),
                    _ => Err(unread(path.span())),
                }
            }
            _ => Err(unread(call.span())),
        },
        call => Err(unread(call.span())),
    };
    calls.iter().map(kind).collect()
}

/// The structs of the controllers: `manager.controller::<myapp::MyAppController>()`.
fn controllers(sources: &Sources) -> Read<Vec<(ModuleId, TypeId)>> {
    let (module, function) = function(sources, &parse_quote!(crate::controllers::register))?;
    let unread = |span| {
        let why = "which controllers there are is known when the program runs";
        sources.unread(module, span, why)
    };
    let [Stmt::Expr(expr, None)] = function.block.stmts.as_slice() else {
        return Err(unread(function.sig.ident.span()));
    };
    let mut found = Vec::new();
    let mut next = expr;
    while let Expr::MethodCall(call) = next {
        let argument = call.turbofish.as_ref().and_then(|fish| fish.args.first());
        let Some(syn::GenericArgument::Type(syn::Type::Path(path))) = argument else {
            return Err(unread(call.method.span()));
        };
        match sources.find_type(module, &path.path) {
            Found::Type(id) => found.push((sources.type_item(id).module, id)),
            _ => return Err(unread(path.span())),
        }
        next = &call.receiver;
    }
    found.reverse();
    Ok(found)
}

fn controller(sources: &Sources, module: ModuleId, id: TypeId) -> Read<(Controller, Mistakes)> {
    let found = sources.type_item(id);
    let Item::Struct(item) = &found.item else {
        let why = "a controller is a struct";
        return Err(sources.unread(module, found.item.name().span(), why));
    };
    let reading = myop_model::Controller::read(&DeriveInput::from(item.clone()));
    let place =
        |error: &myop_model::Error| Place::of(sources.file(module).to_owned(), error.span());
    let mistakes = reading
        .errors
        .into_iter()
        .map(|error| (place(&error), error));
    let mistakes = mistakes.collect();
    let Some(meaning) = reading.meaning else {
        let why = "what this controller may do is known when the program runs";
        return Err(sources.unread(module, item.ident.span(), why));
    };
    Ok((access::read(sources, module, &meaning)?, mistakes))
}
