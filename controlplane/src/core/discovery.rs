//! Discovery: which kinds are served, in the old documents and in the aggregated one.

use std::sync::Arc;

use http::HeaderMap;
use serde_json::{Value, json};

use super::{
    Core,
    answer::Reply,
    cached,
    call::Verb,
    resource::{Resource, Subresource, api_version},
};
use crate::{Refusal, table::Encoding, types::openapi};

/// How a document of all groups is told.
fn aggregated_type(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Json => "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        Encoding::Yaml => "application/yaml;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        Encoding::Protobuf => {
            "application/vnd.kubernetes.protobuf;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        }
    }
}

/// The resources of each version of each group.
pub(crate) type Groups = Vec<(String, Vec<(String, Vec<Arc<Resource>>)>)>;

pub(crate) fn aggregated(
    groups: Groups,
    encoding: Encoding,
    headers: &HeaderMap,
) -> Result<Reply, Refusal> {
    let items: Vec<Value> = groups
        .into_iter()
        .map(|(group, versions)| aggregated_group(&group, &versions))
        .collect();
    let document = json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items,
    });
    let reply = Reply {
        content_type: aggregated_type(encoding),
        ..Reply::encoded(200, &document, encoding)?
    };
    let hash = openapi::hash(document.to_string().as_bytes());
    Ok(cached::public(cached::tagged(reply, &hash, headers)))
}

fn aggregated_group(group: &str, versions: &[(String, Vec<Arc<Resource>>)]) -> Value {
    let meta = if group.is_empty() {
        json!({})
    } else {
        json!({"name": group})
    };
    let versions: Vec<Value> = versions
        .iter()
        .map(|(version, resources)| {
            let resources: Vec<Value> = resources
                .iter()
                .map(|one| aggregated_resource(one))
                .collect();
            json!({"version": version, "resources": resources, "freshness": "Current"})
        })
        .collect();
    json!({"metadata": meta, "versions": versions})
}

fn aggregated_resource(resource: &Resource) -> Value {
    let own = (
        resource.group.as_str(),
        resource.version.as_str(),
        resource.kind.as_str(),
    );
    let mut found = json!({
        "resource": resource.plural,
        "responseKind": response_kind(own, resource),
        "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": resource.singular,
        "verbs": verbs(&resource.verbs),
    });
    if !resource.short_names.is_empty() {
        found["shortNames"] = resource.short_names.clone().into();
    }
    if !resource.categories.is_empty() {
        found["categories"] = resource.categories.clone().into();
    }
    let subresources: Vec<Value> = resource
        .subresources
        .iter()
        .map(|one| {
            let kind = (one.group.as_str(), one.version.as_str(), one.kind.as_str());
            json!({
                "subresource": one.name,
                "responseKind": response_kind(kind, resource),
                "verbs": verbs(&one.verbs),
            })
        })
        .collect();
    if !subresources.is_empty() {
        found["subresources"] = subresources.into();
    }
    found
}

/// The real server leaves out what is the document's own, but for custom kinds.
fn response_kind((group, version, kind): (&str, &str, &str), resource: &Resource) -> Value {
    let is_own = group == resource.group && version == resource.version;
    if is_own && !resource.is_custom {
        return json!({"group": "", "version": "", "kind": kind});
    }
    json!({"group": group, "version": version, "kind": kind})
}

fn verbs(verbs: &[Verb]) -> Vec<&'static str> {
    verbs.iter().map(|verb| verb.name()).collect()
}

impl Core {
    pub(crate) fn api_versions(&self) -> Value {
        let addresses: Vec<Value> = self
            .address
            .iter()
            .map(|address| json!({"clientCIDR": "0.0.0.0/0", "serverAddress": address.to_string()}))
            .collect();
        json!({
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": addresses,
        })
    }

    /// All groups but the core, in the order of discovery: the built-in ones as they stand in the table, then others by
    /// name.
    fn ordered_groups(&self) -> Vec<String> {
        let mut groups: Vec<String> = Vec::new();
        let built_in = crate::types::resources().iter().map(|one| one.group);
        let others = self.registry.all().map(|one| one.group.as_str());
        for group in built_in.chain(others) {
            if !group.is_empty() && !groups.iter().any(|one| one == group) {
                groups.push(group.into());
            }
        }
        groups
    }

    /// All groups but the core, with their versions, the preferred one first.
    pub(crate) fn groups(&self) -> Vec<(String, Vec<String>)> {
        let versions = |group: &str| {
            let mut versions: Vec<String> = Vec::new();
            for one in self.registry.all().filter(|one| one.group == group) {
                if !versions.contains(&one.version) {
                    versions.push(one.version.clone());
                }
            }
            versions.sort_by_key(|version| std::cmp::Reverse(priority(version)));
            versions
        };
        let groups = self.ordered_groups().into_iter();
        groups
            .map(|group| (group.clone(), versions(&group)))
            .collect()
    }

