//! An expression in CEL, made a tree.
//!
//! Source: cel-go `parser/gen/CEL.g4` and `parser/parser.go`. What does not fit into the grammar is no more than told to be so
//! here: [`syntax`](super::syntax) has the words for that.

mod macros;
mod quoted;
#[cfg(test)]
mod tests;
mod tokens;

use kube_cel::cel::{
    common::ast::{
        CallExpr, EntryExpr, Expr, IdedEntryExpr, ListExpr, LiteralValue, MapEntryExpr, MapExpr,
        SelectExpr, StructExpr, StructFieldExpr, operators,
    },
    parser::Expression,
};

use self::tokens::{Sort, Token};
use super::{escaping, overloads};

/// An expression, and where its parts are.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) expression: Expression,
    pub(super) places: Places,
}

/// The byte at which each part begins, by its number.
#[derive(Debug, Default)]
pub(super) struct Places(Vec<usize>);

/// A text is no expression, or has something in it that can't be.
#[derive(Debug)]
pub(super) struct Unparsed {
    /// What can't be, and the byte at which that begins.
    pub(super) mistakes: Vec<(usize, String)>,
    /// Whether it fits into the grammar.
    pub(super) is_expression: bool,
}

/// Something is not as the grammar has it.
#[derive(Debug)]
struct Misplaced;

type Parse<T> = Result<T, Misplaced>;

/// Parses a text that is not nested too deeply.
pub(super) fn parse(text: &str) -> Result<Parsed, Unparsed> {
    let Ok(tokens) = tokens::tokens(text) else {
        return Err(Unparsed {
            mistakes: Vec::new(),
            is_expression: false,
        });
    };
    let mut parser = Parser {
        tokens,
        next: 0,
        places: Places::default(),
        mistakes: Vec::new(),
    };
    let expression = parser.whole();
    match expression {
        Ok(expression) if parser.mistakes.is_empty() => Ok(Parsed {
            expression,
            places: parser.places,
        }),
        expression => Err(Unparsed {
            mistakes: parser.mistakes,
            is_expression: expression.is_ok(),
        }),
    }
}

impl Places {
    /// Where a part begins.
    pub(super) fn of(&self, part: u64) -> usize {
        let at = usize::try_from(part).ok();
        let at = at.and_then(|part| self.0.get(part.checked_sub(1)?));
        at.copied().unwrap_or_default()
    }

    fn add(&mut self, at: usize) -> u64 {
        self.0.push(at);
        self.0.len() as u64
    }
}

struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    next: usize,
    places: Places,
    mistakes: Vec<(usize, String)>,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Token<'t> {
        self.tokens[self.next]
    }

    /// The token after the next ones.
    fn peek_behind(&self, tokens: usize) -> Option<Token<'t>> {
        self.tokens.get(self.next + tokens).copied()
    }

    /// Takes the next token, unless it is the end.
    fn take(&mut self) -> Token<'t> {
        let token = self.peek();
        self.next += usize::from(token.sort != Sort::End);
        token
    }

    fn take_sign(&mut self, wanted: &str) -> Option<Token<'t>> {
        self.take_one_of(&[wanted])
    }

    fn take_one_of(&mut self, wanted: &[&str]) -> Option<Token<'t>> {
        let token = self.peek();
        let is_wanted = token.sort == Sort::Sign && wanted.contains(&token.text);
        is_wanted.then(|| self.take())
    }

    fn take_sort(&mut self, sort: Sort) -> Option<Token<'t>> {
        (self.peek().sort == sort).then(|| self.take())
    }

    fn expect(&mut self, wanted: &str) -> Parse<Token<'t>> {
        self.take_sign(wanted).ok_or(Misplaced)
    }

    /// A part of the expression that begins here.
    fn part(&mut self, at: usize, expr: Expr) -> Expression {
        let id = self.places.add(at);
        Expression { id, expr }
    }

    /// A further part of the expression, where another one is.
    fn also(&mut self, part: u64, expr: Expr) -> Expression {
        let at = self.places.of(part);
        self.part(at, expr)
    }

    /// What can't be, at a byte.
    fn mistake(&mut self, at: usize, why: impl Into<String>) -> Expression {
        self.mistakes.push((at, why.into()));
        self.part(at, Expr::Unspecified)
    }

    /// What can't be, at a part.
    fn mistaken(&mut self, part: u64, why: &str) -> Expression {
        self.mistake(self.places.of(part), why)
    }

    fn whole(&mut self) -> Parse<Expression> {
        let expression = self.expression()?;
        self.take_sort(Sort::End).ok_or(Misplaced)?;
        Ok(expression)
    }

    fn expression(&mut self) -> Parse<Expression> {
        let condition = self.or()?;
        let Some(sign) = self.take_sign("?") else {
            return Ok(condition);
        };
        let id = self.places.add(sign.at);
        let then = self.or()?;
        self.expect(":")?;
        let otherwise = self.expression()?;
        let arguments = vec![condition, then, otherwise];
        Ok(call(id, operators::CONDITIONAL, None, arguments))
    }

    fn or(&mut self) -> Parse<Expression> {
        self.balanced("||", operators::LOGICAL_OR, Self::and)
    }

    fn and(&mut self) -> Parse<Expression> {
        self.balanced("&&", operators::LOGICAL_AND, Self::relation)
    }

    fn balanced(
        &mut self,
        sign: &str,
        function: &str,
        term: fn(&mut Self) -> Parse<Expression>,
    ) -> Parse<Expression> {
        let mut terms = vec![term(self)?];
        let mut calls = Vec::new();
        while let Some(sign) = self.take_sign(sign) {
            terms.push(term(self)?);
            calls.push(self.places.add(sign.at));
        }
        Ok(tree(function, &mut terms, &calls))
    }

    fn relation(&mut self) -> Parse<Expression> {
        self.chain(&["<", "<=", ">=", ">", "==", "!=", "in"], Self::sum)
    }

    fn sum(&mut self) -> Parse<Expression> {
        self.chain(&["+", "-"], Self::product)
    }

    fn product(&mut self) -> Parse<Expression> {
        self.chain(&["*", "/", "%"], Self::unary)
    }

    fn chain(
        &mut self,
        signs: &[&str],
        operand: fn(&mut Self) -> Parse<Expression>,
    ) -> Parse<Expression> {
        let mut left = operand(self)?;
        while let Some(sign) = self.take_one_of(signs) {
            let id = self.places.add(sign.at);
            let right = operand(self)?;
            let function = operators::find_operator(sign.text).ok_or(Misplaced)?;
            left = call(id, function, None, vec![left, right]);
        }
        Ok(left)
    }

    /// Signs take each other back in pairs.
    fn unary(&mut self) -> Parse<Expression> {
        let first = self.peek();
        let mut signs = 0;
        if ["!", "-"].contains(&first.text) {
            while self.take_sign(first.text).is_some() {
                signs += 1;
            }
        }
        if signs % 2 == 0 {
            return self.member();
        }
        let of_number = first.text == "-" && [Sort::Int, Sort::Double].contains(&self.peek().sort);
        if of_number {
            let number = self.number(Some(first));
            return self.members_of(number);
        }
        let function = match first.text {
            "!" => operators::LOGICAL_NOT,
            _ => operators::NEGATE,
        };
        let id = self.places.add(first.at);
        let operand = self.member()?;
        Ok(call(id, function, None, vec![operand]))
    }

    fn member(&mut self) -> Parse<Expression> {
        let primary = self.primary()?;
        self.members_of(primary)
    }

    fn members_of(&mut self, mut member: Expression) -> Parse<Expression> {
        loop {
            if let Some(point) = self.take_sign(".") {
                member = self.named_of(member, point)?;
            } else if let Some(bracket) = self.take_sign("[") {
                member = self.index_of(member, bracket)?;
            } else {
                return Ok(member);
            }
        }
    }

    /// A field or a method, behind its point.
    fn named_of(&mut self, operand: Expression, point: Token<'t>) -> Parse<Expression> {
        let is_optional = self.take_sign("?").is_some();
        let name = self.take();
        match name.sort {
            Sort::Name => {}
            Sort::Escaped => self.refuse_escaped(name),
            _ => return Err(Misplaced),
        }
        if is_optional {
            let field = LiteralValue::String(name.text.to_owned().into());
            let field = self.part(point.at, Expr::Literal(field));
            let id = self.places.add(point.at);
            return Ok(call(id, operators::OPT_SELECT, None, vec![operand, field]));
        }
        if name.sort == Sort::Name
            && let Some(open) = self.take_sign("(")
        {
            let id = self.places.add(open.at);
            let arguments = self.arguments()?;
            return Ok(self.called_on(id, operand, name.text, arguments));
        }
        let select = SelectExpr {
            operand: Box::new(operand),
            field: name.text.to_owned(),
            test: false,
        };
        Ok(self.part(point.at, Expr::Select(select)))
    }

    /// As the server's environment of CEL has them turned off.
    fn refuse_escaped(&mut self, name: Token<'_>) {
        self.mistakes
            .push((name.at, "unsupported syntax: '`'".to_owned()));
    }

    fn index_of(&mut self, operand: Expression, bracket: Token<'t>) -> Parse<Expression> {
        let id = self.places.add(bracket.at);
        let function = match self.take_sign("?") {
            Some(_) => operators::OPT_INDEX,
            None => operators::INDEX,
        };
        let index = self.expression()?;
        self.expect("]")?;
        Ok(call(id, function, None, vec![operand, index]))
    }

    /// What is in the parentheses of a call, which is open.
    fn arguments(&mut self) -> Parse<Vec<Expression>> {
        let mut arguments = Vec::new();
        if self.take_sign(")").is_some() {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if self.take_sign(",").is_none() {
                self.expect(")")?;
                return Ok(arguments);
            }
        }
    }

    fn primary(&mut self) -> Parse<Expression> {
        if self.take_sign("(").is_some() {
            let inner = self.expression()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if let Some(bracket) = self.take_sign("[") {
            return self.list(bracket);
        }
        if let Some(brace) = self.take_sign("{") {
            return self.map_of(brace);
        }
        if ["-", "."].contains(&self.peek().text) || self.peek().sort == Sort::Name {
            return self.signed_or_named();
        }
        self.constant()
    }

    /// A number below zero, or something that begins with a name.
    fn signed_or_named(&mut self) -> Parse<Expression> {
        if let Some(minus) = self.take_sign("-") {
            let is_number = [Sort::Int, Sort::Double].contains(&self.peek().sort);
            return is_number.then(|| self.number(Some(minus))).ok_or(Misplaced);
        }
        let is_global = self.take_sign(".").is_some();
        if let Some(names) = self.names_of_message() {
            return self.message(is_global, names);
        }
        let name = self.take_sort(Sort::Name).ok_or(Misplaced)?;
        match self.take_sign("(") {
            Some(open) => self.global_call(is_global, name, open),
            None => Ok(self.variable(is_global, name)),
        }
    }

    fn global_call(
        &mut self,
        is_global: bool,
        name: Token<'t>,
        open: Token<'t>,
    ) -> Parse<Expression> {
        let id = self.places.add(open.at);
        let mistakes = self.mistakes.len();
        let arguments = self.arguments()?;
        if escaping::is_reserved(name.text) {
            self.mistakes.truncate(mistakes);
            return Ok(self.reserved(name));
        }
        if !is_global {
            return Ok(self.called(id, name.text, arguments));
        }
        let whole = format!(".{}", name.text);
        let function = if overloads::is_known(name.text) {
            name.text
        } else {
            &whole
        };
        Ok(call(id, function, None, arguments))
    }

    fn variable(&mut self, is_global: bool, name: Token<'t>) -> Expression {
        if escaping::is_reserved(name.text) {
            return self.reserved(name);
        }
        let is_there = ["self", "oldSelf"].contains(&name.text);
        let point = if is_global && !is_there { "." } else { "" };
        self.part(name.at, Expr::Ident(format!("{point}{}", name.text)))
    }

    fn reserved(&mut self, name: Token<'_>) -> Expression {
        self.mistake(name.at, format!("reserved identifier: {}", name.text))
    }

    /// How many tokens the name of a message has: `a.b{`.
    fn names_of_message(&self) -> Option<usize> {
        let mut tokens = 0;
        loop {
            let name = self.peek_behind(tokens)?;
            let sign = self.peek_behind(tokens + 1)?;
            if name.sort != Sort::Name || sign.sort != Sort::Sign {
                return None;
            }
            match sign.text {
                "{" => return Some(tokens + 1),
                "." => tokens += 2,
                _ => return None,
            }
        }
    }

    fn message(&mut self, is_global: bool, names: usize) -> Parse<Expression> {
        let mut type_name = if is_global { "." } else { "" }.to_owned();
        for _ in 0..names {
            type_name.push_str(self.take().text);
        }
        let brace = self.expect("{")?;
        let id = self.places.add(brace.at);
        let entries = self.entries(|parser| {
            let optional = parser.take_sign("?").is_some();
            let field = parser.take();
            match field.sort {
                Sort::Name => {}
                Sort::Escaped => parser.refuse_escaped(field),
                _ => return Err(Misplaced),
            }
            let colon = parser.expect(":")?;
            let id = parser.places.add(colon.at);
            let value = parser.expression()?;
            let field = field.text.to_owned();
            let field = StructFieldExpr {
                field,
                value,
                optional,
            };
            Ok(IdedEntryExpr {
                id,
                expr: EntryExpr::StructField(field),
            })
        })?;
        let message = StructExpr { type_name, entries };
        Ok(Expression {
            id,
            expr: Expr::Struct(message),
        })
    }

    fn map_of(&mut self, brace: Token<'t>) -> Parse<Expression> {
        let id = self.places.add(brace.at);
        let entries = self.entries(|parser| {
            let optional = parser.take_sign("?").is_some();
            let key = parser.expression()?;
            let colon = parser.expect(":")?;
            let id = parser.places.add(colon.at);
            let value = parser.expression()?;
            let entry = MapEntryExpr {
                key,
                value,
                optional,
            };
            Ok(IdedEntryExpr {
                id,
                expr: EntryExpr::MapEntry(entry),
            })
        })?;
        Ok(Expression {
            id,
            expr: Expr::Map(MapExpr { entries }),
        })
    }

    /// What is in braces, which are open.
    fn entries(
        &mut self,
        entry: impl Fn(&mut Self) -> Parse<IdedEntryExpr>,
    ) -> Parse<Vec<IdedEntryExpr>> {
        let mut entries = Vec::new();
        while self.goes_on(entries.is_empty(), "}")? {
            entries.push(entry(self)?);
        }
        Ok(entries)
    }

    fn list(&mut self, bracket: Token<'t>) -> Parse<Expression> {
        let id = self.places.add(bracket.at);
        let (mut elements, mut optionals) = (Vec::new(), Vec::new());
        while self.goes_on(elements.is_empty(), "]")? {
            if self.take_sign("?").is_some() {
                optionals.push(elements.len());
            }
            elements.push(self.expression()?);
        }
        Ok(Expression {
            id,
            expr: Expr::List(ListExpr::new_with_optionals(elements, optionals)),
        })
    }

    /// Whether another one comes before the bracket that closes. There can be a comma behind the last, or alone.
    fn goes_on(&mut self, is_first: bool, close: &str) -> Parse<bool> {
        if self.take_sign(close).is_some() {
            return Ok(false);
        }
        let has_comma = self.take_sign(",").is_some();
        if has_comma && self.take_sign(close).is_some() {
            return Ok(false);
        }
        if has_comma == is_first {
            return Err(Misplaced);
        }
        Ok(true)
    }

    fn constant(&mut self) -> Parse<Expression> {
        let token = self.peek();
        let value = match token.sort {
            Sort::Int | Sort::Double => return Ok(self.number(None)),
            Sort::Uint => unsigned(token.text).ok_or("invalid uint literal"),
            Sort::Text => quoted::text(token.text).map(|text| LiteralValue::String(text.into())),
            Sort::Bytes => {
                let bytes = quoted::bytes(&token.text[1..]);
                bytes.map(|bytes| LiteralValue::Bytes(bytes.into()))
            }
            Sort::Constant => Ok(match token.text {
                "true" => LiteralValue::Boolean(true.into()),
                "false" => LiteralValue::Boolean(false.into()),
                _ => LiteralValue::Null,
            }),
            Sort::Sign | Sort::Name | Sort::Escaped | Sort::End => return Err(Misplaced),
        };
        self.take();
        Ok(match value {
            Ok(value) => self.part(token.at, Expr::Literal(value)),
            Err(why) => self.mistake(token.at, why),
        })
    }

    /// A number, which can have a minus before it.
    fn number(&mut self, minus: Option<Token<'_>>) -> Expression {
        let token = self.take();
        let at = minus.map_or(token.at, |minus| minus.at);
        let value = match token.sort {
            Sort::Int => integer(minus.is_some(), token.text).ok_or("invalid int literal"),
            _ => double(minus.is_some(), token.text).ok_or("invalid double literal"),
        };
        match value {
            Ok(value) => self.part(at, Expr::Literal(value)),
            Err(why) => self.mistake(at, why),
        }
    }
}

