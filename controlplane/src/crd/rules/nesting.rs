//! How deeply an expression is nested: what cel-go refuses before, or while, it makes a tree of it.
//!
//! Its grammar is `CEL.g4` of cel-go. What does not fit into it is passed over here: the parser tells of that.

/// As `maxRecursionDepth` of cel-go's parser.
const DEEPEST: usize = 250;

/// As `expressionSizeCodePointLimit` of cel-go's parser.
const LONGEST: usize = 100_000;

/// An expression as the parser of [`syntax`](super::syntax) is to read it, or why cel-go would not parse it.
///
/// That one takes `!!a` for `!a`, and reads what is in it twice: so there are spaces where one takes back another.
pub(super) fn checked(text: &str) -> Result<String, String> {
    let length = text.chars().count();
    if length > LONGEST {
        return Err(format!(
            "expression code point size exceeds limit: size: {length}, limit {LONGEST}"
        ));
    }
    let mut reader = Reader {
        tokens: Tokens { rest: text }.collect(),
        at: 0,
        within: 0,
        taken_back: Vec::new(),
    };
    match reader.all() {
        Err(TooDeep) => {
            return Err(format!("expression recursion limit exceeded: {DEEPEST}"));
        }
        Ok(depth) if depth > DEEPEST => return Err("max recursion depth exceeded".into()),
        Ok(_) => {}
    }
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    for sign in reader.taken_back {
        let (before, after) = rest.split_at(sign.as_ptr().addr() - rest.as_ptr().addr());
        read.push_str(before);
        read.push(' ');
        rest = &after[sign.len()..];
    }
    Ok(read + rest)
}

/// Expressions are in one another too often.
struct TooDeep;

/// How many operators, fields and methods are applied one after the other, at most.
type Depth = Result<usize, TooDeep>;

struct Reader<'a> {
    tokens: Vec<&'a str>,
    at: usize,
    /// How many expressions are around.
    within: usize,
    /// Signs that others of their kind take back, in their order.
    taken_back: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> &'a str {
        self.tokens.get(self.at).copied().unwrap_or_default()
    }

    fn takes(&mut self, wanted: &[&str]) -> bool {
        let is_there = wanted.contains(&self.peek());
        self.at += usize::from(is_there);
        is_there
    }

    fn all(&mut self) -> Depth {
        let mut deepest = 0;
        while self.at < self.tokens.len() {
            let before = self.at;
            deepest = deepest.max(self.expression()?);
            // A token that begins nothing.
            self.at += usize::from(self.at == before);
        }
        Ok(deepest)
    }

    fn expression(&mut self) -> Depth {
        self.within += 1;
        if self.within > DEEPEST {
            return Err(TooDeep);
        }
        let mut depth = self.alternatives()?;
        if self.takes(&["?"]) {
            let one = self.alternatives()?;
            self.takes(&[":"]);
            depth = depth.max(one).max(self.expression()?) + 1;
        }
        self.within -= 1;
        Ok(depth)
    }

    /// Chains of `||` and `&&` become trees that are balanced.
    fn alternatives(&mut self) -> Depth {
        let mut depth = self.relation()?;
        while self.takes(&["||", "&&"]) {
            depth = depth.max(self.relation()?);
        }
        Ok(depth)
    }

    fn relation(&mut self) -> Depth {
        const RELATIONS: [&str; 7] = ["<", "<=", ">=", ">", "==", "!=", "in"];
        self.chain(&RELATIONS, |reader| {
            reader.chain(&["+", "-"], |reader| {
                reader.chain(&["*", "/", "%"], Self::unary)
            })
        })
    }

    fn chain(&mut self, operators: &[&str], operand: impl Fn(&mut Self) -> Depth) -> Depth {
        let mut depth = operand(self)?;
        while self.takes(operators) {
            depth = depth.max(operand(self)?) + 1;
        }
        Ok(depth)
    }

    fn unary(&mut self) -> Depth {
        self.signs();
        let mut depth = self.primary()?;
        loop {
            if self.takes(&["."]) {
                self.takes(&["?"]);
                self.name();
                depth = depth.max(self.arguments()?) + 1;
            } else if self.takes(&["["]) {
                depth = depth.max(self.bracketed()?) + 1;
            } else {
                return Ok(depth);
            }
        }
    }

    /// Of those that are even in number, none is left; of others the first.
    fn signs(&mut self) {
        let first = self.at;
        let sign = self.peek();
        while ["!", "-"].contains(&sign) && self.takes(&[sign]) {}
        let signs = &self.tokens[first..self.at];
        self.taken_back.extend(&signs[signs.len() % 2..]);
    }

    fn primary(&mut self) -> Depth {
        self.takes(&["."]);
        if self.takes(&["(", "[", "{"]) {
            return self.bracketed();
        }
        if !self.name() {
            return Ok(0);
        }
        if self.takes(&["{"]) {
            return self.bracketed();
        }
        self.arguments()
    }

    fn arguments(&mut self) -> Depth {
        if self.takes(&["("]) {
            return self.bracketed();
        }
        Ok(0)
    }

    /// What is up to the next closing bracket.
    fn bracketed(&mut self) -> Depth {
        let mut deepest = 0;
        while self.at < self.tokens.len() && !self.takes(&[")", "]", "}"]) {
            let before = self.at;
            self.takes(&["?"]);
            deepest = deepest.max(self.expression()?);
            self.takes(&[",", ":"]);
            self.at += usize::from(self.at == before);
        }
        Ok(deepest)
    }

    /// A name or a literal.
    fn name(&mut self) -> bool {
        let token = self.peek();
        let is_name =
            token != "in" && token.starts_with(|first| is_of_name(first) || "\"'`".contains(first));
        self.at += usize::from(is_name);
        is_name
    }
}

