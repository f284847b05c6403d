//! What containers for Windows have besides.

use super::{
    super::super::{
        field::{Errors, Field},
        names::dns_subdomain,
    },
    all_containers,
};
use crate::FieldReason;

const LONGEST_SPEC: usize = 64 * 1024;
const LONGEST_DOMAIN: usize = 256;
const LONGEST_USER: usize = 104;

pub(super) fn options(options: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let name = options.at("gmsaCredentialSpecName");
    if name.is_set() {
        errors.extend(name.complaints(dns_subdomain));
    }
    let spec = options.at("gmsaCredentialSpec");
    if spec.is_set() && spec.is_empty() {
        errors.push(spec.invalid("gmsaCredentialSpec cannot be an empty string"));
    } else if spec.text().len() > LONGEST_SPEC {
        errors.push(spec.invalid("gmsaCredentialSpec size must be under 64 KiB"));
    }
    let user = options.at("runAsUserName");
    if user.is_set() {
        let complaints = run_as(user.text()).into_iter();
        errors.extend(complaints.map(|why| user.invalid(format!("runAsUserName{why}"))));
    }
    errors
}

/// What is wrong with `DOMAIN\USER` or `USER`, after the name of the field.
fn run_as(name: &str) -> Vec<String> {
    if name.is_empty() {
        return vec![" cannot be an empty string".into()];
    }
    if name.chars().any(|letter| letter.is_ascii_control()) {
        return vec![" cannot contain control characters".into()];
    }
    let (domain, user) = match name.split_once('\\') {
        None => (None, name),
        Some((_, user)) if user.contains('\\') => {
            return vec![" cannot contain more than one backslash".into()];
        }
        Some((domain, user)) => (Some(domain), user),
    };
    let mut wrong = Vec::new();
    if domain.is_some_and(|domain| domain.len() >= LONGEST_DOMAIN) {
        wrong.push(format!(
            "'s Domain length must be under {LONGEST_DOMAIN} characters"
        ));
    }
    if domain.is_some_and(|domain| !is_net_bios(domain) && !is_dns(domain)) {
        wrong.push("'s Domain doesn't match the NetBios nor the DNS format".into());
    }
    if user.is_empty() {
        wrong.push("'s User cannot be empty".into());
    } else if user.len() > LONGEST_USER {
        wrong.push(format!(
            "'s User length must not be longer than {LONGEST_USER} characters"
        ));
    }
    if !user.is_empty() && user.chars().all(|letter| matches!(letter, '.' | ' ')) {
        wrong.push("'s User cannot contain only periods or spaces".into());
    }
    if user.contains([
        '"', '/', '\\', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>', '@', '[', ']',
    ]) {
        wrong.push(r#"'s User cannot contain the following characters: "/\:;|=,+*?<>@[]"#.into());
    }
    wrong
}

fn is_net_bios(domain: &str) -> bool {
    let forbidden = ['\\', '/', ':', '*', '?', '"', '<', '>', '|'];
    !domain.is_empty()
        && domain.chars().count() <= 15
        && !domain.starts_with('.')
        && !domain.contains(forbidden)
}

fn is_dns(domain: &str) -> bool {
    let edge = |letter: char| letter.is_ascii_alphanumeric();
    domain.split('.').all(|label| {
        label.len() <= 63
            && label.starts_with(edge)
            && label.ends_with(edge)
            && label.chars().all(|letter| edge(letter) || letter == '-')
    })
}

/// Containers that are processes of the host: all of them or none, and in its network.
pub(super) fn host_processes(spec: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let of_pod = host_process(spec).value().as_bool();
    let containers = all_containers(spec);
    let mut count = 0;
    for container in &containers {
        let field = host_process(container);
        let own = field.value().as_bool();
        if let (Some(of_pod), Some(own)) = (of_pod, own)
            && of_pod != own
        {
            let why = format!(
                "pod hostProcess value must be identical if both are specified, was {of_pod}"
            );
            errors.push(field.invalid(why));
        }
        count += usize::from(own.or(of_pod).unwrap_or_default());
    }
    if count == 0 {
        return errors;
    }
    if count != containers.len() {
        let why = "If pod contains any hostProcess containers then all containers must be HostProcess containers";
        errors.push(spec.error(FieldReason::Invalid, "", why));
    }
    let network = spec.at("hostNetwork");
    if !network.is_true() {
        let why = "hostNetwork must be true if pod contains any hostProcess containers";
        errors.push(network.error(FieldReason::Invalid, false, why));
    }
    errors
}

/// What a pod or a container says of being a process of the host.
fn host_process<'a>(of: &Field<'a>) -> Field<'a> {
    let options = of.at("securityContext").at("windowsOptions");
    options.at("hostProcess")
}
