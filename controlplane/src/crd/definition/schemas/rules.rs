//! What is wrong with the rules of a schema.

use serde_json::Value;

use super::{Context, Found};
use crate::{
    FieldError, FieldReason,
    crd::{
        definition::{costs::Costly, list, shown},
        field_paths,
        object_meta::with_meta,
        path::Path,
        rules::{Misfit, Program, Wanted, cardinality},
        structural::{Node, RuleText},
    },
};

pub(super) fn check(schema: &Value, path: &Path<'_>, context: &Context, found: &mut Found) {
    let rules = list(&schema["x-kubernetes-validations"]);
    if rules.is_empty() {
        return;
    }
    let node = Node::read(schema);
    for (index, (given, rule)) in rules.iter().zip(&node.rules).enumerate() {
        let path = format!("{path}.x-kubernetes-validations[{index}]");
        check_rule_texts(given, rule, &node, &path, found);
    }
    if !found.schema.is_empty() || !context.rules {
        return;
    }
    let seen = if context.is_root || node.embedded {
        with_meta(node)
    } else {
        node
    };
    for (index, rule) in seen.rules.iter().enumerate() {
        let path = format!("{path}.x-kubernetes-validations[{index}]");
        check_expressions(rule, &seen, context, &path, found);
    }
}

fn check_rule_texts(given: &Value, rule: &RuleText, node: &Node, path: &str, found: &mut Found) {
    let lines = |text: &str| text.contains(['\n', '\r']);
    let (message, text) = (rule.message.trim(), rule.rule.trim());
    if text.is_empty() {
        found.required(format!("{path}.rule"), "rule is not specified");
    } else if !rule.message.is_empty() && message.is_empty() {
        found.invalid(
            format!("{path}.message"),
            rule.message.as_str(),
            "must be non-empty if specified",
        );
    } else if lines(message) {
        found.invalid(
            format!("{path}.message"),
            rule.message.as_str(),
            "must not contain line breaks",
        );
    } else if lines(text) && message.is_empty() {
        found.required(
            format!("{path}.message"),
            "message must be specified if rule contains line breaks",
        );
    }
    if !rule.message_expression.is_empty() && rule.message_expression.trim().is_empty() {
        let detail = "messageExpression must be non-empty if specified";
        found.required(format!("{path}.messageExpression"), detail);
    }
    let reasons = [
        "FieldValueDuplicate",
        "FieldValueForbidden",
        "FieldValueInvalid",
        "FieldValueRequired",
    ];
    if rule
        .reason
        .as_deref()
        .is_some_and(|reason| !reasons.contains(&reason))
    {
        found.unsupported(format!("{path}.reason"), &given["reason"], &reasons);
    }
    let place = rule.field_path.as_str();
    let mut wrong = |why: &str| found.invalid(format!("{path}.fieldPath"), place, why);
    if !place.is_empty() && place.trim().is_empty() {
        wrong("must be non-empty if specified");
    }
    if lines(place) {
        wrong("must not contain line breaks");
    }
    if !place.is_empty() && field_paths::resolve(place, node).is_err() {
        wrong("must be a valid path");
    }
}

fn check_expressions(
    rule: &RuleText,
    node: &Node,
    context: &Context,
    path: &str,
    found: &mut Found,
) {
    let optional = rule.optional_old_self.unwrap_or_default();
    let mut invalid = |name: &str, detail: String| {
        let error = FieldError::new(FieldReason::Invalid, format!("{path}.{name}"), "", detail);
        found.rules.push(error.showing(shown::rule(rule)));
    };
    let program = match Program::of(&rule.rule) {
        Ok(program) => program,
        Err(why) => return invalid("rule", format!("compilation failed: {why}")),
    };
    let cost = match program.estimated(node, optional, Wanted::Truth) {
        Ok(cost) => cost,
        Err(misfit) => {
            let detail = match misfit {
                Misfit::Type => "cel expression must evaluate to a bool".into(),
                Misfit::Uncompiled(why) => format!("compilation failed: {why}"),
                Misfit::Unready(why) => format!("program instantiation failed: {why}"),
            };
            return invalid("rule", detail);
        }
    };
    let times = context.cardinality.unwrap_or_else(|| cardinality(node));
    let place = format!("{path}.rule");
    let error = found
        .costs
        .add(Costly::Rule, place, cost.saturating_mul(times));
    found.rules.extend(error);
    if !rule.message_expression.is_empty() {
        check_message(rule, node, path, found);
    }
    check_old_self(
        rule,
        program.uses_old_self(),
        context,
        path,
        &mut found.rules,
    );
}

fn check_message(rule: &RuleText, node: &Node, path: &str, found: &mut Found) {
    let (text, optional) = (&rule.message_expression, rule.optional_old_self);
    let place = format!("{path}.messageExpression");
    let cost = Program::of(text)
        .map_err(Misfit::Uncompiled)
        .and_then(|program| program.estimated(node, optional.unwrap_or_default(), Wanted::Text));
    let detail = match cost {
        Ok(cost) => {
            found
                .rules
                .extend(found.costs.add(Costly::Message, place, cost));
            return;
        }
        Err(Misfit::Type) => "messageExpression must evaluate to a string".into(),
        Err(Misfit::Uncompiled(why)) => format!("messageExpression compilation failed: {why}"),
        Err(Misfit::Unready(why)) => {
            format!("messageExpression instantiation failed: {why}")
        }
    };
    let error = FieldError::new(FieldReason::Invalid, place, "", detail);
    found.rules.push(error.showing(shown::rule(rule)));
}

fn check_old_self(
    rule: &RuleText,
    is_used: bool,
    context: &Context,
    path: &str,
    errors: &mut Vec<FieldError>,
) {
    if let (false, Some(optional)) = (is_used, rule.optional_old_self) {
        let detail = "may not be set if oldSelf is not used in rule";
        errors.push(FieldError::new(
            FieldReason::Invalid,
            format!("{path}.optionalOldSelf"),
            optional,
            detail,
        ));
    }
    if let (true, Some(above)) = (is_used, &context.uncorrelatable) {
        let detail = format!(
            "oldSelf cannot be used on the uncorrelatable portion of the schema within {above}"
        );
        errors.push(FieldError::new(
            FieldReason::Invalid,
            format!("{path}.rule"),
            rule.rule.as_str(),
            detail,
        ));
    }
}
