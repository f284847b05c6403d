//! `#[resource(...)]`: a kind of one's own, in the words of kube's derive.

use proc_macro2::{Span, TokenStream};
use quote::format_ident;
use syn::{Ident, Item, ItemStruct, LitStr, Path};

use crate::arguments::{Argument, Arguments};
use crate::error::{Error, Errors, Reading};
use crate::item::{doc_comment, plain_struct};
use crate::names;

/// What `#[resource(...)]` on the struct of a spec says.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The struct, as the author wrote it.
    pub item: ItemStruct,
    /// The API group, such as `example.com`.
    pub group: LitStr,
    /// The version of the API, such as `v1alpha1`.
    pub version: LitStr,
    /// The kind, such as `MyApp`.
    pub kind: LitStr,
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
        let item = plain_struct(item, "#[resource]", &errors);
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
    let root = given.one("root", |a, errors| {
        a.checked(errors, names::check_type_name)
    });
    let guess = item.ident.to_string();
    let guess = guess
        .strip_suffix("Spec")
        .filter(|kind| !kind.is_empty())
        .unwrap_or(&guess);
    let kind = given.required("kind", &format!("kind = \"{guess}\""), |a, errors| {
        let check = if root.is_some() {
            names::check_bare_kind
        } else {
            names::check_kind
        };
        a.checked(errors, check)
    });
    check_name_is_free(&mut item, root.as_ref().or(kind.as_ref()), given.errors);
    let kind = kind
        .filter(|kind| root.is_some() || syn::parse_str::<Ident>(&kind.value()).is_ok())
        .unwrap_or_else(|| LitStr::new(guess, item.ident.span()));
    let plural = given
        .one("plural", |a, errors| a.checked(errors, names::check_plural))
        .unwrap_or_else(|| LitStr::new(&names::plural(&kind.value()), kind.span()));
    let namespaced = given.one("namespaced", Argument::switch).unwrap_or(false);
    let has_status = given.has("status");
    let status = given.one("status", Argument::path);
    let doc = given
        .one("doc", Argument::text)
        .or_else(|| doc_comment(&item.attrs));

    let root = root.map(|root| quote::quote!(root = #root));
    let mut others: Vec<_> = root
        .into_iter()
        .chain(annotations.into_iter().map(|(_, tokens)| tokens))
        .collect();
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
        plural,
        namespaced,
        status,
        doc,
        others,
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
    read: impl Fn(&Argument, &Errors) -> Option<T>,
) -> impl Fn(&Argument, &Errors) -> Option<TokenStream> {
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
    others.extend(given.all(
        "selectable",
        sound(|a, errors| a.checked(errors, names::check_json_path)),
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
    given.required("name", "name = \"Ready\"", Argument::text);
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

fn read_scale(argument: &Argument, errors: &Errors) -> Option<()> {
    let mut given = argument.nested(errors)?;
    let path = |a: &Argument, errors: &Errors| a.checked(errors, names::check_json_path);
    given.required(
        "spec_replicas_path",
        "spec_replicas_path = \".spec.replicas\"",
        path,
    );
    given.required(
        "status_replicas_path",
        "status_replicas_path = \".status.replicas\"",
        path,
    );
    given.one("label_selector_path", path);
    given.finish();
    Some(())
}
