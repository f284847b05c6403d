//! What calls cost.
//!
//! Source: cel-go `checker/cost.go` (`functionCost`), `ext/lists.go` and `ext/sets.go`, apiserver
//! `pkg/cel/library/cost.go`.

use kube_cel::cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators as op};

use super::{Estimate, OF_LIST, Size, Step, size};
use crate::crd::rules::types::Ty;

/// For each letter of a text that is gone through.
const BY_LETTER: f64 = 0.1;
/// For each letter of a regular expression.
const BY_PATTERN: f64 = 0.25;
/// The longest pattern of a named format.
const FORMAT_PATTERN: f64 = 128.0;
/// The longest name of a format.
const FORMAT_NAME: u64 = 64;

/// What a call costs beside its arguments, and how large the result is where that's said.
struct Call {
    cost: u64,
    size: Option<Size>,
}

impl Call {
    fn costing(cost: u64) -> Self {
        Self { cost, size: None }
    }

    fn giving(self, size: Size) -> Self {
        Self {
            size: Some(size),
            ..self
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "estimates are rounded up; a cast stops at the largest"
)]
fn by(factor: f64, size: u64) -> u64 {
    (size as f64 * factor).ceil() as u64
}

/// What a call is applied to, and its arguments.
struct Given<'e, 'g> {
    name: &'g str,
    target: Option<&'e IdedExpr>,
    args: &'e [IdedExpr],
    types: Vec<Ty<'g>>,
    sizes: Vec<Size>,
    /// Of the target; unknown where there is none.
    size: Size,
}

impl<'g> Given<'_, 'g> {
    fn integer(&self, index: usize) -> Option<u64> {
        match &self.args.get(index)?.expr {
            Expr::Literal(LiteralValue::Int(value)) => {
                Some(u64::try_from(*value.inner()).unwrap_or_default())
            }
            _ => None,
        }
    }

    fn could_all_be(&self, is: impl Fn(&Ty<'g>) -> bool) -> bool {
        self.types.iter().all(|ty| *ty == Ty::Dyn || is(ty))
    }

    fn are_unknown(&self) -> bool {
        self.could_all_be(|_| false)
    }

    fn smaller(&self) -> u64 {
        self.sizes[0].max.min(self.sizes[1].max)
    }
}

impl<'e> Estimate<'e, '_> {
    pub(super) fn of_call(&mut self, expression: &'e IdedExpr, call: &'e CallExpr) -> u64 {
        if let Some(cost) = self.of_macro(expression, call) {
            return cost;
        }
        let in_library = self.in_library(call);
        let (mut costs, mut sizes) = (Vec::new(), Vec::new());
        for argument in &call.args {
            costs.push(self.of(argument));
            sizes.push(self.size(argument));
        }
        let mut cost = match (call.func_name.as_str(), &costs[..]) {
            (op::CONDITIONAL, [condition, one, other]) => condition.saturating_add(*one.max(other)),
            _ => costs.into_iter().fold(0, u64::saturating_add),
        };
        if let ("dyn", [argument]) = (call.func_name.as_str(), &call.args[..]) {
            self.sizes.insert(expression, sizes[0]);
            if let Some(entry) = self.entry(argument) {
                self.entries.insert(expression, entry);
            }
            return cost.saturating_add(1);
        }
        let target = call.target.as_deref().filter(|_| in_library.is_none());
        let mut size = Size::UNKNOWN;
        if let Some(target) = target {
            cost = cost.saturating_add(self.of(target));
            size = self.size(target);
        }
        let name = in_library.as_deref().unwrap_or(&call.func_name);
        let types = self.types;
        let given = Given {
            name,
            target,
            args: &call.args,
            types: call
                .args
                .iter()
                .map(|argument| types.of(argument))
                .collect(),
            sizes,
            size,
        };
        let found = self.applied(expression, &given);
        let size = found.size.or_else(|| self.known_size(expression));
        if let Some(size) = size {
            self.sizes.insert(expression, size);
        }
        cost.saturating_add(found.cost)
    }

    fn applied(&mut self, expression: &'e IdedExpr, given: &Given<'e, '_>) -> Call {
        match given.target {
            Some(target) => self.method(target, given),
            None => self
                .operator(expression, given)
                .unwrap_or_else(|| function(given)),
        }
    }

