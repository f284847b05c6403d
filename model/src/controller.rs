//! `#[derive(Controller)]` with `#[controller(...)]`: what a controller reconciles and touches, and
//! the fields that it is made of.

use std::iter::once;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident};
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DeriveInput, Expr, Fields, Generics, Ident, LitStr, Meta, Path};

use crate::access::Rule;
use crate::arguments::{Argument, Arguments, Value};
use crate::error::{Error, Errors, Reading};
use crate::names;
use crate::owned::Owned;
use crate::watch::{Watch, read_when};

/// What `#[controller(...)]` on a struct says.
#[derive(Clone, Debug)]
pub struct Controller {
    /// The struct.
    pub ident: Ident,
    /// Its generics, which it has only beside an error.
    pub generics: Generics,
    /// The kind that it reconciles.
    pub reconciles: Path,
    /// Whether it keeps the status of the reconciled object, where that is made by `#[status]`.
    pub keeps_status: bool,
    /// Its name, as logs and metrics show it: the author's, or the kind in lowercase.
    pub name: String,
    /// Which changes of the reconciled object wake it; without it, all of them.
    pub when: Option<Expr>,
    /// The kinds whose objects it makes, and whose changes wake their owner.
    pub owns: Vec<Owned>,
    /// The kinds whose changes wake the reconciled objects that they concern.
    pub watches: Vec<Watch>,
    /// The kinds that it only reads.
    pub reads: Vec<Path>,
    /// The label of the objects that it leaves alone.
    pub skip: Option<Label>,
    /// The finalizer that holds an object until `cleanup` was called.
    pub finalizer: Option<LitStr>,
    /// What it may do besides that which follows from the rest.
    pub rules: Vec<Rule>,
    /// How it goes about its work.
    pub settings: Vec<Setting>,
    /// The fields of the struct.
    pub fields: Fields,
}

/// `queue = order::ByName`: an expression that the runtime's method of this name takes.
#[derive(Clone, Debug)]
pub struct Setting {
    /// `queue`
    pub name: Ident,
    /// `order::ByName`
    pub value: Expr,
}

/// The settings, each with an example.
const SETTINGS: [(&str, &str); 3] = [
    ("queue", "order::ByName"),
    ("backoff", "|failures| Duration::from_secs(failures.into())"),
    ("reconcile_timeout", "Duration::from_secs(30)"),
];

/// A label of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// `reconciler`, or `example.com/reconciler`.
    pub key: String,
    /// `ignore`
    pub value: String,
}

impl Controller {
    /// Reads a struct with `#[derive(Controller)]`.
    pub fn read(input: &DeriveInput) -> Reading<Self> {
        let errors = Errors::default();
        if !input.generics.params.is_empty() {
            let error = Error::new(&input.generics, "a controller is a struct without generics");
            errors.push(error.help("write the types out"));
        }
        let fields = if let Data::Struct(data) = &input.data {
            data.fields.clone()
        } else {
            errors.push(Error::new(
                &input.ident,
                "`#[derive(Controller)]` goes on a struct",
            ));
            Fields::Unit
        };
        let guess = guess_kind(&input.ident);
        let given = arguments(input, &guess, &errors);
        let controller = read(&input.ident, &guess, given, &errors);
        errors.reading(Self {
            fields,
            generics: input.generics.clone(),
            ..controller
        })
    }

    /// The kinds that it may read, each once: what it reconciles, owns or watches is read too.
    pub fn readable(&self) -> Vec<&Path> {
        let owned = self.owns.iter().map(|owned| &owned.kind);
        let watched = self.watches.iter().map(|watch| &watch.kind);
        let all = once(&self.reconciles)
            .chain(owned)
            .chain(watched)
            .chain(&self.reads);
        let mut kinds: Vec<&Path> = Vec::new();
        for kind in all {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds
    }
}

impl Setting {
    fn read(argument: &Argument, example: &str, errors: &Errors) -> Option<Self> {
        Some(Self {
            name: argument.name.clone(),
            value: argument.expression(errors, example)?,
        })
    }
}

/// `MyApp` for `MyAppController`.
fn guess_kind(ident: &Ident) -> Ident {
    let name = ident.to_string();
    let kind = name
        .strip_suffix("Controller")
        .filter(|kind| !kind.is_empty())
        .unwrap_or("MyApp");
    format_ident!("{kind}", span = ident.span())
}

/// What is in the `#[controller(...)]`, of which there may be several; `None` if there is none,
/// which is reported.
fn arguments<'e>(input: &DeriveInput, guess: &Ident, errors: &'e Errors) -> Option<Arguments<'e>> {
    let mut attributes = input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("controller"));
    let inside = |attribute: &Attribute| match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    if let Some(assigned) = input.attrs.iter().find(|attribute| {
        attribute.path().is_ident("controller") && matches!(attribute.meta, Meta::NameValue(_))
    }) {
        let error = Error::new(
            assigned,
            "the arguments of `#[controller]` stand in parentheses",
        );
        errors.push(error.help(format!("write `#[controller(reconciles = {guess})]`")));
        return None;
    }
    let Some(first) = attributes.next() else {
        let error = Error::new(
            &input.ident,
            "`#[derive(Controller)]` needs to know what the controller reconciles",
        );
        errors.push(error.help(format!(
            "add `#[controller(reconciles = {guess})]` to the struct"
        )));
        return None;
    };
    let mut arguments =
        Arguments::parse("#[controller]", first.path().span(), inside(first), errors);
    for further in attributes {
        arguments.add(inside(further));
    }
    Some(arguments)
}

