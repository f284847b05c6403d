//! Tests of the player itself, and of the files.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    Result, folder, layout,
    normal::{ListVersion, Reading, normalise, normalise_event},
    play_all::Played,
    scenario::Scenario,
    symbols::Symbols,
    verdict::{Pending, complaints},
};

#[test]
fn every_file_is_as_the_player_writes_it() -> Result<()> {
    for scenario in folder::scenarios("")? {
        let name = &scenario.name;
        let answers: Option<Vec<_>> = scenario
            .steps
            .iter()
            .map(|step| step.answer.as_deref())
            .collect();
        let answers = answers.ok_or_else(|| format!("{name} is not recorded"))?;
        let text = folder::text(&format!("{name}.http"))?;
        assert_eq!(scenario.print(answers), text, "{name}");
        assert!(text.lines().count() <= 400, "{name} is too long to be read");
    }
    Ok(())
}

#[test]
fn no_two_scenarios_share_a_namespace() -> Result<()> {
    let scenarios = folder::scenarios("")?;
    let own: BTreeSet<_> = scenarios.iter().map(Scenario::own).collect();
    assert_eq!(own.len(), scenarios.len());
    Ok(())
}

#[test]
fn what_is_pending_is_a_scenario() -> Result<()> {
    let scenarios = folder::scenarios("")?;
    let pending = Pending::parse(&folder::text("pending.txt")?)?;
    for name in pending.names() {
        assert!(
            scenarios.iter().any(|scenario| scenario.name == name),
            "{name}"
        );
    }
    Ok(())
}

const TWO_STEPS: &str =
    "# One.\n\n>>> GET /a\n\n<<< 200\n\n# Why.\n>>> GET /b\n@status\n\n<<< 404\n";

#[test]
fn a_scenario_is_written_as_it_is_read() {
    let scenario = Scenario::parse("area/one", TWO_STEPS).unwrap();
    assert_eq!(scenario.own(), "area-one");
    assert_eq!(scenario.print(["<<< 200", "<<< 404"]), TWO_STEPS);
}

fn judged(answers: [&str; 2], pending: &str) -> Vec<String> {
    let scenario = Scenario::parse("area/one", TWO_STEPS).expect("it is well-formed");
    let played = Played {
        scenario: &scenario,
        answers: answers.map(Into::into).into(),
    };
    complaints(
        &[played],
        &Pending::parse(pending).expect("it is well-formed"),
    )
}

#[test]
fn an_answer_that_was_not_recorded_is_told_with_its_step() {
    assert_eq!(
        judged(["<<< 200", "<<< 500"], ""),
        ["area/one: step 2 is answered otherwise\n>>> GET /b\n\
          --- recorded\n+++ answered\n@@ -1 +1 @@\n-<<< 404\n\\ No newline at end of file\n\
          +<<< 500\n\\ No newline at end of file\n"]
    );
}

#[test]
fn a_pending_scenario_may_fail_and_must_not_pass() {
    let pending = "# Later.\narea/one: 501 so far\n";
    assert!(judged(["<<< 501", "<<< 501"], pending).is_empty());
    assert_eq!(
        judged(["<<< 200", "<<< 404"], pending),
        ["area/one passes: take it off the list, where it is with «501 so far»"]
    );
}

fn symbols(sent: &str) -> Symbols {
    Symbols::new(
        "2026-01-01T00:00:00Z".parse().expect("it is a time"),
        [sent].into_iter(),
    )
}

const PLAIN: Reading<'_> = Reading {
    list: ListVersion::Latest,
    only: &[],
    unordered: false,
};