/// The tokens of an expression, without spaces and comments. Of a literal text it is the quote alone.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start();
        while self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.rest = self.rest[end..].trim_start();
        }
        if let Some((quote, rest)) = literal(self.rest) {
            self.rest = rest;
            return Some(quote);
        }
        let first = self.rest.chars().next()?;
        let length = if first.is_ascii_digit() {
            end_of_number(self.rest)
        } else if is_of_name(first) {
            end_of_name(self.rest)
        } else {
            const DOUBLE: [&str; 6] = ["||", "&&", "<=", ">=", "==", "!="];
            let is_double = DOUBLE.iter().any(|one| self.rest.starts_with(one));
            if is_double { 2 } else { first.len_utf8() }
        };
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(token)
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn end_of_name(text: &str) -> usize {
    let end = text.find(|letter| !is_of_name(letter));
    end.unwrap_or(text.len())
}

/// `1.5e-3` is one number; in `1.size()` it ends before the point.
fn end_of_number(text: &str) -> usize {
    let mut end = end_of_name(text);
    let fraction = text[end..].strip_prefix('.');
    if let Some(fraction) = fraction.filter(|it| it.starts_with(|one: char| one.is_ascii_digit())) {
        end += 1 + end_of_name(fraction);
    }
    let has_exponent = text[..end].ends_with(['e', 'E']) && !text.starts_with("0x");
    match text[end..].strip_prefix(['+', '-']) {
        Some(exponent) if has_exponent => end + 1 + end_of_name(exponent),
        _ => end,
    }
}

/// The quote of a literal text that is here, and what comes after it: `'a'`, `r"\d"`, `b'''…'''`; and a name in
/// backticks.
fn literal(text: &str) -> Option<(&str, &str)> {
    let start = text.find(|letter| !"rRbB".contains(letter))?;
    if start > 2 || !text[start..].starts_with(['"', '\'', '`']) {
        return None;
    }
    let is_raw = text[..start].contains(['r', 'R']);
    let single = &text[start..=start];
    let triple = single.repeat(3);
    let quote = if text[start..].starts_with(&triple) {
        triple.as_str()
    } else {
        single
    };
    let mut rest = &text[start + quote.len()..];
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(quote) {
            return Some((single, after));
        }
        let mut letters = rest.chars();
        if letters.next() == Some('\\') && !is_raw {
            letters.next();
        }
        rest = letters.as_str();
    }
    Some((single, rest))
}

#[cfg(test)]
mod tests {
    use super::checked;

    fn is_taken(text: &str) -> bool {
        checked(text).is_ok()
    }

    /// The numbers are where kube-apiserver 1.35 refuses.
    #[test]
    fn each_kind_of_nesting_is_refused_where_cel_go_refuses_it() {
        type Nested = fn(usize) -> String;
        let cases: [(&str, usize, Nested); 9] = [
            ("parentheses", 249, |n| {
                "(".repeat(n) + "true" + &")".repeat(n)
            }),
            ("lists", 248, |n| {
                format!("size({}1{})>0", "[".repeat(n), "]".repeat(n))
            }),
            ("calls", 124, |n| {
                format!("{}1{}>0", "size([".repeat(n), "])".repeat(n))
            }),
            ("ternaries", 249, |n| "true ? true : ".repeat(n) + "true"),
            ("sums", 249, |n| format!("1{}>0", "+1".repeat(n))),
            ("products", 248, |n| format!("1{}>0", "*1+1".repeat(n))),
            ("methods", 249, |n| {
                format!("'a'{}==''", ".lowerAscii()".repeat(n))
            }),
            ("relations", 250, |n| {
                "true".to_owned() + &"==true".repeat(n)
            }),
            ("negations", 249, |n| {
                "!(".repeat(n) + "true" + &")".repeat(n)
            }),
        ];
        for (name, most, nested) in cases {
            assert!(is_taken(&nested(most)), "{name}");
            assert!(!is_taken(&nested(most + 1)), "{name}");
            assert!(!is_taken(&nested(6_000)), "{name}");
        }
    }

    #[test]
    fn chains_are_taken_and_texts_count_as_one() {
        assert!(is_taken(&("self.a || ".repeat(1999) + "self.a")));
        assert!(is_taken(&("self.a && ".repeat(1999) + "self.a")));
        assert!(is_taken(&("!".repeat(400) + "true")));
        let brackets = "(".repeat(300);
        assert!(is_taken(&format!(
            r"'{brackets}' == r'{brackets}\' // {brackets}"
        )));
        assert!(is_taken(&format!("'''\\'{brackets}' '''.size() > 1.5e+3")));
        assert!(!is_taken(&"a".repeat(100_001)));
    }

    #[test]
    fn signs_that_take_each_other_back_are_not_read() {
        assert_eq!(checked("!!a && ! ! !b").as_deref(), Ok("  a && !    b"));
        assert_eq!(checked("a - --1 == '--'").as_deref(), Ok("a -   1 == '--'"));
        assert_eq!(checked("a != !(!!b)").as_deref(), Ok("a != !(  b)"));
    }

    #[test]
    fn what_is_no_expression_is_read_to_its_end() {
        for wrong in [
            "+ + ) (", ") ? ?", ". . [", "a b c (", "'", "`(", "{,", "(}",
        ] {
            assert!(is_taken(wrong));
            let _ = checked(&wrong.repeat(90_000 / wrong.len()));
        }
    }
}
