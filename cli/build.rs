//! Lays the functions together that `myop manifests` runs: the system reads a program's code in windows of 64 KiB, and
//! where they are spread over all of it, they take most of its windows. What runs is recorded by `order/record`.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

/// The recorded names of functions, or what they begin with.
const FUNCTIONS: &str = "order/functions";

fn main() {
    println!("cargo::rerun-if-changed={FUNCTIONS}");
    if !is_release() || !is_linked_by_rustc() {
        return;
    }
    let functions = fs::read_to_string(FUNCTIONS).expect("it lies beside Cargo.toml");
    let script = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("order.ld");
    fs::write(&script, linker_script(&functions)).expect("OUT_DIR can be written");
    println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
}

fn is_release() -> bool {
    variable("PROFILE") == "release"
}

/// By the linker that is known to take such a script: not every other does.
fn is_linked_by_rustc() -> bool {
    let flags = variable("CARGO_ENCODED_RUSTFLAGS");
    variable("TARGET") == "x86_64-unknown-linux-gnu"
        && env::var_os("RUSTC_LINKER").is_none()
        && !flags.contains("linker")
        && !flags.contains("fuse-ld")
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// Each function has a section of its own, named after it.
fn linker_script(functions: &str) -> String {
    let mut sections = String::new();
    for name in functions.lines() {
        writeln!(sections, "*(.text.{name} .text.unlikely.{name})").expect("a String takes it");
    }
    format!("SECTIONS {{ .text.manifests : {{\n{sections}}} }}\nINSERT BEFORE .text;\n")
}
