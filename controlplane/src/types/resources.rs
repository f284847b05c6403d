//! The resources on offer, as discovery of a real server lists them.

use std::sync::LazyLock;

/// A resource of a built-in kind.
#[derive(Debug, PartialEq, Eq)]
pub struct Resource {
    /// The API group; empty for the core.
    pub group: &'static str,
    /// The version on offer, which is the stored one.
    pub version: &'static str,
    /// `Deployment`.
    pub kind: &'static str,
    /// `deployments`.
    pub plural: &'static str,
    /// `deployment`.
    pub singular: &'static str,
    /// Whether its objects are in namespaces.
    pub namespaced: bool,
    /// `deploy`.
    pub short_names: Vec<&'static str>,
    /// `all`.
    pub categories: Vec<&'static str>,
    /// What may be done; only `create` for what is answered and not stored.
    pub verbs: Vec<&'static str>,
    /// In the order of their names.
    pub subresources: Vec<Subresource>,
    /// The hash that discovery gives; empty for what is not stored.
    pub storage_hash: &'static str,
}

/// A part or an action of a resource's objects.
#[derive(Debug, PartialEq, Eq)]
pub struct Subresource {
    /// `status`, `scale`, `eviction`.
    pub name: &'static str,
    /// The group of its kind, where discovery tells one.
    pub group: &'static str,
    /// The version of its kind, where discovery tells one; empty otherwise: then it is the resource's own.
    pub version: &'static str,
    /// `Scale`.
    pub kind: &'static str,
    /// What may be done.
    pub verbs: Vec<&'static str>,
}

/// All resources, by groups in the order of discovery and by plural names within.
pub fn resources() -> &'static [Resource] {
    static RESOURCES: LazyLock<Vec<Resource>> = LazyLock::new(|| {
        let mut resources: Vec<Resource> = Vec::new();
        for line in include_str!("resources.txt").lines() {
            let words: Vec<&'static str> = line.split(' ').collect();
            match (words.as_slice(), resources.last_mut()) {
                (["", name, kind, of, verbs], Some(owner)) => {
                    let (group, version) = group_version(of);
                    owner.subresources.push(Subresource {
                        name,
                        group,
                        version,
                        kind,
                        verbs: list(verbs),
                    });
                }
                (words, _) => resources.extend(resource(words)),
            }
        }
        resources
    });
    &RESOURCES
}

fn resource(words: &[&'static str]) -> Option<Resource> {
    let &[
        of,
        plural,
        kind,
        singular,
        scope,
        short_names,
        categories,
        verbs,
        hash,
    ] = words
    else {
        return None;
    };
    let (group, version) = group_version(of);
    Some(Resource {
        group,
        version,
        kind,
        plural,
        singular,
        namespaced: scope == "Namespaced",
        short_names: list(short_names),
        categories: list(categories),
        verbs: list(verbs),
        subresources: Vec::new(),
        storage_hash: if hash == "-" { "" } else { hash },
    })
}

fn group_version(text: &'static str) -> (&'static str, &'static str) {
    match text.split_once('/') {
        Some(both) => both,
        None if text == "-" => ("", ""),
        None => ("", text),
    }
}

fn list(text: &'static str) -> Vec<&'static str> {
    text.split(',').filter(|it| *it != "-").collect()
}
