//! How long it takes to read the kinds of a crate, to write their definitions, and to check these as an API server does:
//! `cargo run --release -p myop-tests --example definition_speed -- FOLDER`.

#![expect(clippy::print_stdout, reason = "the figures are the purpose")]

use std::{env, path::Path, time::Instant};

use myop_controlplane::crd::definition;
use myop_manifests::{Definitions, Descriptions, Features};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args().nth(1).ok_or("name the folder of a crate")?;
    let mut last = Instant::now();
    let mut told = |what: &str| {
        println!("{what}: {:.1} ms", last.elapsed().as_secs_f64() * 1000.0);
        last = Instant::now();
    };
    let reading = myop_manifests::read_sources(Path::new(&folder), &Features::default())?;
    told("read");
    let read = reading.kinds.into_iter().map(|kind| kind.definition);
    let read = read.collect::<Result<Vec<_>, _>>()?;
    let definitions = Definitions::merge(read, Descriptions::Full)?;
    told("merged");
    let written = definitions.crd_files().len();
    told("written");
    let mut refused = 0;
    for mut crd in definitions.into_crds() {
        definition::fill(&mut crd);
        definition::before_create(&mut crd);
        refused += definition::check_create(&crd).errors.len();
    }
    told("checked");
    println!("{written} definitions, {refused} errors");
    Ok(())
}
