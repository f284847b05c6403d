//! Prints the definitions of the kinds that the sources of a crate have, as `myop manifests` writes them:
//! `cargo run -p myop-manifests --example kinds -- FOLDER`.

#![expect(clippy::print_stdout, reason = "it is there to print")]

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let reading = myop_manifests::read_sources(Path::new(&folder))?;
    for kind in reading.kinds {
        match kind.definition {
            Ok(definition) => print!("---\n{}", myop_manifests::document(&definition)),
            Err(unread) => println!("# {}: {unread}", kind.spec),
        }
    }
    Ok(())
}
