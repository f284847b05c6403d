//! CEL's functions. Those of Kubernetes' own libraries are `kube-cel`'s.

use std::{rc::Rc, str::FromStr as _};

use jiff::{SignedDuration, Timestamp, Zoned, tz::TimeZone};

use super::{
    kubernetes, patterns,
    value::{Failure, Outcome, Val},
};
use crate::go;

const OVERFLOW: Failure = Failure(std::borrow::Cow::Borrowed("integer overflow"));
const UNSIGNED_OVERFLOW: Failure = Failure(std::borrow::Cow::Borrowed("unsigned integer overflow"));
const TIME_OVERFLOW: Failure = Failure(std::borrow::Cow::Borrowed("timestamp overflow"));

/// `+`.
pub(super) fn sum<'a>(one: &Val<'a>, other: &Val<'a>) -> Outcome<'a> {
    match (one, other) {
        (Val::Int(one), Val::Int(other)) => one.checked_add(*other).map(Val::Int).ok_or(OVERFLOW),
        (Val::Uint(one), Val::Uint(other)) => one
            .checked_add(*other)
            .map(Val::Uint)
            .ok_or(UNSIGNED_OVERFLOW),
        (Val::Double(one), Val::Double(other)) => Ok(Val::Double(one + other)),
        (Val::Text(one), Val::Text(other)) => Ok(Val::text(format!("{one}{other}"))),
        (Val::Bytes(one), Val::Bytes(other)) => {
            Ok(Val::Bytes([&one[..], &other[..]].concat().into()))
        }
        (Val::Duration(one), Val::Duration(other)) => {
            one.checked_add(*other).map(Val::Duration).ok_or(OVERFLOW)
        }
        (Val::Time(time), Val::Duration(nanos)) | (Val::Duration(nanos), Val::Time(time)) => time
            .checked_add(SignedDuration::from_nanos(*nanos))
            .map(Val::Time)
            .map_err(|_| TIME_OVERFLOW),
        (one, other) => one.followed_by(other).ok_or(Failure::NO_OVERLOAD),
    }
}

/// `-`.
pub(super) fn difference<'a>(one: &Val<'_>, other: &Val<'_>) -> Outcome<'a> {
    match (one, other) {
        (Val::Int(one), Val::Int(other)) => one.checked_sub(*other).map(Val::Int).ok_or(OVERFLOW),
        (Val::Uint(one), Val::Uint(other)) => one
            .checked_sub(*other)
            .map(Val::Uint)
            .ok_or(UNSIGNED_OVERFLOW),
        (Val::Double(one), Val::Double(other)) => Ok(Val::Double(one - other)),
        (Val::Duration(one), Val::Duration(other)) => {
            one.checked_sub(*other).map(Val::Duration).ok_or(OVERFLOW)
        }
        (Val::Time(time), Val::Duration(nanos)) => time
            .checked_sub(SignedDuration::from_nanos(*nanos))
            .map(Val::Time)
            .map_err(|_| TIME_OVERFLOW),
        (Val::Time(one), Val::Time(other)) => i64::try_from(one.duration_since(*other).as_nanos())
            .map(Val::Duration)
            .map_err(|_| OVERFLOW),
        _ => Err(Failure::NO_OVERLOAD),
    }
}

/// `*`.
pub(super) fn product<'a>(one: &Val<'_>, other: &Val<'_>) -> Outcome<'a> {
    match (one, other) {
        (Val::Int(one), Val::Int(other)) => one.checked_mul(*other).map(Val::Int).ok_or(OVERFLOW),
        (Val::Uint(one), Val::Uint(other)) => one
            .checked_mul(*other)
            .map(Val::Uint)
            .ok_or(UNSIGNED_OVERFLOW),
        (Val::Double(one), Val::Double(other)) => Ok(Val::Double(one * other)),
        _ => Err(Failure::NO_OVERLOAD),
    }
}

