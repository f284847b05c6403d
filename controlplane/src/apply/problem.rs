//! What is wrong with a typed value (structured-merge-diff's `typed.ValidationErrors`).

use std::fmt;

use super::Element;

/// All that is wrong, each with its path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Problems(Vec<(String, String)>);

impl Problems {
    pub(super) fn of(message: impl Into<String>) -> Self {
        Self(vec![(String::new(), message.into())])
    }

    pub(super) fn push(&mut self, message: impl Into<String>) {
        self.0.push((String::new(), message.into()));
    }

    /// Takes on what is wrong with a part.
    pub(super) fn below(&mut self, element: &Element, result: Result<(), Self>) {
        if let Err(problems) = result {
            let problems = problems.0.into_iter();
            self.0
                .extend(problems.map(|(path, message)| (format!("{element}{path}"), message)));
        }
    }

    /// The value, if nothing is wrong.
    pub(super) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.0.iter().map(|(path, message)| {
            if path.is_empty() {
                message.clone()
            } else {
                format!("{path}: {message}")
            }
        });
        let texts: Vec<_> = texts.collect();
        match texts.as_slice() {
            [one] => f.write_str(one),
            several => {
                f.write_str("errors:")?;
                several.iter().try_for_each(|text| write!(f, "\n  {text}"))
            }
        }
    }
}
