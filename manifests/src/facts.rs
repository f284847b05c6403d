//! What an operator declares, as its binary prints it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rules::Rule;

/// What an operator declares: the document that `cargo run -- manifests` prints in its project.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The project's name.
    pub name: String,
    /// A `CustomResourceDefinition` for each kind and version.
    pub crds: Vec<Value>,
    /// The controllers, in the order of their registration.
    pub controllers: Vec<Controller>,
}

/// A controller and the access that its declarations need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Controller {
    /// Its name, unique in the operator.
    pub name: String,
    /// What it may do with what is in namespaces.
    pub rules: Vec<Rule>,
    /// What it may do with what is in none.
    #[serde(default)]
    pub cluster_rules: Vec<Rule>,
}

/// The text is not the document that an operator's binary prints.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// It is no JSON document, or has something before or behind one.
    #[error("what the operator's program printed is not the document of its declarations: {}", told(.first_line))]
    NoDocument {
        /// How it begins.
        first_line: String,
        /// What no document has.
        source: serde_json::Error,
    },
    /// It has other fields: the binary was built with another edition of myop.
    #[error("cannot understand the declarations that the operator's program printed")]
    OtherEdition(#[source] serde_json::Error),
}

impl Facts {
    /// The facts of a project that declares nothing yet.
    pub fn none(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Reads the document.
    ///
    /// # Errors
    /// When it is not JSON, or has other fields.
    pub fn read(json: &str) -> Result<Self, FactsError> {
        let document: Value =
            serde_json::from_str(json).map_err(|source| FactsError::NoDocument {
                first_line: json.lines().next().unwrap_or_default().to_owned(),
                source,
            })?;
        Self::deserialize(document).map_err(FactsError::OtherEdition)
    }
}

/// What is said of a first line, which may be a whole document.
fn told(first_line: &str) -> String {
    const SHOWN: usize = 80;
    if first_line.is_empty() {
        return "the first line is empty".to_owned();
    }
    let shown: String = first_line.chars().take(SHOWN).collect();
    let more = if shown == first_line { "" } else { "..." };
    format!("the first line is `{shown}{more}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_may_name_objects_and_urls() {
        let facts = Facts::read(
            r#"{ "name": "shop", "crds": [], "controllers": [{ "name": "cart", "rules": [
                { "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["key"], "verbs": ["get"] },
                { "nonResourceURLs": ["/metrics"], "verbs": ["get"] } ] }] }"#,
        )
        .unwrap();
        assert_eq!(facts.controllers[0].rules[0].resource_names, ["key"]);
        assert_eq!(
            facts.controllers[0].rules[1].non_resource_urls,
            ["/metrics"]
        );
    }

    #[test]
    fn what_is_no_document_is_told_by_its_first_line() {
        let document = r#"{ "name": "shop", "crds": [], "controllers": [] }"#;
        let long = "word ".repeat(20);
        for (printed, first_line) in [
            (format!("Starting\n{document}"), "is `Starting`"),
            (format!("1\n{document}"), "is `1`"),
            (format!("{document}\nbye"), "is `{ \"name\": "),
            (String::new(), "is empty"),
            (long, "word ...`"),
        ] {
            let error = Facts::read(&printed).unwrap_err();
            assert!(
                matches!(error, FactsError::NoDocument { .. }),
                "{printed}: {error}"
            );
            assert!(error.to_string().contains(first_line), "{error}");
        }
    }

    #[test]
    fn what_it_does_not_know_is_an_error() {
        let error =
            Facts::read(r#"{ "name": "shop", "crds": [], "controllers": [], "webhooks": [] }"#)
                .unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("unknown field `webhooks`"), "{cause}");
    }
}
