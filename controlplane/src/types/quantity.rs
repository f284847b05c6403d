//! Amounts: apimachinery's `resource.Quantity`.

use std::fmt;

/// An amount, with the way it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    digits: i128,
    /// The power of ten that the digits are multiplied by.
    scale: i32,
    format: Format,
    /// As it was given, where Kubernetes keeps that.
    kept: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Exponent,
    Binary,
    Decimal,
}

const FORM: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMERIC: &str = "unable to parse numeric part of quantity";
const SUFFIX: &str = "unable to parse quantity's suffix";
/// Beyond this an exponent is no number that anybody counts with.
const MOST_SCALE: i32 = 1_000_000_000;
/// No finer amounts are kept.
const NANO: i32 = -9;

impl Quantity {
    /// Reads an amount; the error is in the words of Kubernetes.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text == "0" {
            return Ok(Self {
                digits: 0,
                scale: 0,
                format: Format::Decimal,
                kept: Some("0".into()),
            });
        }
        let parts = Parts::of(text).ok_or(FORM)?;
        let (power, exponent, format) = suffix(parts.suffix).ok_or(SUFFIX)?;
        let fraction = i32::try_from(parts.fraction.len()).map_err(|_| NUMERIC)?;
        let shifted = format!("{}{}", parts.integer, parts.fraction);
        let mut digits: i128 = shifted.parse().map_err(|_| NUMERIC)?;
        let mut scale = -fraction;
        if power == 2 {
            digits = digits.saturating_mul(1 << exponent);
        } else {
            scale = exponent
                .saturating_add(scale)
                .clamp(-MOST_SCALE, MOST_SCALE);
        }
        let sign = if parts.negative { -1 } else { 1 };
        let mut quantity = Self {
            digits: digits * sign,
            scale,
            format,
            kept: None,
        };
        if parts.is_short(power, exponent) && scale >= NANO && i64::try_from(digits).is_ok() {
            quantity.kept = is_canonical(power, exponent, scale, &shifted).then(|| text.to_owned());
        } else {
            quantity.bound();
        }
        Ok(quantity)
    }

    /// Rounds up to thousandths, as containers' resources are.
    pub fn round_up_to_milli(&mut self) {
        if self.scale < -3 {
            self.kept = None;
            self.round_up(-3);
        }
    }

    /// As Go's reflection sees it, where it is counted in 64 bits.
    pub(super) fn dump(&self) -> String {
        let format = match self.format {
            Format::Exponent => "DecimalExponent",
            Format::Binary => "BinarySI",
            Format::Decimal => "DecimalSI",
        };
        let kept = self.kept.as_deref().unwrap_or_default();
        format!(
            "{{i:(resource.int64Amount){{value:(int64){} scale:(resource.Scale){}}} \
             d:(resource.infDecAmount){{Dec:(*inf.Dec)<nil>}} s:(string){kept} Format:(resource.Format){format}}}",
            self.digits, self.scale
        )
    }

    /// Nothing, written as another amount is.
    pub(super) fn zero(like: &Self) -> Self {
        Self {
            digits: 0,
            scale: 0,
            format: like.format,
            kept: None,
        }
    }

    /// Adds another amount.
    pub(crate) fn add(&mut self, other: &Self) {
        let scale = self.scale.min(other.scale);
        self.digits = self.at(scale).saturating_add(other.at(scale));
        self.scale = scale;
        self.kept = None;
    }

    pub(crate) fn is_more_than(&self, other: &Self) -> bool {
        let scale = self.scale.min(other.scale);
        self.at(scale) > other.at(scale)
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.digits == 0
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.digits < 0
    }

    /// Whether it is one without a fraction.
    pub(crate) fn is_whole(&self) -> bool {
        self.scale >= 0 || self.digits % 10_i128.pow(self.scale.unsigned_abs().min(38)) == 0
    }

    /// The least whole number that is no less.
    pub(crate) fn rounded_up(&self) -> i64 {
        let whole = match self.scale {
            0.. => self.at(0),
            scale => {
                let one = 10_i128.pow(scale.unsigned_abs().min(38));
                self.digits.div_euclid(one) + i128::from(self.digits.rem_euclid(one) > 0)
            }
        };
        i64::try_from(whole).unwrap_or(if whole < 0 { i64::MIN } else { i64::MAX })
    }

    /// Whether another amount is so many times this one.
    pub(crate) fn divides(&self, other: &Self) -> bool {
        let scale = self.scale.min(other.scale);
        self.digits > 0 && other.at(scale) % self.at(scale) == 0
    }

    /// The digits as they are with a smaller scale.
    fn at(&self, scale: i32) -> i128 {
        let places = (self.scale - scale).unsigned_abs().min(38);
        self.digits.saturating_mul(10_i128.pow(places))
    }

    /// Rounds away from zero to a power of ten; says whether nothing was lost.
    fn round_up(&mut self, scale: i32) -> bool {
        let mut exact = true;
        while self.scale < scale {
            if self.digits.abs() <= 1 {
                exact &= self.digits == 0;
                self.scale = scale;
                break;
            }
            let rest = self.digits % 10;
            self.digits = self.digits / 10 + rest.signum();
            self.scale += 1;
            exact &= rest == 0;
        }
        exact
    }

    fn bound(&mut self) {
        self.round_up(NANO);
        if self.format == Format::Binary {
            let most = i128::from(i64::MAX);
            if self.scale >= 0 && self.digits.abs() > most {
                self.digits = most * self.digits.signum();
            } else if self.scale < 0
                && self.digits.abs() / 10_i128.pow(self.scale.unsigned_abs()) >= most
            {
                (self.digits, self.scale) = (most * self.digits.signum(), 0);
            }
            if self.is_below(1) {
                self.format = Format::Decimal;
            }
        }
    }

    fn is_below(&self, bound: i128) -> bool {
        match u32::try_from(-self.scale) {
            Ok(places) => self.digits.abs() < bound * 10_i128.pow(places.min(30)),
            Err(_) => self.digits == 0,
        }
    }

    fn binary(&self) -> Option<String> {
        let mut whole = self.clone();
        if self.is_below(1024) || !whole.round_up(0) {
            return None;
        }
        let mut digits = whole
            .digits
            .checked_mul(10_i128.checked_pow(whole.scale.unsigned_abs())?)?;
        let mut times = 0;
        while digits.abs() >= 1024 && digits % 1024 == 0 {
            digits /= 1024;
            times += 1;
        }
        Some(format!(
            "{digits}{}",
            ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].get(times)?
        ))
    }

    fn decimal(&self) -> String {
        let (mut digits, mut exponent) = (self.digits, self.scale);
        while digits % 10 == 0 {
            digits /= 10;
            exponent += 1;
        }
        while exponent % 3 != 0 {
            digits = digits.saturating_mul(10);
            exponent -= 1;
        }
        let suffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
        match usize::try_from(exponent / 3 + 3)
            .ok()
            .and_then(|it| suffixes.get(it))
        {
            _ if self.format == Format::Exponent && exponent == 0 => digits.to_string(),
            _ if self.format == Format::Exponent => format!("{digits}e{exponent}"),
            Some(suffix) => format!("{digits}{suffix}"),
            None => digits.to_string(),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(kept) = &self.kept {
            return f.write_str(kept);
        }
        if self.digits == 0 {
            return f.write_str("0");
        }
        let binary = if self.format == Format::Binary {
            self.binary()
        } else {
            None
        };
        f.write_str(&binary.unwrap_or_else(|| self.decimal()))
    }
}

