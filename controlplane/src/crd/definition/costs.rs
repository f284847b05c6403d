//! What the rules of a schema may cost, each and together.
//!
//! Source: apiextensions-apiserver `pkg/apis/apiextensions/validation` (`getCostErrorMessage`, `TotalCost`,
//! `extractMaxElements`).

use serde_json::Value;

use crate::{FieldError, FieldReason};

const OF_ONE: u64 = 10_000_000;
const OF_ALL: u64 = 100_000_000;
/// As many are told of as the most expensive.
const TOLD: usize = 4;

/// What has a cost.
#[derive(Clone, Copy)]
pub(super) enum Costly {
    Rule,
    Message,
}

/// The costs of rules that were looked at.
#[derive(Default)]
pub(super) struct Costs {
    total: u64,
    /// Where the more expensive are.
    notable: Vec<(u64, String)>,
}

impl Costs {
    /// Counts a cost, and gives the error if it's too much already.
    pub(super) fn add(&mut self, of: Costly, path: String, cost: u64) -> Option<FieldError> {
        self.total = self.total.saturating_add(cost);
        let name = match of {
            Costly::Rule => "estimated rule cost",
            Costly::Message => "estimated messageExpression cost",
        };
        let error = (cost > OF_ONE).then(|| exceeded(path.clone(), name, cost, OF_ONE));
        if cost >= OF_ALL / 100 {
            self.notable.push((cost, path));
        }
        error
    }

    pub(super) fn join(&mut self, other: Self) {
        self.total = self.total.saturating_add(other.total);
        self.notable.extend(other.notable);
    }

    /// What is wrong with all together in the schema at the path.
    pub(super) fn errors(mut self, schema: &str) -> Vec<FieldError> {
        if self.total <= OF_ALL {
            return Vec::new();
        }
        self.notable
            .sort_by_key(|(cost, _)| std::cmp::Reverse(*cost));
        let detail = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema";
        let mut errors: Vec<_> = self
            .notable
            .into_iter()
            .take(TOLD)
            .map(|(_, path)| FieldError::new(FieldReason::Forbidden, path, "", detail))
            .collect();
        let name = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
        errors.push(exceeded(schema.to_owned(), name, self.total, OF_ALL));
        errors
    }
}

#[expect(clippy::cast_precision_loss, reason = "told as a rough factor")]
fn exceeded(path: String, name: &str, cost: u64, limit: u64) -> FieldError {
    let factor = cost as f64 / limit as f64;
    let factor = if factor > 100.0 {
        "more than 100x".to_owned()
    } else if factor < 1.5 {
        format!("{factor:.6}x")
    } else {
        format!("{factor:.1}x")
    };
    let detail = format!(
        "{name} exceeds budget by factor of {factor} (try simplifying the rule, or adding maxItems, maxProperties, and \
         maxLength where arrays, maps, and strings are declared)"
    );
    FieldError::new(FieldReason::Forbidden, path, "", detail)
}

/// How many values of what is in it a value of the schema can have; none where nothing limits that.
pub(super) fn repeated(schema: &Value) -> Option<u64> {
    let limit = match schema["type"].as_str() {
        Some("object") if !schema["additionalProperties"].is_null() => &schema["maxProperties"],
        Some("array") => &schema["maxItems"],
        _ => return Some(1),
    };
    let limit = limit.as_i64()?;
    Some(u64::try_from(limit).unwrap_or_default())
}
