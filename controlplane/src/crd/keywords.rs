//! What a schema's keywords say of a value: types, limits, choices, combinations.
//!
//! Source: kube-openapi `pkg/validation/validate` (`schema.go`, `type.go`, `schema_props.go`, `object_validator.go`,
//! `slice_validator.go`, `validator.go`) for order and texts, and apiextensions-apiserver
//! `pkg/apiserver/validation/validation.go` (`kubeOpenAPIResultToFieldErrors`) for what becomes of them. Go walks maps in
//! random order; here it's the order of names.

use serde_json::{Number, Value};

use super::{
    correlation::Correlated,
    path::Path,
    structural::{Additional, Bound, Node, Type},
};
use crate::{FieldError, FieldReason, go, re2::Pattern};

/// What is wrong with a value by its schema; `base` stands before the path of each error.
pub(crate) fn check(node: &Node, value: &Value, base: &str) -> Vec<FieldError> {
    check_at(node, value, None, base)
}

/// The same for an update: what is wrong in what didn't change is passed over (`CRDValidationRatcheting`).
pub(crate) fn check_update(
    node: &Node,
    value: &Value,
    old: Option<&Correlated<'_>>,
    base: &str,
) -> Vec<FieldError> {
    check_at(node, value, old, base)
}

fn check_at(
    node: &Node,
    value: &Value,
    old: Option<&Correlated<'_>>,
    base: &str,
) -> Vec<FieldError> {
    let outcome = validate(node, value, old, &Path::Root);
    let faults = outcome.faults.into_iter();
    faults.map(|fault| fault.into_field_error(base)).collect()
}

/// What was found, and how many checks passed: of several alternatives the one with most is told.
#[derive(Default)]
struct Outcome {
    faults: Vec<Fault>,
    matches: usize,
}

/// Something wrong; `message` is what tells two of them apart.
struct Fault {
    message: String,
    /// None for what is wrong with a combination: it is told without a place.
    place: Option<String>,
    reason: FieldReason,
    value: Value,
    /// In place of the message.
    detail: Option<String>,
}

impl Fault {
    fn new(path: &Path<'_>, reason: FieldReason, value: impl Into<Value>, says: &str) -> Self {
        let place = path.dotted();
        Self {
            message: format!("{place} in body {says}"),
            place: Some(place),
            reason,
            value: value.into(),
            detail: None,
        }
    }

    fn combination(path: &Path<'_>, says: &str) -> Self {
        Self {
            message: format!("{} {says}", go::quoted(&path.dotted())),
            place: None,
            reason: FieldReason::Invalid,
            value: "".into(),
            detail: None,
        }
    }

    fn saying(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    fn into_field_error(self, base: &str) -> FieldError {
        let place = self.place.as_deref().unwrap_or_default();
        let place = place.strip_prefix('.').unwrap_or(place);
        let field = match (base.is_empty(), place.is_empty()) {
            (true, _) => place.to_owned(),
            (false, true) => base.to_owned(),
            (false, false) => format!("{base}.{place}"),
        };
        let detail = self.detail.unwrap_or(self.message);
        FieldError::new(self.reason, field, self.value, detail)
    }
}

impl Outcome {
    fn fault(fault: Fault) -> Self {
        Self {
            faults: vec![fault],
            matches: 0,
        }
    }

    fn passed() -> Self {
        Self {
            faults: Vec::new(),
            matches: 1,
        }
    }

    fn valid(&self) -> bool {
        self.faults.is_empty()
    }

    fn add(&mut self, fault: Fault) {
        if !self.faults.iter().any(|told| told.message == fault.message) {
            self.faults.push(fault);
        }
    }

    fn merge(&mut self, other: Self) {
        self.matches += other.matches;
        for fault in other.faults {
            self.add(fault);
        }
    }