    fn operator(&mut self, expression: &'e IdedExpr, given: &Given<'e, '_>) -> Option<Call> {
        let args = given.args;
        let size = |index: usize| given.sizes[index];
        let texts = given.could_all_be(|is| matches!(is, Ty::Text | Ty::Bytes));
        Some(match given.name {
            op::LOGICAL_AND | op::LOGICAL_OR => Call::costing(0),
            op::CONDITIONAL => {
                if let (Some(one), Some(other)) = (self.entry(&args[1]), self.entry(&args[2])) {
                    self.entries.insert(expression, one.union(other));
                }
                Call::costing(0).giving(size(1).union(size(2)))
            }
            op::ADD if texts || given.could_all_be(|is| matches!(is, Ty::List(_))) => {
                let sum = size(0).plus(size(1));
                if let (Some(one), Some(other)) = (self.entry(&args[0]), self.entry(&args[1])) {
                    self.entries.insert(expression, one.union(other));
                }
                let cost = if texts { by(BY_LETTER, sum.max) } else { 1 };
                Call::costing(cost).giving(sum)
            }
            op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS if texts => {
                let cost = by(BY_LETTER, given.smaller());
                Call::costing(cost.max(u64::from(given.are_unknown())))
            }
            op::EQUALS | op::NOT_EQUALS => Call::costing(self.equality(given)),
            op::IN => match &given.types[1] {
                Ty::Map(..) => Call::costing(1),
                Ty::List(_) => Call::costing(size(1).max),
                _ => Call::costing(size(1).max.max(1)),
            },
            op::INDEX if !matches!(given.types[0], Ty::Optional(_)) => {
                let path = self.path(&args[0]).then(Step::Items);
                self.paths.insert(expression, path);
                Call {
                    cost: 1,
                    size: self.entry(&args[0]).map(|entry| entry.value),
                }
            }
            _ => return None,
        })
    }

    fn equality(&mut self, given: &Given<'e, '_>) -> u64 {
        let usual = by(BY_LETTER, given.smaller());
        let (Ty::Library(one), Ty::Library(other)) = (&given.types[0], &given.types[1]) else {
            return usual;
        };
        match *one {
            _ if one != other || given.name == op::NOT_EQUALS => usual,
            "kubernetes.NamedFormat" => by(BY_LETTER, FORMAT_NAME),
            "kubernetes.URL" => match self.known_size(&given.args[1]) {
                Some(size) => by(BY_LETTER, size.max),
                None => 1,
            },
            _ => 1,
        }
    }

    fn method(&mut self, target: &'e IdedExpr, given: &Given<'e, '_>) -> Call {
        let size = given.size;
        let letters = by(BY_LETTER, size.max);
        let argument = |index: usize| given.sizes.get(index).copied().unwrap_or(Size::UNKNOWN);
        match (given.name, given.args.len()) {
            ("isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf", _) => {
                let Ty::List(items) = self.types.of(target) else {
                    return Call::costing(letters);
                };
                let texts = matches!(*items, Ty::Text | Ty::Bytes);
                let each = 1_u64.saturating_add(if texts {
                    by(BY_LETTER, self.item_size(target).max)
                } else {
                    0
                });
                Call::costing(size.max.saturating_mul(each))
            }
            ("lowerAscii" | "upperAscii" | "substring" | "trim", _) => {
                Call::costing(letters).giving(size)
            }
            ("replace", 2..) => Call::costing(by(2.0 * BY_LETTER, size.max)).giving(replaced(
                size,
                argument(0),
                argument(1),
            )),
            ("split", _) => {
                let most = given.integer(1).unwrap_or(size.max);
                Call::costing(by(2.0 * BY_LETTER, size.max)).giving(Size::up_to(most))
            }
            ("join", count) => {
                let mut sum = size.times(self.item_size(target));
                if count > 0 {
                    let separators = Size {
                        min: size.min.saturating_sub(1),
                        max: size.max.saturating_sub(1),
                    };
                    sum = sum.plus(argument(0).times(separators));
                }
                Call::costing(by(BY_LETTER, sum.max)).giving(sum)
            }
            ("find" | "findAll", 1..) => {
                Call::costing(pattern(size, argument(0))).giving(Size::up_to(size.max))
            }
            ("matches", 1) => Call::costing(pattern(size, argument(0))),
            ("contains", 1) => {
                Call::costing(letters.saturating_mul(by(BY_LETTER, argument(0).max)))
            }
            ("startsWith" | "endsWith", 1) => Call::costing(by(BY_LETTER, argument(0).max)),
            ("format", 1) => Call::costing(letters),
            ("containsIP", 1) => Call::costing(4 + parsed(given)),
            ("containsCIDR", 1) => Call::costing(4 + 2 + 1 + parsed(given)),
            ("validate", 1) => Call::costing(by(
                FORMAT_PATTERN * BY_PATTERN,
                by(BY_LETTER, argument(0).max),
            )),
            ("distinct", 0) => listed(2.0, size.times(size)),
            ("reverse" | "flatten", 0) => listed(1.0, size),
            ("flatten", 1) => listed(as_factor(given.integer(0)), size),
            ("slice", 2) => {
                let (from, to) = (given.integer(0), given.integer(1));
                let length = to
                    .unwrap_or(size.max)
                    .wrapping_sub(from.unwrap_or_default());
                listed(1.0, Size::exactly(length))
            }
            ("sort", 0) => {
                let Ty::List(items) = self.types.of(target) else {
                    return Call::costing(1);
                };
                let texts = matches!(*items, Ty::Text | Ty::Bytes);
                listed(if texts { 2.0 + BY_LETTER } else { 2.0 }, size.times(size))
            }
            _ => Call::costing(1),
        }
    }