/// `/`.
pub(super) fn quotient<'a>(one: &Val<'_>, other: &Val<'_>) -> Outcome<'a> {
    match (one, other) {
        (Val::Int(_), Val::Int(0)) | (Val::Uint(_), Val::Uint(0)) => {
            Err(Failure::new("division by zero"))
        }
        (Val::Int(one), Val::Int(other)) => one.checked_div(*other).map(Val::Int).ok_or(OVERFLOW),
        (Val::Uint(one), Val::Uint(other)) => Ok(Val::Uint(one / other)),
        (Val::Double(one), Val::Double(other)) => Ok(Val::Double(one / other)),
        _ => Err(Failure::NO_OVERLOAD),
    }
}

/// `%`.
pub(super) fn remainder<'a>(one: &Val<'_>, other: &Val<'_>) -> Outcome<'a> {
    match (one, other) {
        (Val::Int(_), Val::Int(0)) | (Val::Uint(_), Val::Uint(0)) => {
            Err(Failure::new("modulus by zero"))
        }
        (Val::Int(one), Val::Int(other)) => one.checked_rem(*other).map(Val::Int).ok_or(OVERFLOW),
        (Val::Uint(one), Val::Uint(other)) => Ok(Val::Uint(one % other)),
        _ => Err(Failure::NO_OVERLOAD),
    }
}

/// A key as an error shows it.
pub(super) fn shown(value: &Val<'_>) -> String {
    match value {
        Val::Text(text) => text.to_string(),
        Val::Bool(truth) => truth.to_string(),
        Val::Int(int) => int.to_string(),
        Val::Uint(uint) => uint.to_string(),
        Val::Double(double) => go::float(*double),
        other => other.type_name().into(),
    }
}

/// Calls a function by its name; `target` is what stands before the dot.
pub(super) fn call<'a>(
    name: &str,
    target: Option<Val<'a>>,
    arguments: Vec<Val<'a>>,
) -> Outcome<'a> {
    let on_target = target.is_some();
    let all: Vec<Val<'a>> = target.into_iter().chain(arguments).collect();
    if let Some(outcome) = of_any(name, &all)
        .or_else(|| of_optionals(name, &all))
        .or_else(|| of_texts(name, &all))
        .or_else(|| of_times(name, &all))
    {
        return outcome;
    }
    kubernetes::call(name, on_target, &all)
}

fn of_any<'a>(name: &str, all: &[Val<'a>]) -> Option<Outcome<'a>> {
    Some(match (name, all) {
        ("size", [value]) => value
            .len()
            .and_then(|length| i64::try_from(length).ok())
            .map(Val::Int)
            .ok_or(Failure::NO_OVERLOAD),
        ("type", [value]) => Ok(Val::Type(value.type_name())),
        ("dyn", [value]) => Ok(value.clone()),
        ("bool", [Val::Bool(truth)]) => Ok(Val::Bool(*truth)),
        ("bool", [Val::Text(text)]) => match text.as_ref() {
            "1" | "t" | "true" | "T" | "TRUE" | "True" => Ok(Val::Bool(true)),
            "0" | "f" | "false" | "F" | "FALSE" | "False" => Ok(Val::Bool(false)),
            _ => unconvertible(&all[0], "bool"),
        },
        ("int", [value]) => to_int(value)?,
        ("uint", [value]) => to_uint(value)?,
        ("double", [value]) => to_double(value)?,
        ("string", [value]) => Ok(Val::text(to_text(value)?)),
        ("bytes", [Val::Bytes(bytes)]) => Ok(Val::Bytes(bytes.clone())),
        ("bytes", [Val::Text(text)]) => Ok(Val::Bytes(text.as_bytes().into())),
        _ => return None,
    })
}

