//! An expression in CEL, made a tree.
//!
//! Source: cel-go `parser/gen/CEL.g4` and `parser/parser.go`. What does not fit into the grammar is no more than told to be so
//! here: [`syntax`](super::syntax) has the words for that.

mod limits;
mod macros;
mod numbers;
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
pub(super) use self::{
    limits::{DEEPEST, TooDeep},
    tokens::end_of_number,
};
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

/// Why a text has no tree.
#[derive(Debug)]
pub(super) enum Unparsed {
    /// It has something in it that can't be, at these bytes.
    Mistaken(Vec<(usize, String)>),
    /// It does not fit into the grammar.
    NoExpression {
        /// What can't be, besides.
        mistakes: Vec<(usize, String)>,
        /// The bytes of the token that does not fit, and of the one before; none where a letter begins no token.
        misfit: Option<(usize, String)>,
    },
    /// It is nested too deeply.
    TooDeep(TooDeep),
}

/// Why nothing more is parsed.
#[derive(Debug)]
enum Stop {
    Misplaced,
    TooDeep(TooDeep),
}

type Parse<T> = Result<T, Stop>;

/// Parses a text.
pub(super) fn parse(text: &str) -> Result<Parsed, Unparsed> {
    let Ok(tokens) = tokens::tokens(text) else {
        return Err(Unparsed::NoExpression {
            mistakes: Vec::new(),
            misfit: None,
        });
    };
    let mut parser = Parser {
        tokens,
        next: 0,
        within: 0,
        places: Places::default(),
        depths: Vec::new(),
        mistakes: Vec::new(),
    };
    match parser.whole() {
        Ok(expression) if parser.mistakes.is_empty() => Ok(Parsed {
            expression,
            places: parser.places,
        }),
        Ok(_) => Err(Unparsed::Mistaken(parser.mistakes)),
        Err(Stop::TooDeep(what)) => Err(Unparsed::TooDeep(what)),
        Err(Stop::Misplaced) => Err(Unparsed::NoExpression {
            misfit: Some(parser.misfit()),
            mistakes: parser.mistakes,
        }),
    }
}

impl Places {
    /// Where a part begins.
    pub(super) fn of(&self, part: u64) -> usize {
        let at = index(part).and_then(|index| self.0.get(index));
        at.copied().unwrap_or_default()
    }
}

struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    next: usize,
    /// How many expressions are around.
    within: usize,
    places: Places,
    /// How many operators, fields and methods are applied one after the other in each part, at most.
    depths: Vec<usize>,
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
        self.take_sign(wanted).ok_or(Stop::Misplaced)
    }

    /// The token that does not fit, with the one before.
    fn misfit(&self) -> (usize, String) {
        let token = self.peek();
        let before = self.next.checked_sub(1).map(|before| self.tokens[before]);
        let before = before.map_or("", |before| before.text);
        (token.at, format!("{before}{}", token.text))
    }

    /// The number of a part that begins here.
    fn id(&mut self, at: usize) -> u64 {
        self.places.0.push(at);
        self.depths.push(0);
        self.places.0.len() as u64
    }

    /// A part of the expression that begins here.
    fn part(&mut self, at: usize, expr: Expr) -> Expression {
        let id = self.id(at);
        Expression { id, expr }
    }

    fn depth(&self, part: &Expression) -> usize {
        let depth = index(part.id).and_then(|index| self.depths.get(index));
        depth.copied().unwrap_or_default()
    }

    fn deepest<'e>(&self, parts: impl IntoIterator<Item = &'e Expression>) -> usize {
        let depths = parts.into_iter().map(|part| self.depth(part));
        depths.max().unwrap_or_default()
    }

    /// The expression, if so much may be applied one after the other.
    fn if_not_deeper(&mut self, depth: usize, expression: Expression) -> Parse<Expression> {
        if depth > DEEPEST {
            return Err(Stop::TooDeep(TooDeep::Operators));
        }
        let known = index(expression.id).and_then(|index| self.depths.get_mut(index));
        if let Some(known) = known {
            *known = depth;
        }
        Ok(expression)
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
        self.take_sort(Sort::End).ok_or(Stop::Misplaced)?;
        Ok(expression)
    }

    fn expression(&mut self) -> Parse<Expression> {
        self.within += 1;
        if self.within > DEEPEST {
            return Err(Stop::TooDeep(TooDeep::Expressions));
        }
        let mut expression = self.or()?;
        if let Some(sign) = self.take_sign("?") {
            let id = self.id(sign.at);
            let then = self.or()?;
            self.expect(":")?;
            let arguments = vec![expression, then, self.expression()?];
            let depth = self.deepest(&arguments) + 1;
            let conditional = call(id, operators::CONDITIONAL, None, arguments);
            expression = self.if_not_deeper(depth, conditional)?;
        }
        self.within -= 1;
        Ok(expression)
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
            calls.push(self.id(sign.at));
        }
        let depth = self.deepest(&terms);
        self.if_not_deeper(depth, tree(function, &mut terms, &calls))
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
            let id = self.id(sign.at);
            let right = operand(self)?;
            let function = operators::find_operator(sign.text).ok_or(Stop::Misplaced)?;
            let depth = self.deepest([&left, &right]) + 1;
            left = self.if_not_deeper(depth, call(id, function, None, vec![left, right]))?;
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
        if signs == 1 && first.text == "-" && self.is_at_number() {
            let number = self.number(Some(first));
            return self.members_of(number);
        }
        let function = match first.text {
            "!" => operators::LOGICAL_NOT,
            _ => operators::NEGATE,
        };
        let id = self.id(first.at);
        let operand = self.member()?;
        let depth = self.depth(&operand);
        self.if_not_deeper(depth, call(id, function, None, vec![operand]))
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
        let name = self.field()?;
        let depth = self.depth(&operand) + 1;
        if is_optional {
            let field = LiteralValue::String(name.text.to_owned().into());
            let field = self.part(point.at, Expr::Literal(field));
            let id = self.id(point.at);
            let select = call(id, operators::OPT_SELECT, None, vec![operand, field]);
            return self.if_not_deeper(depth, select);
        }
        if name.sort == Sort::Name
            && let Some(open) = self.take_sign("(")
        {
            let id = self.id(open.at);
            let arguments = self.arguments()?;
            let depth = depth.max(self.deepest(&arguments) + 1);
            let called = self.called_on(id, operand, name.text, arguments);
            return self.if_not_deeper(depth, called);
        }
        let select = SelectExpr {
            operand: Box::new(operand),
            field: name.text.to_owned(),
            test: false,
        };
        let select = self.part(point.at, Expr::Select(select));
        self.if_not_deeper(depth, select)
    }

    /// The name of a field. One in backticks is none where the server's environment of CEL has these turned off.
    fn field(&mut self) -> Parse<Token<'t>> {
        let name = self.peek();
        match name.sort {
            Sort::Name => {}
            Sort::Escaped => {
                let why = "unsupported syntax: '`'".to_owned();
                self.mistakes.push((name.at, why));
            }
            _ => return Err(Stop::Misplaced),
        }
        Ok(self.take())
    }

    fn index_of(&mut self, operand: Expression, bracket: Token<'t>) -> Parse<Expression> {
        let id = self.id(bracket.at);
        let function = match self.take_sign("?") {
            Some(_) => operators::OPT_INDEX,
            None => operators::INDEX,
        };
        let index = self.expression()?;
        self.expect("]")?;
        let depth = self.deepest([&operand, &index]) + 1;
        self.if_not_deeper(depth, call(id, function, None, vec![operand, index]))
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
            let number = self.is_at_number().then(|| self.number(Some(minus)));
            return number.ok_or(Stop::Misplaced);
        }
        let point = self.take_sign(".");
        if let Some(names) = self.names_of_message() {
            return self.message(point, names);
        }
        let name = self.take_sort(Sort::Name).ok_or(Stop::Misplaced)?;
        match self.take_sign("(") {
            Some(open) => self.global_call(point, name, open),
            None => Ok(self.variable(point, name)),
        }
    }

    fn global_call(
        &mut self,
        point: Option<Token<'t>>,
        name: Token<'t>,
        open: Token<'t>,
    ) -> Parse<Expression> {
        let id = self.id(open.at);
        let mistakes = self.mistakes.len();
        let arguments = self.arguments()?;
        let depth = self.deepest(&arguments);
        let called = if escaping::is_reserved(name.text) {
            self.mistakes.truncate(mistakes);
            self.reserved(point, name)
        } else if point.is_none() {
            self.called(id, name.text, arguments)
        } else if overloads::is_known(name.text) {
            call(id, name.text, None, arguments)
        } else {
            call(id, &format!(".{}", name.text), None, arguments)
        };
        self.if_not_deeper(depth, called)
    }

    fn variable(&mut self, point: Option<Token<'_>>, name: Token<'_>) -> Expression {
        if escaping::is_reserved(name.text) {
            return self.reserved(point, name);
        }
        let is_there = ["self", "oldSelf"].contains(&name.text)
            || overloads::is_type(name.text)
            || overloads::is_library(name.text);
        let point = point.filter(|_| !is_there).map_or("", |point| point.text);
        self.part(name.at, Expr::Ident(format!("{point}{}", name.text)))
    }

    fn reserved(&mut self, point: Option<Token<'_>>, name: Token<'_>) -> Expression {
        let first = point.unwrap_or(name);
        self.mistake(first.at, format!("reserved identifier: {}", name.text))
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

    fn message(&mut self, point: Option<Token<'t>>, names: usize) -> Parse<Expression> {
        let mut type_name = point.map_or("", |point| point.text).to_owned();
        for _ in 0..names {
            type_name.push_str(self.take().text);
        }
        let brace = self.expect("{")?;
        let id = self.id(brace.at);
        let mut depth = 0;
        let mut entries = Vec::new();
        while self.goes_on(entries.is_empty(), "}")? {
            let optional = self.take_sign("?").is_some();
            let field = self.field()?.text.to_owned();
            let id = self.colon()?;
            let value = self.expression()?;
            depth = depth.max(self.depth(&value));
            let field = StructFieldExpr {
                field,
                value,
                optional,
            };
            let expr = EntryExpr::StructField(field);
            entries.push(IdedEntryExpr { id, expr });
        }
        let message = StructExpr { type_name, entries };
        let expr = Expr::Struct(message);
        self.if_not_deeper(depth, Expression { id, expr })
    }

    fn map_of(&mut self, brace: Token<'t>) -> Parse<Expression> {
        let id = self.id(brace.at);
        let mut depth = 0;
        let mut entries = Vec::new();
        while self.goes_on(entries.is_empty(), "}")? {
            let optional = self.take_sign("?").is_some();
            let key = self.expression()?;
            let id = self.colon()?;
            let value = self.expression()?;
            depth = depth.max(self.deepest([&key, &value]));
            let entry = MapEntryExpr {
                key,
                value,
                optional,
            };
            let expr = EntryExpr::MapEntry(entry);
            entries.push(IdedEntryExpr { id, expr });
        }
        let expr = Expr::Map(MapExpr { entries });
        self.if_not_deeper(depth, Expression { id, expr })
    }

    fn colon(&mut self) -> Parse<u64> {
        let colon = self.expect(":")?;
        Ok(self.id(colon.at))
    }

    fn list(&mut self, bracket: Token<'t>) -> Parse<Expression> {
        let id = self.id(bracket.at);
        let (mut elements, mut optionals) = (Vec::new(), Vec::new());
        while self.goes_on(elements.is_empty(), "]")? {
            if self.take_sign("?").is_some() {
                optionals.push(elements.len());
            }
            elements.push(self.expression()?);
        }
        let depth = self.deepest(&elements);
        let expr = Expr::List(ListExpr::new_with_optionals(elements, optionals));
        self.if_not_deeper(depth, Expression { id, expr })
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
            return Err(Stop::Misplaced);
        }
        Ok(true)
    }

    fn constant(&mut self) -> Parse<Expression> {
        let token = self.peek();
        let value = match token.sort {
            Sort::Int | Sort::Double => return Ok(self.number(None)),
            Sort::Uint => numbers::unsigned(token.text).ok_or("invalid uint literal"),
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
            Sort::Sign | Sort::Name | Sort::Escaped | Sort::End => return Err(Stop::Misplaced),
        };
        self.take();
        Ok(match value {
            Ok(value) => self.part(token.at, Expr::Literal(value)),
            Err(why) => self.mistake(token.at, why),
        })
    }

    /// Whether a number is next that a minus can belong to.
    fn is_at_number(&self) -> bool {
        [Sort::Int, Sort::Double].contains(&self.peek().sort)
    }

    /// A number, which can have a minus before it.
    fn number(&mut self, minus: Option<Token<'_>>) -> Expression {
        let token = self.take();
        let at = minus.map_or(token.at, |minus| minus.at);
        let value = match token.sort {
            Sort::Int => numbers::integer(minus.is_some(), token.text).ok_or("invalid int literal"),
            _ => numbers::double(minus.is_some(), token.text).ok_or("invalid double literal"),
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

/// Where a part is among all, by its number: these count from one.
fn index(part: u64) -> Option<usize> {
    usize::try_from(part).ok()?.checked_sub(1)
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
