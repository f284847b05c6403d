//! The parser that is generated for cel-go's grammar makes the same trees of the same texts, but for what
//! is in quotes and numbers below zero in hexadecimal digits, which it reads otherwise than cel-go.

use kube_cel::cel;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Parsed, Unparsed, parse};
use crate::{
    crd::rules::{nesting, program::Program},
    deep,
};

/// A tree without the numbers of its parts.
fn tree(expression: &cel::parser::Expression) -> String {
    let shown = format!("{expression:?}");
    let mut tree = String::new();
    let mut rest = shown.as_str();
    while let Some((before, after)) = rest.split_once("id: ") {
        tree.push_str(before);
        rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
    }
    tree + rest
}

fn theirs(text: &str) -> Option<String> {
    let text = nesting::checked(text).unwrap();
    let parser = cel::parser::Parser::new().enable_optional_syntax(true);
    let parsed = parser.max_recursion_depth(u16::MAX).parse(&text).ok()?;
    Some(tree(&parsed))
}

/// Theirs takes a variable by its name for one that has another around it.
fn ours(text: &str) -> Option<String> {
    let parsed = parse(text).ok()?;
    assert!(nesting::checked(text).is_ok());
    Some(tree(&parsed.expression).replace("Ident(\".", "Ident(\""))
}

const WHOLE: [&str; 24] = [
    "self.a",
    "has(self.a) ? self.a : 'b'",
    "a ? b : c ? d : e",
    "a || b || c || d || e && f && g && h",
    "1 + 2 * 3 - 4 % 5 / 6 == 7 && 8 <= 9 || a in b",
    "a < b == c in d != e",
    "-1 - -1 - - 1 - -a - -1.5e-3 - .5 - 0x1Fu - 1u - 0x1Fu - 1E3",
    "!!!a && !!b && !-1",
    "---a - --b",
    "[1, ?a, [], [,], [1,],]",
    "{'a': 1, ?b: 2, c: {,}, d: {e: f,},}",
    "a.b.c{d: 1, ?e: 2}.f",
    ".a.b{}",
    "a{}",
    "f(a, b).c()",
    "a.b(c).d(e, f).g()[h][?i].?j.k",
    "self.all(x, x.exists(y, y.map(z, z > 1, z + 1).filter(w, w in x) == [] || y.exists_one(v, v)))",
    "all(x, y) + has(a, b) + a.has(b.c) + a.map(b) + a.all(b, c, d)",
    "a // b\n + // c\n d",
    " \t\r\n\x0c a \t\r\n\x0c ",
    "true == false && null != 'text' && b'bytes' == r'raw' || R\"raw\" == B\"bytes\"",
    "(((a)))",
    "_a1 + a_b",
    "1.a + 1.5.b + 1 .c + true.d",
];

#[test]
fn each_form_makes_the_same_tree() {
    for text in WHOLE {
        assert!(ours(text).is_some(), "{text}");
        assert_eq!(ours(text), theirs(text), "{text}");
    }
}

#[test]
fn what_is_cut_off_is_refused_by_both() {
    for text in WHOLE {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert_eq!(ours(&text[..end]), theirs(&text[..end]), "{}", &text[..end]);
        }
    }
}

#[test]
fn parts_know_their_places() {
    let text = "a.b(1) +\n é";
    assert!(parse(text).is_err());
    let text = "a.b(1) +\n c";
    let Parsed { expression, places } = parse(text).unwrap();
    assert_eq!(places.of(expression.id), 7);
    assert_eq!(places.of(u64::MAX), 0);
}

/// What is not nested too deeply. What is does not reach the other parser either.
fn is_taken(text: &str) -> bool {
    let parsed = deep::with_room(|| parse(text));
    let is_parsed = !matches!(parsed, Err(Unparsed::TooDeep(_)));
    assert!(is_parsed || nesting::checked(text).is_err(), "{text}");
    is_parsed
}

