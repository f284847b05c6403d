//! Prints the kinds that the sources of a crate have, as JSON: what `published/run` holds against kube.
//! `cargo run -p corpus --example read -- FOLDER`.

use std::path::Path;

use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let reading =
        myop_manifests::read_sources(Path::new(&folder), &myop_manifests::Features::default())?;
    let kinds = reading.kinds.into_iter().map(|kind| {
        let (path, file) = (kind.path, kind.place.file);
        match kind.definition {
            Ok(definition) => json!({ "path": path, "file": file, "read": definition }),
            Err(unread) => json!({ "path": path, "file": file, "unread": unread.to_string() }),
        }
    });
    println!("{}", Value::from_iter(kinds));
    Ok(())
}
