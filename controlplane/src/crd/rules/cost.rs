//! What an expression costs at most, as it's estimated before a definition is taken.
//!
//! Source: cel-go `checker/cost.go`.

mod calls;
mod macros;
mod path;
mod size;

use std::collections::HashMap;

use kube_cel::cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, MapExpr, SelectExpr,
};

pub(crate) use self::size::cardinality;
use self::{
    path::{Path, Step},
    size::Size,
};
use super::{
    overloads,
    types::{Ty, Types},
};
use crate::crd::structural::Node;

const OF_LIST: u64 = 10;
const OF_MAP: u64 = 30;
const OF_STRUCT: u64 = 40;

/// What an expression about a value of the schema costs at most.
pub(super) fn most(expression: &IdedExpr, node: &Node, types: &Types<'_>) -> u64 {
    let mut estimate = Estimate {
        node,
        types,
        paths: HashMap::new(),
        sizes: HashMap::new(),
        entries: HashMap::new(),
        locals: Vec::new(),
    };
    estimate.of(expression)
}

/// The sizes of what is in a list or map.
#[derive(Clone, Copy)]
struct Entry {
    in_list: bool,
    key: Size,
    value: Size,
}

impl Entry {
    fn union(self, other: Self) -> Self {
        Self {
            in_list: self.in_list,
            key: self.key.union(other.key),
            value: self.value.union(other.value),
        }
    }
}

/// A variable of a macro.
struct Local<'e> {
    name: &'e str,
    path: Path<'e>,
    size: Option<Size>,
    entry: Option<Entry>,
}

/// Expressions are told apart by where they are.
type Found<T> = HashMap<*const IdedExpr, T>;

struct Estimate<'e, 't> {
    node: &'t Node,
    types: &'t Types<'t>,
    /// The paths from variables to what expressions come to.
    paths: Found<Path<'e>>,
    sizes: Found<Size>,
    entries: Found<Entry>,
    locals: Vec<Local<'e>>,
}

