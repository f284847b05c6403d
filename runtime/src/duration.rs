//! Durations as Go writes them: `15s`, `1m30s`, `500ms`.

use std::time::Duration;

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads numbers, each with its unit and perhaps with decimals: `1.5h`, `1m30s`. A sole `0` needs none.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let not_understood =
        || "a duration is numbers with units, as in 15s, 1m30s or 500ms".to_owned();
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let (mut rest, mut nanos) = (text, None);
    while !rest.is_empty() {
        let (number, after) = split_at(rest, |c| !c.is_ascii_digit() && c != '.');
        let (unit, after) = split_at(after, |c| c.is_ascii_digit() || c == '.');
        let (_, size) = UNITS
            .into_iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(not_understood)?;
        let part = nanos_of(number, size).ok_or_else(not_understood)?;
        nanos = Some(nanos.unwrap_or(0_u64).saturating_add(part));
        rest = after;
    }
    match nanos {
        // Go's longest, 292 years.
        Some(nanos) if i64::try_from(nanos).is_ok() => Ok(Duration::from_nanos(nanos)),
        Some(_) => Err("a duration is at most 2562047h".into()),
        None => Err(not_understood()),
    }
}

fn split_at(text: &str, is_next: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(is_next).unwrap_or(text.len()))
}

/// None where `number` is none; as many nanoseconds as there are at most where it is too large.
fn nanos_of(number: &str, unit: u64) -> Option<u64> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && decimals.is_empty() || decimals.contains('.') {
        return None;
    }
    let whole = whole.bytes().fold(0_u64, |sum, digit| {
        sum.saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    });
    let mut place = unit;
    let decimals = decimals.bytes().fold(0, |sum, digit| {
        let worth = u128::from(place) * u128::from(digit - b'0');
        place /= 10;
        sum + u64::try_from(worth / 10).unwrap_or(u64::MAX)
    });
    Some(whole.saturating_mul(unit).saturating_add(decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_in_go() {
        for (text, millis) in [
            ("0", 0),
            ("0s", 0),
            ("15s", 15_000),
            ("500ms", 500),
            ("1m30s", 90_000),
            ("1h0m0s", 3_600_000),
            ("1.5h", 5_400_000),
            (".5s", 500),
            ("2.s", 2_000),
            ("1500000us", 1_500),
            ("1500000µs", 1_500),
            ("2000000ns", 2),
            ("0.25s", 250),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_millis(millis)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "", "15", "s", "-1s", "+1s", "1 s", "1d", ".s", "1..5s", "1s ", "ten",
        ] {
            let refused = parse_duration(text).expect_err(text);
            assert!(refused.contains("as in 15s"), "{text}: {refused}");
        }
        for text in ["99999999h", "99999999999999999999999s"] {
            let refused = parse_duration(text).expect_err(text);
            assert!(refused.contains("at most"), "{text}: {refused}");
        }
    }
}
