//! Asking as somebody else.

use super::{
    attributes::{Attributes, Resource, Target},
    rbac::Rbac,
    user::{ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED, User, account_groups, account_of},
};
use crate::Refusal;

const EXTRA: &str = "impersonate-extra-";

/// One thing that a request claims to be.
enum Claim {
    Account { namespace: String, name: String },
    User(String),
    Group(String),
    Extra { key: String, value: String },
    Uid(String),
}

/// Whom a request is made as: who asks, or whom they impersonate, if they may. `headers` are all of the request's, in
/// their order.
///
/// apiserver's `pkg/endpoints/filters/impersonation` (`WithImpersonation`).
pub fn impersonated(user: User, headers: &[(&str, &str)], rbac: &Rbac) -> Result<User, Refusal> {
    let claims = claims_of(headers)?;
    if claims.is_empty() {
        return Ok(user);
    }
    for claim in &claims {
        let attributes = Attributes {
            verb: "impersonate".to_owned(),
            target: Target::Resource(claim.resource()),
        };
        rbac.require(&user, &attributes)?;
    }
    Ok(user_of(claims))
}

fn claims_of(headers: &[(&str, &str)]) -> Result<Vec<Claim>, Refusal> {
    let values = |wanted: &'static str| {
        let named = headers
            .iter()
            .filter(move |(name, _)| name.eq_ignore_ascii_case(wanted));
        named.map(|(_, value)| (*value).to_owned())
    };
    let first = |wanted| values(wanted).next().filter(|value| !value.is_empty());
    let name = first("impersonate-user");
    let mut claims: Vec<_> = name.iter().map(|name| Claim::of(name)).collect();
    claims.extend(values("impersonate-group").map(Claim::Group));
    let mut extra: Vec<_> = headers
        .iter()
        .filter_map(|(name, value)| {
            let key = name
                .to_lowercase()
                .strip_prefix(EXTRA)
                .map(percent_decoded)?;
            Some((key, (*value).to_owned()))
        })
        .collect();
    // Of several keys the server tells any; values of one keep their order.
    extra.sort_by(|(one, _), (other, _)| one.cmp(other));
    claims.extend(
        extra
            .into_iter()
            .map(|(key, value)| Claim::Extra { key, value }),
    );
    claims.extend(first("impersonate-uid").map(Claim::Uid));
    if name.is_none() && !claims.is_empty() {
        let told: Vec<_> = claims.iter().map(Claim::reference).collect();
        let message = format!(
            "requested [{}] without impersonating a user",
            told.join(" ")
        );
        return Err(Refusal::bad_request(message));
    }
    Ok(claims)
}

impl Claim {
    fn of(name: &str) -> Self {
        match account_of(name) {
            Some((namespace, name)) => Self::Account {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
            },
            None => Self::User(name.to_owned()),
        }
    }

    /// What one must be allowed to impersonate.
    fn resource(&self) -> Resource {
        let (resource, name) = match self {
            Self::Account { name, .. } => ("serviceaccounts", name),
            Self::User(name) => ("users", name),
            Self::Group(name) => ("groups", name),
            Self::Extra { value, .. } => ("userextras", value),
            Self::Uid(uid) => ("uids", uid),
        };
        let mut target = Resource {
            resource: resource.to_owned(),
            name: name.clone(),
            ..Resource::default()
        };
        match self {
            Self::Account { namespace, .. } => target.namespace.clone_from(namespace),
            Self::Extra { key, .. } => target.subresource.clone_from(key),
            _ => {}
        }
        if matches!(self, Self::Extra { .. } | Self::Uid(_)) {
            "authentication.k8s.io".clone_into(&mut target.group);
        }
        target
    }

    /// As Go prints an `ObjectReference`: kind, namespace, name, uid, version, resourceVersion and field.
    fn reference(&self) -> String {
        const VERSION: &str = "authentication.k8s.io/v1";
        match self {
            Self::Account { namespace, name } => {
                format!("{{ServiceAccount {namespace} {name}    }}")
            }
            Self::User(name) => format!("{{User  {name}    }}"),
            Self::Group(name) => format!("{{Group  {name}    }}"),
            Self::Extra { key, value } => format!("{{UserExtra  {value}  {VERSION}  {key}}}"),
            Self::Uid(uid) => format!("{{UID  {uid}  {VERSION}  }}"),
        }
    }
}

fn user_of(claims: Vec<Claim>) -> User {
    let grouped = claims.iter().any(|claim| matches!(claim, Claim::Group(_)));
    let mut user = User::default();
    for claim in claims {
        match claim {
            Claim::Account { namespace, name } => {
                user.name = super::user::account_name(&namespace, &name);
                if !grouped {
                    user.groups = account_groups(&namespace).to_vec();
                }
            }
            Claim::User(name) => user.name = name,
            Claim::Group(group) => user.groups.push(group),
            Claim::Extra { key, value } => user.extra.entry(key).or_default().push(value),
            Claim::Uid(uid) => user.uid = uid,
        }
    }
    let (group, instead) = match user.name.as_str() {
        ANONYMOUS => (UNAUTHENTICATED, UNAUTHENTICATED),
        _ => (AUTHENTICATED, UNAUTHENTICATED),
    };
    if !user
        .groups
        .iter()
        .any(|told| told == group || told == instead)
    {
        user.groups.push(group.to_owned());
    }
    user
}

/// As a path is decoded; what is none stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let digits = after
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => bytes.push(byte),
            None => return text.to_owned(),
        }
        rest = &after[2..];
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
