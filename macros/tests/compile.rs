//! What compiles, and what an author reads who has made a mistake.
//!
//! `cargo test -p myop-macros --test compile -- trybuild=unknown_verb` runs the cases with that in
//! their names; with `TRYBUILD=overwrite` it records what the compiler says, to be read over.

#[test]
fn inputs() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/inputs/pass/*.rs");
    cases.compile_fail("tests/inputs/fail/*.rs");
}
