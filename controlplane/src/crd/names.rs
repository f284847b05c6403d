//! What names may look like, in apimachinery's words.
//!
//! Source: apimachinery `pkg/util/validation`, `pkg/api/validate/content` and `pkg/api/validation/path`.

use std::sync::LazyLock;

use regex::Regex;

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const DNS1035: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";
const KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const VALUE: &str = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";

macro_rules! whole {
    ($text:expr, $given:expr) => {{
        static REGEX: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(&format!("^(?:{})$", $text))
                .expect("the expression is a constant that compiles")
        });
        REGEX.is_match($given)
    }};
}

fn wrong(says: &str, regex: &str, examples: &[&str]) -> String {
    let quoted: Vec<String> = examples.iter().map(|e| format!("'{e}', ")).collect();
    format!(
        "{says} (e.g. {}regex used for validation is '{regex}')",
        quoted.join(" or ")
    )
}

fn too_long(most: usize) -> String {
    format!("must be no more than {most} bytes")
}

/// `example.com`.
pub(crate) fn subdomain(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 253 {
        errors.push(too_long(253));
    }
    if !whole!(SUBDOMAIN, text) {
        errors.push(wrong(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must \
             start and end with an alphanumeric character",
            SUBDOMAIN,
            &["example.com"],
        ));
    }
    errors
}

/// `my-name`.
pub(crate) fn label(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 63 {
        errors.push(too_long(63));
    }
    if !whole!(LABEL, text) {
        errors.push(if whole!(SUBDOMAIN, text) {
            "must not contain dots".into()
        } else {
            wrong(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start \
                 and end with an alphanumeric character",
                LABEL,
                &["my-name", "123-abc"],
            )
        });
    }
    errors
}

/// `my-name`, with a letter first.
pub(crate) fn dns1035(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 63 {
        errors.push(too_long(63));
    }
    if !whole!(DNS1035, text) {
        errors.push(wrong(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
             character, and end with an alphanumeric character",
            DNS1035,
            &["my-name", "abc-123"],
        ));
    }
    errors
}

/// The key of a label: `example.com/MyName`.
pub(crate) fn qualified(text: &str) -> Vec<String> {
    let says = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
                character";
    let examples = ["MyName", "my.name", "123-abc"];
    let mut errors = Vec::new();
    let parts: Vec<&str> = text.split('/').collect();
    let name = match parts[..] {
        [name] => name,
        ["", name] => {
            errors.push("prefix part must be non-empty".into());
            name
        }
        [prefix, name] => {
            errors.extend(
                subdomain(prefix)
                    .into_iter()
                    .map(|e| format!("prefix part {e}")),
            );
            name
        }
        _ => {
            return vec![format!(
                "a valid label key {} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
                wrong(says, KEY, &examples)
            )];
        }
    };
    if name.is_empty() {
        errors.push("name part must be non-empty".into());
    } else if name.len() > 63 {
        errors.push(format!("name part {}", too_long(63)));
    }
    if !whole!(KEY, name) {
        errors.push(format!("name part {}", wrong(says, KEY, &examples)));
    }
    errors
}

/// The value of a label.
pub(crate) fn label_value(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 63 {
        errors.push(too_long(63));
    }
    if !whole!(VALUE, text) {
        errors.push(wrong(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
             start and end with an alphanumeric character",
            VALUE,
            &["MyValue", "my_value", "12345"],
        ));
    }
    errors
}

/// What may stand between the slashes of a URL.
pub(crate) fn path_segment(text: &str) -> Vec<String> {
    if matches!(text, "." | "..") {
        return vec![format!("may not be '{text}'")];
    }
    let forbidden = ["/", "%"].into_iter().filter(|f| text.contains(f));
    forbidden
        .map(|f| format!("may not contain '{f}'"))
        .collect()
}
