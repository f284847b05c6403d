//! The rules of names, held against what a real API server (1.35.4) answered.

use myop_model::names::{self, NameError};

/// `a*63` stands for 63 times `a`.
fn spelt_out(input: &str) -> String {
    let Some((before, rest)) = input.split_once('*') else {
        return input.to_owned();
    };
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (count, after) = rest.split_at(digits);
    let (start, last) = before.split_at(before.len() - 1);
    format!(
        "{start}{}{after}",
        last.repeat(count.parse().expect("a number after the `*`"))
    )
}

fn check(what: &str, name: &str) -> Result<(), NameError> {
    match what {
        "version" => names::check_version(name),
        "api group" => names::check_api_group(name),
        "bare kind" => names::check_bare_kind(name),
        "plural" => names::check_plural(name),
        "singular" => names::check_alias("singular", name),
        "short name" => names::check_alias("short name", name),
        "category" => names::check_alias("category", name),
        "column type" => names::check_column_type(name),
        "column format" => names::check_column_format(name),
        "column name" => names::check_column_name(name),
        "json path" => names::check_json_path(name),
        "spec path" => names::check_spec_path(name),
        "status path" => names::check_status_path(name),
        "selector path" => names::check_selector_path(name),
        "selectable" => names::check_selectable_path(name),
        "finalizer" => names::check_finalizer(name),
        "label key" => names::check_label_key(name),
        "label value" => names::check_label_value(name),
        _ => panic!("no check for a {what}"),
    }
}

/// The API server takes it on custom kinds, with a warning, and on its own kinds not.
#[test]
fn a_domain_alone_can_be_a_finalizer() {
    assert!(names::check_finalizer("finalizers.example.com").is_ok());
    assert!(names::check_finalizer("finalizers.Example.com/").is_err());
}

#[test]
fn what_the_api_server_accepts_is_accepted_and_the_rest_is_not() {
    let mut disagreements = Vec::new();
    let table = include_str!("names/api-server.tsv");
    for line in table.lines() {
        let [what, input, answer] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let ours = check(what, &spelt_out(input));
        if ours.is_ok() != (answer == "accepted") {
            disagreements.push(format!(
                "{what} `{input}`: the API server says {answer}, we say {ours:?}"
            ));
        }
    }
    assert!(table.lines().count() > 100);
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

#[test]
fn plurals_are_kubebuilders() {
    let differing: Vec<_> = include_str!("names/plurals.tsv")
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .filter(|(kind, plural)| names::plural(kind) != *plural)
        .map(|(kind, plural)| format!("{kind}: {plural} there, {} here", names::plural(kind)))
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn every_plural_of_a_kind_is_a_valid_name() {
    for (kind, _) in include_str!("names/plurals.tsv")
        .lines()
        .map(|line| line.split_once('\t').unwrap())
    {
        names::check_plural(&names::plural(kind)).unwrap();
    }
    let longest = format!("K{}y", "a".repeat(names::KIND_MAX - 2));
    names::check_kind(&longest).unwrap();
    names::check_plural(&names::plural(&longest)).unwrap();
}

fn sentence(result: Result<(), NameError>) -> String {
    result.map_or_else(|error| error.to_string(), |()| "fine".into())
}

#[test]
fn an_error_is_one_sentence_with_the_way_out() {
    let said = [
        sentence(names::check_domain("Example.com")),
        sentence(names::check_domain("")),
        sentence(names::check_domain("local")),
        sentence(names::check_group("")),
        sentence(names::check_group("my_group")),
        sentence(names::api_group("", "local").map(drop)),
        sentence(names::api_group("apps", "local").map(drop)),
        sentence(names::check_api_group("scheduling.k8s.io")),
        sentence(names::check_version("1")),
        sentence(names::check_version("v1.2")),
        sentence(names::check_kind("my-app")),
        sentence(names::check_kind("MyÄpp")),
        sentence(names::check_kind("Option")),
        sentence(names::check_kind("Self")),
        sentence(names::check_kind(&"K".repeat(60))),
        sentence(names::check_plural("Things")),
        sentence(names::check_finalizer("cleanup")),
        sentence(names::check_finalizer("example.com/")),
        sentence(names::check_project_name("My_Shop")),
        sentence(names::check_project_name("3scale")),
        sentence(names::check_project_name("serde-json")),
        sentence(names::check_project_name("match")),
        sentence(names::check_project_name("kube")),
        sentence(names::check_project_name(&"a".repeat(57))),
        sentence(names::check_project_name("shop")),
    ];
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn modules_are_valid_identifiers_whatever_comes_in() {
    for (name, module) in [
        ("MyApp", "myapp"),
        ("v1alpha1", "v1alpha1"),
        ("v1-a", "v1_a"),
        ("apps.example.com", "apps_example_com"),
        ("Match", "match_"),
        ("Self", "self_"),
        ("3scale", "_3scale"),
        ("-", "__"),
        ("", "__"),
    ] {
        assert_eq!(names::module_name(name), module, "{name}");
        syn::parse_str::<syn::Ident>(&names::module_name(name)).unwrap();
    }
}
