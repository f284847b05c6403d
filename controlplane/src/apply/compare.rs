//! What differs between two objects (structured-merge-diff's `typed/compare.go`).

use serde_json::Value;

use super::{
    Element, FieldSet,
    atom::{Atom, Fields, List, Type, fields, items},
    element::equal,
    problem::Problems,
};
use crate::Topology;

/// The fields that are in one of two objects only, and those that differ.
#[derive(Clone, Debug, Default)]
pub(super) struct Comparison {
    pub(super) removed: FieldSet,
    pub(super) modified: FieldSet,
    pub(super) added: FieldSet,
}

/// What became of a part itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    None,
    Removed,
    Modified,
    Added,
}

impl Comparison {
    /// Compares an object as it was with what it is now.
    pub(super) fn of(of: Type<'_>, old: &Value, new: &Value) -> Result<Self, Problems> {
        let mut all = Self::default();
        all.part(of, Some(old), Some(new))?;
        Ok(all)
    }

    /// Without these fields and all below them.
    pub(super) fn without(self, ignored: &FieldSet) -> Self {
        if ignored.is_empty() {
            return self;
        }
        Self {
            removed: self.removed.without(ignored),
            modified: self.modified.without(ignored),
            added: self.added.without(ignored),
        }
    }

    /// What is new, or other than it was.
    pub(super) fn changed(&self) -> FieldSet {
        self.modified.union(&self.added)
    }

