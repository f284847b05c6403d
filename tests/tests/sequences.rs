//! Projects that come of any requests in any order compile.
//!
//! The CLI's own tests go through thousands of sequences in memory; here a few of them are built. `SEQUENCES="7 8"` runs
//! these seeds.

use std::fs;

use fastrand::Rng;
use myop::testing::Result;
use myop_tests::project::{Project, workspace};

const GROUPS: [&str; 4] = ["", "shop", "v1", "a.long-one"];
const VERSIONS: [&str; 3] = ["v1", "v2", "v1alpha1"];
const KINDS: [&str; 6] = ["Cart", "Policy", "Type", "Shop", "Sheep", "V1"];
const BUILTIN: [&str; 3] = [
    "--group apps --version v1 --kind Deployment",
    "--group core --version v1 --kind Namespace",
    "--group networking --version v1 --kind Ingress",
];

#[test]
fn what_comes_of_any_requests_compiles() -> Result {
    let seeds = std::env::var("SEQUENCES").unwrap_or_else(|_| "1 2".to_owned());
    for seed in seeds.split_whitespace() {
        let folder = tempfile::tempdir()?;
        let name = format!("any-{seed}");
        let project = Project::init(&folder.path().join(&name), &["--domain", "example.com"])?;
        fs::copy(workspace().join("Cargo.lock"), project.path("Cargo.lock"))?;
        let mut random = Rng::with_seed(seed.parse()?);
        let requests: Vec<_> = (0..25).map(|_| request(&mut random)).collect();
        let done = requests.iter().filter(|request| {
            let words: Vec<_> = request.split(' ').collect();
            project.myop(&words).is_ok()
        });
        let done: Vec<_> = done.collect();
        assert!(done.len() > 5, "{done:#?}");
        let checked = project.cargo(&["check", "--all-targets"]);
        let said = checked.map_err(|error| format!("SEQUENCES={seed}: {done:#?}\n{error}"))?;
        assert!(
            !said.contains("warning"),
            "SEQUENCES={seed}: {done:#?}\n{said}"
        );
        project.cargo(&["fmt", "--check"])?;
    }
    Ok(())
}

/// A request, which may well be refused.
fn request(random: &mut Rng) -> String {
    let mut one_of = |names: &[&str]| names[random.usize(..names.len())].to_owned();
    let names = format!(
        "--group={} --version {} --kind {}",
        one_of(&GROUPS),
        one_of(&VERSIONS),
        one_of(&KINDS)
    );
    let further = ["audit", "a-log", "cart"];
    let (builtin, name) = (one_of(&BUILTIN), one_of(&further));
    match random.u8(..12) {
        0 => format!("delete api {names}"),
        1 => format!("delete api {names} --resource=false"),
        2 => format!("create api {builtin} --resource=false"),
        3 => format!("delete api {builtin}"),
        4 => format!("create api {names} --controller-name {name}"),
        5 => format!("create api {names} --namespaced=false"),
        6 => format!("create api {names} --controller=false"),
        7 => format!(
            "edit --domain example.{}",
            if random.bool() { "org" } else { "com" }
        ),
        _ => format!("create api {names}"),
    }
}
