//! Own types with the names of std's and of others'.

pub mod own_option {
    use kube::CustomResource;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    /// An option to buy.
    #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
    pub struct Vec {
        pub strike: u32,
    }

    #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
    pub struct Duration {
        pub days: u8,
    }

    #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
    pub struct Condition {
        pub weather: std::string::String,
    }

    #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
    pub enum Value {
        High,
        Low,
    }

    #[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
    #[kube(group = "example.com", version = "v1", kind = "ShadowedTypes")]
    pub struct ShadowedTypesSpec {
        pub own: Vec,
        pub others: std::vec::Vec<Vec>,
        pub duration: Duration,
        pub time: std::time::Duration,
        pub condition: Condition,
        pub value: Value,
    }

    kinds![ShadowedTypes];
}

pub mod own_string {
    use kube::CustomResource;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
    pub struct Text {
        pub characters: std::string::String,
    }

    #[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
    #[kube(group = "example.com", version = "v1", kind = "ShadowedByUse")]
    pub struct ShadowedByUseSpec {
        pub text: inner::Holder,
    }

    mod inner {
        use super::Text as String;
        use super::{Deserialize, JsonSchema, Serialize};

        #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
        pub struct Holder {
            pub text: String,
        }
    }

    kinds![ShadowedByUse];
}

pub mod own_crate_names {
    use ::kube::CustomResource;
    use ::schemars::JsonSchema;
    use ::serde::{Deserialize, Serialize};

    /// A module with the name of a crate.
    pub mod k8s_openapi {
        use ::schemars::JsonSchema;
        use ::serde::{Deserialize, Serialize};

        #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
        pub struct Secret {
            pub own: bool,
        }
    }

    #[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
    #[kube(group = "example.com", version = "v1", kind = "ShadowedCrates")]
    pub struct ShadowedCratesSpec {
        pub own: k8s_openapi::Secret,
        pub others: ::k8s_openapi::api::core::v1::SecretReference,
    }

    kinds![ShadowedCrates];
}

pub mod names {

    use kube::CustomResource;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
    pub struct r#match {
        pub r#type: String,
        pub r#ref: Option<String>,
        pub r#async: bool,
    }

    pub mod r#mod {
        #[derive(serde::Serialize, serde::Deserialize, Clone, Debug, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct Inner {
            pub r#for: u8,
            pub r#where_to: u8,
        }
    }

    #[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
    #[kube(group = "example.com", version = "v1", kind = "RawNames")]
    pub struct RawNamesSpec {
        pub r#match: r#match,
        pub inner: r#mod::Inner,
        pub choice: RawVariants,
    }

    #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    pub enum RawVariants {
        r#Type(String),
        r#True(bool),
    }

    kinds![RawNames];
}