    /// One check done, whatever came of it.
    fn done(&mut self, other: Self) {
        self.merge(other);
        self.matches += 1;
    }
}

fn validate(node: &Node, value: &Value, old: Option<&Correlated<'_>>, path: &Path<'_>) -> Outcome {
    let outcome = validate_strictly(node, value, old, path);
    if !outcome.valid() && old.is_some_and(Correlated::unchanged) {
        return Outcome {
            faults: Vec::new(),
            matches: outcome.matches,
        };
    }
    outcome
}

fn validate_strictly(
    node: &Node,
    value: &Value,
    old: Option<&Correlated<'_>>,
    path: &Path<'_>,
) -> Outcome {
    let mut outcome = Outcome::default();
    if value.is_null() {
        outcome.merge(of_type(node, value, path));
        outcome.merge(of_choices(node, value, path));
        return outcome;
    }
    if node.kind.is_some() || node.int_or_string || node.format.is_some() {
        outcome.done(of_type(node, value, path));
    }
    outcome.done(of_combinations(node, value, path));
    match value {
        Value::String(text) => {
            outcome.done(of_text(node, text, path));
            if let Some(format) = node.format {
                outcome.done(if format.accepts(text) {
                    Outcome::default()
                } else {
                    Outcome::fault(not_of(path, &node.format_name, text))
                });
            }
        }
        Value::Number(number) => outcome.done(of_number(node, number, path)),
        Value::Array(items) => outcome.done(of_items(node, items, old, path)),
        _ => {}
    }
    outcome.done(of_choices(node, value, path));
    if let Value::Object(fields) = value {
        outcome.done(of_fields(node, fields, old, path));
    }
    outcome.matches += 1;
    outcome
}

/// The type as kube-openapi tells it, and the format that goes with a number.
fn told(value: &Value) -> (Option<Type>, &'static str) {
    match value {
        Value::Null => (None, ""),
        Value::Bool(_) => (Some(Type::Boolean), ""),
        Value::String(_) => (Some(Type::String), ""),
        Value::Array(_) => (Some(Type::Array), ""),
        Value::Object(_) => (Some(Type::Object), ""),
        Value::Number(number) if number.is_i64() => (Some(Type::Integer), "int64"),
        Value::Number(_) => (Some(Type::Number), "float64"),
    }
}

fn not_of(path: &Path<'_>, wanted: &str, got: &str) -> Fault {
    let says = format!("must be of type {wanted}: {}", go::quoted(got));
    Fault::new(path, FieldReason::TypeInvalid, got, &says)
}

fn of_type(node: &Node, value: &Value, path: &Path<'_>) -> Outcome {
    let types: &[Type] = match (node.int_or_string, &node.kind) {
        (true, _) => &[Type::Integer, Type::String],
        (false, Some(kind)) => std::slice::from_ref(kind),
        (false, None) => &[],
    };
    let names = || types.iter().map(|t| t.name()).collect::<Vec<_>>().join(",");
    let (Some(kind), numeric_format) = told(value) else {
        if types.is_empty() || node.nullable {
            return Outcome::passed();
        }
        return Outcome::fault(not_of(path, &names(), "null"));
    };
    let whole = kind == Type::Number && is_whole(value) && types.contains(&Type::Integer);
    let widened = kind == Type::Integer && types.contains(&Type::Number);
    let right = types.contains(&kind) || whole || widened;
    if node.format.is_some() {
        let textual = matches!(kind, Type::String | Type::Array);
        if !textual && !right {
            return Outcome::fault(not_of(path, &node.format_name, numeric_format));
        }
        let numeric = types.contains(&Type::Number) || types.contains(&Type::Integer);
        if textual && !numeric {
            return Outcome::passed();
        }
    }
    if right {
        Outcome::passed()
    } else {
        Outcome::fault(not_of(path, &names(), kind.name()))
    }
}

/// Whether a float is an integer that JSON can hold.
fn is_whole(value: &Value) -> bool {
    value.as_f64().is_some_and(is_json_integer)
}

fn is_json_integer(number: f64) -> bool {
    const LIMIT: f64 = 9_007_199_254_740_991.0;
    if number.is_nan() || number.abs() > LIMIT {
        return false;
    }
    let cut = number.trunc();
    number.total_cmp(&cut).is_eq() || (number - cut).abs() / (number.abs() + cut.abs()) < 1e-9
}

fn of_combinations(node: &Node, value: &Value, path: &Path<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    if !node.any_of.is_empty() {
        any_of(node, value, path, &mut outcome);
    }
    if !node.one_of.is_empty() {
        one_of(node, value, path, &mut outcome);
    }
    if !node.all_of.is_empty() {
        all_of(node, value, path, &mut outcome);
    }
    if let Some(not) = &node.not
        && validate(not, value, None, path).valid()
    {
        let says = "must not validate the schema (not)";
        outcome.add(Fault::combination(path, says));
    }
    outcome.matches += 1;
    outcome
}

fn better(best: Option<&Outcome>, other: &Outcome) -> bool {
    best.is_none_or(|best| other.matches > best.matches)
}

fn any_of(node: &Node, value: &Value, path: &Path<'_>, outcome: &mut Outcome) {
    let mut best: Option<Outcome> = None;
    for one in &node.any_of {
        let result = validate(one, value, None, path);
        if result.valid() {
            outcome.merge(result);
            return;
        }
        if better(best.as_ref(), &result) {
            best = Some(result);
        }
    }
    let says = "must validate at least one schema (anyOf)";
    outcome.add(Fault::combination(path, says));
    outcome.merge(best.unwrap_or_default());
}

fn one_of(node: &Node, value: &Value, path: &Path<'_>, outcome: &mut Outcome) {
    let mut best: Option<Outcome> = None;
    let mut first: Option<Outcome> = None;
    let mut valid = 0_usize;
    for one in &node.one_of {
        let result = validate(one, value, None, path);
        if result.valid() {
            valid += 1;
            first.get_or_insert(result);
        } else if valid == 0 && better(best.as_ref(), &result) {
            best = Some(result);
        }
    }
    if valid == 1 {
        outcome.merge(first.unwrap_or_default());
        return;
    }
    let found = match valid {
        0 => "Found none valid".to_owned(),
        several => format!("Found {several} valid alternatives"),
    };
    let says = format!("must validate one and only one schema (oneOf). {found}");
    outcome.add(Fault::combination(path, &says));
    if valid == 0 {
        outcome.merge(best.unwrap_or_default());
    }
}

fn all_of(node: &Node, value: &Value, path: &Path<'_>, outcome: &mut Outcome) {
    let mut valid = 0_usize;
    for one in &node.all_of {
        let result = validate(one, value, None, path);
        valid += usize::from(result.valid());
        outcome.merge(result);
    }
    if valid != node.all_of.len() {
        let all_failed = if valid == 0 { ". None validated" } else { "" };
        let says = format!("must validate all the schemas (allOf){all_failed}");
        outcome.add(Fault::combination(path, &says));
    }
}

fn of_text(node: &Node, text: &str, path: &Path<'_>) -> Outcome {
    let limits = &node.limits;
    let length = || i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    if let Some(most) = limits.max_length.filter(|most| length() > *most) {
        let says = format!("should be at most {most} chars long");
        let bytes = if most == 1 { "byte" } else { "bytes" };
        return Outcome::fault(
            Fault::new(path, FieldReason::TooLong, text, &says)
                .saying(format!("may not be more than {most} {bytes}")),
        );
    }
    if let Some(least) = limits.min_length.filter(|least| length() < *least) {
        let says = format!("should be at least {least} chars long");
        return Outcome::fault(Fault::new(path, FieldReason::Invalid, text, &says));
    }
    let unmatched = |one: &&Pattern| one.ready().is_none_or(|regex| !regex.is_match(text));
    if let Some(pattern) = node.pattern.as_ref().filter(unmatched) {
        let says = format!("should match '{}'", pattern.text());
        return Outcome::fault(Fault::new(path, FieldReason::Invalid, text, &says));
    }
    Outcome::default()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "Go cuts bounds of integers off too"
)]
fn of_number(node: &Node, number: &Number, path: &Path<'_>) -> Outcome {
    let mut outcome = Outcome::passed();
    let invalid = |says: String| Fault::new(path, FieldReason::Invalid, number.clone(), &says);
    let limits = &node.limits;
    let shown = |value: f64| match number.as_i64() {
        Some(_) => (value as i64).to_string(),
        None => go::float(value),
    };
    if let Some(factor) = limits.multiple_of {
        match is_multiple(number, factor) {
            Some(true) => {}
            Some(false) => {
                outcome.add(invalid(format!(
                    "should be a multiple of {}",
                    shown(factor)
                )));
            }
            None => outcome.add(factor_not_positive(number, factor, path)),
        }
    }
    let beside = |bound: f64| match number.as_i64() {
        Some(integer) => Some(integer.cmp(&(bound as i64))),
        None => number.as_f64().and_then(|float| float.partial_cmp(&bound)),
    };
    let Bound { value, exclusive } = limits.minimum;
    if let Some(bound) = value {
        let order = beside(bound);
        if order.is_some_and(|o| o.is_lt() || (exclusive && o.is_eq())) {
            let or_equal = if exclusive { "" } else { " or equal to" };
            outcome.add(invalid(format!(
                "should be greater than{or_equal} {}",
                shown(bound)
            )));
        }
    }
    let Bound { value, exclusive } = limits.maximum;
    if let Some(bound) = value {
        let order = beside(bound);
        if order.is_some_and(|o| o.is_gt() || (exclusive && o.is_eq())) {
            let or_equal = if exclusive { "" } else { " or equal to" };
            outcome.add(invalid(format!(
                "should be less than{or_equal} {}",
                shown(bound)
            )));
        }
    }
    outcome
}