/// The calls of a function in a row, as a tree that is no higher than it has to be.
fn tree(function: &str, terms: &mut [Expression], calls: &[u64]) -> Expression {
    if let [only] = terms {
        return std::mem::take(only);
    }
    let middle = calls.len() / 2;
    let (left, right) = terms.split_at_mut(middle + 1);
    let left = tree(function, left, &calls[..middle]);
    let right = tree(function, right, &calls[middle + 1..]);
    call(calls[middle], function, None, vec![left, right])
}

fn call(id: u64, function: &str, target: Option<Expression>, args: Vec<Expression>) -> Expression {
    let call = CallExpr {
        func_name: function.to_owned(),
        target: target.map(Box::new),
        args,
    };
    Expression {
        id,
        expr: Expr::Call(call),
    }
}

fn unsigned(text: &str) -> Option<LiteralValue> {
    let digits = text.trim_end_matches(['u', 'U']);
    let value = match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    Some(LiteralValue::UInt(value.ok()?.into()))
}

fn integer(is_negative: bool, digits: &str) -> Option<LiteralValue> {
    let minus = if is_negative { "-" } else { "" };
    let value = match digits.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(&format!("{minus}{hex}"), 16),
        None => format!("{minus}{digits}").parse(),
    };
    Some(LiteralValue::Int(value.ok()?.into()))
}

fn double(is_negative: bool, digits: &str) -> Option<LiteralValue> {
    let value: f64 = digits.parse().ok()?;
    let value = if is_negative { -value } else { value };
    Some(LiteralValue::Double(
        value.is_finite().then_some(value)?.into(),
    ))
}
