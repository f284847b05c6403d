//! What macros cost that the parser leaves as calls: those of two variables and of optional values.
//!
//! Source: what cel-go expands them to in `ext/comprehensions.go` and `cel/library.go`.

use kube_cel::cel::common::ast::{CallExpr, Expr, IdedExpr};

use super::{Entry, Estimate, Local, OF_LIST, OF_MAP, path::Path, size::Size};

/// What a macro of two variables does with an item, beside what is written in it.
struct Macro {
    initial: u64,
    condition: u64,
    step: u64,
    result: u64,
}

impl<'e> Estimate<'e, '_> {
    /// What the parser leaves as a call and is a macro.
    pub(super) fn of_macro(&mut self, expression: &'e IdedExpr, call: &'e CallExpr) -> Option<u64> {
        let target = call.target.as_deref()?;
        let name = |index: usize| match &call.args.get(index)?.expr {
            Expr::Ident(name) => Some(name.as_str()),
            _ => None,
        };
        let costs = |initial, condition, step, result| Macro {
            initial,
            condition,
            step,
            result,
        };
        let what = match (call.func_name.as_str(), call.args.len()) {
            ("optMap" | "optFlatMap", 2) => {
                return Some(self.of_optional(expression, call, target, name(0)?));
            }
            ("all", 3) => costs(0, 2, 1, 1),
            ("exists", 3) => costs(0, 3, 1, 1),
            ("existsOne" | "exists_one", 3) => costs(0, 0, 2, 2),
            ("transformList", 3 | 4) => costs(OF_LIST, 0, 2 + OF_LIST, 1),
            ("transformMap", 3 | 4) => costs(OF_MAP, 0, 3, 1),
            _ => return None,
        };
        let before = self.of(target).saturating_add(what.initial);
        self.bind_keys(name(0)?, target);
        self.bind_values(name(1)?, target);
        let (mut step, mut item) = (what.step, Size::UNKNOWN);
        for argument in &call.args[2..] {
            step = step.saturating_add(self.of(argument));
            item = self.size(argument);
        }
        self.locals.truncate(self.locals.len() - 2);
        let times = self.size(target);
        let size = match call.func_name.as_str() {
            "transformList" => {
                let entry = Entry {
                    in_list: true,
                    key: Size::exactly(1),
                    value: item.union(Size::exactly(0)),
                };
                self.entries.insert(expression, entry);
                times
            }
            "transformMap" => times,
            _ => Size::exactly(1),
        };
        self.sizes.insert(expression, size);
        Some(
            before.saturating_add(what.result).saturating_add(
                times
                    .max
                    .saturating_mul(step.saturating_add(what.condition)),
            ),
        )
    }

    /// `target.hasValue() ? optional.of(…target.value()…) : optional.none()`, with a list that nothing is in.
    fn of_optional(
        &mut self,
        expression: &'e IdedExpr,
        call: &'e CallExpr,
        target: &'e IdedExpr,
        name: &'e str,
    ) -> u64 {
        let asked = self.of(target).saturating_add(1);
        self.locals.push(Local {
            name,
            path: Path::default(),
            size: None,
            entry: None,
        });
        let mapped = self.of(&call.args[1]);
        self.locals.pop();
        self.sizes.insert(expression, Size::UNKNOWN);
        let wrapped = u64::from(call.func_name == "optMap");
        asked
            .saturating_mul(2)
            .saturating_add(mapped)
            .saturating_add(OF_LIST + wrapped)
    }
}
