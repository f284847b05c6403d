//! The flags by which cargo's users say which features a crate is built with.

use clap::Args;
use myop_manifests::Features;

#[derive(Debug, Default, Args)]
pub(super) struct FeatureFlags {
    /// Read the crate as it is built with these features, with `,` or a space between them
    #[arg(
        long,
        short = 'F',
        value_name = "FEATURES",
        requires = "krate",
        value_delimiter = ','
    )]
    features: Vec<String>,
    /// Read the crate as it is built with all its features
    #[arg(long, requires = "krate")]
    all_features: bool,
    /// Read the crate as it is built without its default features
    #[arg(long, requires = "krate")]
    no_default_features: bool,
}

impl FeatureFlags {
    /// What is asked for.
    pub(super) fn asked(&self) -> Features {
        let named = self.features.iter().flat_map(|all| all.split_whitespace());
        Features {
            named: named.map(str::to_owned).collect(),
            all: self.all_features,
            no_default: self.no_default_features,
        }
    }
}
