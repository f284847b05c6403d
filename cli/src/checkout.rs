//! The sources that this myop was built from, which a project needs until a registry has them.

use std::path::{Path, PathBuf};

/// The folder of the crate `myop` in the sources of this program, while they are there.
pub(crate) fn runtime() -> Option<PathBuf> {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()?
        .join("runtime");
    runtime.join("Cargo.toml").is_file().then_some(runtime)
}
