//! When a CronJob runs: what `ParseStandard` of github.com/robfig/cron takes, and what it says of the rest.

use super::time_zone;
use crate::go;

/// Checks a schedule; the error is in the words of the real parser.
pub(super) fn check(schedule: &str) -> Result<(), String> {
    let mut spec = schedule;
    if spec.starts_with("TZ=") || spec.starts_with("CRON_TZ=") {
        let (head, rest) = spec.split_once(' ').ok_or(
            // The parser panics, and its caller recovers.
            "invalid schedule format: runtime error: slice bounds out of range [:-1]",
        )?;
        let zone = head.split_once('=').map_or("", |(_, zone)| zone);
        time_zone::find(zone).map_err(|why| format!("provided bad location {zone}: {why}"))?;
        spec = rest.trim();
    }
    if spec.starts_with('@') {
        return descriptor(spec);
    }
    let fields: Vec<&str> = spec.split_whitespace().collect();
    if fields.len() != BOUNDS.len() {
        return Err(format!(
            "expected exactly {} fields, found {}: [{}]",
            BOUNDS.len(),
            fields.len(),
            fields.join(" ")
        ));
    }
    for (field, bounds) in fields.into_iter().zip(&BOUNDS) {
        for range in field.split(',').filter(|range| !range.is_empty()) {
            bounds.check(range)?;
        }
    }
    Ok(())
}

/// What the numbers of a field may be.
struct Bounds {
    least: u64,
    most: u64,
    /// The first names the least number.
    names: &'static [&'static str],
}

const BOUNDS: [Bounds; 5] = [
    Bounds {
        least: 0,
        most: 59,
        names: &[],
    },
    Bounds {
        least: 0,
        most: 23,
        names: &[],
    },
    Bounds {
        least: 1,
        most: 31,
        names: &[],
    },
    Bounds {
        least: 1,
        most: 12,
        names: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    },
    Bounds {
        least: 0,
        most: 6,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];

impl Bounds {
    /// `5`, `1-5`, `*`, each with or without `/2`.
    fn check(&self, range: &str) -> Result<(), String> {
        let steps: Vec<&str> = range.split('/').collect();
        let ends: Vec<&str> = steps[0].split('-').collect();
        let (start, mut end) = match ends[..] {
            ["*" | "?", ..] => (self.least, self.most),
            [one] => {
                let one = self.number(one)?;
                (one, one)
            }
            [start, end] => (self.number(start)?, self.number(end)?),
            _ => {
                self.number(ends[0])?;
                return Err(format!("too many hyphens: {range}"));
            }
        };
        let step = match steps[..] {
            [_] => 1,
            [_, step] => {
                if ends.len() == 1 {
                    end = self.most;
                }
                number(step)?
            }
            _ => return Err(format!("too many slashes: {range}")),
        };
        if start < self.least {
            let least = self.least;
            return Err(format!(
                "beginning of range ({start}) below minimum ({least}): {range}"
            ));
        }
        if end > self.most {
            let most = self.most;
            return Err(format!(
                "end of range ({end}) above maximum ({most}): {range}"
            ));
        }
        if start > end {
            return Err(format!(
                "beginning of range ({start}) beyond end of range ({end}): {range}"
            ));
        }
        if step == 0 {
            return Err(format!(
                "step of range should be a positive number: {range}"
            ));
        }
        Ok(())
    }

    fn number(&self, text: &str) -> Result<u64, String> {
        let name = text.to_lowercase();
        match (self.least..)
            .zip(self.names)
            .find(|(_, one)| **one == name)
        {
            Some((number, _)) => Ok(number),
            None => number(text),
        }
    }
}

fn number(text: &str) -> Result<u64, String> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    let number: i64 = text.parse().map_err(|error: std::num::ParseIntError| {
        let why = match error.kind() {
            PosOverflow | NegOverflow => "value out of range",
            _ => "invalid syntax",
        };
        let quoted = go::quoted(text);
        format!("failed to parse int from {text}: strconv.Atoi: parsing {quoted}: {why}")
    })?;
    u64::try_from(number).map_err(|_| format!("negative number ({number}) not allowed: {text}"))
}

fn descriptor(descriptor: &str) -> Result<(), String> {
    match descriptor {
        "@yearly" | "@annually" | "@monthly" | "@weekly" | "@daily" | "@midnight" | "@hourly" => {
            Ok(())
        }
        _ => {
            let every = descriptor.strip_prefix("@every ");
            let every = every.ok_or_else(|| format!("unrecognized descriptor: {descriptor}"))?;
            let duration = go::duration(every).map(|_| ());
            duration.map_err(|why| format!("failed to parse duration {descriptor}: {why}"))
        }
    }
}
