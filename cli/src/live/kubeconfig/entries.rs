//! What stands in a kubeconfig: clusters, users and contexts by their names, and which context is the current one.

use serde_json::{Value, json};

/// The lists whose entries have names.
const LISTS: [&str; 3] = ["clusters", "users", "contexts"];

const CURRENT: &str = "current-context";

/// A kubeconfig as it stands in a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entries(Value);

impl Entries {
    /// Reads one; none where it is something else. An empty file is a kubeconfig without entries.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?;
        let mut config: Value = if text.trim().is_empty() {
            json!({"apiVersion": "v1", "kind": "Config"})
        } else {
            serde_yaml::from_str(text).ok()?
        };
        if config.get("kind")? != "Config" {
            return None;
        }
        for list in LISTS {
            match &config[list] {
                Value::Array(_) => {}
                Value::Null => config[list] = json!([]),
                _ => return None,
            }
        }
        Some(Self(config))
    }

    /// The context that kubectl uses.
    pub(super) fn current(&self) -> Option<&str> {
        self.0[CURRENT].as_str().filter(|name| !name.is_empty())
    }

    /// Puts the entries of another in, in place of those of the same names, and makes its context the current one.
    pub(super) fn take_in(&mut self, other: &Self) {
        self.take_out(other);
        for list in LISTS {
            let further = other.list(list).cloned();
            let further: Vec<_> = further.collect();
            if let Value::Array(entries) = &mut self.0[list] {
                entries.extend(further);
            }
        }
        self.0[CURRENT] = other.0[CURRENT].clone();
    }

    /// Takes the entries of another out, by their names.
    pub(super) fn take_out(&mut self, other: &Self) {
        for list in LISTS {
            let is_in_other = |entry: &Value| {
                let mut others = other.list(list);
                others.any(|one| one["name"] == entry["name"])
            };
            if let Value::Array(entries) = &mut self.0[list] {
                entries.retain(|entry| !is_in_other(entry));
            }
        }
    }

    /// Makes this context the current one, if the one that is current is not there any more. That may not be there either.
    pub(super) fn fall_back_to(&mut self, before: Option<&str>) {
        let has = |name: &str| self.list("contexts").any(|one| one["name"] == name);
        if !self.current().is_some_and(has) {
            let before = before.filter(|name| has(name)).unwrap_or_default();
            self.0[CURRENT] = before.into();
        }
    }

    /// Whether it names nothing.
    pub(super) fn is_empty(&self) -> bool {
        LISTS.iter().all(|list| self.list(list).next().is_none())
    }

    /// Its text.
    pub(super) fn text(&self) -> Option<String> {
        serde_yaml::to_string(&self.0).ok()
    }

    fn list(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.0[name].as_array().into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Entries {
        let text = format!(
            "kind: Config\nclusters: [{{name: {name}, cluster: {{server: \"https://{name}\"}}}}]\nusers: [{{name: {name}}}]\n\
             contexts: [{{name: {name}}}]\ncurrent-context: {name}\npreferences: {{colors: true}}\n"
        );
        Entries::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_taken_in_is_taken_out_again() {
        let (mine, ours, theirs) = (of("mine"), of("ours"), of("theirs"));
        let mut config = mine.clone();
        config.take_in(&ours);
        config.take_in(&theirs);
        config.take_in(&ours);
        assert_eq!(config.current(), Some("ours"));
        assert_eq!(config.list("clusters").count(), 3);

        config.take_out(&ours);
        config.fall_back_to(Some("gone"));
        assert_eq!(config.current(), None);
        config.take_out(&theirs);
        config.fall_back_to(Some("mine"));
        assert_eq!(config, mine);
        config.take_out(&mine);
        assert!(config.is_empty());

        let mut config = Entries::read(b"").unwrap();
        config.take_in(&ours);
        assert_eq!(config.list("clusters").count(), 1);
    }

    #[test]
    fn what_is_no_kubeconfig_is_not_taken_for_one() {
        let others: [&[u8]; 5] = [
            b"\xff\xfe",
            b"just words",
            b"kind: Secret",
            b"a: [",
            b"kind: Config\nclusters: words",
        ];
        for other in others {
            assert_eq!(Entries::read(other), None);
        }
        assert!(Entries::read(b"\n").unwrap().is_empty());
        assert!(
            Entries::read(b"kind: Config\nclusters: null\n")
                .unwrap()
                .is_empty()
        );
    }
}
