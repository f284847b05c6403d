//! The names that Kubernetes, Rust and cargo accept, and how one follows from another.
//!
//! Each `check_…` function answers one question about one name, and its [`NameError`] is one
//! sentence: what is wrong, the rule, and what to write instead. The rules are the API server's
//! own, recorded from a real one in `tests/names.rs`, and on top of them what Rust needs to make a
//! type, a module or a package of the name.

mod grammar;
mod paths;
mod plural;
mod rust;

use std::fmt;

pub use paths::{
    check_json_path, check_selectable_path, check_selector_path, check_spec_path, check_status_path,
};
pub use plural::plural;
pub(crate) use rust::is_type_name;
pub use rust::{crate_name, is_identifier, module_name};

use grammar::{label_1035, label_1123, qualified, subdomain};

/// A name that can't be used.
///
/// ```
/// let error = myop_model::names::check_version("V1").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`V1` is not a valid version: it must consist of lowercase letters, digits and `-`, and start \
///      with a letter; try `v1`",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError {
    what: &'static str,
    name: String,
    rule: String,
    instead: Option<String>,
}

impl NameError {
    fn new(what: &'static str, name: &str, rule: impl Into<String>) -> Self {
        Self {
            what,
            name: name.to_owned(),
            rule: rule.into(),
            instead: None,
        }
    }

