//! Modules within a file, and a kind in one of them.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The same name at each level.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Level {
    pub outer: String,
}

pub mod first {
    use super::{Deserialize, JsonSchema, Serialize};

    #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
    pub struct Level {
        pub first: super::Level,
        pub second: second::Level,
    }

    pub mod second {
        use super::super::*;

        /// Shadows what the glob brings.
        #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
        pub struct Level {
            pub second: super::super::Level,
        }

        #[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
        #[kube(group = "example.com", version = "v1", kind = "InlineModules")]
        pub struct InlineModulesSpec {
            pub own: Level,
            pub parent: super::Level,
            pub grandparent: super::super::Level,
            pub from_the_crate: crate::paths::inline::Level,
            pub from_self: self::Level,
        }

        kinds![InlineModules];
    }
}

/// Types within a function are nobody's else; the one that is meant stands outside.
pub fn with_types_inside() {
    #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
    struct Level {
        inside_a_function: u8,
    }
    let _ = Level {
        inside_a_function: 1,
    };
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "InlineFromOutside")]
pub struct InlineFromOutsideSpec {
    pub own: Level,
    pub first: first::Level,
    pub second: first::second::Level,
    pub relative: self::first::second::Level,
}

kinds![InlineFromOutside];
