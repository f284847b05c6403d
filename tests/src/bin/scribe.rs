//! Runs the operator that always writes.

fn main() -> std::process::ExitCode {
    myop_tests::scribe::manager().main()
}
