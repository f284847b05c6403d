//! Who asks.

use std::collections::BTreeMap;

/// The group that may do everything.
pub const MASTERS: &str = "system:masters";
/// The group of all who are known.
pub const AUTHENTICATED: &str = "system:authenticated";
/// The group of all who are not.
pub const UNAUTHENTICATED: &str = "system:unauthenticated";
/// The name of who is not known.
pub const ANONYMOUS: &str = "system:anonymous";

const ACCOUNT_PREFIX: &str = "system:serviceaccount:";
const ACCOUNTS: &str = "system:serviceaccounts";

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// `alice`, `system:serviceaccount:NAMESPACE:NAME`.
    pub name: String,
    /// Empty where none is known.
    pub uid: String,
    /// In the order that they were told in.
    pub groups: Vec<String>,
    /// What else is known, as `authentication.kubernetes.io/pod-name`.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl User {
    /// Who shows a client certificate: its subject's common name and organizations. There must be a name.
    ///
    /// apiserver's `pkg/authentication/request/x509` (`CommonNameUserConversion`).
    pub fn of_certificate(name: &str, organizations: &[String], fingerprint: &str) -> Option<Self> {
        if name.is_empty() {
            return None;
        }
        let credential = format!("X509SHA256={fingerprint}");
        let extra = (CREDENTIAL.to_owned(), vec![credential]);
        Some(
            Self {
                name: name.to_owned(),
                groups: organizations.to_vec(),
                extra: BTreeMap::from([extra]),
                ..Self::default()
            }
            .authenticated(),
        )
    }

    /// Who asks without saying who.
    pub fn anonymous() -> Self {
        Self {
            name: ANONYMOUS.to_owned(),
            groups: vec![UNAUTHENTICATED.to_owned()],
            ..Self::default()
        }
    }

    /// A ServiceAccount, with its groups.
    pub fn service_account(namespace: &str, name: &str) -> Self {
        Self {
            name: account_name(namespace, name),
            groups: account_groups(namespace).to_vec(),
            ..Self::default()
        }
        .authenticated()
    }

    /// With the group of all who are known.
    pub(crate) fn authenticated(mut self) -> Self {
        let told = [AUTHENTICATED, UNAUTHENTICATED];
        if !self
            .groups
            .iter()
            .any(|group| told.contains(&group.as_str()))
        {
            self.groups.push(AUTHENTICATED.to_owned());
        }
        self
    }

    /// Whether they may do everything.
    pub fn is_master(&self) -> bool {
        self.groups.iter().any(|group| group == MASTERS)
    }
}

/// How a certificate or a token is told apart from others, in a user's `extra`.
pub(super) const CREDENTIAL: &str = "authentication.kubernetes.io/credential-id";

/// The user name of a ServiceAccount.
pub(super) fn account_name(namespace: &str, name: &str) -> String {
    format!("{ACCOUNT_PREFIX}{namespace}:{name}")
}

/// Namespace and name of the ServiceAccount that a user name means.
pub(super) fn account_of(user_name: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user_name.strip_prefix(ACCOUNT_PREFIX)?.split_once(':')?;
    (is_label(namespace) && is_subdomain(name)).then_some((namespace, name))
}

/// The groups that each ServiceAccount of a namespace is in.
pub(super) fn account_groups(namespace: &str) -> [String; 2] {
    [ACCOUNTS.to_owned(), format!("{ACCOUNTS}:{namespace}")]
}

fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_part(text)
}

fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_part)
}

fn is_part(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && !text.starts_with('-') && !text.ends_with('-') && text.bytes().all(inner)
}
