//! The order of merged lists: that of `$setElementOrder`, then that of the patch, then that of the object.

use serde_json::Value;

use super::{DIRECTIVE, Fields, SET_ORDER, Target, Wrong, list, shown, without_directives};

/// Merges the lists that come with an order, and takes them out of the patch.
pub(super) fn apply(
    original: &mut Fields,
    patch: &mut Fields,
    target: Target<'_>,
) -> Result<(), Wrong> {
    let directives: Vec<String> = patch
        .keys()
        .filter(|it| it.starts_with(SET_ORDER))
        .cloned()
        .collect();
    for directive in directives {
        let order = as_list(patch.remove(&directive).unwrap_or_default())?;
        let name = directive
            .strip_prefix(SET_ORDER)
            .and_then(|it| it.strip_prefix('/'));
        let name = name.ok_or(Wrong::ORDER)?;
        let live = original.get(name).cloned().map(as_list).transpose()?;
        let mut patched = patch.get(name).cloned().map(as_list).transpose()?;
        let (inner, by) = target.items(name)?;
        let key = by.merge_key.as_deref();
        check(patched.as_deref().unwrap_or_default(), &order, key)?;
        let merged = match (&live, &mut patched) {
            (None, None) => continue,
            (Some(live), None) => live.clone(),
            (None, Some(patched)) => patched.iter().filter_map(without_directives).collect(),
            (Some(live), Some(patched)) if by.merge => {
                list(live.clone(), patched, inner, key, false)?
            }
            (Some(_), Some(patched)) => patched.clone(),
        };
        let (live, patched) = (live.unwrap_or_default(), patched.unwrap_or_default());
        if live.is_empty() && patched.is_empty() {
            return Err(Wrong::Other(
                "no elements in any of the given slices".into(),
            ));
        }
        let holds_maps = holds_maps(&live, &patched)?;
        let sorted = match key {
            Some(key) if holds_maps => of_maps(merged, &order, &order, &live, key)?,
            _ => of_scalars(merged, &order, &live),
        };
        original.insert(name.into(), sorted.into());
        patch.remove(name);
    }
    Ok(())
}

fn as_list(value: Value) -> Result<Vec<Value>, Wrong> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(Wrong::no_list(&other)),
    }
}

/// Whether the items of both are objects; all must be of one type.
pub(super) fn holds_maps(original: &[Value], patch: &[Value]) -> Result<bool, Wrong> {
    let mut items = original.iter().chain(patch);
    let Some(first) = items.next() else {
        return Ok(false);
    };
    if first.is_array() {
        return Err(Wrong::LIST_OF_LISTS);
    }
    if items.any(|it| super::type_name(it) != super::type_name(first)) {
        let lists = Value::from(vec![Value::from(original), Value::from(patch)]);
        return Err(Wrong::Other(format!(
            "list element types are not identical: {}",
            shown(&lists)
        )));
    }
    Ok(first.is_object())
}

/// The patch's items must be in the order, and in its sequence.
fn check(patch: &[Value], order: &[Value], key: Option<&str>) -> Result<(), Wrong> {
    if patch.is_empty() || order.is_empty() {
        return Ok(());
    }
    let mut expected = order.iter();
    for item in patch
        .iter()
        .filter(|it| key.is_none() || it.get(DIRECTIVE).is_none())
    {
        loop {
            match expected.next() {
                None => {
                    return Err(Wrong::Other(format!(
                        "The order in patch list:\n{}\n doesn't match {SET_ORDER} list:\n{}\n",
                        shown(&Value::from(patch)),
                        shown(&Value::from(order))
                    )));
                }
                Some(expected) if same(item, expected, key)? => break,
                Some(_) => {}
            }
        }
    }
    Ok(())
}

fn same(one: &Value, other: &Value, key: Option<&str>) -> Result<bool, Wrong> {
    match key {
        None => Ok(one == other),
        Some(key) => Ok(key_of(one, key)? == key_of(other, key)?),
    }
}

fn key_of<'a>(item: &'a Value, key: &str) -> Result<&'a Value, Wrong> {
    let fields = item.as_object().ok_or_else(|| Wrong::no_map(item))?;
    fields.get(key).ok_or_else(|| Wrong::no_key(fields, key))
}

/// Puts objects in order: those that `by` names as `order` has them, the others as `live` has them.
pub(super) fn of_maps(
    merged: Vec<Value>,
    by: &[Value],
    order: &[Value],
    live: &[Value],
    key: &str,
) -> Result<Vec<Value>, Wrong> {
    for item in &merged {
        key_of(item, key)?;
        if let Some(at) = by.iter().position(|it| !it.is_object()) {
            return Err(Wrong::Other(format!("value for key {at} is not a map")));
        }
    }
    for item in order.iter().chain(live) {
        key_of(item, key)?;
    }
    let id = |item: &Value| item.get(key).cloned().unwrap_or_default();
    Ok(sorted(merged, by, order, live, id))
}

/// Puts scalars in order.
pub(super) fn of_scalars(merged: Vec<Value>, order: &[Value], live: &[Value]) -> Vec<Value> {
    sorted(merged, order, order, live, Value::clone)
}

fn sorted(
    merged: Vec<Value>,
    by: &[Value],
    order: &[Value],
    live: &[Value],
    id: impl Fn(&Value) -> Value,
) -> Vec<Value> {
    let ids = |items: &[Value]| items.iter().map(&id).collect::<Vec<_>>();
    let (by, order, live) = (ids(by), ids(order), ids(live));
    let (mut named, mut others): (Vec<Value>, Vec<Value>) =
        merged.into_iter().partition(|it| by.contains(&id(it)));
    sort(&mut named, &order, &id);
    sort(&mut others, &live, &id);
    let place = |item: &Value| live.iter().position(|it| *it == id(item));
    let mut sorted = Vec::with_capacity(named.len() + others.len());
    let (mut named, mut others) = (named.into_iter().peekable(), others.into_iter().peekable());
    while let (Some(one), Some(other)) = (named.peek(), others.peek()) {
        let first = place(other)
            .zip(place(one))
            .is_some_and(|(other, one)| other < one);
        sorted.extend(if first { others.next() } else { named.next() });
    }
    sorted.extend(others);
    sorted.extend(named);
    sorted
}

/// Go's stable sort, by a comparison that says "less" of all it does not know.
fn sort(items: &mut [Value], order: &[Value], id: impl Fn(&Value) -> Value) {
    let place = |item: &Value| order.iter().position(|it| *it == id(item));
    for end in 1..items.len() {
        for at in (1..=end).rev() {
            let less = place(&items[at])
                .zip(place(&items[at - 1]))
                .is_none_or(|(one, other)| one < other);
            if !less {
                break;
            }
            items.swap(at, at - 1);
        }
    }
}