/// None where the factor itself is none.
#[expect(
    clippy::cast_possible_truncation,
    reason = "Go cuts the factor off too"
)]
fn is_multiple(number: &Number, factor: f64) -> Option<bool> {
    if let Some(integer) = number.as_i64() {
        let factor = factor as i64;
        return (factor > 0).then(|| integer % factor == 0);
    }
    let float = number.as_f64()?;
    let times = if factor < 1.0 {
        1.0 / factor * float
    } else {
        float / factor
    };
    (factor > 0.0).then(|| is_json_integer(times))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "Go cuts the factor off too"
)]
fn factor_not_positive(number: &Number, factor: f64, path: &Path<'_>) -> Fault {
    let place = path.dotted();
    let (value, shown) = if number.is_i64() {
        (Value::from(factor as i64), (factor as i64).to_string())
    } else {
        (Value::from(factor), go::float(factor))
    };
    Fault {
        message: format!("factor MultipleOf declared for {place} must be positive: {shown}"),
        place: Some(place),
        reason: FieldReason::Invalid,
        value,
        detail: None,
    }
}

fn too_many(path: &Path<'_>, what: &str, count: i64, most: i64) -> Fault {
    let items = if most == 1 { "item" } else { "items" };
    Fault::new(
        path,
        FieldReason::TooMany,
        count,
        &format!("should have at most {most} {what}"),
    )
    .saying(format!("must have at most {most} {items}"))
}

