//! What a literal number is.

use kube_cel::cel::common::ast::LiteralValue;

/// `12u`, if it is not too large.
pub(super) fn unsigned(text: &str) -> Option<LiteralValue> {
    let digits = text.trim_end_matches(['u', 'U']);
    let value = match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    Some(LiteralValue::UInt(value.ok()?.into()))
}

/// `12`, if it is not too large.
pub(super) fn integer(is_negative: bool, digits: &str) -> Option<LiteralValue> {
    let minus = if is_negative { "-" } else { "" };
    let value = match digits.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(&format!("{minus}{hex}"), 16),
        None => format!("{minus}{digits}").parse(),
    };
    Some(LiteralValue::Int(value.ok()?.into()))
}

/// `1.5`, if it is not too large.
pub(super) fn double(is_negative: bool, digits: &str) -> Option<LiteralValue> {
    let value: f64 = digits.parse().ok()?;
    let value = if is_negative { -value } else { value };
    Some(LiteralValue::Double(
        value.is_finite().then_some(value)?.into(),
    ))
}
