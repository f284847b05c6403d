//! `rbac(...)`: access that doesn't follow from what a controller reconciles, owns and reads.

use syn::LitStr;

use crate::arguments::{Argument, Arguments, listed};
use crate::error::{Error, Errors};
use crate::names;
use crate::nearest::{nearest, slip_of};

/// What the API server itself lets somebody do with a resource. An extension may know further verbs.
const VERBS: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "approve",
    "attest",
    "bind",
    "escalate",
    "impersonate",
    "sign",
    "use",
    "*",
];

/// Words for a verb that are none, and the verbs.
const NO_VERBS: &[(&str, &[&str])] = &[
    ("read", &["get", "list", "watch"]),
    ("view", &["get", "list", "watch"]),
    ("write", &["create", "update", "patch", "delete"]),
    ("edit", &["update", "patch"]),
    ("modify", &["update", "patch"]),
    ("apply", &["create", "patch"]),
    ("post", &["create"]),
    ("put", &["update"]),
    ("remove", &["delete"]),
    ("all", &["*"]),
    ("any", &["*"]),
];

/// What it lets somebody do with a path that isn't a resource: HTTP's methods.
const METHODS: &[&str] = &[
    "get", "post", "put", "patch", "delete", "head", "options", "*",
];

/// One rule of RBAC: some verbs, on resources or on paths, never on both.
#[derive(Clone, Debug)]
pub enum Rule {
    /// `rbac(groups = ["apps"], resources = ["deployments/scale"], verbs = ["get", "patch"])`
    Resources {
        /// API groups; `""` is the core group.
        groups: Vec<LitStr>,
        /// Plural names, of a subresource after a `/`.
        resources: Vec<LitStr>,
        /// What may be done.
        verbs: Vec<LitStr>,
        /// The only objects it may be done with; none means all.
        names: Vec<LitStr>,
    },
    /// `rbac(urls = ["/metrics"], verbs = ["get"])`
    Urls {
        /// Paths, which may end in `*`.
        urls: Vec<LitStr>,
        /// What may be done.
        verbs: Vec<LitStr>,
    },
}

impl Rule {
    pub(crate) fn read(argument: &Argument, errors: &Errors) -> Option<Self> {
        let mut given = argument.nested(errors)?;
        let rule = if given.means("urls") {
            Self::read_urls(&mut given)
        } else {
            Self::read_resources(&mut given)
        };
        given.finish();
        rule
    }

    fn read_resources(given: &mut Arguments<'_>) -> Option<Self> {
        let groups = given.required("groups", "groups = [\"apps\"]", |a, errors| {
            each(a, errors, check_group)
        });
        let resources =
            given.required("resources", "resources = [\"deployments\"]", |a, errors| {
                each(a, errors, check_resource)
            });
        let verbs = given.required("verbs", "verbs = [\"get\"]", |a, errors| {
            each(a, errors, check_verb)
        });
        let names = given
            .one("names", |a, errors| each(a, errors, check_object_name))
            .unwrap_or_default();
        // It isn't there, but might have been.
        given.one("urls", Argument::texts);
        let (groups, resources, verbs) = (groups?, resources?, verbs?);
        if !names.is_empty() {
            check_verbs_with_names(&resources, &verbs, given.errors);
        }
        Some(Self::Resources {
            groups,
            resources,
            verbs,
            names,
        })
    }

    fn read_urls(given: &mut Arguments<'_>) -> Option<Self> {
        let urls = given.required("urls", "urls = [\"/metrics\"]", |a, errors| {
            each(a, errors, check_url)
        });
        let verbs = given.required("verbs", "verbs = [\"get\"]", |a, errors| {
            each(a, errors, check_method)
        });
        for resource_only in ["groups", "resources", "names"] {
            given.one(resource_only, |a, errors| -> Option<()> {
                let error = Error::new(
                    &a.name,
                    format!("`{resource_only}` and `urls` don't go into one rule"),
                );
                errors.push(error.help("write a second `rbac(...)`"));
                None
            });
        }
        Some(Self::Urls {
            urls: urls?,
            verbs: verbs?,
        })
    }
}

