//! What earlier answers said, for later requests.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::Regex;
use serde_json::Value;

use super::Result;

/// Answers by the name of their step, and the words that a scenario may use from its beginning.
#[derive(Debug, Default)]
pub(crate) struct Learnt {
    answers: BTreeMap<String, Value>,
}

impl Learnt {
    pub(crate) fn learn(&mut self, name: &str, answer: Value) {
        self.answers.insert(name.into(), answer);
    }

    /// The text with values in place of `{{first.metadata.uid}}`, and with `{{repeat a 100}}` written out.
    pub(crate) fn fill_in(&self, text: &str) -> Result<String> {
        static NAMED: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"\{\{([^{}]+)\}\}").expect("it is valid"));
        let mut filled = String::new();
        let mut rest = 0;
        for named in NAMED.captures_iter(text) {
            let (whole, name) = (named.get(0).expect("it matched"), &named[1]);
            filled.push_str(&text[rest..whole.start()]);
            filled.push_str(&self.value(name)?);
            rest = whole.end();
        }
        filled.push_str(&text[rest..]);
        Ok(filled)
    }

    fn value(&self, name: &str) -> Result<String> {
        if let Some(("repeat", what)) = name.split_once(' ') {
            let (text, times) = what.rsplit_once(' ').ok_or("{{repeat TEXT TIMES}}")?;
            return Ok(text.repeat(times.parse()?));
        }
        let (step, path) = name.split_once('.').unwrap_or((name, ""));
        let answer = self.answers.get(step);
        match answer.and_then(|answer| find(answer, path)) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(other) => Ok(other.to_string()),
            None => Err(format!("nothing is known of {{{{{name}}}}}").into()),
        }
    }
}

/// The value at `items.0.metadata.name`. A `/` in a step of the path is written so; a `.` in a name as `~`.
pub(crate) fn find<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .filter(|step| !step.is_empty())
        .try_fold(value, |value, step| match value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            _ => value.get(step.replace('~', ".")),
        })
}