fn unconvertible<'a>(value: &Val<'_>, wanted: &str) -> Outcome<'a> {
    let from = value.type_name();
    Err(Failure::new(format!(
        "type conversion error from '{from}' to '{wanted}'"
    )))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the range is looked at before"
)]
fn to_int<'a>(value: &Val<'_>) -> Option<Outcome<'a>> {
    Some(match value {
        Val::Int(int) => Ok(Val::Int(*int)),
        Val::Uint(uint) => i64::try_from(*uint).map(Val::Int).map_err(|_| OVERFLOW),
        Val::Double(double) if *double > i64::MIN as f64 && *double < i64::MAX as f64 => {
            Ok(Val::Int(*double as i64))
        }
        Val::Double(_) => Err(OVERFLOW),
        Val::Text(text) => match text.parse() {
            Ok(int) => Ok(Val::Int(int)),
            Err(_) => unconvertible(value, "int"),
        },
        Val::Time(time) => Ok(Val::Int(time.as_second())),
        Val::Duration(nanos) => Ok(Val::Int(*nanos)),
        _ => return None,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the range is looked at before"
)]
fn to_uint<'a>(value: &Val<'_>) -> Option<Outcome<'a>> {
    Some(match value {
        Val::Uint(uint) => Ok(Val::Uint(*uint)),
        Val::Int(int) => u64::try_from(*int)
            .map(Val::Uint)
            .map_err(|_| UNSIGNED_OVERFLOW),
        Val::Double(double) if *double >= 0.0 && *double < u64::MAX as f64 => {
            Ok(Val::Uint(*double as u64))
        }
        Val::Double(_) => Err(UNSIGNED_OVERFLOW),
        Val::Text(text) => match text.parse() {
            Ok(uint) => Ok(Val::Uint(uint)),
            Err(_) => unconvertible(value, "uint"),
        },
        _ => return None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "as Go converts")]
fn to_double<'a>(value: &Val<'_>) -> Option<Outcome<'a>> {
    Some(match value {
        Val::Double(double) => Ok(Val::Double(*double)),
        Val::Int(int) => Ok(Val::Double(*int as f64)),
        Val::Uint(uint) => Ok(Val::Double(*uint as f64)),
        Val::Text(text) => match text.parse() {
            Ok(double) => Ok(Val::Double(double)),
            Err(_) => unconvertible(value, "double"),
        },
        _ => return None,
    })
}

/// None for values that only a library can turn into a text.
fn to_text(value: &Val<'_>) -> Option<String> {
    Some(match value {
        Val::Text(text) => text.to_string(),
        Val::Bool(truth) => truth.to_string(),
        Val::Int(int) => int.to_string(),
        Val::Uint(uint) => uint.to_string(),
        Val::Double(double) => go::float(*double),
        Val::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Val::Time(time) => time.to_string(),
        Val::Duration(nanos) => {
            let fraction = (nanos % 1_000_000_000).unsigned_abs();
            let sign = if *nanos < 0 { "-" } else { "" };
            let seconds = (nanos / 1_000_000_000).unsigned_abs();
            let text = format!("{sign}{seconds}.{fraction:09}");
            format!("{}s", text.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => return None,
    })
}

fn of_optionals<'a>(name: &str, all: &[Val<'a>]) -> Option<Outcome<'a>> {
    Some(match (name, all) {
        ("optional.none", []) => Ok(Val::Optional(None)),
        ("optional.of", [value]) => Ok(Val::some(value.clone())),
        ("optional.ofNonZeroValue", [value]) => Ok(if is_zero(value) {
            Val::Optional(None)
        } else {
            Val::some(value.clone())
        }),
        ("hasValue", [Val::Optional(inner)]) => Ok(Val::Bool(inner.is_some())),
        ("hasValue", [_]) => Err(Failure::NO_OVERLOAD),
        ("value", [Val::Optional(Some(inner))]) => Ok((**inner).clone()),
        ("value", [Val::Optional(None)]) => Err(Failure::new("optional.none() dereference")),
        ("orValue", [Val::Optional(inner), other]) => Ok(inner.as_deref().unwrap_or(other).clone()),
        ("or", [one @ Val::Optional(inner), other]) => Ok(if inner.is_some() {
            one.clone()
        } else {
            other.clone()
        }),
        _ => return None,
    })
}

