//! Runs it.
fn main() -> std::process::ExitCode {
    myapp_operator::manager().main()
}
