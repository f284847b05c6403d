//! A pod, or the template of some, as the rules look at it; and the words in which they tell who broke them.

use std::{collections::BTreeSet, fmt};

use serde_json::Value;

use crate::core::object::{Object, texts};

#[derive(Clone, Copy, Debug)]
pub(super) struct Pod<'a> {
    metadata: &'a Value,
    pub(super) spec: &'a Value,
}

/// Of a pod: any of its containers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Container<'a>(pub(super) &'a Value);

impl<'a> Pod<'a> {
    /// The pod that an object is or makes.
    pub(super) fn of(object: &'a Object) -> Option<Self> {
        let value = object.value();
        let pod = match object.kind() {
            "Pod" => value,
            "CronJob" => &value["spec"]["jobTemplate"]["spec"]["template"],
            "DaemonSet" | "Deployment" | "Job" | "ReplicaSet" | "StatefulSet" => {
                &value["spec"]["template"]
            }
            _ => return None,
        };
        Some(Self {
            metadata: &pod["metadata"],
            spec: &pod["spec"],
        })
    }

    pub(super) fn annotations(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        texts(self.metadata.get("annotations"))
    }

    /// Those that come first, those that stay, those that were added.
    pub(super) fn containers(self) -> impl Iterator<Item = Container<'a>> {
        let lists = ["initContainers", "containers", "ephemeralContainers"];
        let all = lists
            .into_iter()
            .flat_map(move |list| items(&self.spec[list]));
        all.map(Container)
    }

    pub(super) fn volumes(self) -> impl Iterator<Item = &'a Value> {
        items(&self.spec["volumes"])
    }

    pub(super) fn security(self) -> &'a Value {
        &self.spec["securityContext"]
    }

    pub(super) fn is_for_windows(self) -> bool {
        self.spec["os"]["name"] == "windows"
    }

    /// Whether its users are none of the node's.
    pub(super) fn has_own_users(self) -> bool {
        self.spec["hostUsers"] == false
    }

    /// The containers of which this holds.
    pub(super) fn containers_that(
        self,
        mut hold: impl FnMut(Container<'a>) -> bool,
    ) -> Containers<'a> {
        let all = self.containers().filter(|one| hold(*one));
        Containers(all.map(Container::name).collect())
    }

    /// Who has a security context of which this holds: the pod, containers.
    pub(super) fn setters_that(self, mut hold: impl FnMut(&'a Value) -> bool) -> Setters<'a> {
        Setters {
            pod: hold(self.security()),
            containers: self.containers_that(|it| hold(it.security())),
        }
    }
}

impl<'a> Container<'a> {
    pub(super) fn name(self) -> &'a str {
        self.0["name"].as_str().unwrap_or_default()
    }

    pub(super) fn security(self) -> &'a Value {
        &self.0["securityContext"]
    }
}

/// `containers "a", "b"`.
pub(super) struct Containers<'a>(Vec<&'a str>);

impl Containers<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `uses`, or `use` where there are several.
    pub(super) fn uses(&self) -> &'static str {
        uses(self.0.len())
    }

    /// Each once, in the order of their names.
    pub(super) fn sorted(self) -> Self {
        let names: BTreeSet<_> = self.0.into_iter().collect();
        Self(names.into_iter().collect())
    }
}

impl fmt::Display for Containers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(names) = self;
        let word = number("container", names.len());
        write!(f, "{word} {}", quoted(names))
    }
}

/// `pod and container "a"`.
pub(super) struct Setters<'a> {
    pub(super) pod: bool,
    pub(super) containers: Containers<'a>,
}

impl Setters<'_> {
    pub(super) fn is_empty(&self) -> bool {
        !self.pod && self.containers.is_empty()
    }
}

impl fmt::Display for Setters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.pod, self.containers.is_empty()) {
            (true, true) => f.write_str("pod"),
            (true, false) => write!(f, "pod and {}", self.containers),
            (false, _) => write!(f, "{}", self.containers),
        }
    }
}

pub(super) fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// `"a", "b"`, with what is in them as it is.
pub(super) fn quoted(texts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let texts = texts.into_iter().map(|it| format!("\"{}\"", it.as_ref()));
    let texts: Vec<_> = texts.collect();
    texts.join(", ")
}

/// The word, with an s where it is not one.
pub(super) fn number(word: &str, count: usize) -> String {
    format!("{word}{}", if count == 1 { "" } else { "s" })
}

pub(super) fn uses(count: usize) -> &'static str {
    if count == 1 { "uses" } else { "use" }
}