impl<'e> Estimate<'e, '_> {
    fn of(&mut self, expression: &'e IdedExpr) -> u64 {
        match &expression.expr {
            Expr::Literal(_) | Expr::Unspecified => 0,
            Expr::Ident(name) => {
                let path = match self.local(name) {
                    Some(local) => local.path.clone(),
                    None => Path::of(name),
                };
                self.paths.insert(expression, path);
                1
            }
            Expr::Select(select) => self.of_select(expression, select),
            Expr::Call(call) => self.of_call(expression, call),
            Expr::List(list) => {
                let (mut cost, mut item) = (OF_LIST, None);
                for element in &list.elements {
                    cost = cost.saturating_add(self.of(element));
                    item = Some(Size::joined(item, self.size(element)));
                }
                let entry = Entry {
                    in_list: true,
                    key: Size::exactly(1),
                    value: item.unwrap_or_default(),
                };
                self.entries.insert(expression, entry);
                cost
            }
            Expr::Map(map) => self.of_map(expression, map),
            Expr::Struct(structure) => {
                let mut cost = OF_STRUCT;
                for entry in &structure.entries {
                    if let EntryExpr::StructField(field) = &entry.expr {
                        cost = cost.saturating_add(self.of(&field.value));
                    }
                }
                cost
            }
            Expr::Comprehension(comprehension) => self.of_comprehension(expression, comprehension),
        }
    }

    fn of_select(&mut self, expression: &'e IdedExpr, select: &'e SelectExpr) -> u64 {
        let operand = self.of(&select.operand);
        if select.test {
            return operand;
        }
        let path = self.path(&select.operand).then(Step::Name(&select.field));
        self.paths.insert(expression, path);
        let looked_up = matches!(self.types.of(&select.operand), Ty::Map(..) | Ty::Object(_));
        operand.saturating_add(u64::from(looked_up))
    }

    fn of_map(&mut self, expression: &'e IdedExpr, map: &'e MapExpr) -> u64 {
        let (mut cost, mut keys, mut values) = (OF_MAP, None, None);
        for entry in &map.entries {
            if let EntryExpr::MapEntry(entry) = &entry.expr {
                cost = cost
                    .saturating_add(self.of(&entry.key))
                    .saturating_add(self.of(&entry.value));
                keys = Some(Size::joined(keys, self.size(&entry.key)));
                values = Some(Size::joined(values, self.size(&entry.value)));
            }
        }
        let entry = Entry {
            in_list: false,
            key: keys.unwrap_or_default(),
            value: values.unwrap_or_default(),
        };
        self.entries.insert(expression, entry);
        cost
    }

    fn of_comprehension(
        &mut self,
        expression: &'e IdedExpr,
        comprehension: &'e ComprehensionExpr,
    ) -> u64 {
        let (range, initial) = (&comprehension.iter_range, &comprehension.accu_init);
        let before = self.of(range).saturating_add(self.of(initial));
        let accumulated = Local {
            name: &comprehension.accu_var,
            path: self.path(initial),
            size: self.known_size(initial),
            entry: self.entry(initial),
        };
        self.locals.push(accumulated);
        self.iterate(&comprehension.iter_var, range);
        let condition = self.of(&comprehension.loop_cond);
        let step = self.of(&comprehension.loop_step);
        self.locals.pop();
        let result = self.of(&comprehension.result);
        self.locals.pop();
        let times = self.size(range);
        match &initial.expr {
            Expr::Literal(_) => {
                let size = self.size(initial);
                self.sizes.insert(expression, size);
            }
            Expr::List(_) | Expr::Map(_) => {
                self.sizes.insert(expression, times);
                if let Some(entry) = self.entry(&comprehension.loop_step) {
                    self.entries.insert(expression, entry);
                }
            }
            _ => {}
        }
        let each = step.saturating_add(condition);
        before
            .saturating_add(result)
            .saturating_add(times.max.saturating_mul(each))
    }

    /// The variable of a macro with one: the items of a list, the keys of a map.
    fn iterate(&mut self, name: &'e str, range: &'e IdedExpr) {
        if self.is_list(range) {
            self.bind_values(name, range);
        } else {
            self.bind_keys(name, range);
        }
    }

    fn is_list(&self, range: &'e IdedExpr) -> bool {
        match self.entry(range) {
            Some(entry) => entry.in_list,
            None => matches!(self.types.of(range), Ty::List(_)),
        }
    }

    fn bind_keys(&mut self, name: &'e str, range: &'e IdedExpr) {
        let last = if self.is_list(range) {
            Step::Indices
        } else {
            Step::Keys
        };
        let size = self.entry(range).map(|entry| entry.key);
        self.bind(name, range, last, size);
    }

    fn bind_values(&mut self, name: &'e str, range: &'e IdedExpr) {
        let size = self.entry(range).map(|entry| entry.value);
        self.bind(name, range, Step::Items, size);
    }

    fn bind(&mut self, name: &'e str, range: &'e IdedExpr, last: Step<'e>, size: Option<Size>) {
        let path = self.path(range).then(last);
        self.locals.push(Local {
            name,
            path,
            size,
            entry: None,
        });
    }

    fn local(&self, name: &str) -> Option<&Local<'e>> {
        self.locals.iter().rev().find(|local| local.name == name)
    }

    fn path(&self, expression: &'e IdedExpr) -> Path<'e> {
        if let Expr::Ident(name) = &expression.expr
            && let Some(local) = self.local(name)
        {
            return local.path.clone();
        }
        self.paths
            .get(&std::ptr::from_ref(expression))
            .cloned()
            .unwrap_or_default()
    }

    fn size(&mut self, expression: &'e IdedExpr) -> Size {
        self.known_size(expression).unwrap_or(Size::UNKNOWN)
    }

    fn known_size(&mut self, expression: &'e IdedExpr) -> Option<Size> {
        if let Some(size) = self.sizes.get(&std::ptr::from_ref(expression)) {
            return Some(*size);
        }
        let written = match &expression.expr {
            Expr::Literal(LiteralValue::String(text)) => text.inner().chars().count(),
            Expr::Literal(LiteralValue::Bytes(bytes)) => bytes.inner().len(),
            Expr::Literal(_) => 1,
            Expr::List(list) => list.elements.len(),
            Expr::Map(map) => map.entries.len(),
            _ => {
                if let Some(size) = size::at(self.node, &self.path(expression).steps()) {
                    self.sizes.insert(expression, size);
                    return Some(size);
                }
                if is_scalar(&self.types.of(expression)) {
                    return Some(Size::exactly(1));
                }
                let Expr::Ident(name) = &expression.expr else {
                    return None;
                };
                return self.local(name)?.size;
            }
        };
        Some(Size::exactly(written as u64))
    }

    fn entry(&self, expression: &'e IdedExpr) -> Option<Entry> {
        if let Some(entry) = self.entries.get(&std::ptr::from_ref(expression)) {
            return Some(*entry);
        }
        match &expression.expr {
            Expr::Ident(name) => self.local(name)?.entry,
            _ => None,
        }
    }

    /// The name of a function in a library, as `sets.contains`.
    fn in_library(&self, call: &CallExpr) -> Option<String> {
        let Expr::Ident(library) = &call.target.as_deref()?.expr else {
            return None;
        };
        let name = format!("{library}.{}", call.func_name);
        let variable = matches!(library.as_str(), "self" | "oldSelf");
        (!variable && self.local(library).is_none() && overloads::is_known(&name)).then_some(name)
    }
}

fn is_scalar(is: &Ty<'_>) -> bool {
    match is {
        Ty::Bool | Ty::Double | Ty::Duration | Ty::Int | Ty::Time | Ty::Uint => true,
        Ty::Optional(inner) => is_scalar(inner),
        _ => false,
    }
}
