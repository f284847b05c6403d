//! Writes `src/types/table.txt`, `resources.txt` and `openapi.bin`: the built-in types and resources, and the documents
//! of OpenAPI v3, as a real server and the Go sources have them.
//!
//! ```text
//! kubectl apply -f controlplane/examples/types/models.yaml; sleep 5
//! d=$(mktemp -d); for p in $(kubectl get --raw /openapi/v3 | jq -r '.paths | keys[]' | grep ^api); do
//!   f=$(echo "$p" | tr / _); kubectl get --raw "/openapi/v3/$p" > "$d/$f.json"; kubectl get --raw "/$p" > "$d/$f.list"; done
//! for m in api apimachinery apiextensions-apiserver; do go mod download "k8s.io/$m@v0.35.0"; done
//! cargo run -p myop-controlplane --example types -- "$d" "$(go env GOMODCACHE)/k8s.io"
//! ```

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

#[path = "types/go.rs"]
mod go;
#[path = "types/openapi.rs"]
mod openapi;
#[path = "types/resources.rs"]
mod resources;
#[path = "types/table.rs"]
mod table;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let (Some(documents), Some(modules)) = (arguments.next(), arguments.next()) else {
        return Err("give the folder of documents and that of the modules".into());
    };
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/types");
    let lists = read(&documents, "list")?;
    let resources = resources::written(&lists)?;
    fs::write(here.join("resources.txt"), &resources)?;
    let go = go::Sources::read(&modules)?;
    let documents = read(&documents, "json")?;
    fs::write(
        here.join("table.txt"),
        table::written(&go, &openapi::schemas(&documents))?,
    )?;
    fs::write(
        here.join("openapi.bin"),
        openapi::packed(&documents, &resources)?,
    )?;
    Ok(())
}

/// The files of an extension, by their names without it.
fn read(folder: &Path, extension: &str) -> Result<BTreeMap<String, Value>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == extension) {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            found.insert(
                name.into_owned(),
                serde_json::from_slice(&fs::read(&path)?)?,
            );
        }
    }
    Ok(found)
}
