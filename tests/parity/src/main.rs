//! Prints the facts of the operator: `parity manifests`.

fn main() -> std::process::ExitCode {
    parity::manager().main()
}
