//! What compiles, and what an author reads who has made a mistake.
//!
//! `CASE=unknown_verb cargo test -p myop-macros` runs a single case. With `TRYBUILD=overwrite` the
//! answers of the compiler are recorded, to be read over: they are what authors see.

use std::path::Path;

#[test]
fn inputs() {
    let case = std::env::var("CASE").unwrap_or_else(|_| "*".to_owned());
    let path = |folder: &str| format!("tests/inputs/{folder}/{case}.rs");
    let is_there = |path: &String| case == "*" || Path::new(path).exists();
    let cases = trybuild::TestCases::new();
    if let Some(right) = Some(path("pass")).filter(is_there) {
        cases.pass(right);
    }
    if let Some(wrong) = Some(path("fail")).filter(is_there) {
        cases.compile_fail(wrong);
    }
}
