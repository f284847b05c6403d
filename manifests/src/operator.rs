//! What an operator declares, from its sources: the facts that its program would print.

use quote::ToTokens as _;
use serde_json::Value;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Expr, ItemFn, Path, Stmt, Token, parse_quote};

use crate::facts::Controller;
use crate::kept::{KeptController, Origin, Origins, Standing};
use crate::schema::Schemas;
use crate::source::{Found, Item, ModuleId, Place, Read, Sources, TypeId};
use crate::{access, definition};

/// What is wrong with the attribute of a controller.
type Mistakes = Vec<(Place, myop_model::Error)>;

/// What an operator declares.
#[derive(Debug)]
pub(crate) struct Operator {
    /// The definitions of its kinds, without those that stand.
    pub(crate) crds: Vec<Value>,
    pub(crate) mistakes: Mistakes,
    /// Where it comes from, its controllers among it.
    pub(crate) origins: Origins,
}

/// Something that one of the operator's lists has.
#[derive(Debug)]
struct Entry {
    /// The module of the list.
    module: ModuleId,
    path: Path,
}

/// Reads the kinds of `api::kinds()` and the controllers of `controllers::register()`, as `myop` writes the two, beside what
/// stands.
pub(crate) fn read(
    sources: &Sources,
    schemas: &Schemas<'_>,
    standing: &Standing,
) -> Read<Operator> {
    let mut operator = Operator {
        crds: Vec::new(),
        mistakes: Mistakes::new(),
        origins: Origins::default(),
    };
    if standing.is_all() {
        operator.origins = standing.origins();
        return Ok(operator);
    }
    sources.take_looked_at();
    check_manager(sources)?;
    let (kinds, controllers) = (kinds(sources)?, controllers(sources)?);
    operator.origins.listed_in = sources.take_looked_at();
    for entry in kinds {
        if !standing.has_kind(&entry.name()) {
            operator.add_kind(sources, schemas, &entry)?;
        }
    }
    for entry in controllers {
        match standing.controller(&entry.name()) {
            Some(stands) => operator.origins.controllers.push(stands.clone()),
            None => operator.add_controller(sources, &entry)?,
        }
    }
    Ok(operator)
}

impl Operator {
    fn add_kind(&mut self, sources: &Sources, schemas: &Schemas<'_>, entry: &Entry) -> Read<()> {
        let Found::Kind(spec) = sources.find_type(entry.module, &entry.path) else {
            let why = "which kinds there are is known when the program runs";
            return Err(sources.unread(entry.module, entry.path.span(), why));
        };
        let crd = definition::read(schemas, spec)?;
        let made_of = sources.take_looked_at();
        let file = sources.file(sources.type_item(spec).module).to_owned();
        let origin = Origin::of(&crd, Some(entry.name()), file, made_of);
        self.origins.kinds.extend(origin);
        self.crds.push(crd);
        Ok(())
    }

    fn add_controller(&mut self, sources: &Sources, entry: &Entry) -> Read<()> {
        let Found::Type(id) = sources.find_type(entry.module, &entry.path) else {
            let why = "which controllers there are is known when the program runs";
            return Err(sources.unread(entry.module, entry.path.span(), why));
        };
        let (controller, mistakes) = controller(sources, sources.type_item(id).module, id)?;
        self.mistakes.extend(mistakes);
        self.origins.controllers.push(KeptController {
            controller,
            entry: entry.name(),
            made_of: sources.take_looked_at(),
        });
        Ok(())
    }
}

impl Entry {
    /// What the list calls it.
    fn name(&self) -> String {
        self.path.to_token_stream().to_string()
    }
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

/// The kinds: `vec![v1::MyApp::crd()]`.
fn kinds(sources: &Sources) -> Read<Vec<Entry>> {
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
                Ok(Entry { module, path })
            }
            _ => Err(unread(call.span())),
        },
        call => Err(unread(call.span())),
    };
    calls.iter().map(kind).collect()
}

/// The structs of the controllers: `manager.controller::<myapp::MyAppController>()`.
fn controllers(sources: &Sources) -> Read<Vec<Entry>> {
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
        let path = path.path.clone();
        found.push(Entry { module, path });
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
