//! What an operator declares, as its binary prints it.

use serde::Deserialize;
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
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Its name, unique in the operator.
    pub name: String,
    /// What it may do.
    pub rules: Vec<Rule>,
}

/// The text is not the document that an operator's binary prints.
#[derive(Debug, thiserror::Error)]
#[error("cannot read an operator's declarations from what its binary printed")]
pub struct FactsError(#[from] serde_json::Error);

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
    /// When it is not JSON, or has other fields: the binary was then built with another edition of myop.
    pub fn read(json: &str) -> Result<Self, FactsError> {
        Ok(serde_json::from_str(json)?)
    }
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
    fn what_it_does_not_know_is_an_error() {
        let error =
            Facts::read(r#"{ "name": "shop", "crds": [], "controllers": [], "webhooks": [] }"#)
                .unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("unknown field `webhooks`"), "{cause}");
    }
}
