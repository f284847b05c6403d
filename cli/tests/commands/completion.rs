//! `myop completion`.

use std::process::{Command, Stdio};

use crate::sandbox::Sandbox;

#[test]
fn each_shell_has_a_script() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = sandbox.run(".", &format!("completion {shell}")).succeeded();
        assert!(
            said.stdout.contains("build-installer") && said.stderr.is_empty(),
            "{said:?}"
        );
    }
    let said = sandbox.run(".", "completion tcsh");
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert!(
        said.stderr
            .contains("possible values: bash, elvish, fish, powershell, zsh")
    );
}

#[cfg(unix)]
#[test]
fn bash_completes_by_it() {
    let complete = r#"source <("$MYOP" completion bash) && COMP_WORDS=(myop cr) COMP_CWORD=1 && _myop myop cr myop && echo "${COMPREPLY[@]}""#;
    let output = Command::new("bash")
        .args(["-c", complete])
        .env("MYOP", env!("CARGO_BIN_EXE_myop"))
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "create\n",
        "{output:?}"
    );
}

/// As `myop completion bash | head -1` does.
#[test]
fn a_closed_pipe_is_no_failure() {
    let mut myop = Command::new(env!("CARGO_BIN_EXE_myop"))
        .args(["completion", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(myop.stdout.take());
    let output = myop.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_myop"))
        .args(["completion", "bash"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with("error: cannot write to standard output\nnote: "),
        "{stderr}"
    );
}
