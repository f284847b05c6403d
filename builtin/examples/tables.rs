//! Writes what `src` is read from: the table of k8s-openapi's types, as their schemas and resources are in the
//! version that is linked here, the list of these types by which it links them, and what their schemas lose of the
//! API, from Kubernetes' Go sources.
//!
//! ```text
//! for m in api apimachinery apiextensions-apiserver kube-aggregator; do go mod download "k8s.io/$m@v0.35.4"; done
//! cargo run -p myop-builtin --example tables -- "$(go env GOMODCACHE)/k8s.io"
//! ```
//!
//! Twice after a change of k8s-openapi's version: the list comes from its sources, the schemas from its types.
//! Without the folder what is lost stays as it was written.

use std::{error::Error, fs, path::Path};

#[path = "tables/linked.rs"]
mod linked;
#[path = "tables/list.rs"]
mod list;
#[path = "tables/lost.rs"]
mod lost;
#[path = "tables/table.rs"]
mod table;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::write(here.join(list::FILE), list::written(&list::sources()?)?)?;
    let table = table::written(&linked::types())?;
    if let Some(modules) = std::env::args_os().nth(1) {
        let lost = lost::written(Path::new(&modules), &table.types)?;
        fs::write(here.join("src/lost.txt"), lost)?;
    }
    fs::write(here.join("src/types.txt"), table.types)?;
    fs::write(here.join("src/docs.bin"), table.docs)?;
    Ok(())
}
