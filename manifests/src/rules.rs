//! Access rules, merged and sorted without allowing more or less.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A `PolicyRule` of `rbac.authorization.k8s.io/v1`: any of the verbs on any of the resources in any of the groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Rule {
    /// API groups, `""` for the core group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub api_groups: Vec<String>,
    /// Resources by their plural, with subresources as `plural/status`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Only objects of these names; empty: of any name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_names: Vec<String>,
    /// Paths that are no resources, such as `/metrics`.
    #[serde(rename = "nonResourceURLs", skip_serializing_if = "Vec::is_empty")]
    pub non_resource_urls: Vec<String>,
    /// What may be done.
    pub verbs: Vec<String>,
}

type Words = BTreeSet<String>;

/// Rules of one group each that allow exactly what the given ones allow; sorted.
///
/// Verbs on the same resource become one set, and resources of a group with the same verbs become one rule, as
/// controller-gen does it. The verb `*` takes the place of all others.
///
/// ```
/// use myop_manifests::{Rule, merge};
///
/// let rule = |resource: &str, verb: &str| Rule {
///     api_groups: vec!["apps".into()],
///     resources: vec![resource.into()],
///     verbs: vec![verb.into()],
///     ..Rule::default()
/// };
/// let merged = merge(&[rule("deployments", "list"), rule("daemonsets", "list"), rule("deployments", "list")]);
/// assert_eq!(merged.len(), 1);
/// assert_eq!(merged[0].resources, ["daemonsets", "deployments"]);
/// ```
pub fn merge<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> Vec<Rule> {
    let mut verbs_on_resource: BTreeMap<(String, Words, String), Words> = BTreeMap::new();
    let mut verbs_on_url: BTreeMap<String, Words> = BTreeMap::new();
    for rule in rules {
        let names: Words = rule.resource_names.iter().cloned().collect();
        for group in &rule.api_groups {
            for resource in &rule.resources {
                let place = (group.clone(), names.clone(), resource.clone());
                verbs_on_resource
                    .entry(place)
                    .or_default()
                    .extend(rule.verbs.iter().cloned());
            }
        }
        for url in &rule.non_resource_urls {
            verbs_on_url
                .entry(url.clone())
                .or_default()
                .extend(rule.verbs.iter().cloned());
        }
    }

    let mut resources_with_verbs: BTreeMap<(String, Words, Words), Words> = BTreeMap::new();
    for ((group, names, resource), verbs) in verbs_on_resource {
        resources_with_verbs
            .entry((group, names, absorbed(verbs)))
            .or_default()
            .insert(resource);
    }
    let mut urls_with_verbs: BTreeMap<Words, Words> = BTreeMap::new();
    for (url, verbs) in verbs_on_url {
        urls_with_verbs
            .entry(absorbed(verbs))
            .or_default()
            .insert(url);
    }

    let on_resources =
        resources_with_verbs
            .into_iter()
            .map(|((group, names, verbs), resources)| Rule {
                api_groups: vec![group],
                resources: list(resources),
                resource_names: list(names),
                verbs: list(verbs),
                ..Rule::default()
            });
    let on_urls = urls_with_verbs.into_iter().map(|(verbs, urls)| Rule {
        non_resource_urls: list(urls),
        verbs: list(verbs),
        ..Rule::default()
    });
    let (mut on_resources, mut on_urls): (Vec<_>, Vec<_>) =
        (on_resources.collect(), on_urls.collect());
    on_resources.sort();
    on_urls.sort();
    on_resources.append(&mut on_urls);
    on_resources
}

fn absorbed(verbs: Words) -> Words {
    if verbs.contains("*") {
        Words::from(["*".to_owned()])
    } else {
        verbs
    }
}

fn list(words: Words) -> Vec<String> {
    words.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::subsequence;

    use super::*;

    const GROUPS: [&str; 3] = ["", "apps", "*"];
    const RESOURCES: [&str; 3] = ["pods", "pods/status", "*"];
    const NAMES: [&str; 2] = ["one", "two"];
    const VERBS: [&str; 4] = ["get", "list", "patch", "*"];
    const URLS: [&str; 2] = ["/metrics", "/healthz"];

    fn some(words: &'static [&'static str], least: usize) -> impl Strategy<Value = Vec<String>> {
        subsequence(words, least..=words.len())
            .prop_map(|words| words.into_iter().map(str::to_owned).collect())
    }

    fn rules() -> impl Strategy<Value = Vec<Rule>> {
        let on_resources = (
            some(&GROUPS, 1),
            some(&RESOURCES, 1),
            some(&NAMES, 0),
            some(&VERBS, 1),
        )
            .prop_map(|(api_groups, resources, resource_names, verbs)| Rule {
                api_groups,
                resources,
                resource_names,
                verbs,
                ..Rule::default()
            });
        let on_urls =
            (some(&URLS, 1), some(&VERBS, 1)).prop_map(|(non_resource_urls, verbs)| Rule {
                non_resource_urls,
                verbs,
                ..Rule::default()
            });
        prop::collection::vec(prop_oneof![4 => on_resources, 1 => on_urls], 0..6)
    }

    fn has(words: &[String], word: &str) -> bool {
        words.iter().any(|other| other == word || other == "*")
    }

    /// Kubernetes' own reading of a list of rules, for every request that these words can make.
    fn allowed(rules: &[Rule]) -> Vec<String> {
        let mut requests = Vec::new();
        for verb in ["get", "list", "patch", "delete"] {
            let with_verb: Vec<_> = rules.iter().filter(|rule| has(&rule.verbs, verb)).collect();
            for group in ["", "apps", "batch"] {
                for resource in ["pods", "pods/status", "nodes"] {
                    for name in ["one", "two", "three", ""] {
                        let covers = |rule: &&Rule| {
                            has(&rule.api_groups, group)
                                && has(&rule.resources, resource)
                                && (rule.resource_names.is_empty()
                                    || rule.resource_names.iter().any(|n| n == name))
                        };
                        if with_verb.iter().any(covers) {
                            requests.push(format!("{verb} {group}/{resource} {name}"));
                        }
                    }
                }
            }
            for url in URLS.into_iter().filter(|url| {
                with_verb
                    .iter()
                    .any(|rule| has(&rule.non_resource_urls, url))
            }) {
                requests.push(format!("{verb} {url}"));
            }
        }
        requests
    }

    proptest! {
        #[test]
        fn merged_rules_allow_what_the_rules_allow(rules in rules()) {
            prop_assert_eq!(allowed(&merge(&rules)), allowed(&rules));
        }

        #[test]
        fn the_order_of_rules_does_not_matter(rules in rules(), seed in any::<prop::sample::Index>()) {
            let merged = merge(&rules);
            let mut turned = rules;
            if !turned.is_empty() {
                let by = seed.index(turned.len());
                turned.rotate_left(by);
            }
            prop_assert_eq!(merge(&turned), merged.clone());
            prop_assert_eq!(merge(&merged), merged);
        }
    }

    #[test]
    fn a_star_takes_the_place_of_all_verbs() {
        let rule = |verb: &str| Rule {
            api_groups: vec!["apps".into()],
            resources: vec!["deployments".into()],
            verbs: vec![verb.into()],
            ..Rule::default()
        };
        assert_eq!(
            merge(&[rule("get"), rule("*"), rule("list")])[0].verbs,
            ["*"]
        );
    }
}