/// The numbers are where kube-apiserver 1.35 refuses.
#[test]
fn each_kind_of_nesting_is_refused_where_cel_go_refuses_it() {
    type Nested = fn(usize) -> String;
    let cases: [(&str, usize, Nested); 13] = [
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
        ("messages", 249, |n| "t?a.b{}:".repeat(n) + "t"),
        ("sums of messages", 250, |n| "a.b{}+".repeat(n) + "a"),
        ("words behind numbers", 249, |n| "t?1in a:".repeat(n) + "t"),
        ("indices", 250, |n| format!("a{}", "[0]".repeat(n))),
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
}

#[test]
fn very_many_mistakes_are_told_at_once() {
    let told = Program::of(&format!("[{}as]", "as,".repeat(33_000))).unwrap_err();
    assert_eq!(told.lines().count(), 101);
    assert!(told.ends_with("32901 more errors were truncated"));
    let told = Program::of(&format!("{}'", "as+".repeat(20_000))).unwrap_err();
    assert!(told.starts_with("ERROR: "), "{told}");
}

/// The other parser takes a minus that signs left alone.
#[test]
fn what_ours_alone_refuses_is_told_too() {
    let told = Program::of("!!-self.a").unwrap_err();
    let words = "ERROR: <input>:1:4: Syntax error: no viable alternative at input '-self'\n | !!-self.a\n | ...^";
    assert_eq!(told, words);
}

/// Tokens that come together in expressions, and those that seldom do.
const TOKENS: [&str; 56] = [
    "a",
    "b",
    "self",
    "x",
    "_y1",
    "in",
    "true",
    "false",
    "null",
    "has",
    "all",
    "exists",
    "map",
    "filter",
    "exists_one",
    "f",
    "1",
    "0",
    "12",
    "1u",
    "0x1fu",
    "1.5",
    ".5",
    "1e3",
    "1.5e-3",
    "'t'",
    "\"t\"",
    "b't'",
    "''",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "&&",
    "||",
    "+",
    "-",
    "*",
    "/",
    "%",
    "!",
    "?",
    ":",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ".",
    ",",
    " ",
    "(x, ",
    "// c\n",
];

/// Expressions, by the grammar.
fn expressions() -> impl Strategy<Value = String> {
    let leaves = select(
        &[
            "a", "self.a", "1", "-1", "1.5", "2u", "true", "null", "'t'", "[]", "{}", "x", ".x",
            "f()",
        ][..],
    );
    leaves
        .prop_map(str::to_owned)
        .prop_recursive(5, 40, 3, |inner| {
            let binary = select(
                &[
                    "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", " in ",
                ][..],
            );
            let call = select(&["all", "exists", "exists_one", "map", "filter", "f"][..]);
            prop_oneof![
                (inner.clone(), binary, inner.clone())
                    .prop_map(|(one, sign, other)| one + sign + &other),
                (inner.clone(), inner.clone(), inner.clone())
                    .prop_map(|(one, two, three)| format!("{one} ? {two} : {three}")),
                inner.clone().prop_map(|one| format!("({one})")),
                (select(&["!", "-", "!!", "--", "---"][..]), inner.clone())
                    .prop_map(|(signs, one)| format!("{signs}({one})")),
                (inner.clone(), call, inner.clone())
                    .prop_map(|(one, call, other)| format!("({one}).{call}(x, {other})")),
                (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("{one}[{other}]")),
                (inner.clone(), inner.clone())
                    .prop_map(|(one, other)| format!("[{one}, ?{other}]")),
                (inner.clone(), inner.clone())
                    .prop_map(|(one, other)| format!("{{{one}: {other}}}")),
                inner.clone().prop_map(|one| format!("{one}.?b.c")),
                inner.prop_map(|one| format!("has({one}.b)")),
            ]
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn expressions_make_the_same_trees(text in expressions()) {
        prop_assert_eq!(ours(&text), theirs(&text), "{}", text);
    }

    #[test]
    fn any_tokens_make_the_same_trees_or_none(tokens in prop::collection::vec(select(&TOKENS[..]), 0..12)) {
        let text = tokens.concat();
        // Signs that take each other back are taken from theirs, where they stand alone, too.
        let signs = text.replace(' ', "");
        prop_assume!(!["!-", "!!", "---"].iter().any(|some| signs.contains(some)));
        prop_assert_eq!(ours(&text), theirs(&text), "{}", text);
    }

    #[test]
    fn no_text_is_too_much(text in "\\PC{0,40}") {
        let _ = ours(&text);
    }
}