fn is_zero(value: &Val<'_>) -> bool {
    match value {
        Val::Null | Val::Optional(None) => true,
        Val::Bool(truth) => !truth,
        Val::Int(int) => *int == 0,
        Val::Uint(uint) => *uint == 0,
        Val::Double(double) => *double == 0.0,
        Val::Duration(nanos) => *nanos == 0,
        other => other.len() == Some(0),
    }
}

fn of_texts<'a>(name: &str, all: &[Val<'a>]) -> Option<Outcome<'a>> {
    Some(match (name, all) {
        ("startsWith", [Val::Text(text), Val::Text(part)]) => {
            Ok(Val::Bool(text.starts_with(part.as_ref())))
        }
        ("endsWith", [Val::Text(text), Val::Text(part)]) => {
            Ok(Val::Bool(text.ends_with(part.as_ref())))
        }
        ("contains", [Val::Text(text), Val::Text(part)]) => {
            Ok(Val::Bool(text.contains(part.as_ref())))
        }
        ("matches" | "find" | "findAll", [Val::Text(text), Val::Text(pattern), rest @ ..]) => {
            patterns::call(name, text, pattern, rest)
        }
        ("startsWith" | "endsWith" | "contains" | "matches", [_, _]) => Err(Failure::NO_OVERLOAD),
        ("lowerAscii", [Val::Text(text)]) => Ok(Val::text(text.to_ascii_lowercase())),
        ("upperAscii", [Val::Text(text)]) => Ok(Val::text(text.to_ascii_uppercase())),
        ("trim", [Val::Text(text)]) => Ok(Val::text(text.trim().to_owned())),
        ("reverse", [Val::Text(text)]) => Ok(Val::text(text.chars().rev().collect::<String>())),
        ("split", [Val::Text(text), Val::Text(by)]) if !by.is_empty() => {
            let parts = text
                .split(by.as_ref())
                .map(|part| Val::text(part.to_owned()));
            Ok(Val::list(parts.collect()))
        }
        ("replace", [Val::Text(text), Val::Text(from), Val::Text(to)]) => {
            Ok(Val::text(text.replace(from.as_ref(), to)))
        }
        ("join", [list, rest @ ..]) if list.items().is_some() => joined(list, rest),
        ("sum", [list]) if list.items().is_some() => {
            let items = list.items().unwrap_or_default();
            let mut items = items.into_iter();
            let first = items.next().unwrap_or(Val::Int(0));
            items.try_fold(first, |total, item| sum(&total, &item))
        }
        ("distinct", [list]) if list.items().is_some() => {
            let mut distinct: Vec<Val<'a>> = Vec::new();
            for item in list.items().unwrap_or_default() {
                if !distinct.iter().any(|known| known.equals(&item)) {
                    distinct.push(item);
                }
            }
            Ok(Val::list(distinct))
        }
        ("isSorted", [list]) if list.items().is_some() => {
            let items = list.items().unwrap_or_default();
            Ok(Val::Bool(items.windows(2).all(|two| {
                two[0]
                    .compare(&two[1])
                    .is_some_and(std::cmp::Ordering::is_le)
            })))
        }
        ("min" | "max", [list]) if list.items().is_some() => extreme(name, list),
        ("sets.contains", [list, sub]) => {
            let (items, sub) = (list.items()?, sub.items()?);
            Ok(Val::Bool(
                sub.iter()
                    .all(|one| items.iter().any(|item| item.equals(one))),
            ))
        }
        ("sets.intersects", [list, other]) => {
            let (items, other) = (list.items()?, other.items()?);
            Ok(Val::Bool(
                other
                    .iter()
                    .any(|one| items.iter().any(|item| item.equals(one))),
            ))
        }
        ("sets.equivalent", [list, other]) => {
            let (items, other) = (list.items()?, other.items()?);
            let within = |some: &[Val<'_>], all: &[Val<'_>]| {
                some.iter()
                    .all(|one| all.iter().any(|item| item.equals(one)))
            };
            Ok(Val::Bool(within(&items, &other) && within(&other, &items)))
        }
        _ => return None,
    })
}