#[test]
fn what_was_equal_stays_equal() {
    let mut symbols = symbols("");
    let object = |version: &str| json!({"metadata": {"resourceVersion": version, "uid": "8e6f17a4-fd8c-4f5f-a54a-35ee0b12f1ca"}});
    let body = json!({"items": [object("20"), object("30"), object("20")], "metadata": {"resourceVersion": "30"}});
    assert_eq!(
        normalise(&mut symbols, body, PLAIN),
        json!({
            "items": [
                {"metadata": {"resourceVersion": "<version 1>", "uid": "<uid 1>"}},
                {"metadata": {"resourceVersion": "<version 2>", "uid": "<uid 1>"}},
                {"metadata": {"resourceVersion": "<version 1>", "uid": "<uid 1>"}},
            ],
            "metadata": {"resourceVersion": "<list version 1>"},
        })
    );
    assert_eq!(
        symbols
            .text("the ResourceVersion in the precondition (20), too old resource version: 1 (40)"),
        "the ResourceVersion in the precondition (<version 1>), too old resource version: <some version> (<some version>)"
    );
}

#[test]
fn what_was_sent_stays_as_it_is() {
    let mut symbols = symbols("?resourceVersion=99&x=00000000-0000-0000-0000-000000000001");
    assert_eq!(
        symbols.text("Too large resource version: 99, current: 70"),
        "Too large resource version: 99, current: <some version>"
    );
    let uid = "00000000-0000-0000-0000-000000000001";
    assert_eq!(symbols.text(uid), uid);
}

#[test]
fn only_times_of_the_run_are_replaced() {
    let mut symbols = symbols("");
    assert_eq!(symbols.text("2026-01-01T00:00:07Z"), "<time>");
    assert_eq!(
        symbols.text("2026-01-01T00:00:07.123456Z"),
        "<time with microseconds>"
    );
    assert_eq!(symbols.text("2020-02-02T00:00:00Z"), "2020-02-02T00:00:00Z");
}

#[test]
fn a_generated_name_is_known_again() {
    let mut symbols = symbols("");
    let body = json!({"metadata": {"generateName": "a-", "name": "a-x7k2p"}});
    assert_eq!(
        normalise(&mut symbols, body, PLAIN),
        json!({"metadata": {"generateName": "a-", "name": "a-<generated 1>"}})
    );
    assert_eq!(
        symbols.text("pods \"a-x7k2p\" not found"),
        "pods \"a-<generated 1>\" not found"
    );
}

#[test]
fn ages_are_hidden_in_every_event_of_a_watch() {
    let mut symbols = symbols("");
    let mut event = |columns, age: &str, version: &str| {
        let table = json!({
            "columnDefinitions": columns,
            "metadata": {"resourceVersion": version},
            "rows": [{"cells": [age, age], "object": {"metadata": {"resourceVersion": version}}}],
        });
        let event = json!({"type": "ADDED", "object": table});
        normalise_event(&mut symbols, event)["object"].take()
    };
    let first = event(json!([{"name": "Age"}, {"name": "Text"}]), "3m2s", "70");
    assert_eq!(first["rows"][0]["cells"], json!(["<age>", "3m2s"]));
    let second = event(json!(null), "1s", "80");
    assert_eq!(second["rows"][0]["cells"], json!(["<age>", "1s"]));
    assert_eq!(
        second["metadata"],
        json!({"resourceVersion": "<version 2>"})
    );
    assert_eq!(second["rows"][0]["object"]["metadata"], second["metadata"]);
}

#[test]
fn causes_may_come_in_any_order() {
    let cause = |field: &str| json!({"field": field, "message": "wrong"});
    let status = |a: &str, b: &str| json!({"details": {"causes": [cause(a), cause(b)]}, "message": format!("invalid: [{a}: wrong, {b}: wrong]")});
    let reading = Reading {
        unordered: true,
        ..PLAIN
    };
    let sorted = normalise(&mut symbols(""), status("z", "b"), reading);
    assert_eq!(sorted, status("b", "z"));
}

#[test]
fn json_takes_as_few_lines_as_hold_it() {
    let long = "x".repeat(110);
    assert_eq!(
        layout::print(&json!({"b": {"c": [1, 2]}, "a": long})),
        format!("{{\n  \"a\": \"{long}\",\n  \"b\": {{\"c\": [1, 2]}}\n}}")
    );
}
