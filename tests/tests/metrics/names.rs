//! Metrics by their names: those of controller-runtime, of docs/metrics.md, of the alerts and the dashboard.

use std::{collections::BTreeSet, fs};

use kube::Api;
use myop::testing::{Cluster, Result};
use myop_tests::{Act, Script, manager, project::workspace, scrape::Page, scripts::create};

/// The page of an operator built on controller-runtime v0.25.2, metric by metric: name, type, labels, and the bounds of
/// the buckets. What Go's runtime and webhooks have is left out.
const CONTROLLER_RUNTIME: &str = include_str!("controller-runtime.txt");

/// What there is only with more than one replica.
const WITH_LEADER_ELECTION: &str = "leader_election_master_status";

/// The page of an operator that has reconciled something.
async fn page(cluster: &Cluster) -> Result<Page> {
    let operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "one", Act::Keep).await?;
    cluster.until_ready(&scripts, "one").await?;
    let reconciled =
        r#"myop_applies_total{controller="script",kind="ConfigMap",result="created"} 1"#;
    Page::read(&operator.until_metric(reconciled).await?)
}

#[myop::test]
async fn dashboards_for_controller_runtime_find_what_they_ask_for(cluster: Cluster) -> Result {
    let page = page(&cluster).await?;
    let mut missing: BTreeSet<_> = page.0.keys().cloned().collect();
    for line in CONTROLLER_RUNTIME.lines() {
        let name = line.split(' ').next().unwrap_or_default();
        assert_eq!(page.shape(name).as_deref(), Some(line));
        missing.remove(name);
    }
    let own = missing.iter().all(|name| name.starts_with("myop_"));
    assert!(own, "not of controller-runtime: {missing:?}");
    Ok(())
}

#[myop::test]
async fn the_documentation_lists_what_there_is(cluster: Cluster) -> Result {
    let page = page(&cluster).await?;
    let docs = fs::read_to_string(workspace().join("docs/metrics.md"))?;
    let listed = docs.lines().filter(|line| line.starts_with("| `"));
    let listed = listed.filter(|line| !line.starts_with("| `--"));
    let listed: BTreeSet<_> = listed
        .filter(|line| !line.contains(WITH_LEADER_ELECTION))
        .collect();
    let there: BTreeSet<_> = page
        .0
        .iter()
        .map(|(name, family)| {
            let labels = family.samples.first().map(|sample| sample.labels.keys());
            let labels = labels.into_iter().flatten().filter(|label| *label != "le");
            let labels = labels.cloned().collect::<Vec<_>>().join(", ");
            format!(
                "| `{name}` | {} | {labels} | {} |",
                family.type_, family.help
            )
        })
        .collect();
    let there: BTreeSet<_> = there.iter().map(String::as_str).collect();
    let lines = there.iter().copied().collect::<Vec<_>>().join("\n");
    assert_eq!(listed, there, "the lines are to be:\n{lines}");
    Ok(())
}

#[myop::test]
async fn alerts_and_dashboards_ask_for_what_there_is(cluster: Cluster) -> Result {
    let page = page(&cluster).await?;
    for example in ["generated-example", "examples/cfp"] {
        for file in ["rules.yaml", "dashboard.json"] {
            let path = workspace()
                .join(example)
                .join("config/prometheus")
                .join(file);
            let text = fs::read_to_string(path)?;
            let asked = selectors(&text);
            assert!(asked.len() > 8, "{file} asks for {asked:?}");
            for (name, labels) in asked {
                let of_prometheus = ["up", WITH_LEADER_ELECTION].contains(&name);
                let there = page.labels(name);
                assert!(
                    of_prometheus || page.sum(name, &[]).is_some(),
                    "{file}: {name}"
                );
                for label in labels {
                    let known = there.contains(label) || ["job", "namespace"].contains(&label);
                    assert!(known, "{file}: {label} of {name}");
                }
            }
            for label in groupings(&text) {
                let known = page.0.keys().any(|name| page.labels(name).contains(label));
                let of_prometheus = ["job", "namespace", "le"].contains(&label);
                assert!(known || of_prometheus, "{file}: by {label}");
            }
        }
    }
    Ok(())
}

/// Each `name{label="value"}`, as name and labels.
fn selectors(text: &str) -> BTreeSet<(&str, Vec<&str>)> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let selector = |(at, _): (usize, &str)| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        let name = &before[before.trim_end_matches(is_of_name).len()..];
        let (matchers, _) = after.split_once('}')?;
        let label = |matcher: &'_ str| matcher.trim().find(['=', '!']);
        let labels = matchers
            .split(',')
            .filter_map(|matcher| Some(&matcher.trim()[..label(matcher)?]));
        (!name.is_empty()).then(|| (name, labels.collect()))
    };
    text.match_indices('{').filter_map(selector).collect()
}

/// The labels of each `by (...)`.
fn groupings(text: &str) -> BTreeSet<&str> {
    let lists = text
        .split("by (")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    lists.flat_map(|(labels, _)| labels.split(", ")).collect()
}
