//! `myop demo`

use std::{collections::BTreeSet, path::Path, process::Command};

use myop::testing::Result;
use myop_tests::project::{files_of, myop, target, workspace};
use regex::Regex;

use crate::place::Place;

/// What a repository of its own has, and a member of a workspace has not, or otherwise.
const STANDALONE: [&str; 6] = [
    ".dockerignore",
    ".github/workflows/test.yml",
    "Cargo.toml",
    "Dockerfile",
    "Dockerfile.dockerignore",
    "README.md",
];

fn demo(place: &Place, arguments: &[&str]) -> Command {
    let mut demo = Command::new(myop());
    demo.arg("demo")
        .args(arguments)
        .current_dir(place.work())
        .env("CARGO_TARGET_DIR", target());
    demo
}

/// What it says, but for times and random names, and for what depends on who is faster.
fn told(lines: &[String]) -> Result<String> {
    let replaced = [
        (r"\S*/myop-demo-\w+/", "[TMP]/"),
        (r"CARGO_TARGET_DIR=\S+", "CARGO_TARGET_DIR=[TARGET]"),
        (r"\S+/myop dev", "[MYOP] dev"),
        (r"\d+(\.\d+)?(µs|ms|s)\b", "[TIME]"),
        (r" [\d.]+ s\b", " [SECONDS] s"),
        (r"\d{4}-\d\d-\d\dT[\d:]+Z", "[TIME]"),
        (r"-[a-f0-9]{6,10}-[a-z0-9]{5}\b", "-[RANDOM]"),
        (r"  +", "  "),
    ];
    let is_run = |line: &&String| line.starts_with("     myapp  ");
    let lines = lines.iter().filter(|line| !is_run(line));
    let mut text: Vec<String> = lines.cloned().collect();
    for (pattern, instead) in replaced {
        let pattern = Regex::new(pattern)?;
        for line in &mut text {
            *line = pattern.replace_all(line, instead).into_owned();
        }
    }
    Ok(text.join("\n"))
}

#[test]
fn it_shows_an_operator_at_work_and_keeps_it_where_that_is_wanted() -> Result {
    let place = Place::new()?;
    let demo = place.start(demo(&place, &["--keep"]))?;
    let (status, said) = demo.end()?;
    assert!(status.success(), "{status}\n{}", said.join("\n"));
    insta::assert_snapshot!(told(&said)?);
    for name in ["myapp-sample", "myapp-sample-2"] {
        // The operator finds it in its first list, or sees it added after that.
        let created = Regex::new(&format!(
            "default/{name}: MyApp (found|added) → Deployment created, PodDisruptionBudget created"
        ))?;
        assert!(said.iter().any(|line| created.is_match(line)), "{said:#?}");
    }

    // What it made is generated-example, as a repository of its own.
    let kept = said
        .iter()
        .find_map(|line| line.trim_start().strip_prefix("kept  "));
    let kept = Path::new(kept.ok_or("nothing is kept")?);
    let (made, known) = (
        files_of(kept)?,
        files_of(&workspace().join("generated-example"))?,
    );
    let paths: BTreeSet<_> = made.keys().chain(known.keys()).collect();
    let others: Vec<_> = paths
        .into_iter()
        .filter(|path| made.get(*path) != known.get(*path))
        .collect();
    assert_eq!(others, STANDALONE);

    // What it says of how to go on is so.
    let lines = said.iter().map(|line| line.trim());
    let lines = lines.skip_while(|line| !line.starts_with("cd "));
    let mut script = Vec::new();
    for line in lines {
        if line.ends_with(" dev") {
            script.push(format!("exec {line}"));
            break;
        }
        script.push(line.to_owned());
    }
    let mut shell = Command::new("bash");
    shell
        .args(["-ec", &script.join("\n")])
        .current_dir(place.work());
    let mut dev = place.start(shell)?;
    dev.until("running  as system:serviceaccount:myapp-operator-system:")?;
    dev.until("sample  MyApp myapp-sample created")?;
    dev.interrupt()?;
    let (status, said) = dev.end()?;
    assert!(status.success(), "{status}\n{}", said.join("\n"));

    std::fs::remove_dir_all(kept.parent().ok_or("it lies in a folder")?)?;
    place.assert_nothing_is_left()
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
fn it_leaves_nothing() -> Result {
    let place = Place::new()?;
    let (status, said) = place.start(demo(&place, &[]))?.end()?;
    assert!(status.success(), "{status}\n{}", said.join("\n"));
    let last = "      done  nothing of it is left; `myop demo --keep` keeps the project";
    assert_eq!(said.last().map(String::as_str), Some(last));
    place.assert_nothing_is_left()
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