fn joined<'a>(list: &Val<'a>, rest: &[Val<'a>]) -> Outcome<'a> {
    let separator = match rest {
        [] => "",
        [Val::Text(separator)] => separator,
        _ => return Err(Failure::NO_OVERLOAD),
    };
    let mut texts = Vec::new();
    for item in list.items().unwrap_or_default() {
        match item {
            Val::Text(text) => texts.push(text.into_owned()),
            _ => return Err(Failure::NO_OVERLOAD),
        }
    }
    Ok(Val::text(texts.join(separator)))
}

fn extreme<'a>(name: &str, list: &Val<'a>) -> Outcome<'a> {
    let wanted = if name == "min" {
        std::cmp::Ordering::Less
    } else {
        std::cmp::Ordering::Greater
    };
    let mut items = list.items().unwrap_or_default().into_iter();
    let Some(mut found) = items.next() else {
        return Err(Failure::new(format!("{name} called on empty list")));
    };
    for item in items {
        if item.compare(&found).ok_or(Failure::NO_OVERLOAD)? == wanted {
            found = item;
        }
    }
    Ok(found)
}

fn of_times<'a>(name: &str, all: &[Val<'a>]) -> Option<Outcome<'a>> {
    Some(match (name, all) {
        ("timestamp", [Val::Time(time)]) => Ok(Val::Time(*time)),
        ("timestamp", [Val::Text(text)]) => match Timestamp::from_str(text) {
            Ok(time) => Ok(Val::Time(time)),
            Err(_) => unconvertible(&all[0], "google.protobuf.Timestamp"),
        },
        ("timestamp", [Val::Int(seconds)]) => Timestamp::from_second(*seconds)
            .map(Val::Time)
            .map_err(|_| TIME_OVERFLOW),
        ("duration", [Val::Duration(nanos)]) => Ok(Val::Duration(*nanos)),
        ("duration", [Val::Text(text)]) => match go::duration(text) {
            Ok(nanos) => Ok(Val::Duration(nanos)),
            Err(_) => unconvertible(&all[0], "google.protobuf.Duration"),
        },
        (name, [Val::Time(time)]) => return part_of_time(name, *time, &TimeZone::UTC).map(Ok),
        (name, [Val::Time(time), Val::Text(zone)]) if name.starts_with("get") => {
            match TimeZone::get(zone) {
                Ok(zone) => return part_of_time(name, *time, &zone).map(Ok),
                Err(why) => Err(Failure::new(why.to_string())),
            }
        }
        ("getHours", [Val::Duration(nanos)]) => Ok(Val::Int(nanos / 3_600_000_000_000)),
        ("getMinutes", [Val::Duration(nanos)]) => Ok(Val::Int(nanos / 60_000_000_000)),
        ("getSeconds", [Val::Duration(nanos)]) => Ok(Val::Int(nanos / 1_000_000_000)),
        ("getMilliseconds", [Val::Duration(nanos)]) => Ok(Val::Int(nanos / 1_000_000 % 1000)),
        _ => return None,
    })
}

fn part_of_time<'a>(name: &str, time: Timestamp, zone: &TimeZone) -> Option<Val<'a>> {
    let time = Zoned::new(time, zone.clone());
    Some(Val::Int(match name {
        "getFullYear" => time.year().into(),
        "getMonth" => i64::from(time.month()) - 1,
        "getDayOfYear" => i64::from(time.day_of_year()) - 1,
        "getDayOfMonth" => i64::from(time.day()) - 1,
        "getDate" => time.day().into(),
        "getDayOfWeek" => time.weekday().to_sunday_zero_offset().into(),
        "getHours" => time.hour().into(),
        "getMinutes" => time.minute().into(),
        "getSeconds" => time.second().into(),
        "getMilliseconds" => time.millisecond().into(),
        _ => return None,
    }))
}

/// A map of texts, for what the libraries give back.
pub(super) fn dict<'a>(entries: Vec<(Val<'a>, Val<'a>)>) -> Val<'a> {
    Val::Dict(Rc::new(entries))
}
