//! The indexes of an Indexed Job, as a status and a success policy list them: `0,3-5`.

use crate::go;

/// How many indexes there are in a text; why it is none, in Kubernetes' words.
pub(super) fn count(text: &str, completions: i64) -> Result<i64, String> {
    let mut total = 0;
    let mut last: Option<i64> = None;
    for part in parts(text) {
        let (first, end) = range(part, completions)?;
        if let Some(last) = last.filter(|last| *last >= first) {
            return Err(out_of_order(last, first));
        }
        total += end - first + 1;
        last = Some(end);
    }
    Ok(total)
}

/// The first index that is found in both; what is no index is passed over.
pub(super) fn first_common(one: &str, other: &str, completions: i64) -> Option<i64> {
    let ranges = |text| {
        let ranges = parts(text).filter_map(|part| range(part, completions).ok());
        ranges.collect::<Vec<_>>()
    };
    let (one, other) = (ranges(one), ranges(other));
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    while let (Some((one_first, one_last)), Some((other_first, other_last))) =
        (one.peek(), other.peek())
    {
        if one_first <= other_last && other_first <= one_last {
            return Some(*one_first.max(other_first));
        }
        if one_first <= other_first {
            one.next();
        } else {
            other.next();
        }
    }
    None
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(move |_| !text.is_empty())
}

fn range(part: &str, completions: i64) -> Result<(i64, i64), String> {
    let mut ends = part.split('-');
    let (first, last) = (ends.next().unwrap_or_default(), ends.next());
    if ends.next().is_some() {
        return Err(format!(
            "the fragment {} violates the requirement that an index interval can have at most two parts separated by '-'",
            go::quoted(part)
        ));
    }
    let first = index(first, completions)?;
    let Some(last) = last else {
        return Ok((first, first));
    };
    let last = index(last, completions)?;
    if first >= last {
        return Err(out_of_order(first, last));
    }
    Ok((first, last))
}

fn index(text: &str, completions: i64) -> Result<i64, String> {
    let quoted = go::quoted(text);
    let index: i64 = text
        .parse()
        .map_err(|_| format!("cannot convert string to integer for index: {quoted}"))?;
    if index >= completions {
        return Err(format!("too large index: {quoted}"));
    }
    Ok(index)
}

fn out_of_order(previous: i64, current: i64) -> String {
    format!("non-increasing order, previous: {previous}, current: {current}")
}
