//! Lays the functions together that `myop manifests` runs. Linux maps a program's code in windows of 64 KiB around what
//! runs: functions that are spread over all of it make it map most of it. What runs is recorded by `order/record`.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The recorded names of functions, or what they begin with.
const FUNCTIONS: &str = "order/functions";

fn main() {
    println!("cargo::rerun-if-changed={FUNCTIONS}");
    if variable("PROFILE") != "release" || variable("CARGO_CFG_TARGET_OS") != "linux" {
        return;
    }
    let functions = fs::read_to_string(FUNCTIONS).expect("the package has it");
    let folder = PathBuf::from(variable("OUT_DIR"));
    let script = folder.join("order.ld");
    fs::write(&script, linker_script(&functions)).expect("OUT_DIR can be written");
    let argument = format!("-T{}", script.display());
    if is_taken(&argument, &folder) {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
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

/// Whether the linker takes the argument: lld and GNU ld do, mold and gold refuse such a script.
fn is_taken(argument: &str, folder: &Path) -> bool {
    let program = folder.join("program.rs");
    fs::write(&program, "fn main() {}").expect("OUT_DIR can be written");
    let flags = variable("CARGO_ENCODED_RUSTFLAGS");
    let linker = env::var("RUSTC_LINKER").map(|linker| format!("-Clinker={linker}"));
    let asked = Command::new(variable("RUSTC"))
        .args(["--target", &variable("TARGET")])
        .args(flags.split('\u{1f}').filter(|flag| !flag.is_empty()))
        .args(linker)
        .arg(format!("-Clink-arg={argument}"))
        .arg(program)
        .arg("-o")
        .arg(folder.join("program"))
        .output();
    asked.is_ok_and(|asked| asked.status.success())
}
