//! What this operator has written and the watch has yet to show.
//!
//! A child that is made and deleted while the watch is down is in no list and was in no cache: nothing would tell of its
//! deletion, and nobody make it again.

use std::{collections::BTreeMap, sync::Arc};

use crate::object::Object;

/// Objects as they came back from writes, by their versions.
#[derive(Debug)]
pub(crate) struct Unseen<K>(BTreeMap<u64, Arc<K>>);

impl<K> Default for Unseen<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Object> Unseen<K> {
    /// Takes in what came back from a write.
    pub(crate) fn expect(&mut self, version: u64, answer: Arc<K>) {
        self.0.insert(version, answer);
    }

    /// Takes in that the watch has shown all versions up to this one.
    pub(crate) fn shown(&mut self, version: u64) {
        self.0 = self.0.split_off(&version.saturating_add(1));
    }

    /// Takes in that a list has been read to its end: what is not in the cache then is gone. (Or it was made while the list
    /// was read: then it is applied once more than needed.)
    pub(crate) fn listed(self, is_cached: impl Fn(&K) -> bool) -> Vec<Arc<K>> {
        let all = self.0.into_values();
        all.filter(|object| !is_cached(object)).collect()
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::ConfigMap;
    use kube::ResourceExt;

    use super::*;

    #[test]
    fn what_was_never_shown_and_is_not_listed_is_gone() {
        let mut unseen = Unseen::default();
        for version in 1..=4 {
            let mut answer = ConfigMap::default();
            answer.metadata.name = Some(format!("object-{version}"));
            unseen.expect(version, Arc::new(answer));
        }
        unseen.shown(2);
        let gone = unseen.listed(|object| object.name_any() == "object-3");
        let names: Vec<_> = gone.iter().map(|object| object.name_any()).collect();
        assert_eq!(names, ["object-4"]);
    }
}
