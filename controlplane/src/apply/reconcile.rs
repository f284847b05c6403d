//! Sets of fields that were written when the schema was another (structured-merge-diff's `typed/reconcile_schema.go`).

use super::{
    Element, FieldSet,
    atom::{Atom, Type},
};
use crate::Topology;

/// The set as it is under the schema of now: of what has become atomic, no parts are owned.
pub(super) fn reconciled(of: Type<'_>, set: FieldSet) -> FieldSet {
    let mut atomic = FieldSet::default();
    find_atomic(of, &set, &mut Vec::new(), &mut atomic);
    if atomic.is_empty() {
        return set;
    }
    set.without(&atomic).union(&atomic)
}

/// Finds the paths of the set that lead into something atomic.
fn find_atomic<'a>(
    of: Type<'_>,
    set: &'a FieldSet,
    path: &mut Vec<&'a Element>,
    atomic: &mut FieldSet,
) {
    let atom = of.atom(None);
    for (element, member, below) in set.iter() {
        let Some(of) = part(atom, element) else {
            continue;
        };
        let parts = !below.is_empty();
        let whole = match of.atom(None) {
            Atom::List(list) => (parts || !member) && *list.topology == Topology::Atomic,
            Atom::Map(fields) => fields.atomic && parts && !fields.is_deduced(),
            Atom::Scalar(_) => false,
        };
        path.push(element);
        if whole {
            insert(atomic, path);
        } else if parts && !matches!(of.atom(None), Atom::Map(fields) if fields.is_deduced()) {
            find_atomic(of, below, path, atomic);
        }
        path.pop();
    }
}

fn part<'a>(atom: Atom<'a>, element: &Element) -> Option<Type<'a>> {
    match (atom, element) {
        (Atom::Map(fields), Element::Field(name)) => fields.field(name),
        (Atom::List(list), _) => Some(list.items),
        _ => None,
    }
}

fn insert(set: &mut FieldSet, path: &[&Element]) {
    if let [first, rest @ ..] = path {
        let mut below = FieldSet::default();
        insert(&mut below, rest);
        set.add((*first).clone(), rest.is_empty(), below);
    }
}
