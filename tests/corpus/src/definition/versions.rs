//! Versions of one kind, served, stored and deprecated.

pub mod v1 {
    use kube::CustomResource;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    /// Words of v1.
    #[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
    #[kube(
        group = "example.com",
        version = "v1",
        kind = "Versioned",
        status = "VersionedStatus"
    )]
    pub struct VersionedSpec {
        pub size: u8,
    }

    #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
    pub struct VersionedStatus {
        pub ready: bool,
    }

    kinds![Versioned];
}

pub mod v1beta1 {
    use kube::CustomResource;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    #[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
    #[kube(
        group = "example.com",
        version = "v1beta1",
        kind = "Versioned",
        storage = false,
        deprecated = "use v1, \"please\""
    )]
    pub struct VersionedSpec {
        pub size: String,
    }

    kinds![Versioned];
}

pub mod v1alpha1 {
    use kube::CustomResource;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    #[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
    #[kube(
        group = "example.com",
        version = "v1alpha1",
        kind = "Versioned",
        storage = false,
        served = false,
        deprecated
    )]
    pub struct VersionedSpec {
        pub length: Option<u8>,
    }

    kinds![Versioned];
}