/// A list of strings, with one error for each string that fails `check`.
fn each(
    argument: &Argument,
    errors: &Errors,
    check: impl Fn(&str) -> Result<(), String>,
) -> Option<Vec<LitStr>> {
    let texts = argument.texts(errors)?;
    for text in &texts {
        errors.keep(check(&text.value()).map_err(|wrong| Error::new(text, wrong)));
    }
    Some(texts)
}

fn check_group(group: &str) -> Result<(), String> {
    match group {
        "" | "*" => Ok(()),
        "core" => Err("the core group is written `\"\"`".into()),
        _ => match group.split_once('/') {
            Some((name, _)) => Err(format!(
                "`{group}` is a group with its version; rules have only the group: `{name}`"
            )),
            None => names::check_domain(group)
                .map_err(|_| format!("`{group}` is not a valid API group")),
        },
    }
}

fn check_resource(resource: &str) -> Result<(), String> {
    let (name, subresource) = match resource.split_once('/') {
        Some((name, subresource)) => (name, Some(subresource)),
        None => (resource, None),
    };
    if subresource.is_some_and(str::is_empty) {
        return Err(format!(
            "`{resource}` names no subresource after the `/`; write `{name}` for the resource itself"
        ));
    }
    if name == "*" || names::check_plural(name).is_ok() {
        return Ok(());
    }
    if name.is_empty() {
        return Err(format!("`{resource}` is not a resource, as it has no name"));
    }
    let plural = names::plural(name);
    let help = if names::check_plural(&plural).is_ok() {
        format!("; try `{plural}`")
    } else {
        String::new()
    };
    Err(format!(
        "`{resource}` is not a resource: rules have its plural in lowercase{help}"
    ))
}

fn check_object_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("no object has an empty name; remove it".into());
    }
    Ok(())
}

fn check_url(url: &str) -> Result<(), String> {
    if url.starts_with('/') || url == "*" {
        Ok(())
    } else {
        Err(format!("`{url}` is not a path; it starts with `/`"))
    }
}

/// A verb that the API server knows, or another word that is not just one of them misspelt.
fn check_verb(verb: &str) -> Result<(), String> {
    if VERBS.contains(&verb) {
        return Ok(());
    }
    if let Some((_, meant)) = NO_VERBS.iter().find(|(word, _)| *word == verb) {
        return Err(format!("`{verb}` is not a verb; write {}", listed(meant)));
    }
    if let Some(meant) = slip_of(verb, VERBS.iter().copied()) {
        return Err(format!("unknown verb `{verb}`; did you mean `{meant}`?"));
    }
    let inside = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '-' | ':')
    };
    if verb.starts_with(|first: char| first.is_ascii_lowercase()) && verb.chars().all(inside) {
        return Ok(());
    }
    Err(format!(
        "`{verb}` is not a verb, which is a word in lowercase; the API server's own are {}",
        listed(VERBS)
    ))
}

fn check_method(method: &str) -> Result<(), String> {
    if METHODS.contains(&method) {
        return Ok(());
    }
    Err(match nearest(method, METHODS.iter().copied()) {
        Some(meant) => format!("unknown verb `{method}`; did you mean `{meant}`?"),
        None => format!("unknown verb `{method}`; known are {}", listed(METHODS)),
    })
}

/// With names, a rule matches only requests that name an object. To create one by POST names none,
/// unless it is a subresource; an apply or an update that creates it does.
///
/// ```text
/// rbac(groups = [""], resources = ["secrets"], verbs = ["create"], names = ["token"])
/// //                                                    ^^^^^^^^ never allowed
/// ```
fn check_verbs_with_names(resources: &[LitStr], verbs: &[LitStr], errors: &Errors) {
    let has = |verb: &str| verbs.iter().any(|given| given.value() == verb);
    let by_name = ["patch", "update", "*"].into_iter().any(has)
        || resources
            .iter()
            .all(|resource| resource.value().contains('/'));
    for verb in verbs {
        let error = match verb.value().as_str() {
            "deletecollection" => Error::new(
                verb,
                "`deletecollection` never matches a rule with `names`, as the request names no object",
            )
            .help("give it a rule without `names`"),
            "create" if !by_name => Error::new(
                verb,
                "`create` never matches a rule with `names`, as a new object has no name yet",
            )
            .help("give it a rule without `names`, or add `patch` if the object is made by apply"),
            _ => continue,
        };
        errors.push(error);
    }
}
