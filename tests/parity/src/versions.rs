//! Versions of one kind.
//!
//! Said in the `#[resource(...)]` of each version. All versions but one have `storage = false`; what is not in PROJECT has no CRD.

/// The version that is stored.
pub mod v1 {
    use myop::resource;

    #[resource(group = "example.com", version = "v1", kind = "Stored", namespaced)]
    pub struct StoredSpec {}
}

/// One that nobody is served.
pub mod v1alpha1 {
    use myop::resource;

    #[resource(
        group = "example.com",
        version = "v1alpha1",
        kind = "Stored",
        namespaced,
        storage = false,
        served = false
    )]
    pub struct StoredSpec {}
}

/// One that warns in words of its own.
pub mod v1beta1 {
    use myop::resource;

    #[resource(
        group = "example.com",
        version = "v1beta1",
        kind = "Stored",
        namespaced,
        storage = false,
        deprecated = "v1beta1 goes; use v1"
    )]
    pub struct StoredSpec {}
}

/// One that warns.
pub mod v1beta2 {
    use myop::resource;

    #[resource(
        group = "example.com",
        version = "v1beta2",
        kind = "Stored",
        namespaced,
        storage = false,
        deprecated
    )]
    pub struct StoredSpec {}
}