struct Parts<'a> {
    negative: bool,
    integer: &'a str,
    fraction: &'a str,
    suffix: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (integer, rest) = split(unsigned.trim_start_matches('0'), |it| it.is_ascii_digit());
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(rest) => split(rest, |it| it.is_ascii_digit()),
            None => ("", rest),
        };
        let (_, exponent) = split(suffix, |it| "eEinumkKMGTP".contains(it));
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        exponent
            .bytes()
            .all(|it| it.is_ascii_digit())
            .then_some(Self {
                negative: text.starts_with('-'),
                integer: if integer.is_empty() { "0" } else { integer },
                fraction,
                suffix,
            })
    }

    /// Whether Kubernetes counts it in 64 bits.
    fn is_short(&self, power: i32, exponent: i32) -> bool {
        if power == 2 {
            self.fraction.is_empty()
                && i32::try_from(self.integer.len())
                    .is_ok_and(|it| 14 - it - exponent * 3 / 10 >= 0)
        } else {
            self.integer.len() + self.fraction.len() <= 18
        }
    }
}

/// Whether an amount is written as it will be, but for its suffix.
fn is_canonical(power: i32, exponent: i32, scale: i32, shifted: &str) -> bool {
    if power == 2 {
        exponent % 10 == 0 && shifted.parse::<i64>().is_ok_and(|it| it & 7 != 0)
    } else {
        scale % 3 == 0 && !shifted.ends_with("000") && !shifted.starts_with('0')
    }
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|it| !belongs(it)).unwrap_or(text.len()))
}

/// The base, its exponent, and the format.
fn suffix(suffix: &str) -> Option<(i32, i32, Format)> {
    const DECIMAL: &[&str] = &["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    const BINARY: &[&str] = &["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let place = |all: &[&str]| {
        all.iter()
            .position(|it| *it == suffix)
            .and_then(|it| i32::try_from(it).ok())
    };
    if let Some(place) = place(DECIMAL) {
        Some((10, (place - 3) * 3, Format::Decimal))
    } else if let Some(place) = place(BINARY) {
        Some((2, (place + 1) * 10, Format::Binary))
    } else {
        let exponent = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
        Some((10, exponent, Format::Exponent))
    }
}
