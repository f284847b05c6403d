//! Formats of texts that are checked; all others mean nothing.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/validation/formats.go` for the list, kube-openapi
//! `pkg/validation/strfmt` and its `govalidator` for what each accepts.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr as _,
    sync::LazyLock,
};

use regex::Regex;

use crate::go;

/// A format that is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    BsonObjectId,
    Uri,
    Email,
    Hostname,
    Ipv4,
    Ipv6,
    Cidr,
    Mac,
    Uuid,
    Uuid3,
    Uuid4,
    Uuid5,
    Isbn,
    Isbn10,
    Isbn13,
    CreditCard,
    Ssn,
    HexColor,
    RgbColor,
    Byte,
    Password,
    Date,
    Duration,
    DateTime,
    ShortName,
    LongName,
}

macro_rules! regex {
    ($text:expr) => {{
        static REGEX: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new($text).expect("the expression is a constant that compiles")
        });
        &*REGEX
    }};
}

impl Format {
    /// The format of a name; dashes in it mean nothing.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name.replace('-', "").as_str() {
            "bsonobjectid" => Self::BsonObjectId,
            "uri" => Self::Uri,
            "email" => Self::Email,
            "hostname" => Self::Hostname,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "cidr" => Self::Cidr,
            "mac" => Self::Mac,
            "uuid" => Self::Uuid,
            "uuid3" => Self::Uuid3,
            "uuid4" => Self::Uuid4,
            "uuid5" => Self::Uuid5,
            "isbn" => Self::Isbn,
            "isbn10" => Self::Isbn10,
            "isbn13" => Self::Isbn13,
            "creditcard" => Self::CreditCard,
            "ssn" => Self::Ssn,
            "hexcolor" => Self::HexColor,
            "rgbcolor" => Self::RgbColor,
            "byte" => Self::Byte,
            "password" => Self::Password,
            "date" => Self::Date,
            "duration" => Self::Duration,
            "datetime" => Self::DateTime,
            "k8sshortname" => Self::ShortName,
            "k8slongname" => Self::LongName,
            _ => return None,
        })
    }

    /// Whether a text is of it.
    pub(crate) fn accepts(self, text: &str) -> bool {
        match self {
            Self::BsonObjectId => text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit()),
            Self::Uri => is_request_uri(text),
            Self::Email => is_email(text),
            Self::Hostname => is_hostname(text),
            Self::Ipv4 => text.contains('.') && sloppy_ip(text).is_some(),
            Self::Ipv6 => text.contains(':') && Ipv6Addr::from_str(text).is_ok(),
            Self::Cidr => is_cidr(text),
            Self::Mac => is_mac(text),
            Self::Uuid => uuid(text, |_, _| true),
            Self::Uuid3 => uuid(text, |version, _| version == '3'),
            Self::Uuid4 => uuid(text, |version, variant| {
                version == '4' && "89ab".contains(variant)
            }),
            Self::Uuid5 => uuid(text, |version, variant| {
                version == '5' && "89ab".contains(variant)
            }),
            Self::Isbn => is_isbn10(text) || is_isbn13(text),
            Self::Isbn10 => is_isbn10(text),
            Self::Isbn13 => is_isbn13(text),
            Self::CreditCard => is_credit_card(text),
            Self::Ssn => text.len() == 11 && regex!(r"^\d{3}[- ]?\d{2}[- ]?\d{4}$").is_match(text),
            Self::HexColor => regex!("^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$").is_match(text),
            Self::RgbColor => is_rgb_color(text),
            Self::Byte => is_base64(text),
            Self::Password => true,
            Self::Date => is_date(text),
            Self::Duration => is_duration(text),
            Self::DateTime => is_date_time(text),
            Self::ShortName => text.len() <= 63 && is_name(text),
            Self::LongName => text.len() <= 253 && text.split('.').all(is_name),
        }
    }
}

fn is_name(text: &str) -> bool {
    regex!("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$").is_match(text)
}

/// As Go's `url.ParseRequestURI`: an absolute path, or a scheme and what follows it.
fn is_request_uri(text: &str) -> bool {
    if text.is_empty() || text.bytes().any(|b| b < b' ' || b == 0x7f) || !escapes_are_whole(text) {
        return false;
    }
    if text == "*" || text.starts_with('/') {
        return true;
    }
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    if !regex!("^[a-zA-Z][a-zA-Z0-9+.-]*$").is_match(scheme) {
        return false;
    }
    let Some(rest) = rest.strip_prefix("//") else {
        return true;
    };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    is_host(host)
}

fn is_host(authority: &str) -> bool {
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split_once(']').is_some_and(|(_, port)| is_port(port));
    }
    let (name, port) = match host.rfind(':') {
        Some(at) => host.split_at(at),
        None => (host, ""),
    };
    is_port(port)
        && !name.contains(|c| {
            matches!(
                c,
                ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | ':'
            )
        })
}

fn is_port(port: &str) -> bool {
    port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()))
}

fn escapes_are_whole(text: &str) -> bool {
    let hex = |part: Option<&[u8]>| part.is_some_and(|p| p.iter().all(u8::is_ascii_hexdigit));
    let bytes = text.as_bytes();
    (0..bytes.len())
        .filter(|at| bytes[*at] == b'%')
        .all(|at| hex(bytes.get(at + 1..at + 3)))
}