    /// Adds what is below this part, and says what became of the part itself.
    fn part(
        &mut self,
        of: Type<'_>,
        old: Option<&Value>,
        new: Option<&Value>,
    ) -> Result<Change, Problems> {
        let as_old = of.atom(old);
        let as_new = of.atom(new);
        let leaf = match (old, new) {
            (Some(one), Some(other)) if !of.treats_alike(one, other) => {
                let before = self.treated(as_old, old, new)?;
                let after = self.treated(as_new, old, new)?;
                after.filter(|change| *change != Change::None).or(before)
            }
            (_, None) => self.treated(as_old, old, new)?,
            _ => self.treated(as_new, old, new)?,
        };
        Ok(leaf.unwrap_or(match (old, new) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::None,
        }))
    }

    /// What became of the part if it is one without parts of its own.
    fn treated(
        &mut self,
        atom: Atom<'_>,
        old: Option<&Value>,
        new: Option<&Value>,
    ) -> Result<Option<Change>, Problems> {
        match atom {
            Atom::Scalar(_) => Ok(Some(leaf(old, new))),
            Atom::List(list) => {
                let (ones, others) = (items(old), items(new));
                let empty = ones.is_empty() && others.is_empty();
                if empty || *list.topology == Topology::Atomic {
                    return Ok(Some(leaf(old, new)));
                }
                self.items(list, ones, others)?;
                Ok(None)
            }
            Atom::Map(of) => {
                let (ones, others) = (fields(old), fields(new));
                let empty = ones.is_none_or(serde_json::Map::is_empty)
                    && others.is_none_or(serde_json::Map::is_empty);
                if empty || of.atomic {
                    return Ok(Some(leaf(old, new)));
                }
                self.fields(of, ones, others)?;
                Ok(None)
            }
        }
    }

    fn fields(
        &mut self,
        of: Fields<'_>,
        old: Option<&Object>,
        new: Option<&Object>,
    ) -> Result<(), Problems> {
        let mut problems = Problems::default();
        let gone = old
            .into_iter()
            .flatten()
            .map(|(name, value)| (name, Some(value), new.and_then(|new| new.get(name))));
        let come = new
            .into_iter()
            .flatten()
            .map(|(name, value)| (name, None, Some(value)));
        let come = come.filter(|(name, ..)| old.is_none_or(|old| !old.contains_key(*name)));
        for (name, old, new) in gone.chain(come) {
            let Some(of) = of.field(name) else { continue };
            let found = self.child(of, old, new, || Element::Field(name.clone()));
            if found.is_err() {
                problems.below(&Element::Field(name.clone()), found);
            }
        }
        problems.or(())
    }

    /// Items that are there several times are compared together.
    fn items(&mut self, list: List<'_>, old: &[Value], new: &[Value]) -> Result<(), Problems> {
        if old == new {
            return Ok(());
        }
        let olds = by_element(list, old)?;
        let news = by_element(list, new)?;
        let mut problems = Problems::default();
        let none = Vec::new();
        let find = |all: &'_ [(Element, Vec<&'_ Value>)], element: &Element| {
            all.binary_search_by(|(one, _)| one.cmp(element)).ok()
        };
        let gone = olds.iter().map(|(element, values)| {
            (
                element,
                values,
                find(&news, element).map_or(&none, |place| &news[place].1),
            )
        });
        let come = news
            .iter()
            .filter(|(element, _)| find(&olds, element).is_none());
        let come = come.map(|(element, values)| (element, &none, values));
        for (element, old, new) in gone.chain(come) {
            let found = self.item(list, element, old, new);
            problems.below(element, found);
        }
        problems.or(())
    }

    fn item(
        &mut self,
        list: List<'_>,
        element: &Element,
        old: &[&Value],
        new: &[&Value],
    ) -> Result<(), Problems> {
        let change = match (old, new) {
            ([_, _, ..], [_, _, ..]) => {
                let same = old.len() == new.len()
                    && old.iter().zip(new).all(|(one, other)| equal(one, other));
                if same { Change::None } else { Change::Modified }
            }
            ([_, _, ..], _) => {
                if let Some(new) = new.first() {
                    self.child(list.items, None, Some(new), || element.clone())?;
                }
                Change::Removed
            }
            (_, [_, _, ..]) => {
                if let Some(old) = old.first() {
                    self.child(list.items, Some(old), None, || element.clone())?;
                }
                Change::Added
            }
            _ => {
                let (old, new) = (old.first().copied(), new.first().copied());
                return self.child(list.items, old, new, || element.clone());
            }
        };
        self.note(change, element.clone());
        Ok(())
    }

    /// Compares a part, and adds what is found below its element.
    fn child(
        &mut self,
        of: Type<'_>,
        old: Option<&Value>,
        new: Option<&Value>,
        element: impl FnOnce() -> Element,
    ) -> Result<(), Problems> {
        let mut below = Self::default();
        let change = below.part(of, old, new)?;
        let sides = [
            (&mut self.removed, below.removed, Change::Removed),
            (&mut self.modified, below.modified, Change::Modified),
            (&mut self.added, below.added, Change::Added),
        ];
        let sides = sides
            .into_iter()
            .filter(|(_, below, side)| change == *side || !below.is_empty());
        let mut sides = sides.peekable();
        if sides.peek().is_some() {
            let element = element();
            for (set, below, side) in sides {
                set.add(element.clone(), change == side, below);
            }
        }
        Ok(())
    }

    fn note(&mut self, change: Change, element: Element) {
        let set = match change {
            Change::None => return,
            Change::Removed => &mut self.removed,
            Change::Modified => &mut self.modified,
            Change::Added => &mut self.added,
        };
        set.add(element, true, FieldSet::default());
    }
}

type Object = serde_json::Map<String, Value>;

fn leaf(old: Option<&Value>, new: Option<&Value>) -> Change {
    match (old, new) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        (Some(old), Some(new)) if equal(old, new) => Change::None,
        _ => Change::Modified,
    }
}

/// The items of a list by their elements, in the order of these.
fn by_element<'v>(
    list: List<'_>,
    items: &'v [Value],
) -> Result<Vec<(Element, Vec<&'v Value>)>, Problems> {
    let mut all: Vec<(Element, Vec<&Value>)> = Vec::with_capacity(items.len());
    for (element, item) in list.elements(items)? {
        match all.binary_search_by(|(one, _)| one.cmp(&element)) {
            Ok(place) => all[place].1.push(item),
            Err(place) => all.insert(place, (element, vec![item])),
        }
    }
    Ok(all)
}
