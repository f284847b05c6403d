//! kubectl, which some tests call as people do.

use std::{
    io::{Write, stderr},
    process::Command,
};

/// Whether there is a kubectl. Where there is none it is said, past the test runner, which shows nothing of a test that
/// passes, that `what` was not tried: `cargo test` takes no more than Rust.
pub fn is_there(what: &str) -> bool {
    let version = Command::new("kubectl")
        .args(["version", "--client"])
        .output();
    let is_there = version.is_ok_and(|output| output.status.success());
    if !is_there {
        let said = writeln!(
            stderr(),
            "\nnot run, as there is no kubectl on the PATH: {what}"
        );
        said.expect("stderr is there");
    }
    is_there
}
