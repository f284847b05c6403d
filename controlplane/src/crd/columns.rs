//! The columns that `kubectl get` shows of a custom kind.
//!
//! Source: apiextensions-apiserver `pkg/registry/customresource/tableconvertor` and `pkg/apiserver/helpers.go`,
//! apimachinery `pkg/util/duration`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{json_path::JsonPath, object_meta::read_time};
use crate::go;

const NAME: &str = "Name must be unique within a namespace. Is required when creating resources, although some resources may \
                    allow a client to request the generation of an appropriate name automatically. Name is primarily \
                    intended for creation idempotence and configuration definition. Cannot be updated. More info: \
                    https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

const AGE: &str = "CreationTimestamp is a timestamp representing the server time when this object was created. It is not \
                   guaranteed to be set in happens-before order across separate operations. Clients may not set this value. \
                   It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. \
                   More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/// The columns of a version: `additionalPrinterColumns`, or the age.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns(Vec<Column>);

#[derive(Clone, Debug, PartialEq)]
struct Column {
    definition: Value,
    kind: String,
    path: JsonPath,
}

impl Columns {
    /// Reads the columns of a version of a definition. From the first whose path can't be parsed on there are none, as on
    /// the server.
    pub fn of(version: &Value) -> Self {
        let age = json!([
            {"name": "Age", "type": "date", "description": AGE, "jsonPath": ".metadata.creationTimestamp"}
        ]);
        let given = &version["additionalPrinterColumns"];
        let given = given.as_array().filter(|columns| !columns.is_empty());
        let columns = given.or(age.as_array()).into_iter().flatten();
        Self(columns.map_while(Column::of).collect())
    }

    /// `columnDefinitions` of a Table.
    pub fn definitions(&self) -> Vec<Value> {
        let name = json!({"name": "Name", "type": "string", "format": "name", "description": NAME, "priority": 0});
        let others = self.0.iter().map(|column| column.definition.clone());
        std::iter::once(name).chain(others).collect()
    }

    /// `cells` of the row of an object; ages are counted from `now`.
    pub fn cells(&self, object: &Value, now: Timestamp) -> Vec<Value> {
        let name = object["metadata"]["name"].clone();
        let others = self.0.iter().map(|column| column.cell(object, now));
        std::iter::once(name).chain(others).collect()
    }
}

impl Column {
    fn of(column: &Value) -> Option<Self> {
        let text = |key: &str| column[key].as_str().unwrap_or_default();
        let path = text("jsonPath");
        let description = match text("description") {
            "" => format!("Custom resource definition column (in JSONPath format): {path}"),
            given => given.to_owned(),
        };
        Some(Self {
            definition: json!({
                "name": text("name"), "type": text("type"), "format": text("format"), "description": description,
                "priority": column["priority"].as_i64().unwrap_or_default(),
            }),
            kind: text("type").into(),
            path: JsonPath::parse(path).ok()?,
        })
    }

    fn cell(&self, object: &Value, now: Timestamp) -> Value {
        let found = self.path.find(object).unwrap_or_default();
        let Some(value) = found.first() else {
            return Value::Null;
        };
        match self.kind.as_str() {
            "string" => printed(value).into(),
            "integer" => integer(value),
            "number" => value
                .as_number()
                .map_or(Value::Null, |number| number.clone().into()),
            "boolean" if value.is_boolean() => (*value).clone(),
            "date" => value
                .as_str()
                .map_or(Value::Null, |text| age(text, now).into()),
            _ => Value::Null,
        }
    }
}

fn printed(value: &Value) -> String {
    match value {
        Value::Null => "<no value>".into(),
        Value::Array(_) | Value::Object(_) => go::json(value),
        plain => go::plain(plain),
    }
}

/// Floats are cut off, as Go does; those that are too big are the smallest integer.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what doesn't fit is decided before"
)]
fn integer(value: &Value) -> Value {
    let Some(number) = value.as_number() else {
        return Value::Null;
    };
    let cut = |float: f64| {
        if float.abs() < 9.3e18 {
            float as i64
        } else {
            i64::MIN
        }
    };
    let integer = number.as_i64().or_else(|| number.as_f64().map(cut));
    integer.map_or(Value::Null, Value::from)
}

fn age(text: &str, now: Timestamp) -> String {
    if text.is_empty() || text == "null" {
        return "<unknown>".into();
    }
    match read_time(text) {
        Ok(Some(time)) => match time.parse::<Timestamp>() {
            Ok(time) => duration(now.as_second() - time.as_second()),
            Err(_) => "<invalid>".into(),
        },
        Ok(None) => "<unknown>".into(),
        Err(_) => "<invalid>".into(),
    }
}

/// As `duration.HumanDuration` shows seconds.
fn duration(seconds: i64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let (days, years) = (hours / 24, hours / 24 / 365);
    let both = |one: i64, unit: &str, rest: i64, of: &str| {
        if rest == 0 {
            format!("{one}{unit}")
        } else {
            format!("{one}{unit}{rest}{of}")
        }
    };
    match () {
        () if seconds < -1 => "<invalid>".into(),
        () if seconds < 0 => "0s".into(),
        () if seconds < 120 => format!("{seconds}s"),
        () if minutes < 10 => both(minutes, "m", seconds % 60, "s"),
        () if minutes < 180 => format!("{minutes}m"),
        () if hours < 8 => both(hours, "h", minutes % 60, "m"),
        () if hours < 48 => format!("{hours}h"),
        () if hours < 24 * 8 => both(days, "d", hours % 24, "h"),
        () if hours < 24 * 365 * 2 => format!("{days}d"),
        () if hours < 24 * 365 * 8 => both(years, "y", days % 365, "d"),
        () => format!("{years}y"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_as_kubectl_shows_them() {
        let shown = [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (125, "2m5s"),
            (600, "10m"),
            (10_800, "3h"),
            (11_000, "3h3m"),
        ];
        for (seconds, text) in shown {
            assert_eq!(duration(seconds), text);
        }
        assert_eq!(duration(-2), "<invalid>");
        assert_eq!(duration(200_000), "2d7h");
    }
}
