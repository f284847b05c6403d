//! `#[resource(...)]`: a kind of one's own, in the words of kube's derive.

use proc_macro2::{Span, TokenStream};
use quote::format_ident;
use syn::{Ident, Item, ItemStruct, LitStr, Path};

use crate::arguments::{Argument, Arguments};
use crate::error::{Error, Errors, Reading};
use crate::item::{Refused, doc_comment, plain_struct};
use crate::names;

/// The attributes that can't be on the same struct.
const REFUSED: &[Refused] = &[
    (
        "resource",
        "`#[resource]` is there twice",
        "put the arguments into one, or write a struct for each kind",
    ),
    (
        "kube",
        "`#[kube]` is what `#[resource]` writes",
        "put its arguments into `#[resource(...)]`",
    ),
    (
        "status",
        "`#[status]` goes on the struct of a status",
        "write `pub struct MyAppStatus { ... }` for it",
    ),
];

/// The most fields by which the objects of a kind can be selected.
const SELECTABLE_MAX: usize = 8;

/// What `#[resource(...)]` on the struct of a spec says.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The struct, as the author wrote it. It has generics only beside an error.
    pub item: ItemStruct,
    /// The API group, such as `example.com`.
    pub group: LitStr,
    /// The version of the API, such as `v1alpha1`.
    pub version: LitStr,
    /// The kind, such as `MyApp`.
    pub kind: LitStr,
    /// The name of the kind's Rust type, where that isn't the kind.
    pub root: Option<LitStr>,
    /// The resource's name in URLs, such as `myapps`: the author's, or what follows from the kind.
    pub plural: LitStr,
    /// Whether each object lives in a namespace.
    pub namespaced: bool,
    /// The type of the status, if the kind has one.
    pub status: Option<Path>,
    /// What the kind is for: the argument `doc`, or the struct's doc comment.
    pub doc: Option<LitStr>,
    /// The other arguments, as the author wrote them and kube takes them; wrong ones left out.
    pub others: Vec<TokenStream>,
}

impl Resource {
    /// Reads `#[resource(arguments)] item`.
    pub fn read(arguments: TokenStream, item: &Item) -> Reading<Self> {
        let Item::Struct(item) = item else {
            let error = Error::new(item, "`#[resource]` goes on the struct of a spec");
            return Reading::impossible(error.help("write `pub struct MyAppSpec { ... }`"));
        };
        let errors = Errors::default();
        let item = plain_struct(item, "#[resource]", REFUSED, &errors);
        let arguments = Arguments::parse("#[resource]", Span::call_site(), arguments, &errors);
        let resource = read(item, arguments);
        errors.reading(resource)
    }
}

fn read(mut item: ItemStruct, mut given: Arguments<'_>) -> Resource {
    let annotations = given.all("annotation", |a, errors| {
        a.pair(errors).map(|(key, _)| (key, a.tokens.clone()))
    });
    let approved = annotations
        .iter()
        .any(|(key, _)| key.value() == "api-approved.kubernetes.io");
    let group = given.required("group", "group = \"example.com\"", |a, errors| {
        // The groups of the Kubernetes project itself need its approval.
        let check = if approved {
            names::check_domain
        } else {
            names::check_api_group
        };
        a.checked(errors, check)
    });
    let version = given.required("version", "version = \"v1alpha1\"", |a, errors| {
        a.checked(errors, names::check_version)
    });
    let (kind, root) = read_kind(&mut given, &mut item);
    let plural = given
        .one("plural", |a, errors| a.checked(errors, names::check_plural))
        .unwrap_or_else(|| LitStr::new(&names::plural(&kind.value()), kind.span()));
    let namespaced = given.one("namespaced", Argument::switch).unwrap_or(false);
    let has_status = given.means("status");
    let status = given.one("status", Argument::path);
    let doc = given
        .one("doc", Argument::text)
        .or_else(|| doc_comment(&item.attrs));

    let mut others: Vec<_> = annotations.into_iter().map(|(_, tokens)| tokens).collect();
    read_names(&mut given, &mut others);
    read_subresources(&mut given, has_status, &mut others);
    read_version(&mut given, &mut others);
    given.finish();

    let stand_in = |text| LitStr::new(text, Span::call_site());
    Resource {
        item,
        group: group.unwrap_or_else(|| stand_in("example.com")),
        version: version.unwrap_or_else(|| stand_in("v1")),
        kind,
        root,
        plural,
        namespaced,
        status,
        doc,
        others,
    }
}

/// The kind, and the name of its type where that is another; a stand-in for one that no type can
/// have, as the code that is derived for it would be full of errors.
fn read_kind(given: &mut Arguments<'_>, item: &mut ItemStruct) -> (LitStr, Option<LitStr>) {
    let root = given.one("root", |a, errors| {
        a.checked(errors, names::check_type_name)
    });
    let guess = guess_kind(&item.ident);
    let kind = given.required("kind", &format!("kind = \"{guess}\""), |a, errors| {
        let check = if root.is_some() {
            names::check_bare_kind
        } else {
            names::check_kind
        };
        a.checked(errors, check)
    });
    let is_type = |name: &LitStr| names::is_type_name(&name.value());
    let type_name = root.as_ref().or(kind.as_ref()).filter(|name| is_type(name));
    check_name_is_free(item, type_name, given.errors);
    let stand_in = || LitStr::new(&guess, item.ident.span());
    let kind = kind
        .filter(|kind| root.is_some() || is_type(kind))
        .unwrap_or_else(stand_in);
    let root = root.map(|root| if is_type(&root) { root } else { stand_in() });
    (kind, root)
}

