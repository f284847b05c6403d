//! A rule of a role: what it allows, what it covers, and how messages tell it.

use serde::Deserialize;
use serde_json::Value;

use super::{
    attributes::{Attributes, Target},
    quoted::quoted_list,
};

/// A rule of a role (`rbac.authorization.k8s.io/v1`, `PolicyRule`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rule {
    /// `get`, `*`.
    pub verbs: Vec<String>,
    /// `apps`, `*`, empty for the core.
    pub api_groups: Vec<String>,
    /// `deployments`, `deployments/scale`, `*/scale`, `*`.
    pub resources: Vec<String>,
    /// All where none is named.
    pub resource_names: Vec<String>,
    /// `/metrics`, `/logs/*`.
    #[serde(rename = "nonResourceURLs")]
    pub non_resource_urls: Vec<String>,
}

impl Rule {
    /// The rules of a Role or ClusterRole.
    pub fn all_of(role: &Value) -> Vec<Self> {
        let rules = role["rules"].as_array();
        rules
            .into_iter()
            .flatten()
            .filter_map(|rule| Self::deserialize(rule).ok())
            .collect()
    }

    /// Whether it allows a request (`RuleAllows` of kubernetes' `plugin/pkg/auth/authorizer/rbac`).
    pub fn allows(&self, attributes: &Attributes) -> bool {
        let verb = any(&self.verbs, &attributes.verb);
        match &attributes.target {
            Target::Path(path) => {
                verb && self
                    .non_resource_urls
                    .iter()
                    .any(|url| url_covers(url, path))
            }
            Target::Resource(target) => {
                verb && any(&self.api_groups, &target.group)
                    && self.resources.iter().any(|resource| {
                        resource_matches(resource, &target.resource, &target.subresource)
                    })
                    && (self.resource_names.is_empty()
                        || self.resource_names.contains(&target.name))
            }
        }
    }

    /// Rules of one group, one resource, one verb and at most one name each, that together say the same
    /// (`BreakdownRule` of component-helpers' `auth/rbac/validation`).
    fn parts(&self) -> Vec<Self> {
        let mut parts = Vec::new();
        for group in &self.api_groups {
            for resource in &self.resources {
                for verb in &self.verbs {
                    let part = Self {
                        verbs: vec![verb.clone()],
                        api_groups: vec![group.clone()],
                        resources: vec![resource.clone()],
                        ..Self::default()
                    };
                    if self.resource_names.is_empty() {
                        parts.push(part);
                        continue;
                    }
                    parts.extend(self.resource_names.iter().map(|name| Self {
                        resource_names: vec![name.clone()],
                        ..part.clone()
                    }));
                }
            }
        }
        for url in &self.non_resource_urls {
            parts.extend(self.verbs.iter().map(|verb| Self {
                verbs: vec![verb.clone()],
                non_resource_urls: vec![url.clone()],
                ..Self::default()
            }));
        }
        parts
    }

    fn covers(&self, part: &Self) -> bool {
        let names = self.resource_names.is_empty()
            || (!part.resource_names.is_empty()
                && has_all(&self.resource_names, &part.resource_names));
        names
            && part.verbs.iter().all(|verb| any(&self.verbs, verb))
            && part
                .api_groups
                .iter()
                .all(|group| any(&self.api_groups, group))
            && part
                .resources
                .iter()
                .all(|resource| self.covers_resource(resource))
            && part.non_resource_urls.iter().all(|url| {
                self.non_resource_urls
                    .iter()
                    .any(|own| url_covers(own, url))
            })
    }

    fn covers_resource(&self, resource: &str) -> bool {
        let of_all = resource.split_once('/').map(|(_, sub)| format!("*/{sub}"));
        self.resources
            .iter()
            .any(|own| own == "*" || own == resource || Some(own) == of_all.as_ref())
    }

    /// As messages tell it: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`.
    pub(super) fn compact(&self) -> String {
        let fields = [
            ("APIGroups", &self.api_groups),
            ("Resources", &self.resources),
            ("NonResourceURLs", &self.non_resource_urls),
            ("ResourceNames", &self.resource_names),
            ("Verbs", &self.verbs),
        ];
        let told: Vec<_> = fields
            .iter()
            .filter(|(_, texts)| !texts.is_empty())
            .map(|(name, texts)| format!("{name}:{}", quoted_list(texts)))
            .collect();
        format!("{{{}}}", told.join(", "))
    }

    /// Whether another differs from it in verbs at most.
    fn is_about_the_same(&self, other: &Self) -> bool {
        self.api_groups == other.api_groups
            && self.resources == other.resources
            && self.resource_names == other.resource_names
            && self.non_resource_urls.is_empty()
            && other.non_resource_urls.is_empty()
    }
}

/// What some rules allow and others do not, told in compact form and sorted; nothing where all is covered.
pub(super) fn missing(held: &[&Rule], wanted: &[Rule]) -> Vec<String> {
    let mut compacted: Vec<Rule> = Vec::new();
    for part in wanted.iter().flat_map(Rule::parts) {
        if held.iter().any(|rule| rule.covers(&part)) {
            continue;
        }
        match compacted
            .iter_mut()
            .find(|rule| rule.is_about_the_same(&part))
        {
            Some(rule) => rule.verbs.extend(part.verbs),
            None => compacted.push(part),
        }
    }
    let mut told: Vec<_> = compacted.iter().map(Rule::compact).collect();
    told.sort();
    told.dedup();
    told
}

fn any(texts: &[String], wanted: &str) -> bool {
    texts.iter().any(|text| text == "*" || text == wanted)
}

fn has_all(texts: &[String], wanted: &[String]) -> bool {
    wanted.iter().all(|text| texts.contains(text))
}

fn url_covers(own: &str, url: &str) -> bool {
    own == url || (own.ends_with('*') && url.starts_with(own.trim_end_matches('*')))
}

fn resource_matches(own: &str, resource: &str, subresource: &str) -> bool {
    if own == "*" {
        return true;
    }
    if subresource.is_empty() {
        return own == resource;
    }
    match own.split_once('/') {
        Some((first, rest)) => rest == subresource && (first == "*" || first == resource),
        None => false,
    }
}
