//! An applied configuration on top of an object (structured-merge-diff's `typed/merge.go`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value};

use super::{
    Element,
    atom::{Atom, Fields, List, Type, fields, items},
    problem::Problems,
};
use crate::Topology;

/// The live object with what the configuration says; nothing is removed.
pub(super) fn merged(of: Type<'_>, live: &Value, configuration: &Value) -> Result<Value, Problems> {
    Ok(part(of, Some(live), Some(configuration))?.unwrap_or(Value::Null))
}

fn part(
    of: Type<'_>,
    live: Option<&Value>,
    applied: Option<&Value>,
) -> Result<Option<Value>, Problems> {
    let atom = of.atom(applied.or(live));
    match atom {
        Atom::Scalar(_) => Ok(later(live, applied)),
        Atom::List(list) => {
            let (ones, others) = (items(live), items(applied));
            let empty = ones.is_empty() && others.is_empty();
            if empty || *list.topology == Topology::Atomic {
                return Ok(later(live, applied));
            }
            let merged = Items::of(list, ones, others)?.merged();
            Ok((!merged.is_empty()).then(|| merged.into()))
        }
        Atom::Map(of) => {
            let (ones, others) = (fields(live), fields(applied));
            let empty = ones.is_none_or(Map::is_empty) && others.is_none_or(Map::is_empty);
            if empty || of.atomic {
                return Ok(later(live, applied));
            }
            let merged = merged_fields(of, ones, others)?;
            Ok((!merged.is_empty()).then(|| merged.into()))
        }
    }
}

fn later(live: Option<&Value>, applied: Option<&Value>) -> Option<Value> {
    applied.or(live).cloned()
}

type Object = Map<String, Value>;

fn merged_fields(
    of: Fields<'_>,
    live: Option<&Object>,
    applied: Option<&Object>,
) -> Result<Object, Problems> {
    let mut problems = Problems::default();
    let mut merged = Map::new();
    let ours = live.into_iter().flatten();
    let ours = ours.map(|(name, value)| {
        (
            name,
            Some(value),
            applied.and_then(|applied| applied.get(name)),
        )
    });
    let theirs = applied.into_iter().flatten();
    let theirs = theirs.filter(|(name, _)| live.is_none_or(|live| !live.contains_key(*name)));
    for (name, live, applied) in ours.chain(theirs.map(|(name, value)| (name, None, Some(value)))) {
        let Some(of) = of.field(name) else { continue };
        match part(of, live, applied) {
            Ok(Some(value)) => {
                merged.insert(name.clone(), value);
            }
            Ok(None) => {}
            Err(found) => problems.below(&Element::Field(name.clone()), Err(found)),
        }
    }
    problems.or(merged)
}

/// Two lists on their way to be one: in the order of the live one, but what both hold in the applied one's.
struct Items<'a, 'v> {
    list: List<'a>,
    live: Vec<(Element, &'v Value)>,
    applied: Vec<(Element, &'v Value)>,
    /// The live item of an element; null where it is there several times.
    by_element: BTreeMap<Element, &'v Value>,
    shared: VecDeque<Element>,
    merged: Vec<Value>,
}

impl<'a, 'v> Items<'a, 'v> {
    fn of(list: List<'a>, live: &'v [Value], applied: &'v [Value]) -> Result<Self, Problems> {
        let applied = list.elements(applied)?;
        let live = list.elements(live)?;
        let mut by_element = BTreeMap::new();
        for (element, item) in &live {
            let known = by_element.entry(element.clone());
            known
                .and_modify(|item| *item = &Value::Null)
                .or_insert(*item);
        }
        let shared = applied.iter().map(|(element, _)| element);
        let shared = shared
            .filter(|element| by_element.contains_key(*element))
            .cloned()
            .collect();
        let merged = Vec::with_capacity(live.len().max(applied.len()));
        Ok(Self {
            list,
            live,
            applied,
            by_element,
            shared,
            merged,
        })
    }

    fn merged(mut self) -> Vec<Value> {
        let wanted: BTreeSet<Element> = self
            .applied
            .iter()
            .map(|(element, _)| element.clone())
            .collect();
        let mut done = BTreeSet::new();
        let mut next = self.shared.pop_front();
        let (mut ours, mut theirs) = (0, 0);
        while ours < self.live.len() || theirs < self.applied.len() {
            if let (Some((mine, _)), Some((wish, _))) =
                (self.live.get(ours), self.applied.get(theirs))
            {
                if mine == wish {
                    done.insert(wish.clone());
                    self.take(Some(theirs), None);
                    ours += 1;
                    theirs += 1;
                    next = self.shared.pop_front();
                    continue;
                }
                if wanted.contains(mine) && next.as_ref().is_some_and(|next| next != mine) {
                    ours += 1;
                    continue;
                }
            }
            if let Some((mine, item)) = self.live.get(ours) {
                if !wanted.contains(mine) {
                    let item = *item;
                    self.take(None, Some(item));
                    ours += 1;
                    continue;
                }
                if done.contains(mine) {
                    ours += 1;
                }
            }
            if let Some((wish, _)) = self.applied.get(theirs) {
                let wish = wish.clone();
                self.take(Some(theirs), None);
                theirs += 1;
                if next.as_ref() == Some(&wish) {
                    next = self.shared.pop_front();
                }
                done.insert(wish);
            }
        }
        self.merged
    }

    /// Puts an applied item there, merged with the live one of its element, or a live one alone.
    fn take(&mut self, applied: Option<usize>, live: Option<&Value>) {
        let applied = applied.map(|place| &self.applied[place]);
        let live = applied.map_or(live, |(element, _)| self.by_element.get(element).copied());
        // As in the real merge, what is wrong below an item is not heard of.
        if let Ok(Some(value)) = part(self.list.items, live, applied.map(|(_, item)| *item)) {
            self.merged.push(value);
        }
    }
}
