//! Which names Kubernetes takes, and what it says of others.
//!
//! The rules and the words are those of `util/validation/validation.go` in k8s.io/apimachinery.

const LABEL_MESSAGE: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const LABEL_PATTERN: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN_MESSAGE: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const SUBDOMAIN_PATTERN: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const LABEL_1035_MESSAGE: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const LABEL_1035_PATTERN: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED_MESSAGE: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const QUALIFIED_PATTERN: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const VALUE_MESSAGE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const VALUE_PATTERN: &str = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";

/// What is wrong with a name, in as many sentences as Kubernetes has for it.
pub(crate) type Complaints = Vec<String>;

/// A DNS label: `metadata.name` of a namespace.
pub(crate) fn dns_label(name: &str) -> Complaints {
    let mut complaints = too_long(name, 63);
    if !is_dns_label(name) {
        complaints.push(if is_dns_subdomain(name) {
            "must not contain dots".into()
        } else {
            pattern(LABEL_MESSAGE, LABEL_PATTERN, &["my-name", "123-abc"])
        });
    }
    complaints
}

/// A DNS subdomain: `metadata.name` of most kinds.
pub(crate) fn dns_subdomain(name: &str) -> Complaints {
    let mut complaints = too_long(name, 253);
    if !is_dns_subdomain(name) {
        complaints.push(pattern(
            SUBDOMAIN_MESSAGE,
            SUBDOMAIN_PATTERN,
            &["example.com"],
        ));
    }
    complaints
}

/// A DNS subdomain of which the first part may be any: `*.example.com`.
pub(crate) fn wildcard_subdomain(name: &str) -> Complaints {
    let mut complaints = too_long(name, 253);
    if !name.strip_prefix("*.").is_some_and(is_dns_subdomain) {
        complaints.push(pattern(
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
            &format!(r"\*\.{SUBDOMAIN_PATTERN}"),
            &["*.example.com"],
        ));
    }
    complaints
}

/// A DNS label that begins with a letter: `metadata.name` of a Service.
pub(crate) fn dns_1035_label(name: &str) -> Complaints {
    let mut complaints = too_long(name, 63);
    let begins_well = name.starts_with(|letter: char| letter.is_ascii_lowercase());
    if !begins_well || !is_dns_label(name) {
        complaints.push(pattern(
            LABEL_1035_MESSAGE,
            LABEL_1035_PATTERN,
            &["my-name", "abc-123"],
        ));
    }
    complaints
}

/// A part of a path: `metadata.name` of roles and their bindings.
pub(crate) fn path_segment(name: &str) -> Complaints {
    if matches!(name, "." | "..") {
        return vec![format!("may not be '{name}'")];
    }
    path_prefix(name)
}

/// What a part of a path may begin with.
pub(crate) fn path_prefix(name: &str) -> Complaints {
    let forbidden = ["/", "%"].into_iter().filter(|one| name.contains(one));
    forbidden
        .map(|one| format!("may not contain '{one}'"))
        .collect()
}

/// The key of a label or an annotation, a finalizer: `example.com/name` or `name`.
pub(crate) fn qualified(name: &str) -> Complaints {
    let mut complaints = Vec::new();
    let mut parts = name.split('/');
    let (first, second, more) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    if more.is_some() {
        return vec![format!(
            "a valid label key {} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
            pattern(
                QUALIFIED_MESSAGE,
                QUALIFIED_PATTERN,
                &["MyName", "my.name", "123-abc"]
            )
        )];
    }
    let name = match second {
        None => first,
        Some(name) => {
            if first.is_empty() {
                complaints.push("prefix part must be non-empty".into());
            } else {
                let wrong = dns_subdomain(first).into_iter();
                complaints.extend(wrong.map(|why| format!("prefix part {why}")));
            }
            name
        }
    };
    if name.is_empty() {
        complaints.push("name part must be non-empty".into());
    } else if name.len() > 63 {
        complaints.push("name part must be no more than 63 bytes".into());
    }
    if !is_qualified(name) {
        complaints.push(format!(
            "name part {}",
            pattern(
                QUALIFIED_MESSAGE,
                QUALIFIED_PATTERN,
                &["MyName", "my.name", "123-abc"]
            )
        ));
    }
    complaints
}