/// As Go's `mail.ParseAddress`, but for comments and other rarities.
fn is_email(text: &str) -> bool {
    let text = text.trim();
    let address = match text.strip_suffix('>') {
        Some(named) => named.rsplit_once('<').map_or("", |(_, address)| address),
        None => text,
    };
    regex!(concat!(
        r#"^(?:[a-zA-Z0-9!#$%&'*+/=?^_`{|}~[^\x00-\x7f]-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~[^\x00-\x7f]-]+)*|"[^"]*")"#,
        r"@(?:[a-zA-Z0-9!#$%&'*+/=?^_`{|}~[^\x00-\x7f]-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~[^\x00-\x7f]-]+)*|\[[^\]]*\])$",
    ))
    .is_match(address)
}

fn is_hostname(text: &str) -> bool {
    let pattern = regex!(
        r"^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$"
    );
    pattern.is_match(text) && text.len() <= 255 && text.split('.').all(|label| label.len() <= 63)
}

/// Leading zeros in parts of an IPv4 address are passed over.
fn sloppy_ip(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        return Ipv6Addr::from_str(text).ok().map(IpAddr::V6);
    }
    let parts: Vec<u8> = text
        .split('.')
        .map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        })
        .collect::<Option<_>>()?;
    let four: [u8; 4] = parts.try_into().ok()?;
    Some(Ipv4Addr::from(four).into())
}

fn is_cidr(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, bits)| {
        let most = match sloppy_ip(address) {
            Some(IpAddr::V4(_)) => 32,
            Some(IpAddr::V6(_)) => 128,
            None => return false,
        };
        let digits = !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit());
        digits && bits.parse::<u32>().is_ok_and(|bits| bits <= most)
    })
}

/// 6, 8 or 20 bytes, in groups of two or four digits.
fn is_mac(text: &str) -> bool {
    let (separator, digits) = match (text.as_bytes().get(2), text.as_bytes().get(4)) {
        (Some(b':'), _) => (':', 2),
        (Some(b'-'), _) => ('-', 2),
        (_, Some(b'.')) => ('.', 4),
        _ => return false,
    };
    let groups: Vec<&str> = text.split(separator).collect();
    let whole =
        |group: &&str| group.len() == digits && group.bytes().all(|b| b.is_ascii_hexdigit());
    [6, 8, 20].contains(&(groups.len() * digits / 2)) && groups.iter().all(whole)
}

fn uuid(text: &str, accepts: impl Fn(char, char) -> bool) -> bool {
    let pattern = regex!("(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$");
    let digits: Vec<char> = text.to_lowercase().chars().filter(|c| *c != '-').collect();
    pattern.is_match(text) && accepts(digits[12], digits[16])
}

fn without_spaces_and_dashes(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect()
}

fn digit(byte: u8) -> u32 {
    u32::from(byte - b'0')
}

fn is_isbn10(text: &str) -> bool {
    let text = without_spaces_and_dashes(text);
    if !regex!("^(?:[0-9]{9}X|[0-9]{10})$").is_match(&text) {
        return false;
    }
    let value = |byte: u8| if byte == b'X' { 10 } else { digit(byte) };
    let sum: u32 = text
        .bytes()
        .zip(1..)
        .map(|(byte, weight)| weight * value(byte))
        .sum();
    sum.is_multiple_of(11)
}

fn is_isbn13(text: &str) -> bool {
    let text = without_spaces_and_dashes(text);
    if !regex!("^[0-9]{13}$").is_match(&text) {
        return false;
    }
    let weights = [1, 3].into_iter().cycle();
    let sum: u32 = text
        .bytes()
        .zip(weights)
        .map(|(byte, weight)| weight * digit(byte))
        .sum();
    sum.is_multiple_of(10)
}

fn is_credit_card(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let pattern = regex!(
        r"^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$"
    );
    let doubled = |value: u32| if value > 4 { value * 2 - 9 } else { value * 2 };
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            if at % 2 == 1 {
                doubled(digit(byte))
            } else {
                digit(byte)
            }
        })
        .sum();
    pattern.is_match(&digits) && sum.is_multiple_of(10)
}

fn is_rgb_color(text: &str) -> bool {
    regex!(
        r"^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)$"
    )
    .is_match(text)
}

fn is_base64(text: &str) -> bool {
    regex!(r"^(?:[A-Za-z0-9+\/]{4})*(?:[A-Za-z0-9+\/]{2}==|[A-Za-z0-9+\/]{3}=|[A-Za-z0-9+\/]{4})$")
        .is_match(text)
}

fn is_date(text: &str) -> bool {
    regex!(r"^\d{4}-\d{2}-\d{2}$").is_match(text) && jiff::civil::Date::from_str(text).is_ok()
}

fn is_date_time(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut parts = text.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else {
        return false;
    };
    let pattern =
        regex!(r"^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$");
    let Some(parts) = pattern.captures(time) else {
        return false;
    };
    is_date(date) && &parts[1] <= "23" && &parts[2] <= "59" && &parts[3] <= "59"
}

/// Go's durations, or numbers with the names of units.
fn is_duration(text: &str) -> bool {
    if go::duration(text).is_ok() {
        return true;
    }
    let exact = ["ns", "us", "µs", "ms", "s", "m", "h", "hr", "d", "w", "wk"];
    let beginnings = [
        "nano", "micro", "milli", "sec", "min", "hour", "day", "week",
    ];
    regex!(r"(\d+)\s*([A-Za-zµ]+)")
        .captures_iter(text)
        .any(|found| {
            let unit = found[2].to_lowercase();
            exact.contains(&unit.as_str()) || beginnings.iter().any(|b| unit.starts_with(b))
        })
}
