//! Runs the operator: `cfp-operator --help` says with which options.

fn main() -> std::process::ExitCode {
    cfp_operator::manager().main()
}
