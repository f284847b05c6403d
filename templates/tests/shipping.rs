//! What a project ships: an image with nothing but the operator, which is not root, and a workflow that checks all.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

use myop_templates::{Project, Standalone, render};

/// The instructions of a Dockerfile, by stages.
fn stages(dockerfile: &str) -> Vec<Vec<(String, String)>> {
    let joined = dockerfile.replace("\\\n", " ");
    let lines = joined.lines().filter(|line| !line.starts_with('#'));
    let mut stages: Vec<Vec<(String, String)>> = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let (instruction, rest) = line.split_once(' ').unwrap();
        if instruction == "FROM" {
            stages.push(Vec::new());
        }
        let stage = stages.last_mut().unwrap();
        stage.push((instruction.to_owned(), rest.trim().to_owned()));
    }
    stages
}

fn of<'s>(stage: &'s [(String, String)], instruction: &str) -> Vec<&'s str> {
    let found = stage.iter().filter(|(name, _)| name == instruction);
    found.map(|(_, rest)| rest.as_str()).collect()
}

/// A base with a C library for programs of Debian is larger than the program. This one has certificates of public
/// authorities and little else, so it takes a static program, which Rust makes on Alpine.
#[test]
fn the_image_is_small_and_not_root() {
    for workspace in [None, Some("apps/shop".to_owned())] {
        let project = Project {
            name: "shop".into(),
            library: "shop".into(),
            domain: "example.com".into(),
            workspace,
            ..Project::default()
        };
        let files = render(&project).unwrap();
        let stages = stages(&files["Dockerfile"]);
        let [build, image] = stages.as_slice() else {
            panic!("{stages:?}");
        };
        assert_eq!(of(build, "FROM"), ["rust:1-alpine AS build"]);
        let command = of(build, "RUN").concat();
        assert!(
            command.contains("cargo build --release --locked --package shop "),
            "{command}"
        );
        let program = command.split_once(" && cp target/release/shop ").unwrap().1;
        assert_eq!(of(image, "FROM"), ["gcr.io/distroless/static:nonroot"]);
        let copy = format!("--from=build {program} {program}");
        assert_eq!(of(image, "COPY"), [copy.as_str()]);
        // By name, a cluster could not tell that it is not root.
        let [user] = of(image, "USER")[..] else {
            panic!("{image:?}");
        };
        let ids: Vec<u32> = user.split(':').map(|id| id.parse().unwrap()).collect();
        assert!(ids.len() == 2 && !ids.contains(&0), "{user}");
        let entry = format!("[\"{program}\"]");
        assert_eq!(of(image, "ENTRYPOINT"), [entry.as_str()]);
        assert_eq!(
            image.len(),
            4,
            "there is no shell to run anything: {image:?}"
        );
    }
}

#[test]
fn the_workflow_checks_format_lints_tests_and_manifests() {
    let files = render(&Standalone {}).unwrap();
    let workflow = &files[".github/workflows/test.yml"];
    let checks = [
        "cargo fmt --check",
        "cargo clippy --all-targets -- -D warnings",
        "cargo test",
        "myop manifests --check",
    ];
    let places: Vec<_> = checks.iter().map(|check| workflow.find(check)).collect();
    assert!(places.iter().all(Option::is_some), "{workflow}");
    assert!(places.is_sorted(), "{places:?} in {workflow}");
}