/// `MyApp` for `MyAppSpec`.
fn guess_kind(ident: &Ident) -> String {
    let name = ident.to_string();
    let kind = name
        .strip_suffix("Spec")
        .filter(|kind| !kind.is_empty())
        .unwrap_or(&name);
    if names::is_type_name(kind) {
        kind.to_owned()
    } else {
        format!("{kind}Kind")
    }
}

/// The kind's own type is generated beside the struct. Where both have one name, the struct gets
/// another, so that the rest of the program finds what it looks for.
fn check_name_is_free(item: &mut ItemStruct, generated: Option<&LitStr>, errors: &Errors) {
    let name = item.ident.to_string();
    let Some(generated) = generated else {
        if !name.ends_with("Spec") {
            item.ident = format_ident!("{name}Spec", span = item.ident.span());
        }
        return;
    };
    if generated.value() == name {
        let error = Error::new(
            generated,
            format!("`{name}` is the name of the type that is made for the kind"),
        );
        errors.push(error.help(format!("name the struct `{name}Spec`")));
        item.ident = format_ident!("{name}Spec", span = item.ident.span());
    }
}

/// What `read` takes, whole and unless it is wrong.
fn sound<T>(
    mut read: impl FnMut(&Argument, &Errors) -> Option<T>,
) -> impl FnMut(&Argument, &Errors) -> Option<TokenStream> {
    move |argument, errors| {
        let before = errors.count();
        read(argument, errors);
        (errors.count() == before).then(|| argument.tokens.clone())
    }
}

fn read_names(given: &mut Arguments<'_>, others: &mut Vec<TokenStream>) {
    let alias =
        |what| sound(move |a, errors| a.checked(errors, |name| names::check_alias(what, name)));
    others.extend(given.one("singular", alias("singular")));
    others.extend(given.all("shortname", alias("short name")));
    others.extend(given.all("category", alias("category")));
    others.extend(given.all("label", sound(Argument::pair)));
    others.extend(given.all("derive", sound(Argument::path)));
}

fn read_subresources(given: &mut Arguments<'_>, has_status: bool, others: &mut Vec<TokenStream>) {
    others.extend(given.all("printcolumn", sound(read_column)));
    let mut selectable = Vec::new();
    others.extend(given.all(
        "selectable",
        sound(|a, errors| read_selectable(a, has_status, &mut selectable, errors)),
    ));
    others.extend(given.one(
        "scale",
        sound(|a, errors| {
            if !has_status {
                let error = Error::new(
                    &a.name,
                    "`scale` reads the replicas that there are from the status",
                );
                errors.push(error.help("add `status = MyStatus` to `#[resource]`"));
            }
            read_scale(a, errors)
        }),
    ));
}

fn read_version(given: &mut Arguments<'_>, others: &mut Vec<TokenStream>) {
    others.extend(given.all(
        "validation",
        sound(|a, errors| match &a.value {
            crate::arguments::Value::Assigned(_) => Some(()),
            _ => a.text(errors).map(drop),
        }),
    ));
    others.extend(given.one(
        "deprecated",
        sound(|a, errors| match &a.value {
            crate::arguments::Value::Flag => Some(()),
            _ => a.text(errors).map(drop),
        }),
    ));
    others.extend(given.one("storage", sound(Argument::switch)));
    others.extend(given.one("served", sound(Argument::switch)));
}

fn read_column(argument: &Argument, errors: &Errors) -> Option<()> {
    let mut given = argument.nested(errors)?;
    given.required("name", "name = \"Ready\"", |a, errors| {
        a.checked(errors, names::check_column_name)
    });
    given.required("type_", "type_ = \"string\"", |a, errors| {
        a.checked(errors, names::check_column_type)
    });
    given.required("json_path", "json_path = \".spec.image\"", |a, errors| {
        a.checked(errors, names::check_json_path)
    });
    given.one("description", Argument::text);
    given.one("format", |a, errors| {
        a.checked(errors, names::check_column_format)
    });
    given.one("priority", Argument::number);
    given.finish();
    Some(())
}

fn read_selectable(
    argument: &Argument,
    has_status: bool,
    before: &mut Vec<String>,
    errors: &Errors,
) -> Option<()> {
    let path = argument.checked(errors, names::check_selectable_path)?;
    let text = path.value();
    if text.starts_with(".status.") && !has_status {
        let error = Error::new(
            &path,
            format!("`{text}` is in the status, and there is none"),
        );
        errors.push(error.help("add `status = MyStatus` to `#[resource]`"));
    }
    if before.contains(&text) {
        let error = Error::new(&path, format!("`{text}` is selectable already"));
        errors.push(error.help("remove one"));
    } else if before.len() == SELECTABLE_MAX {
        let error = format!("a kind has at most {SELECTABLE_MAX} selectable fields");
        errors.push(Error::new(argument.tokens.clone(), error).help("remove one"));
    }
    before.push(text);
    Some(())
}

fn read_scale(argument: &Argument, errors: &Errors) -> Option<()> {
    let mut given = argument.nested(errors)?;
    given.required(
        "spec_replicas_path",
        "spec_replicas_path = \".spec.replicas\"",
        |a, errors| a.checked(errors, names::check_spec_path),
    );
    given.required(
        "status_replicas_path",
        "status_replicas_path = \".status.replicas\"",
        |a, errors| a.checked(errors, names::check_status_path),
    );
    given.one("label_selector_path", |a, errors| {
        a.checked(errors, names::check_selector_path)
    });
    given.finish();
    Some(())
}
