//! `rbac(...)`: access that doesn't follow from what a controller reconciles, owns and reads.

use syn::LitStr;

use crate::arguments::{Argument, Arguments, listed};
use crate::error::{Error, Errors};
use crate::names;
use crate::nearest::nearest;

/// What the API server lets somebody do with a resource.
const VERBS: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "bind",
    "escalate",
    "impersonate",
    "approve",
    "sign",
    "use",
    "*",
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
        let rule = if given.has("urls") {
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
            each(a, errors, |verb| known(verb, VERBS))
        });
        let names = given.one("names", Argument::texts).unwrap_or_default();
        Some(Self::Resources {
            groups: groups?,
            resources: resources?,
            verbs: verbs?,
            names,
        })
    }

    fn read_urls(given: &mut Arguments<'_>) -> Option<Self> {
        let urls = given.required("urls", "urls = [\"/metrics\"]", |a, errors| {
            each(a, errors, check_url)
        });
        let verbs = given.required("verbs", "verbs = [\"get\"]", |a, errors| {
            each(a, errors, |verb| known(verb, METHODS))
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
    let (name, _) = resource.split_once('/').unwrap_or((resource, ""));
    if name == "*" || names::check_plural(name).is_ok() {
        return Ok(());
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

fn check_url(url: &str) -> Result<(), String> {
    if url.starts_with('/') || url == "*" {
        Ok(())
    } else {
        Err(format!("`{url}` is not a path; it starts with `/`"))
    }
}

fn known(verb: &str, verbs: &[&str]) -> Result<(), String> {
    if verbs.contains(&verb) {
        return Ok(());
    }
    Err(match nearest(verb, verbs.iter().copied()) {
        Some(meant) => format!("unknown verb `{verb}`; did you mean `{meant}`?"),
        None => format!("unknown verb `{verb}`; known are {}", listed(verbs)),
    })
}