    /// Proposes `candidate`, if it passes the check that `name` failed.
    fn instead(mut self, candidate: String, check: fn(&str) -> Result<(), NameError>) -> Self {
        if candidate != self.name && check(&candidate).is_ok() {
            self.instead = Some(candidate);
        }
        self
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            write!(f, "the {} is empty: it {}", self.what, self.rule)?;
        } else {
            write!(
                f,
                "`{}` is not a valid {}: it {}",
                self.name, self.what, self.rule
            )?;
        }
        match &self.instead {
            Some(instead) => write!(f, "; try `{instead}`"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for NameError {}

/// The longest kind: the API server gives the list of a kind the name `<Kind>List`, of at most 63
/// characters.
pub const KIND_MAX: usize = 59;

/// The longest project name: the Service of the operator's metrics is `<project>-metrics`, of at most 63
/// characters.
pub const PROJECT_MAX: usize = 55;

/// Checks a domain name, whoever it belongs to: the group of a rule, the prefix of an annotation.
pub fn check_domain(name: &str) -> Result<(), NameError> {
    let candidate = lowered(name).replace(['_', ' '], ".");
    subdomain(name)
        .map_err(|rule| NameError::new("domain", name, rule).instead(candidate, check_domain))
}

/// Checks the domain of a project (`--domain`), of which each of its API groups is a part.
///
/// It may be without a dot; then it can't be a group by itself, which [`check_api_group`] says.
pub fn check_own_domain(name: &str) -> Result<(), NameError> {
    check_domain(name)?;
    if is_protected(name) {
        return Err(NameError::new("domain of a project", name, PROTECTED));
    }
    Ok(())
}

/// Checks the part of an API group before the domain (`--group`), which may be empty.
pub fn check_group(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Ok(());
    }
    subdomain(name)
        .map_err(|rule| NameError::new("group", name, rule).instead(lowered(name), check_group))
}

/// Checks a whole API group, as `#[resource(group = "…")]` and a CRD have it.
pub fn check_api_group(name: &str) -> Result<(), NameError> {
    let wrong = |rule: String| {
        NameError::new("API group", name, rule).instead(lowered(name), check_api_group)
    };
    subdomain(name).map_err(wrong)?;
    if !name.contains('.') {
        return Err(wrong(
            "must be a domain with at least one dot, such as `example.com`".into(),
        ));
    }
    if is_protected(name) {
        return Err(wrong(PROTECTED.into()));
    }
    Ok(())
}

const PROTECTED: &str =
    "must not be in `k8s.io` or `kubernetes.io`, which belong to the Kubernetes project";

fn is_protected(name: &str) -> bool {
    ["k8s.io", "kubernetes.io"].iter().any(|domain| {
        name.strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// The whole API group of `group` in `domain`: `apps.example.com`, or the domain where `group` is
/// empty.
pub fn api_group(group: &str, domain: &str) -> Result<String, NameError> {
    check_group(group)?;
    let whole = match group {
        "" => domain.to_owned(),
        _ => format!("{group}.{domain}"),
    };
    check_api_group(&whole)?;
    Ok(whole)
}

/// Checks a version of an API. `v1`, `v1beta1` and `v1alpha1` are the forms that Kubernetes knows
/// how to sort; any other that the API server takes is fine here too.
pub fn check_version(name: &str) -> Result<(), NameError> {
    let digits = name.starts_with(|first: char| first.is_ascii_digit());
    let lowered = lowered(name);
    // Not `v1-2` for `v1.2`: nobody has a version like that.
    let (plain, _) = lowered
        .split_once(|letter: char| !letter.is_ascii_alphanumeric())
        .unwrap_or((&lowered, ""));
    let candidate = format!("{}{plain}", if digits { "v" } else { "" });
    label_1035(name, 63)
        .map_err(|rule| NameError::new("version", name, rule).instead(candidate, check_version))
}

/// Checks a kind, which becomes a Rust type of the same name.
pub fn check_kind(name: &str) -> Result<(), NameError> {
    let wrong =
        |rule: String| NameError::new("kind", name, rule).instead(type_name(name), check_kind);
    rust::check_type_name(name).map_err(wrong)?;
    check_bare_kind(name)
}

/// Checks a kind whose Rust type has another name (`#[resource(root = "…")]`): only what the API
/// server asks.
pub fn check_bare_kind(name: &str) -> Result<(), NameError> {
    let wrong = |rule: &str| NameError::new("kind", name, rule);
    label_1035(&name.to_ascii_lowercase(), usize::MAX).map_err(|_| {
        wrong("must consist of letters, digits and `-`, start with a letter and not end with `-`")
    })?;
    if name.len() > KIND_MAX {
        return Err(wrong(
            "must have at most 59 characters, as its list is named `<Kind>List` and 63 is the limit",
        ));
    }
    Ok(())
}

/// Checks the name of the Rust type of a kind (`#[resource(root = "…")]`).
pub fn check_type_name(name: &str) -> Result<(), NameError> {
    rust::check_type_name(name).map_err(|rule| {
        NameError::new("type name", name, rule).instead(type_name(name), check_type_name)
    })
}

/// Checks the plural of a kind: the resource's name in URLs and rules.
pub fn check_plural(name: &str) -> Result<(), NameError> {
    label_1035(name, 63)
        .map_err(|rule| NameError::new("plural", name, rule).instead(lowered(name), check_plural))
}

/// Checks a singular, a short name or a category of a resource; `what` says which.
pub fn check_alias(what: &'static str, name: &str) -> Result<(), NameError> {
    label_1035(name, 63)
        .map_err(|rule| NameError::new(what, name, rule).instead(lowered(name), check_plural))
}

/// Checks the name of a controller, as logs, metrics and events show it.
pub fn check_controller_name(name: &str) -> Result<(), NameError> {
    label_1123(name, 63).map_err(|rule| {
        NameError::new("controller name", name, rule).instead(
            lowered(name).replace(['_', '.'], "-"),
            check_controller_name,
        )
    })
}

/// Checks a finalizer, which must be qualified by a domain: `example.com/cleanup`.
///
/// A domain alone, `cleanup.example.com`, is taken as well: the API server takes it on custom kinds, with a warning.
pub fn check_finalizer(name: &str) -> Result<(), NameError> {
    let wrong = |rule: String| NameError::new("finalizer", name, rule);
    if !name.contains(['/', '.']) {
        let rule = "must be qualified by a domain, as in `example.com/cleanup`";
        return Err(wrong(rule.into()));
    }
    qualified(name).map_err(wrong)
}

/// Checks the key of a label: `app`, or `example.com/app`.
pub fn check_label_key(name: &str) -> Result<(), NameError> {
    qualified(name).map_err(|rule| NameError::new("label key", name, rule))
}

/// Checks the value of a label, which may be empty.
pub fn check_label_value(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Ok(());
    }
    grammar::name_part(name).map_err(|rule| NameError::new("label value", name, rule))
}

/// Checks the type of a printer column.
pub fn check_column_type(name: &str) -> Result<(), NameError> {
    one_of(
        "column type",
        name,
        &["boolean", "date", "integer", "number", "string"],
    )
}

/// Checks the format of a printer column.
pub fn check_column_format(name: &str) -> Result<(), NameError> {
    let formats = [
        "byte",
        "date",
        "date-time",
        "double",
        "float",
        "int32",
        "int64",
        "password",
    ];
    one_of("column format", name, &formats)
}

/// Checks the name of a printer column, which may be any text.
pub fn check_column_name(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::new(
            "name of a column",
            name,
            "must have at least one character",
        ));
    }
    Ok(())
}

/// Checks a project's name, which becomes a cargo package, a namespace and a name's prefix.
pub fn check_project_name(name: &str) -> Result<(), NameError> {
    let candidate = lowered(name).replace(['_', '.', ' '], "-");
    let wrong = |rule: String| {
        NameError::new("project name", name, rule).instead(candidate.clone(), check_project_name)
    };
    label_1123(name, usize::MAX).map_err(wrong)?;
    if name.len() > PROJECT_MAX {
        return Err(wrong(
            "must have at most 55 characters, as a Service is named `<project>-metrics` and 63 is the limit".into(),
        ));
    }
    rust::check_package_name(name).map_err(|rule| {
        NameError::new("project name", name, rule)
            .instead(format!("{name}-operator"), check_project_name)
    })
}

fn one_of(what: &'static str, name: &str, known: &[&str]) -> Result<(), NameError> {
    if known.contains(&name) {
        return Ok(());
    }
    let mut error = NameError::new(what, name, format!("must be one of {}", known.join(", ")));
    error.instead = crate::nearest(name, known.iter().copied()).map(str::to_owned);
    Err(error)
}

fn lowered(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// A name as that of a type: `my-app` and `my_app` as `MyApp`; one with letters outside of ASCII as it is.
///
/// ```
/// assert_eq!(myop_model::names::type_name("my-app"), "MyApp");
/// ```
#[must_use]
pub fn type_name(name: &str) -> String {
    if !name.is_ascii() {
        return name.to_owned();
    }
    name.split(|between: char| !between.is_ascii_alphanumeric())
        .flat_map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect::<Vec<_>>()
        })
        .collect()
}