fn read(ident: &Ident, guess: &Ident, given: Option<Arguments<'_>>, errors: &Errors) -> Controller {
    let mut controller = Controller {
        ident: ident.clone(),
        generics: Generics::default(),
        reconciles: guess.clone().into(),
        keeps_status: true,
        name: guess.to_string().to_ascii_lowercase(),
        when: None,
        owns: Vec::new(),
        watches: Vec::new(),
        reads: Vec::new(),
        skip: None,
        finalizer: None,
        rules: Vec::new(),
        settings: Vec::new(),
        fields: Fields::Unit,
    };
    let Some(mut given) = given else {
        return controller;
    };
    let example = format!("reconciles = {guess}");
    if let Some(reconciled) = given.required("reconciles", &example, read_reconciles) {
        controller.name = last_segment(&reconciled.kind).to_ascii_lowercase();
        controller.reconciles = reconciled.kind;
        controller.when = reconciled.when;
        controller.keeps_status = reconciled.keeps_status;
    }
    if let Some(name) = given.one("name", |a, errors| {
        a.checked(errors, names::check_controller_name)
    }) {
        controller.name = name.value();
    }
    controller.owns = given.all("owns", Owned::read).concat();
    controller.watches = given.all("watches", Watch::read);
    controller.reads = given.all("reads", read_reads).concat();
    controller.skip = given.one("skip", read_skip);
    controller.finalizer = given.one("finalizer", |a, errors| {
        a.checked(errors, names::check_finalizer)
    });
    controller.rules = given.all("rbac", Rule::read);
    controller.settings = SETTINGS
        .iter()
        .filter_map(|(name, example)| {
            given.one(name, |a, errors| Setting::read(a, example, errors))
        })
        .collect();
    given.finish();
    check_declared_once(&mut controller, errors);
    controller
}

/// Kinds that are already declared, and as what.
type Declared = Vec<(Path, &'static str)>;

/// A kind is reconciled, owned or only read: what is reconciled, owned or watched is read too.
///
/// ```text
/// #[controller(reconciles = MyApp, owns(Secret), reads(Secret, MyApp))]
/// //                                                   ^^^^^^ owned, so it is read already
/// ```
fn check_declared_once(controller: &mut Controller, errors: &Errors) {
    let mut declared = vec![(controller.reconciles.clone(), "reconciled")];
    controller
        .owns
        .retain(|owned| declare(&owned.kind, "owns", &mut declared, errors));
    let watched = controller.watches.iter().map(|watch| watch.kind.clone());
    declared.extend(watched.map(|kind| (kind, "watched")));
    controller
        .reads
        .retain(|kind| declare(kind, "reads", &mut declared, errors));
}

/// Whether nothing declared before makes this declaration of `kind` wrong; if so, it is reported.
fn declare(kind: &Path, word: &str, declared: &mut Declared, errors: &Errors) -> bool {
    let participle = if word == "owns" { "owned" } else { "read" };
    let Some((_, before)) = declared.iter().find(|(known, _)| known == kind) else {
        declared.push((kind.clone(), participle));
        return true;
    };
    let name = kind.to_token_stream().to_string().replace(' ', "");
    let (message, help) = if *before == participle {
        (
            format!("`{name}` is in `{word}` twice"),
            "remove one".to_owned(),
        )
    } else if word == "owns" {
        (
            format!("a controller of `{name}` can't own `{name}`"),
            "an object that it reconciles is made by somebody else".to_owned(),
        )
    } else {
        (
            format!("`{name}` is {before}, and read already"),
            format!("remove it from `{word}`"),
        )
    };
    errors.push(Error::new(kind, message).help(help));
    false
}

/// What a controller reconciles, which of its changes matter, and whether it keeps the status.
struct Reconciled {
    kind: Path,
    when: Option<Expr>,
    keeps_status: bool,
}

/// `reconciles = MyApp`, `reconciles(MyApp, status = false, when = matters)`
fn read_reconciles(argument: &Argument, errors: &Errors) -> Option<Reconciled> {
    if !matches!(argument.value, Value::List(_)) {
        return Some(Reconciled {
            kind: argument.path(errors)?,
            when: None,
            keeps_status: true,
        });
    }
    let before = errors.count();
    let (kinds, (when, keeps_status)) = argument.kinds(errors, |given| {
        let keeps_status = given.one("status", Argument::switch);
        (read_when(given), keeps_status.unwrap_or(true))
    })?;
    match <[Path; 1]>::try_from(kinds) {
        Ok([kind]) => Some(Reconciled {
            kind,
            when,
            keeps_status,
        }),
        Err(kinds) => {
            if !kinds.is_empty() || errors.count() == before {
                errors.push(argument.takes("one kind", "(MyApp, when = matters)"));
            }
            None
        }
    }
}

/// `reads(Secret, ConfigMap)`
fn read_reads(argument: &Argument, errors: &Errors) -> Option<Vec<Path>> {
    argument.kinds(errors, |_| ()).map(|(kinds, ())| kinds)
}

fn read_skip(argument: &Argument, errors: &Errors) -> Option<Label> {
    let mut given = argument.nested(errors)?;
    let label = given.required("label", "label = \"reconciler=ignore\"", |a, errors| {
        let text = a.text(errors)?;
        errors.keep(read_label(&text.value()).map_err(|wrong| Error::new(&text, wrong)))
    });
    given.finish();
    label
}

fn read_label(text: &str) -> Result<Label, String> {
    let (key, value) = text.split_once('=').ok_or_else(|| {
        format!("`{text}` is not a label; write its key and its value, as in `reconciler=ignore`")
    })?;
    names::check_label_key(key).map_err(|wrong| wrong.to_string())?;
    names::check_label_value(value).map_err(|wrong| wrong.to_string())?;
    Ok(Label {
        key: key.to_owned(),
        value: value.to_owned(),
    })
}

fn last_segment(path: &Path) -> String {
    path.segments
        .last()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}
