//! Runs the operator: `myapp-operator --help` says with which options.

fn main() -> std::process::ExitCode {
    myapp_operator::manager().main()
}
