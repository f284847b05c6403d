//! What names may look like, in apimachinery's words.
//!
//! Source: apimachinery `pkg/util/validation`, `pkg/api/validate/content` and `pkg/api/validation/path`.

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const DNS1035: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";
const KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const VALUE: &str = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";

fn is_label(text: &str) -> bool {
    is_between(text, "-", |byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit()
    })
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

fn is_dns1035(text: &str) -> bool {
    is_label(text) && text.starts_with(|first: char| first.is_ascii_lowercase())
}

fn is_key(text: &str) -> bool {
    is_between(text, "-_.", |byte| byte.is_ascii_alphanumeric())
}

fn is_value(text: &str) -> bool {
    text.is_empty() || is_key(text)
}

/// Whether a text has such letters and these signs alone, and a letter at both ends.
fn is_between(text: &str, signs: &str, is_letter: fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    let is_one = |byte: Option<&u8>| byte.is_some_and(|byte| is_letter(*byte));
    let are_all = bytes
        .iter()
        .all(|byte| is_letter(*byte) || signs.as_bytes().contains(byte));
    are_all && is_one(bytes.first()) && is_one(bytes.last())
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
    if !is_subdomain(text) {
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
    if !is_label(text) {
        errors.push(if is_subdomain(text) {
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
    if !is_dns1035(text) {
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
    if !is_key(name) {
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
    if !is_value(text) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The expressions are those that refusals tell of.
        #[test]
        fn names_are_what_their_expressions_say(text in "[a-c0-2A-B._\\-/é\n]{0,6}") {
            type Is = fn(&str) -> bool;
            let all: [(&str, Is); 5] = [
                (LABEL, is_label),
                (SUBDOMAIN, is_subdomain),
                (DNS1035, is_dns1035),
                (KEY, is_key),
                (VALUE, is_value),
            ];
            for (expression, is) in all {
                let whole = Regex::new(&format!("^(?:{expression})$")).unwrap();
                prop_assert_eq!(is(&text), whole.is_match(&text), "{}", expression);
            }
        }
    }
}
