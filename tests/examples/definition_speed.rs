//! How long it takes to read the kinds of a crate, to write their definitions, and to check these as an API server does:
//! `cargo run --release -p myop-tests --example definition_speed -- FOLDER`.

#![expect(clippy::print_stdout, reason = "the figures are the purpose")]

use std::{env, path::Path, time::Instant};

use myop_controlplane::crd::definition;
use myop_manifests::{Descriptions, Facts, Features, Project};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args().nth(1).ok_or("name the folder of a crate")?;
    let mut last = Instant::now();
    let mut told = |what: &str| {
        println!("{what}: {:.1} ms", last.elapsed().as_secs_f64() * 1000.0);
        last = Instant::now();
    };
    let reading = myop_manifests::read_sources(Path::new(&folder), &Features::default())?;
    told("read");
    let mut facts = Facts::none("speed");
    for kind in reading.kinds {
        facts.crds.push(kind.definition?);
    }
    let project = Project {
        domain: "example.com",
        namespaced: false,
        descriptions: Descriptions::Full,
    };
    myop_manifests::files(&facts, &project)?;
    told("written");
    let definitions = myop_manifests::definitions(&facts.crds)?;
    told("merged once more");
    let mut refused = 0;
    for mut crd in definitions {
        definition::fill(&mut crd);
        definition::before_create(&mut crd);
        refused += definition::check_create(&crd).errors.len();
    }
    told("checked");
    println!("{} definitions, {refused} errors", facts.crds.len());
    Ok(())
}
