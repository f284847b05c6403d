//! The parameters of a request.

use std::borrow::Cow;

use http::Uri;

use crate::{FieldError, FieldReason, Refusal, Subject};

/// The parameters of a request, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn of(uri: &Uri) -> Self {
        let parts = uri.query().unwrap_or_default().split('&');
        let readable = parts.filter(|part| !part.contains(';') && is_well_escaped(part));
        let pairs = readable.flat_map(|part| form_urlencoded::parse(part.as_bytes()));
        Self(
            pairs
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The first value, or an empty text.
    pub(crate) fn get<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let same = self.0.iter().filter(move |(one, _)| one == name);
        same.map(|(_, value)| value.as_str())
    }

    /// As Kubernetes reads a truth value: what is there and is neither `false` nor `0`.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.flag(name).unwrap_or_default()
    }

    /// None where it is not there.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        let value = self.all(name).next()?;
        Some(!matches!(
            value.to_ascii_lowercase().as_str(),
            "false" | "0"
        ))
    }

    /// A whole number; none where it is not there.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.get(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| {
                Refusal::bad_request(format!(
                    "strconv.ParseInt: parsing {text:?}: invalid syntax"
                ))
            }),
        }
    }
}

/// What is not, Go's `url.ParseQuery` passes over.
pub(crate) fn is_well_escaped(text: &str) -> bool {
    let mut escapes = text.split('%').skip(1);
    escapes.all(|rest| {
        let code = rest.as_bytes().get(..2);
        code.is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit))
    })
}

/// How a write is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WriteOptions {
    pub(crate) dry_run: bool,
    /// Empty: that of the user agent.
    pub(crate) field_manager: String,
    pub(crate) field_validation: FieldValidation,
    /// `force` of apply.
    pub(crate) force: bool,
}

/// What becomes of fields that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldValidation {
    Ignore,
    Warn,
    Strict,
}

/// The kind of options, as messages name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteKind {
    Create,
    Update,
    Patch,
    Apply,
}

impl WriteOptions {
    pub(crate) fn of(query: &Query, kind: WriteKind) -> Result<Self, Refusal> {
        let manager = query.get("fieldManager");
        let mut errors = Vec::new();
        match kind {
            WriteKind::Apply if manager.is_empty() => errors.push(FieldError::new(
                FieldReason::Required,
                "fieldManager",
                "",
                "is required for apply patch",
            )),
            WriteKind::Patch if query.flag("force").is_some() => errors.push(FieldError::new(
                FieldReason::Forbidden,
                "force",
                "",
                "may not be specified for non-apply patch",
            )),
            _ => {}
        }
        errors.extend(of_manager(manager));
        errors.extend(of_dry_run(&query.all("dryRun").collect::<Vec<_>>()));
        let field_validation = match query.get("fieldValidation") {
            "Ignore" => FieldValidation::Ignore,
            "" | "Warn" => FieldValidation::Warn,
            "Strict" => FieldValidation::Strict,
            other => {
                errors.push(FieldError::new(
                    FieldReason::NotSupported,
                    "fieldValidation",
                    other,
                    supported(&["", "Ignore", "Strict", "Warn"]),
                ));
                FieldValidation::Warn
            }
        };
        refuse(kind.options(), &errors)?;
        Ok(Self {
            dry_run: query.all("dryRun").next().is_some(),
            field_manager: manager.into(),
            field_validation,
            force: query.is_true("force"),
        })
    }
}

impl WriteKind {
    fn options(self) -> &'static str {
        match self {
            Self::Create => "CreateOptions",
            Self::Update => "UpdateOptions",
            Self::Patch | Self::Apply => "PatchOptions",
        }
    }
}

/// Refuses options of `meta.k8s.io` in which there are errors.
pub(crate) fn refuse(options: &str, errors: &[FieldError]) -> Result<(), Refusal> {
    if errors.is_empty() {
        return Ok(());
    }
    let subject = Subject {
        group: "meta.k8s.io".into(),
        resource: options.into(),
        name: String::new(),
    };
    Err(Refusal::invalid(&subject, errors))
}

pub(crate) fn of_dry_run(values: &[&str]) -> Option<FieldError> {
    let all_known = values.iter().all(|value| *value == "All");
    (!all_known).then(|| {
        FieldError::new(
            FieldReason::NotSupported,
            "dryRun",
            values.to_vec(),
            supported(&["All"]),
        )
    })
}

fn of_manager(manager: &str) -> Vec<FieldError> {
    const LONGEST: usize = 128;
    let mut errors = Vec::new();
    if manager.len() > LONGEST {
        errors.push(FieldError::new(
            FieldReason::TooLong,
            "fieldManager",
            "",
            format!("may not be more than {LONGEST} bytes"),
        ));
    }
    let unprintable = manager
        .char_indices()
        .filter(|(_, letter)| letter.is_control());
    errors.extend(unprintable.map(|(at, letter)| {
        FieldError::new(
            FieldReason::Invalid,
            "fieldManager",
            manager,
            format!(
                "invalid character {} (at position {at})",
                code_point(letter)
            ),
        )
    }));
    errors
}

/// As Go's `%#U`.
fn code_point(letter: char) -> Cow<'static, str> {
    format!("U+{:04X}", u32::from(letter)).into()
}

/// `supported values: "a", "b"`.
pub(crate) fn supported(values: &[&str]) -> String {
    let quoted: Vec<_> = values.iter().map(|value| format!("{value:?}")).collect();
    format!("supported values: {}", quoted.join(", "))
}