fn too_few(path: &Path<'_>, what: &str, count: i64, least: i64) -> Fault {
    let says = format!("should have at least {least} {what}");
    Fault::new(path, FieldReason::Invalid, count, &says)
}

fn of_items(
    node: &Node,
    items: &[Value],
    old: Option<&Correlated<'_>>,
    path: &Path<'_>,
) -> Outcome {
    let mut outcome = Outcome::default();
    if let Some(of_item) = &node.items {
        for (index, item) in items.iter().enumerate() {
            let old = old.and_then(|old| old.index(index));
            outcome.merge(validate(of_item, item, old.as_ref(), &path.index(index)));
        }
    }
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    if let Some(least) = node.limits.min_items.filter(|least| count < *least) {
        outcome.add(too_few(path, "items", count, least));
    }
    if let Some(most) = node.limits.max_items.filter(|most| count > *most) {
        outcome.add(too_many(path, "items", count, most));
    }
    outcome.matches += 1;
    outcome
}

fn of_choices(node: &Node, value: &Value, path: &Path<'_>) -> Outcome {
    if node.choices.is_empty() || node.choices.iter().any(|choice| same(value, choice)) {
        return Outcome::default();
    }
    let shown = node.choices.iter().map(|choice| match choice {
        Value::String(text) => go::quoted(text),
        other => go::quoted(&go::json(other)),
    });
    let supported = shown.collect::<Vec<_>>().join(", ");
    // Go prints the choices in the message too, but it's never shown: it only tells faults apart.
    Outcome::fault(
        Fault::new(
            path,
            FieldReason::NotSupported,
            value.clone(),
            "should be one of these",
        )
        .saying(format!("supported values: {supported}")),
    )
}

