//! How the built-in kinds differ from each other: a row for each, and hooks for what a row can't say.

use jiff::Timestamp;

use super::{
    decode::Body,
    names::{self, Complaints},
    namespace,
    object::Object,
    query::FieldValidation,
    resource::{Part, Resource, Strategy},
    scale::Scaled,
};
use crate::{
    FieldError, FieldReason, Refusal,
    apply::{self, FieldSet},
    table::Printer,
    types::Media,
};

/// A row of the table below.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a yes or a no of the table"
)]
#[derive(Clone, Copy)]
pub(crate) struct Builtin {
    plural: &'static str,
    group: &'static str,
    name: fn(&str) -> Complaints,
    generation: bool,
    status: bool,
    unconditional_update: bool,
    create_on_update: bool,
    returns_deleted: bool,
    fields: &'static [&'static str],
    begin: fn(&mut Object),
    keep: fn(&mut Object, &Object, Part),
    is_held: fn(&Object) -> bool,
    terminate: Option<fn(&mut Object, Timestamp)>,
    grace: fn(&Object, Option<i64>) -> Option<i64>,
}

const PLAIN: Builtin = Builtin {
    plural: "",
    group: "",
    name: names::dns_subdomain,
    generation: false,
    status: false,
    unconditional_update: true,
    create_on_update: false,
    returns_deleted: false,
    fields: &[],
    begin: |_| {},
    keep: |_, _, _| {},
    is_held: |_| false,
    terminate: None,
    grace: |_, _| None,
};

/// With `spec`, `status` and a generation.
const WORKLOAD: Builtin = Builtin {
    generation: true,
    status: true,
    ..PLAIN
};

const RBAC: Builtin = Builtin {
    group: "rbac.authorization.k8s.io",
    name: names::path_segment,
    create_on_update: true,
    ..PLAIN
};

/// What `registry/*/strategy.go` of Kubernetes says of each kind; what is not here is [`PLAIN`].
const TABLE: &[Builtin] = &[
    Builtin {
        plural: "namespaces",
        name: names::dns_label,
        status: true,
        returns_deleted: true,
        fields: &["status.phase"],
        begin: namespace::begin,
        keep: namespace::keep,
        is_held: namespace::is_held,
        terminate: Some(namespace::terminate),
        ..PLAIN
    },
    Builtin {
        plural: "pods",
        generation: true,
        status: true,
        returns_deleted: true,
        fields: POD_FIELDS,
        ..PLAIN
    },
    Builtin {
        plural: "services",
        name: names::dns_1035_label,
        status: true,
        create_on_update: true,
        returns_deleted: true,
        fields: &["spec.clusterIP", "spec.type"],
        ..PLAIN
    },
    Builtin {
        plural: "secrets",
        fields: &["type"],
        ..PLAIN
    },
    Builtin {
        plural: "serviceaccounts",
        returns_deleted: true,
        ..PLAIN
    },
    Builtin {
        plural: "nodes",
        status: true,
        fields: &["spec.unschedulable"],
        ..PLAIN
    },
    Builtin {
        plural: "persistentvolumeclaims",
        status: true,
        returns_deleted: true,
        ..PLAIN
    },
    Builtin {
        plural: "persistentvolumes",
        status: true,
        returns_deleted: true,
        ..PLAIN
    },
    Builtin {
        plural: "endpoints",
        create_on_update: true,
        ..PLAIN
    },
    Builtin {
        plural: "events",
        create_on_update: true,
        fields: EVENT_FIELDS,
        ..PLAIN
    },
    Builtin {
        plural: "events",
        group: "events.k8s.io",
        create_on_update: true,
        fields: EVENT_FIELDS,
        ..PLAIN
    },
    Builtin {
        plural: "deployments",
        group: "apps",
        ..WORKLOAD
    },
    Builtin {
        plural: "replicasets",
        group: "apps",
        fields: &["status.replicas"],
        ..WORKLOAD
    },
    Builtin {
        plural: "statefulsets",
        group: "apps",
        ..WORKLOAD
    },
    Builtin {
        plural: "daemonsets",
        group: "apps",
        ..WORKLOAD
    },
    Builtin {
        plural: "jobs",
        group: "batch",
        fields: &["status.successful"],
        ..WORKLOAD
    },
    Builtin {
        plural: "cronjobs",
        group: "batch",
        ..WORKLOAD
    },
    Builtin {
        plural: "poddisruptionbudgets",
        group: "policy",
        unconditional_update: false,
        ..WORKLOAD
    },
    Builtin {
        plural: "ingresses",
        group: "networking.k8s.io",
        ..WORKLOAD
    },
    Builtin {
        plural: "networkpolicies",
        group: "networking.k8s.io",
        generation: true,
        ..PLAIN
    },
    Builtin {
        plural: "ingressclasses",
        group: "networking.k8s.io",
        generation: true,
        ..PLAIN
    },
    Builtin {
        plural: "endpointslices",
        group: "discovery.k8s.io",
        generation: true,
        ..PLAIN
    },
    Builtin {
        plural: "priorityclasses",
        group: "scheduling.k8s.io",
        generation: true,
        ..PLAIN
    },
    Builtin {
        plural: "storageclasses",
        group: "storage.k8s.io",
        returns_deleted: true,
        ..PLAIN
    },
    Builtin {
        plural: "leases",
        group: "coordination.k8s.io",
        unconditional_update: false,
        create_on_update: true,
        ..PLAIN
    },
    Builtin {
        plural: "roles",
        ..RBAC
    },
    Builtin {
        plural: "rolebindings",
        ..RBAC
    },
    Builtin {
        plural: "clusterroles",
        ..RBAC
    },
    Builtin {
        plural: "clusterrolebindings",
        ..RBAC
    },
    Builtin {
        plural: "mutatingwebhookconfigurations",
        group: "admissionregistration.k8s.io",
        generation: true,
        unconditional_update: false,
        ..PLAIN
    },
    Builtin {
        plural: "validatingwebhookconfigurations",
        group: "admissionregistration.k8s.io",
        generation: true,
        unconditional_update: false,
        ..PLAIN
    },
    Builtin {
        plural: "horizontalpodautoscalers",
        group: "autoscaling",
        status: true,
        ..PLAIN
    },
    Builtin {
        plural: "customresourcedefinitions",
        group: "apiextensions.k8s.io",
        unconditional_update: false,
        ..WORKLOAD
    },
];

