//! JSONPath as `kubectl` and printer columns know it; what is not there is no mistake.
//!
//! Source: client-go `util/jsonpath`.

use std::cmp::Ordering;

use serde_json::Value;

/// A path that was parsed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonPath(Vec<Step>);

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Field(String),
    All,
    /// All values below, and the value itself.
    Recursive,
    Slice(Slice),
    Filter(Box<Filter>),
    Union(Vec<JsonPath>),
}

#[derive(Clone, Debug, PartialEq)]
struct Slice {
    from: Option<i64>,
    to: Option<i64>,
    step: i64,
}

#[derive(Clone, Debug, PartialEq)]
struct Filter {
    left: Operand,
    /// None where it's asked only whether there is such a value.
    compared: Option<(Operator, Operand)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Path(JsonPath),
    Literal(Value),
}

/// A path that can't be parsed, or a value that it can't be applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unusable;

impl JsonPath {
    /// Parses a path that begins with a dot or a bracket.
    pub(crate) fn parse(text: &str) -> Result<Self, Unusable> {
        let mut steps = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            match first {
                '.' => {
                    let (name, after) = name(&rest[1..]);
                    if name.is_empty() && after.starts_with('.') {
                        steps.push(Step::Recursive);
                        rest = after;
                        continue;
                    }
                    match name.as_str() {
                        "" => {}
                        "*" => steps.push(Step::All),
                        _ => steps.push(Step::Field(name)),
                    }
                    rest = after;
                }
                '[' => {
                    let end = closing(rest).ok_or(Unusable)?;
                    steps.push(bracketed(&rest[1..end])?);
                    rest = &rest[end + 1..];
                }
                _ => return Err(Unusable),
            }
        }
        Ok(Self(steps))
    }

    /// What it finds, in order.
    pub(crate) fn find<'a>(&self, value: &'a Value) -> Result<Vec<&'a Value>, Unusable> {
        let mut found = vec![value];
        for step in &self.0 {
            let mut next = Vec::new();
            for value in found {
                step.apply(value, &mut next)?;
            }
            found = next;
        }
        if self.0.is_empty() {
            Ok(Vec::new())
        } else {
            Ok(found)
        }
    }
}

/// The name that a text begins with, and what follows it.
fn name(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => name.extend(letters.next().map(|(_, escaped)| escaped)),
            '.' | '[' | ']' | ' ' => return (name, &text[at..]),
            plain => name.push(plain),
        }
    }
    (name, "")
}

/// Where the bracket that a text begins with is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), letter) if open != letter => {}
            (Some(_), _) => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, '[') => depth += 1,
            (None, ']') if depth == 1 => return Some(at),
            (None, ']') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}

fn bracketed(text: &str) -> Result<Step, Unusable> {
    if let Some(filter) = text.strip_prefix("?(") {
        return Filter::parse(filter.strip_suffix(')').ok_or(Unusable)?);
    }
    if text == "*" {
        // Of lists only.
        return Ok(Step::Slice(Slice {
            from: None,
            to: None,
            step: 1,
        }));
    }
    let quoted = text
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    if let Some(key) = quoted.filter(|key| !key.contains('\'')) {
        // Dots in it are steps, too.
        return Ok(Step::Union(vec![JsonPath::parse(&format!(".{key}"))?]));
    }
    if text.contains(',') {
        let parts = text
            .split(',')
            .map(|part| Ok(JsonPath(vec![bracketed(part.trim())?])));
        return Ok(Step::Union(parts.collect::<Result<_, _>>()?));
    }
    let number = |part: &str| match part {
        "" => Ok(None),
        part => part.parse().map(Some).map_err(|_| Unusable),
    };
    let parts: Vec<&str> = text.split(':').collect();
    let slice = match parts[..] {
        [index] => {
            let from: i64 = index.parse().map_err(|_| Unusable)?;
            let to = (from != -1).then_some(from + 1);
            Slice {
                from: Some(from),
                to,
                step: 1,
            }
        }
        [from, to] => Slice {
            from: number(from)?,
            to: number(to)?,
            step: 1,
        },
        [from, to, step] => Slice {
            from: number(from)?,
            to: number(to)?,
            step: number(step)?.unwrap_or(1),
        },
        _ => return Err(Unusable),
    };
    Ok(Step::Slice(slice))
}

