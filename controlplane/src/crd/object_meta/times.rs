//! Times as Go parses them (`time.RFC3339`), with its words for what it can't parse.

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use crate::go;

/// The time to the second, in UTC; none where it is zero.
pub(crate) fn read(text: &str) -> Result<Option<String>, String> {
    if let Some((rest, element)) = unparsed(text) {
        return Err(format!(
            "parsing time {} as \"2006-01-02T15:04:05Z07:00\": cannot parse {} as \"{element}\"",
            go::quoted(text),
            go::quoted(rest)
        ));
    }
    let time: Timestamp = text.parse().map_err(|_| {
        let out = out_of_range(text);
        format!("parsing time {}: {out} out of range", go::quoted(text))
    })?;
    let seconds = time.round(
        TimestampRound::new()
            .smallest(Unit::Second)
            .mode(RoundMode::Floor),
    );
    let shown = seconds.unwrap_or(time).to_string();
    Ok((shown != "0001-01-01T00:00:00Z").then_some(shown))
}

/// What can't be parsed, and as which part of the layout.
fn unparsed(text: &str) -> Option<(&str, &'static str)> {
    let mut rest = text;
    for (element, digits) in [
        ("2006", 4),
        ("-", 0),
        ("01", 2),
        ("-", 0),
        ("02", 2),
        ("T", 0),
        ("15", 2),
        (":", 0),
        ("04", 2),
        (":", 0),
        ("05", 2),
    ] {
        let taken = if digits == 0 {
            rest.strip_prefix(element)
        } else {
            let whole =
                rest.len() >= digits && rest.as_bytes()[..digits].iter().all(u8::is_ascii_digit);
            whole.then(|| &rest[digits..])
        };
        match taken {
            Some(after) => rest = after,
            None => return Some((rest, element)),
        }
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        let after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if after.len() < fraction.len() {
            rest = after;
        }
    }
    let zone = rest.as_bytes();
    let offset = zone.len() == 6
        && matches!(zone[0], b'+' | b'-')
        && zone[3] == b':'
        && [1, 2, 4, 5].iter().all(|at| zone[*at].is_ascii_digit());
    (rest != "Z" && !offset).then_some((rest, "Z07:00"))
}

fn out_of_range(text: &str) -> &'static str {
    let part = |from: usize| {
        text.get(from..from + 2)
            .and_then(|p| p.parse::<u8>().ok())
            .unwrap_or_default()
    };
    if !(1..=12).contains(&part(5)) {
        "month"
    } else if part(11) > 23 {
        "hour"
    } else if part(14) > 59 {
        "minute"
    } else if part(17) > 59 {
        "second"
    } else {
        "day"
    }
}
