//! Writes what `src/builtin` is read from: the table of k8s-openapi's types, as their schemas and resources are in the
//! version that is linked here, and the list of these types by which it links them.
//!
//! ```text
//! cargo run -p myop-manifests --example builtin
//! ```
//!
//! Twice after a change of k8s-openapi's version: the list comes from its sources, the schemas from its types.

use std::{error::Error, fs, path::Path};

#[path = "builtin/linked.rs"]
mod linked;
#[path = "builtin/list.rs"]
mod list;
#[path = "builtin/table.rs"]
mod table;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::write(here.join(list::FILE), list::written(&list::sources()?)?)?;
    let table = table::written(&linked::types())?;
    fs::write(here.join("src/builtin/types.txt"), table.types)?;
    fs::write(here.join("src/builtin/docs.bin"), table.docs)?;
    Ok(())
}
