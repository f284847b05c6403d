//! The roles and bindings that a fresh server has, as one was recorded.
//!
//! To record them again: `cargo run -p myop-controlplane --example record -- KUBECONFIG --bootstrap
//! controlplane/src/auth/bootstrap.txt`.

use std::sync::{LazyLock, OnceLock};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::rbac::Rbac;

/// A role or a binding of a fresh server. All servers of a process share it; it is read upon first use.
#[derive(Debug)]
pub struct Bootstrapped {
    /// `ClusterRole`, `ClusterRoleBinding`, `Role` or `RoleBinding`.
    pub kind: &'static str,
    /// Empty for ClusterRoles and ClusterRoleBindings.
    pub namespace: &'static str,
    /// Its name.
    pub name: &'static str,
    text: &'static str,
    object: OnceLock<Value>,
}

static ALL: LazyLock<Vec<Bootstrapped>> = LazyLock::new(|| {
    include_str!("bootstrap.txt")
        .lines()
        .filter_map(Bootstrapped::of)
        .collect()
});

static RBAC: LazyLock<Rbac> = LazyLock::new(|| {
    let mut rbac = Rbac::default();
    for bootstrapped in ALL.iter() {
        rbac.apply(bootstrapped.object());
    }
    rbac
});

/// All roles and bindings of a fresh server, by kind, namespace and name.
pub fn all() -> &'static [Bootstrapped] {
    &ALL
}

/// The index of them.
pub fn rbac() -> Rbac {
    RBAC.clone()
}

impl Bootstrapped {
    fn of(line: &'static str) -> Option<Self> {
        let (kind, rest) = line.split_once(' ')?;
        let (place, text) = rest.split_once(' ')?;
        let (namespace, name) = place.split_once('/')?;
        Some(Self {
            kind,
            namespace,
            name,
            text,
            object: OnceLock::new(),
        })
    }

    /// The object, without uid, resourceVersion, creationTimestamp and managedFields.
    pub fn object(&self) -> &Value {
        self.object
            .get_or_init(|| serde_json::from_str(self.text).expect("it was written as JSON"))
    }

    /// Its `managedFields`, had it been written now.
    pub fn managed_fields(&self, now: Timestamp) -> Value {
        let time = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let object = self.object();
        let aggregates = object.get("aggregationRule").is_some();
        let mut fields = json!({"f:metadata": owned_metadata(&object["metadata"])});
        if aggregates {
            fields["f:aggregationRule"] = json!({".": {}, "f:clusterRoleSelectors": {}});
        }
        for field in ["rules", "roleRef", "subjects"] {
            if object.get(field).is_some() && !(field == "rules" && aggregates) {
                fields[format!("f:{field}")] = json!({});
            }
        }
        let entry = |manager: &str, operation: &str, fields: Value| {
            json!({"manager": manager, "operation": operation, "time": time, "fieldsType": "FieldsV1",
                "apiVersion": "rbac.authorization.k8s.io/v1", "fieldsV1": fields})
        };
        let mut entries = Vec::new();
        if aggregates {
            let rules = json!({"f:rules": {}});
            entries.push(entry("clusterrole-aggregation-controller", "Apply", rules));
        }
        entries.push(entry("kube-apiserver", "Update", fields));
        entries.into()
    }
}

fn owned_metadata(metadata: &Value) -> Value {
    let mut owned = json!({});
    for field in ["annotations", "labels"] {
        let Some(texts) = metadata[field].as_object() else {
            continue;
        };
        let mut keys = json!({".": {}});
        for key in texts.keys() {
            keys[format!("f:{key}")] = json!({});
        }
        owned[format!("f:{field}")] = keys;
    }
    owned
}