    pub(crate) fn legacy_resources(&self) -> Groups {
        vec![(
            String::new(),
            vec![("v1".into(), self.of_version("", "v1"))],
        )]
    }

    pub(crate) fn group_resources(&self) -> Groups {
        let groups = self.groups().into_iter();
        groups
            .map(|(group, versions)| {
                let versions = versions.into_iter().map(|version| {
                    let resources = self.of_version(&group, &version);
                    (version, resources)
                });
                (group.clone(), versions.collect())
            })
            .collect()
    }

    fn of_version(&self, group: &str, version: &str) -> Vec<Arc<Resource>> {
        let of = self
            .registry
            .all()
            .filter(|one| one.group == group && one.version == version);
        of.cloned().collect()
    }

    pub(crate) fn group_list(&self) -> Value {
        let groups: Vec<Value> = self
            .groups()
            .iter()
            .map(|(group, versions)| legacy_group(group, versions))
            .collect();
        json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
    }

    pub(crate) fn group(&self, name: &str) -> Option<Value> {
        let (group, versions) = self.groups().into_iter().find(|(group, _)| group == name)?;
        let mut found = legacy_group(&group, &versions);
        found["kind"] = "APIGroup".into();
        found["apiVersion"] = "v1".into();
        Some(found)
    }

    pub(crate) fn resource_list(&self, group: &str, version: &str) -> Value {
        let all = self.of_version(group, version);
        let mut resources: Vec<(String, Value)> =
            all.iter().flat_map(|one| legacy_resources(one)).collect();
        if all.iter().any(|one| !one.is_custom) {
            resources.sort_by(|one, other| one.0.cmp(&other.0));
        }
        let resources: Vec<Value> = resources.into_iter().map(|(_, one)| one).collect();
        let mut list = json!({
            "kind": "APIResourceList", "groupVersion": api_version(group, version), "resources": resources,
        });
        if !group.is_empty() {
            list["apiVersion"] = "v1".into();
        }
        list
    }
}

fn legacy_group(group: &str, versions: &[String]) -> Value {
    let version =
        |version: &String| json!({"groupVersion": api_version(group, version), "version": version});
    let all: Vec<Value> = versions.iter().map(version).collect();
    json!({"name": group, "preferredVersion": all.first(), "versions": all})
}

fn legacy_resources(resource: &Resource) -> Vec<(String, Value)> {
    let mut main = json!({
        "name": resource.plural, "singularName": resource.singular, "namespaced": resource.namespaced,
        "kind": resource.kind, "verbs": verbs(&resource.verbs),
    });
    if !resource.short_names.is_empty() {
        main["shortNames"] = resource.short_names.clone().into();
    }
    if !resource.categories.is_empty() {
        main["categories"] = resource.categories.clone().into();
    }
    if !resource.storage_hash.is_empty() {
        main["storageVersionHash"] = resource.storage_hash.as_str().into();
    }
    let mut found = vec![(resource.plural.clone(), main)];
    found.extend(
        resource
            .subresources
            .iter()
            .map(|one| legacy_subresource(resource, one)),
    );
    found
}

fn legacy_subresource(resource: &Resource, one: &Subresource) -> (String, Value) {
    let name = format!("{}/{}", resource.plural, one.name);
    let mut found = json!({
        "name": name, "singularName": "", "namespaced": resource.namespaced,
        "kind": one.kind, "verbs": verbs(&one.verbs),
    });
    if !one.version.is_empty() && (one.group != resource.group || one.version != resource.version) {
        found["group"] = one.group.as_str().into();
        found["version"] = one.version.as_str().into();
    }
    (name, found)
}

/// `v2` before `v1` before `v1beta2` before `v1alpha1` before others (`version.CompareKubeAwareVersionStrings`).
pub(crate) fn priority(version: &str) -> (u8, u32, u32, std::cmp::Reverse<String>) {
    let last = (0, 0, 0, std::cmp::Reverse(version.to_owned()));
    let Some(rest) = version.strip_prefix('v') else {
        return last;
    };
    let digits = rest
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(rest.len());
    let Ok(major) = rest[..digits].parse() else {
        return last;
    };
    let (level, minor) = match &rest[digits..] {
        "" => (3, ""),
        rest if rest.starts_with("beta") => (2, &rest[4..]),
        rest if rest.starts_with("alpha") => (1, &rest[5..]),
        _ => return last,
    };
    let minor = if minor.is_empty() {
        Ok(0)
    } else {
        minor.parse()
    };
    match minor {
        Ok(minor) => (level, major, minor, std::cmp::Reverse(String::new())),
        Err(_) => last,
    }
}
