//! Moments, as Go's `time.Parse` reads them, with its words for what it can't read.

use std::fmt::Write;

use jiff::{Timestamp, civil, tz::Offset};

/// `metav1.Time` or `metav1.MicroTime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    Second,
    Microsecond,
}

impl Precision {
    fn layout(self) -> &'static str {
        match self {
            Self::Second => "2006-01-02T15:04:05Z07:00",
            Self::Microsecond => "2006-01-02T15:04:05.000000Z07:00",
        }
    }

    /// As Kubernetes writes it: in UTC, with as many places.
    pub(super) fn canonical(self, text: &str) -> Result<String, String> {
        let moment = self.read(text).map_err(|wrong| match wrong {
            Wrong::Part { rest, layout } => format!(
                "parsing time {} as {}: cannot parse {} as {}",
                quoted(text),
                quoted(self.layout()),
                quoted(rest),
                quoted(layout)
            ),
            Wrong::Range(what) => format!("parsing time {}: {what} out of range", quoted(text)),
            Wrong::Extra(rest) => format!(
                "parsing time {}: extra text: {}",
                quoted(text),
                quoted(rest)
            ),
        })?;
        Ok(self.written(moment))
    }

    /// A moment as Kubernetes writes it.
    pub(super) fn written(self, moment: Timestamp) -> String {
        let moment = Offset::UTC.to_datetime(moment);
        let format = match self {
            Self::Second => "%Y-%m-%dT%H:%M:%SZ",
            Self::Microsecond => "%Y-%m-%dT%H:%M:%S.%6fZ",
        };
        moment.strftime(format).to_string()
    }

    fn read(self, text: &str) -> Result<Timestamp, Wrong<'_>> {
        let mut reader = Reader {
            rest: text,
            wrong: None,
        };
        let year = reader.digits(4, 4, "2006")?;
        reader.word("-")?;
        let month = reader.ranged(2, 2, "01", 1..=12, "month")?;
        reader.word("-")?;
        let day = reader.digits(2, 2, "02")?;
        reader.word("T")?;
        let hour = reader.ranged(1, 2, "15", 0..=23, "hour")?;
        reader.word(":")?;
        let minute = reader.ranged(2, 2, "04", 0..=59, "minute")?;
        reader.word(":")?;
        let second = reader.ranged(2, 2, "05", 0..=59, "second")?;
        let nanos = match self {
            Self::Second => reader.optional_fraction(),
            Self::Microsecond => reader.six_places()?,
        };
        let offset = reader.zone()?;
        if !reader.rest.is_empty() {
            return Err(Wrong::Extra(reader.rest));
        }
        if let Some(what) = reader.wrong {
            return Err(Wrong::Range(what));
        }
        let short = |number: i32| i8::try_from(number).unwrap_or_default();
        let date = civil::Date::new(
            i16::try_from(year).unwrap_or_default(),
            short(month),
            short(day),
        )
        .map_err(|_| Wrong::Range("day"))?;
        let time = date.at(short(hour), short(minute), short(second), nanos);
        offset.to_timestamp(time).map_err(|_| Wrong::Range("year"))
    }
}

enum Wrong<'a> {
    Part { rest: &'a str, layout: &'static str },
    Range(&'static str),
    Extra(&'a str),
}

struct Reader<'a> {
    rest: &'a str,
    /// What was out of range first: Go says that at the end.
    wrong: Option<&'static str>,
}

impl<'a> Reader<'a> {
    fn word(&mut self, word: &'static str) -> Result<(), Wrong<'a>> {
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.ok_or(Wrong::Part {
            rest: self.rest,
            layout: word,
        })?;
        Ok(())
    }

    fn digits(
        &mut self,
        least: usize,
        most: usize,
        layout: &'static str,
    ) -> Result<i32, Wrong<'a>> {
        let count = self
            .rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if count < least {
            return Err(Wrong::Part {
                rest: self.rest,
                layout,
            });
        }
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(digits.parse().unwrap_or_default())
    }

    fn ranged(
        &mut self,
        least: usize,
        most: usize,
        layout: &'static str,
        range: std::ops::RangeInclusive<i32>,
        what: &'static str,
    ) -> Result<i32, Wrong<'a>> {
        let number = self.digits(least, most, layout)?;
        if range.contains(&number) {
            return Ok(number);
        }
        Err(Wrong::Range(what))
    }

    /// Go takes a fraction of a second where the layout has none.
    fn optional_fraction(&mut self) -> i32 {
        let Some(rest) = self.rest.strip_prefix(['.', ',']) else {
            return 0;
        };
        let count = rest.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return 0;
        }
        let (digits, rest) = rest.split_at(count);
        self.rest = rest;
        format!("{digits:0<9}")[..9].parse().unwrap_or_default()
    }

    fn six_places(&mut self) -> Result<i32, Wrong<'a>> {
        const LAYOUT: &str = ".000000";
        let wrong = Wrong::Part {
            rest: self.rest,
            layout: LAYOUT,
        };
        let Some(rest) = self.rest.strip_prefix(['.', ',']) else {
            return Err(wrong);
        };
        if rest.len() < 6 || !rest.as_bytes()[..6].iter().all(u8::is_ascii_digit) {
            return Err(wrong);
        }
        let (digits, rest) = rest.split_at(6);
        self.rest = rest;
        Ok(digits.parse::<i32>().unwrap_or_default() * 1000)
    }

    fn zone(&mut self) -> Result<Offset, Wrong<'a>> {
        const LAYOUT: &str = "Z07:00";
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(Offset::UTC);
        }
        let wrong = || Wrong::Part {
            rest: self.rest,
            layout: LAYOUT,
        };
        let bytes = self.rest.as_bytes();
        let (Some(sign @ (b'+' | b'-')), Some(b':')) = (bytes.first(), bytes.get(3)) else {
            return Err(wrong());
        };
        let number = |range| {
            self.rest
                .get(range)
                .filter(|it: &&str| it.bytes().all(|it| it.is_ascii_digit()))
        };
        let (Some(hours), Some(minutes)) = (number(1..3), number(4..6)) else {
            return Err(wrong());
        };
        let (hours, minutes): (i32, i32) = (
            hours.parse().unwrap_or_default(),
            minutes.parse().unwrap_or_default(),
        );
        self.rest = &self.rest[6..];
        if hours > 24 {
            self.wrong = self.wrong.or(Some("time zone offset hour"));
        } else if minutes > 60 {
            self.wrong = self.wrong.or(Some("time zone offset minute"));
        }
        let seconds = (hours * 60 + minutes) * 60;
        let seconds = if *sign == b'-' { -seconds } else { seconds };
        Ok(Offset::from_seconds(seconds).unwrap_or(Offset::UTC))
    }
}

/// As Go's `time` quotes: bytes beyond ASCII as their numbers.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            b' '..=b'~' => quoted.push(char::from(byte)),
            _ => {
                let _ = write!(quoted, "\\x{byte:02x}");
            }
        }
    }
    quoted.push('"');
    quoted
}
