//! Modules that take each other in whole, in a circle.

pub use a::*;
pub use b::*;
pub use c::*;
pub use d::*;
pub use e::*;
pub use f::*;
pub use g::*;
pub use h::*;

pub mod a {
    pub use super::*;
}

pub mod b {
    pub use super::*;
}

pub mod c {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    pub use super::*;

    #[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
    pub struct OfAnotherModule {
        pub a: String,
    }
}

pub mod d {
    pub use super::*;
}

pub mod e {
    pub use super::*;
}

pub mod f {
    pub use super::*;
}

pub mod g {
    pub use super::*;
}

/// The one with the kind.
pub mod h {
    use kube::CustomResource;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
    #[kube(group = "example.com", version = "v1", kind = "InACircle")]
    pub struct InACircleSpec {
        pub of_another_module: OfAnotherModule,
    }

    kinds![InACircle];
}