    /// How large the items of a list can be.
    fn item_size(&mut self, list: &'e IdedExpr) -> Size {
        let mut path = self.path(list).steps();
        if path.is_empty() {
            return Size::UNKNOWN;
        }
        path.push(Step::Items);
        size::at(self.node, &path).unwrap_or(Size::UNKNOWN)
    }
}

fn function(given: &Given<'_, '_>) -> Call {
    let Some(size) = given.sizes.first().copied() else {
        return Call::costing(1);
    };
    let letters = by(BY_LETTER, size.max);
    match (given.name, &given.types[..]) {
        ("url", _) => Call::costing(letters).giving(size),
        (
            "cidr" | "isIP" | "isCIDR" | "ip" | "quantity" | "isQuantity" | "semver" | "isSemver",
            _,
        ) => Call::costing(letters),
        ("ip.isCanonical", _) => Call::costing(by(2.0 * BY_LETTER, size.max)),
        ("bytes", [Ty::Text | Ty::Dyn]) => Call::costing(letters.max(1)).giving(Size {
            min: size.min,
            max: size.max.wrapping_mul(4),
        }),
        ("string", [Ty::Bytes]) => Call::costing(letters).giving(Size {
            min: size.min / 4,
            max: size.max,
        }),
        ("string", [Ty::Dyn]) => Call::costing(letters.max(1)),
        ("strings.quote", _) => Call::costing(letters).giving(Size {
            min: size.min.wrapping_add(2),
            max: size.max.wrapping_mul(2).wrapping_add(2),
        }),
        ("sets.contains" | "sets.intersects", [_, _]) => Call::costing(sets(1.0, given)),
        ("sets.equivalent", [_, _]) => Call::costing(sets(2.0, given)),
        ("lists.range", _) => listed(1.0, Size::exactly(given.integer(0).unwrap_or(u64::MAX))),
        _ => Call::costing(1),
    }
}

fn sets(factor: f64, given: &Given<'_, '_>) -> u64 {
    by(factor, given.sizes[0].times(given.sizes[1]).max).saturating_add(1)
}

/// A list that is made.
fn listed(factor: f64, size: Size) -> Call {
    Call::costing(by(factor, size.max).saturating_add(1 + OF_LIST)).giving(size)
}

#[expect(clippy::cast_precision_loss, reason = "a factor of an estimate")]
fn as_factor(depth: Option<u64>) -> f64 {
    depth.unwrap_or(u64::MAX) as f64
}

fn pattern(text: Size, pattern: Size) -> u64 {
    by(BY_LETTER, text.max.saturating_add(1)).saturating_mul(by(BY_PATTERN, pattern.max))
}

/// Reading an address that is given as text.
fn parsed(given: &Given<'_, '_>) -> u64 {
    if matches!(given.types[0], Ty::Text | Ty::Dyn) {
        by(BY_LETTER, given.sizes[0].max)
    } else {
        0
    }
}

/// A text in which one text is replaced by another.
fn replaced(text: Size, old: Size, new: Size) -> Size {
    let (mut count, mut kept) = (Size::default(), Size::default());
    if old.min == 0 {
        count.max = text.max.saturating_add(1);
        kept.max = text.max;
    } else if new.max <= old.min {
        kept.max = text.max;
    } else {
        count.max = text.max.div_ceil(old.min);
    }
    if old.max == 0 {
        count.min = text.min.saturating_add(1);
        kept.min = text.min;
    } else if old.max <= new.min {
        kept.min = text.min;
    } else {
        count.min = text.min.div_ceil(old.max);
    }
    count.times(new).plus(kept)
}
