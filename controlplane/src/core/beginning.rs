//! What every cluster begins with: its namespaces, its own Service, its roles, and the priorities of the system's Pods.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Core, kinds,
    object::{Object, seconds},
    store, write,
};
use crate::auth::bootstrap;

const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// Each with its value and its description.
const PRIORITIES: [(&str, i64, &str); 2] = [
    (
        "system-node-critical",
        2_000_001_000,
        "Used for system critical pods that must not be moved from their current node.",
    ),
    (
        "system-cluster-critical",
        2_000_000_000,
        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ),
];

impl Core {
    pub(super) fn begin(&mut self, now: Timestamp) {
        for namespace in NAMESPACES {
            self.begin_with_namespace(namespace, now);
        }
        self.begin_with_service(now);
        self.begin_with_roles(now);
        self.begin_with_priorities(now);
    }

    fn begin_with_namespace(&mut self, name: &str, now: Timestamp) {
        let value = serde_json::json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {
                "name": name, "labels": {"kubernetes.io/metadata.name": name},
                "uid": write::uid(&mut self.rng), "creationTimestamp": seconds(now),
            },
            "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"},
        });
        let object = Object::new(value).expect("a namespace is an object");
        self.put(&"namespaces".into(), object);
    }

    /// The server itself, as who is in the cluster reaches it.
    fn begin_with_service(&mut self, now: Timestamp) {
        let mut object = kinds::kubernetes_service(&seconds(now));
        object.set_meta("uid", write::uid(&mut self.rng));
        self.put(&"services".into(), object);
    }

    fn begin_with_roles(&mut self, now: Timestamp) {
        for bootstrapped in bootstrap::all() {
            let mut object =
                Object::new(bootstrapped.object().clone()).expect("a role is an object");
            object.set_meta("uid", write::uid(&mut self.rng));
            object.set_meta("creationTimestamp", seconds(now));
            object.set_meta("managedFields", bootstrapped.managed_fields(now));
            let plural = format!("{}s", bootstrapped.kind.to_lowercase());
            let collection = store::collection_of("rbac.authorization.k8s.io", &plural);
            // The index has them already.
            self.store.put(&collection, object);
        }
    }

    fn begin_with_priorities(&mut self, now: Timestamp) {
        let collection = store::collection_of("scheduling.k8s.io", "priorityclasses");
        for (name, value, description) in PRIORITIES {
            let class = json!({
                "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
                "metadata": {
                    "name": name, "uid": write::uid(&mut self.rng), "generation": 1,
                    "creationTimestamp": seconds(now),
                    "managedFields": [managed_by_the_server(now)],
                },
                "value": value, "description": description, "preemptionPolicy": "PreemptLowerPriority",
            });
            let class = Object::new(class).expect("a priority class is an object");
            self.store.put(&collection, class);
        }
    }
}

fn managed_by_the_server(now: Timestamp) -> Value {
    json!({
        "manager": "kube-apiserver", "operation": "Update", "time": seconds(now),
        "apiVersion": "scheduling.k8s.io/v1", "fieldsType": "FieldsV1",
        "fieldsV1": {"f:description": {}, "f:preemptionPolicy": {}, "f:value": {}},
    })
}
