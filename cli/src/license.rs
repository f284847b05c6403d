//! The licences that a project can be given.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum License {
    #[serde(rename = "Apache-2.0")]
    Apache,
    #[serde(rename = "MIT")]
    Mit,
}

/// A licence, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice(pub(crate) Option<License>);

/// A licence that myop has no text of.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is none of Apache-2.0 (or apache2, as Kubebuilder says), MIT and none; a project may have any other by hand"
)]
pub(crate) struct Unknown;

impl FromStr for Choice {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        match name.to_ascii_lowercase().as_str() {
            "apache-2.0" | "apache2" => Ok(Self(Some(License::Apache))),
            "mit" => Ok(Self(Some(License::Mit))),
            "none" => Ok(Self(None)),
            _ => Err(Unknown),
        }
    }
}

/// Its name in SPDX.
impl fmt::Display for License {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Apache => "Apache-2.0",
            Self::Mit => "MIT",
        })
    }
}
