//! Literals that a function can't read: that is told before a rule ever runs (`ASTValidators` of cel-go).

use kube_cel::cel::{
    common::ast::{Expr, LiteralValue},
    parser::Expression,
};

use super::{functions, types::Mistake, value::Val};
use crate::re2;

/// What is wrong with the literals of an expression.
pub(super) fn mistakes(expression: &Expression) -> Vec<Mistake> {
    let mut found = Vec::new();
    look(expression, &mut found);
    found
}

/// Why an expression can't be made ready to run: a pattern is none.
pub(super) fn unreadable_pattern(expression: &Expression) -> Option<String> {
    let within = |several: &[Expression]| several.iter().find_map(unreadable_pattern);
    match &expression.expr {
        Expr::Call(call) => {
            let takes_pattern = matches!(call.func_name.as_str(), "find" | "findAll");
            let pattern = call.args.first().filter(|_| takes_pattern);
            let own = pattern.and_then(|argument| match &argument.expr {
                Expr::Literal(LiteralValue::String(text)) => re2::check(text.inner()).err(),
                _ => None,
            });
            let target = call.target.as_deref();
            own.map(|why| why.to_string())
                .or_else(|| target.and_then(unreadable_pattern))
                .or_else(|| within(&call.args))
        }
        Expr::Comprehension(comprehension) => unreadable_pattern(&comprehension.iter_range)
            .or_else(|| unreadable_pattern(&comprehension.loop_step)),
        Expr::Select(select) => unreadable_pattern(&select.operand),
        Expr::List(list) => within(&list.elements),
        _ => None,
    }
}

fn look(expression: &Expression, found: &mut Vec<Mistake>) {
    match &expression.expr {
        Expr::Call(call) => {
            call.target.iter().for_each(|target| look(target, found));
            call.args.iter().for_each(|argument| look(argument, found));
            if let Some(argument) = call.args.first()
                && let Expr::Literal(LiteralValue::String(text)) = &argument.expr
                && !can_read(&call.func_name, text.inner())
            {
                found.push(Mistake {
                    id: argument.id,
                    why: format!("invalid {} argument", call.func_name),
                });
            }
        }
        Expr::Comprehension(comprehension) => {
            look(&comprehension.iter_range, found);
            look(&comprehension.loop_step, found);
        }
        Expr::Select(select) => look(&select.operand, found),
        Expr::List(list) => list.elements.iter().for_each(|one| look(one, found)),
        _ => {}
    }
}

fn can_read(function: &str, literal: &str) -> bool {
    match function {
        "matches" => re2::check(literal).is_ok(),
        "duration" | "timestamp" => {
            functions::call(function, None, vec![Val::text(literal.to_owned())]).is_ok()
        }
        _ => true,
    }
}
