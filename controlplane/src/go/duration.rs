//! Durations as Go writes them: `1h2m3.5s`.

use super::quoted;

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

/// The nanoseconds of a duration; the error is that of Go's `time.ParseDuration`, as is each step.
pub(crate) fn duration(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quoted(text));
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(0);
    }
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    let mut rest = unsigned;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = after.strip_prefix('.').map_or(("", after), digits);
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let ends = |letter: char| letter == '.' || letter.is_ascii_digit();
        let (unit, after) = after.split_at(after.find(ends).unwrap_or(after.len()));
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {}", quoted(text)));
        }
        let Some((_, nanoseconds)) = UNITS.into_iter().find(|(name, _)| *name == unit) else {
            let (unit, text) = (quoted(unit), quoted(text));
            return Err(format!("time: unknown unit {unit} in duration {text}"));
        };
        let whole: u64 = match whole {
            "" => 0,
            whole => whole.parse().map_err(|_| invalid())?,
        };
        total += i128::from(whole) * i128::from(nanoseconds) + part(fraction, nanoseconds);
        if total > 1 << 63 {
            return Err(invalid());
        }
        rest = after;
    }
    let signed = if text.starts_with('-') { -total } else { total };
    i64::try_from(signed).map_err(|_| invalid())
}

/// The nanoseconds of what stands after the point. Go counts with as many digits as fit.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "below a nanosecond nothing is told apart"
)]
fn part(fraction: &str, nanoseconds: u64) -> i128 {
    let (mut digits, mut scale) = (0_i64, 1.0);
    for digit in fraction.bytes().map(|byte| i64::from(byte - b'0')) {
        let Some(more) = digits
            .checked_mul(10)
            .and_then(|ten| ten.checked_add(digit))
        else {
            break;
        };
        digits = more;
        scale *= 10.0;
    }
    (digits as f64 * (nanoseconds as f64 / scale)) as i128
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        let second = 1_000_000_000;
        let good = [
            ("0", 0),
            ("-0", 0),
            ("5s", 5 * second),
            ("+5s", 5 * second),
            ("-1m2s", -62 * second),
            (".5s", second / 2),
            ("1.s", second),
            ("1.004s", 1_004_000_000),
            ("3µs", 3_000),
            ("0.3333333333333333333h", 1_200 * second),
            ("0.9223372036854775807h", 3_320_413_933_267),
            ("9223372036854775807ns", i64::MAX),
            ("-9223372036854775808ns", i64::MIN),
        ];
        for (text, nanoseconds) in good {
            assert_eq!(duration(text), Ok(nanoseconds), "{text}");
        }
        let bad = [
            ("", r#"time: invalid duration """#),
            ("abc", r#"time: invalid duration "abc""#),
            ("-", r#"time: invalid duration "-""#),
            (".s", r#"time: invalid duration ".s""#),
            ("5", r#"time: missing unit in duration "5""#),
            ("1d", r#"time: unknown unit "d" in duration "1d""#),
            (
                "9223372036854775808ns",
                r#"time: invalid duration "9223372036854775808ns""#,
            ),
            (
                "99999999999999999999s",
                r#"time: invalid duration "99999999999999999999s""#,
            ),
        ];
        for (text, why) in bad {
            assert_eq!(duration(text), Err(why.to_owned()), "{text}");
        }
    }
}
