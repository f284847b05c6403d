//! What stands for a longer expression: `has`, and what goes through a list or a map.
//!
//! Source: cel-go `parser/macro.go`.

use kube_cel::cel::{
    common::ast::{ComprehensionExpr, Expr, ListExpr, LiteralValue, operators},
    parser::Expression,
};

use super::Parser;

/// What has been seen so far.
const ACCUMULATED: &str = "@result";

/// What that was called in earlier editions of cel-go, and may not be given to an item.
const ACCUMULATED_BEFORE: &str = "__result__";

/// A name that is given to each item.
struct Loop {
    /// The call, which all that is made of it has its place from.
    call: u64,
    over: Expression,
    item: String,
}

impl Parser<'_> {
    /// A call of a function.
    pub(super) fn called(
        &mut self,
        call: u64,
        name: &str,
        mut arguments: Vec<Expression>,
    ) -> Expression {
        if name == operators::HAS && arguments.len() == 1 {
            return self.has(call, arguments.remove(0));
        }
        super::call(call, name, None, arguments)
    }

    /// A call of a method.
    pub(super) fn called_on(
        &mut self,
        call: u64,
        target: Expression,
        name: &str,
        mut arguments: Vec<Expression>,
    ) -> Expression {
        let is_macro = match name {
            operators::ALL | operators::EXISTS | operators::EXISTS_ONE | operators::FILTER => {
                arguments.len() == 2
            }
            operators::MAP => [2, 3].contains(&arguments.len()),
            _ => false,
        };
        if !is_macro {
            return super::call(call, name, Some(target), arguments);
        }
        let item = arguments.remove(0);
        let Expr::Ident(item_name) = &item.expr else {
            let why = match name {
                operators::MAP | operators::FILTER => "argument is not an identifier",
                _ => "argument must be a simple name",
            };
            return self.mistaken(item.id, why);
        };
        if item_name == ACCUMULATED_BEFORE {
            let why = "iteration variable overwrites accumulator variable";
            return self.mistaken(item.id, why);
        }
        let each = Loop {
            call,
            over: target,
            item: item_name.clone(),
        };
        let last = arguments.pop().unwrap_or_default();
        match name {
            operators::ALL => self.all(each, last),
            operators::EXISTS => self.exists(each, last),
            operators::EXISTS_ONE => self.exists_one(each, last),
            operators::FILTER => self.map(each, Some(last), item),
            _ => self.map(each, arguments.pop(), last),
        }
    }

    fn has(&mut self, call: u64, argument: Expression) -> Expression {
        let Expr::Select(mut select) = argument.expr else {
            return self.mistaken(argument.id, "invalid argument to has() macro");
        };
        select.test = true;
        self.also(call, Expr::Select(select))
    }

    fn all(&mut self, each: Loop, holds: Expression) -> Expression {
        let at = each.call;
        let start = self.literal(at, LiteralValue::Boolean(true.into()));
        let accumulated = self.accumulated(at);
        let goes_on = self.calls(at, operators::NOT_STRICTLY_FALSE, vec![accumulated]);
        let accumulated = self.accumulated(at);
        let step = self.calls(at, operators::LOGICAL_AND, vec![accumulated, holds]);
        let result = self.accumulated(at);
        self.folded(each, start, goes_on, step, result)
    }

    fn exists(&mut self, each: Loop, holds: Expression) -> Expression {
        let at = each.call;
        let start = self.literal(at, LiteralValue::Boolean(false.into()));
        let accumulated = self.accumulated(at);
        let not = self.calls(at, operators::LOGICAL_NOT, vec![accumulated]);
        let goes_on = self.calls(at, operators::NOT_STRICTLY_FALSE, vec![not]);
        let accumulated = self.accumulated(at);
        let step = self.calls(at, operators::LOGICAL_OR, vec![accumulated, holds]);
        let result = self.accumulated(at);
        self.folded(each, start, goes_on, step, result)
    }

    fn exists_one(&mut self, each: Loop, holds: Expression) -> Expression {
        let at = each.call;
        let start = self.literal(at, LiteralValue::Int(0.into()));
        let goes_on = self.literal(at, LiteralValue::Boolean(true.into()));
        let accumulated = self.accumulated(at);
        let one = self.literal(at, LiteralValue::Int(1.into()));
        let more = self.calls(at, operators::ADD, vec![accumulated, one]);
        let step = self.if_holds(at, holds, more);
        let accumulated = self.accumulated(at);
        let one = self.literal(at, LiteralValue::Int(1.into()));
        let result = self.calls(at, operators::EQUALS, vec![accumulated, one]);
        self.folded(each, start, goes_on, step, result)
    }

    /// What each item becomes, of those alone for which something holds, if that is asked.
    fn map(&mut self, each: Loop, holds: Option<Expression>, becomes: Expression) -> Expression {
        let at = each.call;
        let start = self.also(at, Expr::List(ListExpr::new(Vec::new())));
        let goes_on = self.literal(at, LiteralValue::Boolean(true.into()));
        let accumulated = self.accumulated(at);
        let item = self.also(at, Expr::List(ListExpr::new(vec![becomes])));
        let mut step = self.calls(at, operators::ADD, vec![accumulated, item]);
        if let Some(holds) = holds {
            step = self.if_holds(at, holds, step);
        }
        let result = self.accumulated(at);
        self.folded(each, start, goes_on, step, result)
    }

    /// Another value of what is accumulated where something holds, and the same otherwise.
    fn if_holds(&mut self, at: u64, holds: Expression, then: Expression) -> Expression {
        let accumulated = self.accumulated(at);
        self.calls(at, operators::CONDITIONAL, vec![holds, then, accumulated])
    }

    fn folded(
        &mut self,
        each: Loop,
        start: Expression,
        goes_on: Expression,
        step: Expression,
        result: Expression,
    ) -> Expression {
        let comprehension = ComprehensionExpr {
            iter_range: each.over,
            iter_var: each.item,
            iter_var2: None,
            accu_var: ACCUMULATED.to_owned(),
            accu_init: start,
            loop_cond: goes_on,
            loop_step: step,
            result,
        };
        self.also(each.call, Expr::Comprehension(Box::new(comprehension)))
    }

    fn accumulated(&mut self, at: u64) -> Expression {
        self.also(at, Expr::Ident(ACCUMULATED.to_owned()))
    }

    fn literal(&mut self, at: u64, value: LiteralValue) -> Expression {
        self.also(at, Expr::Literal(value))
    }

    fn calls(&mut self, at: u64, function: &str, args: Vec<Expression>) -> Expression {
        let id = self.id(self.places.of(at));
        super::call(id, function, None, args)
    }
}