impl Step {
    fn apply<'a>(&self, value: &'a Value, found: &mut Vec<&'a Value>) -> Result<(), Unusable> {
        match self {
            Self::Field(name) => found.extend(value.get(name)),
            Self::All => match value {
                Value::Array(items) => found.extend(items),
                Value::Object(fields) => found.extend(fields.values()),
                _ => {}
            },
            Self::Recursive => below(value, found),
            Self::Slice(slice) => {
                let items = value.as_array().ok_or(Unusable)?;
                found.extend(slice.of(items));
            }
            Self::Filter(filter) => {
                for item in value.as_array().ok_or(Unusable)? {
                    if filter.takes(item)? {
                        found.push(item);
                    }
                }
            }
            Self::Union(paths) => {
                for path in paths {
                    found.extend(path.find(value)?);
                }
            }
        }
        Ok(())
    }
}

fn below<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    found.push(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| below(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| below(field, found)),
        _ => {}
    }
}

impl Slice {
    fn of<'a>(&self, items: &'a [Value]) -> impl Iterator<Item = &'a Value> {
        let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let bound = |given: Option<i64>, missing: i64| {
            let at = given.unwrap_or(missing);
            usize::try_from(if at < 0 { at + count } else { at }).unwrap_or_default()
        };
        let from = bound(self.from, 0).min(items.len());
        let to = bound(self.to, count).clamp(from, items.len());
        let step = usize::try_from(self.step).unwrap_or(1).max(1);
        items[from..to].iter().step_by(step)
    }
}

impl Filter {
    fn parse(text: &str) -> Result<Step, Unusable> {
        let operators = [
            ("==", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        let found = operators.into_iter().find_map(|(sign, operator)| {
            let (left, right) = text.split_once(sign)?;
            Some((left, operator, right))
        });
        let filter = match found {
            None => Self {
                left: Operand::parse(text)?,
                compared: None,
            },
            Some((left, operator, right)) => Self {
                left: Operand::parse(left)?,
                compared: Some((operator, Operand::parse(right)?)),
            },
        };
        Ok(Step::Filter(Box::new(filter)))
    }

    fn takes(&self, item: &Value) -> Result<bool, Unusable> {
        let left = self.left.of(item)?;
        let Some((operator, right)) = &self.compared else {
            return Ok(left.is_some());
        };
        let right = right.of(item)?;
        let (Some(left), Some(right)) = (left, right) else {
            return Ok(false);
        };
        let order = compare(left, right).ok_or(Unusable)?;
        Ok(match operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
            Operator::Greater => order.is_gt(),
            Operator::GreaterOrEqual => order.is_ge(),
        })
    }
}

fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        (Value::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
        (Value::Number(one), Value::Number(other)) => one.as_f64()?.partial_cmp(&other.as_f64()?),
        _ => None,
    }
}

impl Operand {
    fn parse(text: &str) -> Result<Self, Unusable> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix('@') {
            return JsonPath::parse(path).map(Self::Path);
        }
        let quoted = |quote: char| {
            text.strip_prefix(quote)
                .and_then(|rest| rest.strip_suffix(quote))
        };
        if let Some(literal) = quoted('"').or_else(|| quoted('\'')) {
            return Ok(Self::Literal(literal.into()));
        }
        serde_json::from_str(text)
            .map(Self::Literal)
            .map_err(|_| Unusable)
    }

    fn of<'a>(&'a self, item: &'a Value) -> Result<Option<&'a Value>, Unusable> {
        match self {
            Self::Path(path) => Ok(path.find(item)?.first().copied()),
            Self::Literal(value) => Ok(Some(value)),
        }
    }
}