/// The value of a label.
pub(crate) fn label_value(value: &str) -> Complaints {
    let mut complaints = Vec::new();
    if value.len() > 63 {
        complaints.push("must be no more than 63 bytes".into());
    }
    if !value.is_empty() && !is_qualified(value) {
        complaints.push(pattern(
            VALUE_MESSAGE,
            VALUE_PATTERN,
            &["MyValue", "my_value", "12345"],
        ));
    }
    complaints
}

/// The key of a value of a ConfigMap or a Secret.
pub(crate) fn config_key(key: &str) -> Complaints {
    let mut complaints = too_long(key, 253);
    let inside = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
    if key.is_empty() || !key.chars().all(inside) {
        complaints.push(pattern(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
            "[-._a-zA-Z0-9]+",
            &["key.name", "KEY_NAME", "key-name"],
        ));
    }
    match key {
        "." => complaints.push("must not be '.'".into()),
        ".." => complaints.push("must not be '..'".into()),
        _ if key.starts_with("..") => complaints.push("must not start with '..'".into()),
        _ => {}
    }
    complaints
}

/// `50%`.
pub(crate) fn percent(text: &str) -> Complaints {
    let digits = text.strip_suffix('%').unwrap_or_default();
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    vec![pattern(
        "a valid percent string must be a numeric string followed by an ending '%'",
        "[0-9]+%",
        &["1%", "93%"],
    )]
}

/// The name of a port of a container.
pub(crate) fn port_name(name: &str) -> Complaints {
    let inside = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let mut complaints = too_long(name, 15);
    if name.is_empty() || !name.chars().all(|letter| inside(letter) || letter == '-') {
        complaints
            .push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".into());
    }
    if !name.contains(|letter: char| letter.is_ascii_lowercase()) {
        complaints.push("must contain at least one letter (a-z)".into());
    }
    if name.contains("--") {
        complaints.push("must not contain consecutive hyphens".into());
    }
    if name.starts_with('-') || name.ends_with('-') {
        complaints.push("must not begin or end with a hyphen".into());
    }
    complaints
}

/// As [`qualified`], for those who only ask whether it is one.
pub(crate) fn check_label_name(name: &str) -> Result<(), Complaints> {
    none(qualified(name))
}

/// As [`label_value`], for those who only ask whether it is one.
pub(crate) fn check_label_value(value: &str) -> Result<(), Complaints> {
    none(label_value(value))
}

fn none(complaints: Complaints) -> Result<(), Complaints> {
    if complaints.is_empty() {
        Ok(())
    } else {
        Err(complaints)
    }
}

fn is_dns_label(name: &str) -> bool {
    let inside = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    name.starts_with(inside)
        && name.ends_with(inside)
        && name.chars().all(|letter| inside(letter) || letter == '-')
}

fn is_dns_subdomain(name: &str) -> bool {
    name.split('.').all(is_dns_label)
}

fn is_qualified(name: &str) -> bool {
    let inside = |letter: char| letter.is_ascii_alphanumeric();
    name.starts_with(inside)
        && name.ends_with(inside)
        && name
            .chars()
            .all(|letter| inside(letter) || matches!(letter, '-' | '_' | '.'))
}

/// That a name is longer than this.
pub(crate) fn too_long(name: &str, limit: usize) -> Complaints {
    if name.len() > limit {
        vec![format!("must be no more than {limit} characters")]
    } else {
        Vec::new()
    }
}

/// As `RegexError` of apimachinery puts it.
pub(crate) fn pattern(message: &str, pattern: &str, examples: &[&str]) -> String {
    if examples.is_empty() {
        return format!("{message} (regex used for validation is '{pattern}')");
    }
    let examples: Vec<_> = examples.iter().map(|one| format!("'{one}'")).collect();
    format!(
        "{message} (e.g. {}, regex used for validation is '{pattern}')",
        examples.join(",  or ")
    )
}
