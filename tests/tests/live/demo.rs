//! `myop demo`

use std::process::Command;

use myop::testing::Result;
use myop_tests::project::{myop, target};

use crate::place::Place;

fn demo(place: &Place, arguments: &[&str]) -> Command {
    let mut demo = Command::new(myop());
    demo.arg("demo")
        .args(arguments)
        .current_dir(place.work())
        .env("CARGO_TARGET_DIR", target());
    demo
}

#[test]
fn whoever_stops_it_finds_nothing_left() -> Result {
    let place = Place::new()?;
    for moment in ["$ myop init", "cluster  ", "running  as", "sample  MyApp"] {
        let mut demo = place.start(demo(&place, &["--keep"]))?;
        demo.until(moment)?;
        demo.interrupt()?;
        let (status, said) = demo.end()?;
        assert_eq!(status.code(), Some(1), "{moment}: {said:#?}");
        let stopped = "error: the demo was stopped; nothing of it is left";
        assert_eq!(said.last().map(String::as_str), Some(stopped));
        place.assert_nothing_is_left()?;
    }
    Ok(())
}

#[test]
fn it_is_not_made_a_member_of_a_workspace() -> Result {
    let place = Place::new()?;
    let manifest = place
        .temporary()
        .parent()
        .ok_or("no parent")?
        .join("Cargo.toml");
    std::fs::write(&manifest, "[workspace]\n")?;
    let (status, said) = place.start(demo(&place, &[]))?.end()?;
    assert_eq!(status.code(), Some(1));
    let said = said.join("\n").replace(
        &manifest.canonicalize()?.display().to_string(),
        "[MANIFEST]",
    );
    insta::assert_snapshot!(said, @r"
    error: the folder for temporary files lies in the cargo workspace of [MANIFEST]
    help: name another folder by the environment variable TMPDIR
    ");
    assert_eq!(std::fs::read_to_string(&manifest)?, "[workspace]\n");
    place.assert_nothing_is_left()
}
