//! What is rendered is formatted as rustfmt would, however long the names are.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use myop_templates::{
    Api, Controller, Group, GroupedControllers, Kind, Lists, Observer, Project, Version, render,
};

/// Kinds of these lengths cross each place where a line grows too long.
const LENGTHS: [usize; 11] = [1, 2, 8, 20, 26, 27, 35, 45, 46, 58, 59];

fn assert_formatted(files: &BTreeMap<String, String>) {
    for (path, text) in files
        .iter()
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|is| is == "rs"))
    {
        let mut rustfmt = Command::new("rustfmt")
            // Away from this workspace and its rustfmt.toml, as a project is.
            .current_dir(std::env::temp_dir())
            .args(["--edition", "2024", "--check"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        rustfmt
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        let output = rustfmt.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(
            output.status.success() && said.is_empty(),
            "{path}: {}",
            String::from_utf8_lossy(&said)
        );
    }
    for (path, text) in files {
        assert!(
            text.ends_with('\n') && !text.ends_with("\n\n"),
            "{path} ends in one newline"
        );
        assert!(
            !text.lines().any(|line| line.ends_with(' ')),
            "{path} has no space at the end of a line"
        );
    }
}

fn api(length: usize, namespaced: bool) -> Api {
    let kind = format!("K{}", "x".repeat(length - 1));
    Api {
        api_group: "shop.example.com".into(),
        version: "v1".into(),
        module: kind.to_lowercase(),
        plural: (!namespaced).then(|| "many".into()),
        namespaced,
        stored: namespaced,
        folder: "shop/v1".into(),
        sample: "sample".into(),
        name: format!("shop-{}", kind.to_lowercase()),
        kind,
    }
}

#[test]
fn types_and_controllers() {
    for length in LENGTHS {
        for namespaced in [true, false] {
            let api = api(length, namespaced);
            assert_formatted(&render(&api).unwrap());
            let controller = Controller {
                api_group: api.api_group,
                module: api.module.clone(),
                namespaced,
                in_one_namespace: namespaced && length % 2 == 0,
                api_module: "shop::v1".into(),
                controller: "controller".into(),
                test: "test".into(),
                library: "an_operator_of_a_shop".into(),
                name: namespaced.then_some(api.name),
                kind: api.kind,
            };
            assert_formatted(&render(&controller).unwrap());
        }
    }
}

#[test]
fn observers() {
    for length in LENGTHS {
        for has_generation in [true, false] {
            let kind = api(length, true).kind;
            let path = format!("certs::v1::{kind}");
            let mut imports = vec![
                path.clone(),
                "myop::{Context, Controller, EventType, Outcome, Reconcile}".to_owned(),
            ];
            if has_generation {
                imports.insert(1, "myop::predicate::generation_changed".to_owned());
            }
            let observer = Observer {
                imports: vec![imports, vec![format!("crate::api::v1::{kind}")]],
                test_imports: vec![path, "myop::testing".to_owned()],
                is_external: has_generation,
                type_name: format!("{kind}Controller"),
                has_generation,
                has_status: length % 2 == 0,
                in_one_namespace: length % 2 == 0,
                controller: "controller".into(),
                test: "test".into(),
                library: "an_operator_of_a_shop".into(),
                name: "a-name".into(),
                kind,
            };
            assert_formatted(&render(&observer).unwrap());
        }
    }
}

#[test]
fn the_project() {
    let short = Project {
        name: "shop".into(),
        library: "shop".into(),
        domain: "example.com".into(),
        domain_is_group: true,
        namespaced: false,
        workspace: None,
        license: None,
    };
    let long = Project {
        name: "s".repeat(56),
        library: "s".repeat(56),
        domain_is_group: false,
        namespaced: true,
        license: Some("MIT".into()),
        ..short.clone()
    };
    for project in [short, long] {
        assert_formatted(&render(&project).unwrap());
    }
}

#[test]
fn lists() {
    let kind = |length: usize| {
        let Api { kind, module, .. } = api(length, true);
        Kind { name: kind, module }
    };
    let version = |name: &str, lengths: &[usize]| Version {
        name: name.into(),
        module: name.into(),
        kinds: lengths.iter().copied().map(kind).collect(),
    };
    let one = Lists {
        versions: vec![version("v1", &[4])],
        kinds: vec!["v1::Kxxx".into()],
        controller_modules: vec!["kxxx".into()],
        controllers: vec!["kxxx::KxxxController".into()],
        samples: vec!["v1_kxxx.yaml".into()],
        ..Lists::default()
    };
    let many = Lists {
        versions: vec![version("v10", &[59, 2]), version("v2", &[1])],
        groups: vec![
            Group {
                name: "shop".into(),
                module: "shop".into(),
                versions: vec![version("v1", &[3]), version("v1beta1", &[3, 2])],
            },
            Group {
                name: "bar".into(),
                module: "bar".into(),
                versions: vec![version("v1", &[3])],
            },
        ],
        kinds: vec!["shop::v1::Kxx".into(), "v10::Kx".into()],
        controller_modules: vec!["z".into(), "a".into()],
        controller_groups: vec![
            GroupedControllers {
                name: "shop".into(),
                module: "shop".into(),
                modules: vec!["z".into(), "a".into()],
            },
            GroupedControllers {
                name: "bar".into(),
                module: "bar".into(),
                modules: vec!["kx".into()],
            },
        ],
        controllers: vec!["z::ZController".into(), "shop::a::AController".into()],
        samples: vec!["one.yaml".into(), "two.yaml".into()],
        api_repeats: true,
        controllers_repeat: true,
    };
    for lists in [Lists::default(), one, many] {
        assert_formatted(&render(&lists).unwrap());
    }
}