const POD_FIELDS: &[&str] = &[
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
];

const EVENT_FIELDS: &[&str] = &[
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
];

/// The row of a kind.
pub(crate) fn of(group: &str, plural: &str) -> Builtin {
    let row = TABLE
        .iter()
        .find(|row| row.group == group && row.plural == plural);
    row.copied().unwrap_or(PLAIN)
}

impl Strategy for Builtin {
    fn read(
        &self,
        resource: &Resource,
        body: &[u8],
        media: Media,
        validation: FieldValidation,
    ) -> Result<Body, Refusal> {
        Body::of_builtin(resource, body, media, validation)
    }

    fn scaled(&self) -> Option<Scaled<'_>> {
        let can_be = matches!(self.plural, "deployments" | "replicasets" | "statefulsets");
        can_be.then_some(Scaled::BuiltIn)
    }

    fn printer(&self, resource: &Resource) -> Printer<'_> {
        Printer::built_in(&resource.group, &resource.kind)
    }

    fn ignored(&self, resource: &Resource, subresource: &str) -> FieldSet {
        apply::ignored(&resource.plural, subresource)
    }

    fn first_generation(&self) -> Option<i64> {
        self.generation.then_some(1)
    }

    fn prepare_for_create(&self, object: &mut Object) {
        if self.status {
            object
                .fields_mut()
                .insert("status".into(), serde_json::json!({}));
        }
        (self.begin)(object);
    }

    fn prepare_for_update(&self, new: &mut Object, old: &Object, part: Part) {
        if self.status {
            match part {
                Part::Main | Part::Finalize => new.take_field("status", old),
                Part::Status => new.take_field("spec", old),
            }
        }
        (self.keep)(new, old, part);
    }

    fn is_held(&self, object: &Object) -> bool {
        (self.is_held)(object)
    }

    fn terminate(&self) -> Option<fn(&mut Object, Timestamp)> {
        self.terminate
    }

    fn grace_period_seconds(&self, object: &Object, asked: Option<i64>) -> Option<i64> {
        (self.grace)(object, asked)
    }

    fn validate(&self, object: &Object) -> Vec<FieldError> {
        let mut errors = Vec::new();
        errors.extend(finalizers(object));
        errors
    }

    fn check_name(&self, name: &str) -> Complaints {
        (self.name)(name)
    }

    fn allows_unconditional_update(&self) -> bool {
        self.unconditional_update
    }

    fn allows_create_on_update(&self) -> bool {
        self.create_on_update
    }

    fn selectable_fields(&self) -> Vec<&str> {
        self.fields.to_vec()
    }

    fn returns_deleted(&self) -> bool {
        self.returns_deleted
    }

    fn is_garbage_collected(&self) -> bool {
        self.plural != "events"
    }
}

/// What the built-in kinds ask of finalizers besides (`validateKubeFinalizerName` of Kubernetes).
fn finalizers(object: &Object) -> Vec<FieldError> {
    const STANDARD: [&str; 3] = ["foregroundDeletion", "kubernetes", "orphan"];
    let odd = object
        .finalizers()
        .enumerate()
        .filter(|(_, name)| !name.contains('/') && !STANDARD.contains(name));
    odd.map(|(index, name)| {
        FieldError::new(
            FieldReason::Invalid,
            format!("metadata.finalizers[{index}]"),
            name,
            "name is neither a standard finalizer name nor is it fully qualified",
        )
    })
    .collect()
}
