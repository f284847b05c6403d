//! The tag of an image: `latest` is always pulled.

/// Whether an image's tag is `latest`, said or not; false for what names no image.
pub(super) fn is_latest(image: &str) -> bool {
    let (named, digest) = match image.split_once('@') {
        Some((named, digest)) => (named, Some(digest)),
        None => (image, None),
    };
    let (name, tag) = match named.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (named, None),
    };
    if !is_name(name) || !tag.is_none_or(is_tag) || !digest.is_none_or(is_digest) {
        return false;
    }
    match (tag, digest) {
        (Some(tag), _) => tag == "latest",
        (None, digest) => digest.is_none(),
    }
}

fn is_name(name: &str) -> bool {
    let path = match name.split_once('/') {
        Some((domain, path)) if is_domain(domain) => path,
        _ => name,
    };
    path.split('/').all(is_component)
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = domain.rsplit_once(':').unwrap_or((domain, "1"));
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    !port.is_empty() && port.bytes().all(|it| it.is_ascii_digit()) && host.split('.').all(is_label)
}

/// Letters and digits, with one dot, one or two underscores, or dashes between them.
fn is_component(component: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    let ends_plain = component.bytes().next().is_some_and(is_plain)
        && component.bytes().next_back().is_some_and(is_plain);
    let mut separators = component.split(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit());
    ends_plain
        && separators.all(|it| {
            it.is_empty() || matches!(it, "." | "_" | "__") || it.bytes().all(|it| it == b'-')
        })
}

fn is_tag(tag: &str) -> bool {
    let is_word = |it: u8| it.is_ascii_alphanumeric() || it == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(is_word)
        && tag
            .bytes()
            .all(|it| is_word(it) || it == b'.' || it == b'-')
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hash)) = digest.split_once(':') else {
        return false;
    };
    let is_hexadecimal = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    algorithm
        .bytes()
        .next()
        .is_some_and(|it| it.is_ascii_alphabetic())
        && hash.bytes().all(is_hexadecimal)
        && match algorithm {
            "sha256" => hash.len() == 64,
            "sha384" => hash.len() == 96,
            "sha512" => hash.len() == 128,
            _ => false,
        }
}
