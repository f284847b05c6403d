//! The program that says what kube makes of each kind.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

pub const MANIFEST: &str = r#"[package]
name = "edits"
version = "0.0.0"
edition = "2024"

[dependencies]
k8s-openapi = { version = "0.29", default-features = false, features = ["schemars", "v1_35"] }
kube = { version = "5", default-features = false, features = ["derive"] }
schemars = "1"
serde = { version = "1", features = ["derive"] }
serde_json = "1"

[profile.dev]
debug = false
incremental = false

[workspace]
"#;

/// A program that prints a line for each module: its definition, or the words with which kube refuses it.
pub fn main(modules: usize) -> String {
    let mut text = "#![allow(warnings)]\n".to_owned();
    for module in 0..modules {
        writeln!(text, "mod m{module};").unwrap();
    }
    text += "\nfn main() {\n    std::panic::set_hook(Box::new(|_| {}));\n";
    for module in 0..modules {
        writeln!(
            text,
            "    print(\"m{module}\", <m{module}::Edited as kube::CustomResourceExt>::crd);"
        )
        .unwrap();
    }
    text + r#"}

fn print(module: &str, crd: fn() -> k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition) {
    let said = match std::panic::catch_unwind(crd) {
        Ok(crd) => serde_json::json!({ "Ok": crd }),
        Err(panic) => serde_json::json!({ "Err": panic.downcast_ref::<String>().map_or("", |words| words.as_str()) }),
    };
    println!("{}", serde_json::json!([module, said]));
}
"#
}

/// Builds the program in a folder and asks it: by module, its definition or why kube refuses it.
pub fn definitions(folder: &Path) -> BTreeMap<String, Result<Value, String>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline"])
        .current_dir(folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(".."),
        )
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str::<(String, Result<Value, String>)>(line).unwrap())
        .collect()
}
