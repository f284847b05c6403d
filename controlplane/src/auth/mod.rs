//! Who asks.

/// Who asks, as the server knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// `system:serviceaccount:default:operator`, or the common name of a certificate.
    pub name: String,
    /// `system:masters`, …
    pub groups: Vec<String>,
}

impl User {
    /// Who asks without saying who.
    pub fn anonymous() -> Self {
        Self {
            name: "system:anonymous".into(),
            groups: vec!["system:unauthenticated".into()],
        }
    }
}
