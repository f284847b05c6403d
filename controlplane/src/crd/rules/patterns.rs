//! The functions that take patterns: CEL's own `matches`, and Kubernetes' `find` and `findAll`.

use super::value::{Failure, Outcome, Val};
use crate::re2;

pub(super) fn call<'a>(name: &str, text: &str, pattern: &str, rest: &[Val<'a>]) -> Outcome<'a> {
    let regex = re2::compile(pattern).map_err(|why| Failure::new(why.to_string()))?;
    let all = regex.find_iter(text).map(|found| found.as_str());
    match (name, rest) {
        ("matches", []) => Ok(Val::Bool(regex.is_match(text))),
        ("find", []) => {
            let first = regex.find(text).map(|found| found.as_str());
            Ok(Val::text(first.unwrap_or_default().to_owned()))
        }
        ("findAll", []) => Ok(texts(all)),
        // Fewer than none are all.
        ("findAll", [Val::Int(most)]) => Ok(texts(
            all.take(usize::try_from(*most).unwrap_or(usize::MAX)),
        )),
        _ => Err(Failure::NO_OVERLOAD),
    }
}

fn texts<'a, 't>(all: impl Iterator<Item = &'t str>) -> Val<'a> {
    Val::list(all.map(|one| Val::text(one.to_owned())).collect())
}