/// Go converts a value to the type of the choice first: floats are cut off, and an integer may name a letter. Null is no
/// choice.
#[expect(clippy::cast_possible_truncation, reason = "Go cuts floats off too")]
fn same(value: &Value, choice: &Value) -> bool {
    match (value, choice) {
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Number(given), Value::Number(wanted)) => match wanted.as_i64() {
            Some(wanted) => {
                given.as_i64().or(given.as_f64().map(|float| float as i64)) == Some(wanted)
            }
            None => given.as_f64() == wanted.as_f64(),
        },
        (Value::Number(given), Value::String(wanted)) => {
            let letter = given
                .as_i64()
                .and_then(|code| u32::try_from(code).ok())
                .and_then(char::from_u32);
            letter.is_some_and(|letter| wanted.chars().eq([letter]))
        }
        _ => value == choice,
    }
}

fn of_fields(
    node: &Node,
    fields: &serde_json::Map<String, Value>,
    old: Option<&Correlated<'_>>,
    path: &Path<'_>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let count = i64::try_from(fields.len()).unwrap_or(i64::MAX);
    if let Some(least) = node.limits.min_properties.filter(|least| count < *least) {
        outcome.add(too_few(path, "properties", count, least));
    }
    if let Some(most) = node.limits.max_properties.filter(|most| count > *most) {
        outcome.add(too_many(path, "properties", count, most));
    }
    let correlated = |name: &str| {
        let shared = matches!(path, Path::Root) && matches!(name, "kind" | "apiVersion");
        old.filter(|_| !shared).and_then(|old| old.field(name))
    };
    if matches!(node.additional, Additional::Refused) {
        let unknown = fields
            .keys()
            .filter(|name| !node.properties.contains_key(*name));
        for name in unknown {
            let place = path.dotted();
            outcome.add(Fault {
                message: format!("{place}.{name} in body is a forbidden property"),
                place: Some(place),
                reason: FieldReason::Invalid,
                value: name.as_str().into(),
                detail: None,
            });
        }
    }
    if let Some(of_value) = node.additional.schema() {
        for (name, value) in fields {
            if !node.properties.contains_key(name) {
                let old = correlated(name);
                outcome.merge(validate(of_value, value, old.as_ref(), &path.key(name)));
            }
        }
    }
    for (name, of_value) in &node.properties {
        if let Some(value) = fields.get(name) {
            let old = correlated(name);
            outcome.merge(validate(of_value, value, old.as_ref(), &path.field(name)));
        }
    }
    for name in &node.required {
        if !fields.contains_key(name) {
            let key = path.key(name);
            let fault = Fault::new(&key, FieldReason::Required, "", "is required");
            outcome.add(fault.saying(""));
        }
    }
    outcome
}
