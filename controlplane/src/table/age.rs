//! How long ago, in the words of AGE columns.

use jiff::Timestamp;
use serde_json::Value;

/// `5s`, `2m3s`, `3h`, `7d4h`, `2y50d`: two or three figures of a duration.
///
/// apimachinery's `pkg/util/duration` (`HumanDuration`).
pub fn human_duration(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    let years = days / 365;
    let with = |whole: String, rest: i64, unit: &str| match rest {
        0 => whole,
        rest => format!("{whole}{rest}{unit}"),
    };
    if seconds < -1 {
        "<invalid>".to_owned()
    } else if seconds < 120 {
        format!("{}s", seconds.max(0))
    } else if minutes < 10 {
        with(format!("{minutes}m"), seconds % 60, "s")
    } else if minutes < 180 {
        format!("{minutes}m")
    } else if hours < 8 {
        with(format!("{hours}h"), minutes % 60, "m")
    } else if hours < 48 {
        format!("{hours}h")
    } else if days < 8 {
        with(format!("{days}d"), hours % 24, "h")
    } else if years < 2 {
        format!("{days}d")
    } else if years < 8 {
        with(format!("{years}y"), days % 365, "d")
    } else {
        format!("{years}y")
    }
}

/// How long ago a time of an object was; `<unknown>` where there is none.
pub(super) fn since(time: &Value, now: Timestamp) -> String {
    match moment(time) {
        Some(time) => human_duration(seconds_between(time, now)),
        None => "<unknown>".to_owned(),
    }
}

/// A time of an object.
pub(super) fn moment(time: &Value) -> Option<Timestamp> {
    time.as_str()?.parse().ok()
}

/// Towards zero, as Go has it.
pub(super) fn seconds_between(start: Timestamp, end: Timestamp) -> i64 {
    let nanoseconds = end.as_nanosecond() - start.as_nanosecond();
    i64::try_from(nanoseconds / 1_000_000_000).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_as_kubectl_shows_them() {
        let (minute, hour, day) = (60, 3600, 86400);
        let cases = [
            (-2, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (119, "119s"),
            (2 * minute, "2m"),
            (2 * minute + 3, "2m3s"),
            (10 * minute + 5, "10m"),
            (179 * minute + 59, "179m"),
            (3 * hour, "3h"),
            (7 * hour + 59 * minute, "7h59m"),
            (8 * hour + minute, "8h"),
            (47 * hour, "47h"),
            (2 * day, "2d"),
            (2 * day + hour, "2d1h"),
            (7 * day + 23 * hour, "7d23h"),
            (8 * day + hour, "8d"),
            (729 * day, "729d"),
            (730 * day, "2y"),
            (731 * day, "2y1d"),
            (8 * 365 * day - 1, "7y364d"),
            (8 * 365 * day, "8y"),
            (20 * 365 * day + 5, "20y"),
        ];
        for (seconds, told) in cases {
            assert_eq!(human_duration(seconds), told, "{seconds}");
        }
    }
}
