//! The words for every argument. The tests of `places` hold it against the readers, so there is no argument without words,
//! and no words without an argument.

use super::{Described, Place, argument, required};

/// The attributes, each followed by those of its arguments that have arguments of their own.
pub(super) const PLACES: &[Place] = &[
    RESOURCE,
    PRINTCOLUMN,
    SCALE,
    STATUS,
    SCHEMA,
    SCHEMA_ON_A_FIELD,
    CONTROLLER,
    RECONCILES,
    OWNS,
    WATCHES,
    READS,
    SKIP,
    RBAC,
    TEST,
];

const RESOURCE: Place = Place {
    name: "#[resource]",
    meaning: "Makes a kind out of the struct of its spec.",
    arguments: &[
        required("group", "group = \"example.com\"", "The API group, whole."),
        required(
            "version",
            "version = \"v1alpha1\"",
            "The version of the API.",
        ),
        required(
            "kind",
            "kind = \"MyApp\"",
            "The kind; the type of this name is made.",
        ),
        argument("namespaced", "namespaced", "Objects live in namespaces."),
        argument(
            "status",
            "status = MyAppStatus",
            "The type of the status, which has `#[status]`.",
        ),
        argument(
            "plural",
            "plural = \"myapps\"",
            "The resource's name in URLs; by default the kind's plural, as Kubebuilder makes it.",
        ),
        argument(
            "singular",
            "singular = \"myapp\"",
            "The singular that kubectl takes; by default the kind in lowercase.",
        ),
        argument(
            "shortname",
            "shortname = \"ma\"",
            "A short name that kubectl takes; may be there several times.",
        ),
        argument(
            "category",
            "category = \"all\"",
            "A group of kinds that `kubectl get` takes; may be there several times.",
        ),
        argument(
            "printcolumn",
            "printcolumn(name = \"Image\", type_ = \"string\", json_path = \".spec.image\")",
            "A column of `kubectl get`; may be there several times.",
        ),
        argument(
            "selectable",
            "selectable = \".spec.color\"",
            "A field by which objects can be selected; at most 8 of them.",
        ),
        argument(
            "scale",
            "scale(spec_replicas_path = \".spec.replicas\", status_replicas_path = \".status.replicas\")",
            "The scale subresource, for `kubectl scale` and autoscalers; takes a status.",
        ),
        argument(
            "validation",
            "validation = \"self.metadata.name.size() < 20\"",
            "A CEL rule on the whole object, or a `kube::core::Rule`; may be there several times.",
        ),
        argument(
            "annotation",
            "annotation(\"example.com/team\", \"web\")",
            "An annotation of the CRD; may be there several times.",
        ),
        argument(
            "label",
            "label(\"team\", \"web\")",
            "A label of the CRD; may be there several times.",
        ),
        argument(
            "storage",
            "storage = false",
            "Whether the API server stores objects in this version of the kind; by default it does.",
        ),
        argument(
            "served",
            "served = false",
            "Whether the API server serves this version of the kind; by default it does.",
        ),
        argument(
            "deprecated",
            "deprecated = \"use v1\"",
            "Whoever uses this version is warned, with these words where there are any.",
        ),
        argument(
            "doc",
            "doc = \"MyApp runs a container image.\"",
            "What `kubectl explain` says; by default the struct's doc comment.",
        ),
        argument(
            "root",
            "root = \"Application\"",
            "The name of the kind's Rust type, where that is not the kind.",
        ),
        argument(
            "derive",
            "derive = \"PartialEq\"",
            "A further derive of the kind's type; may be there several times.",
        ),
    ],
};

const PRINTCOLUMN: Place = Place {
    name: "printcolumn",
    meaning: "A column of `kubectl get`, in `#[resource]`.",
    arguments: &[
        required("name", "name = \"Image\"", "The column's header."),
        required(
            "type_",
            "type_ = \"string\"",
            "`boolean`, `date`, `integer`, `number` or `string`.",
        ),
        required("json_path", "json_path = \".spec.image\"", "What it shows."),
        argument(
            "description",
            "description = \"The image that runs\"",
            "What it means.",
        ),
        argument(
            "format",
            "format = \"int32\"",
            "The format of the type, as OpenAPI names it.",
        ),
        argument(
            "priority",
            "priority = 1",
            "Above 0 it shows with `-o wide` only.",
        ),
    ],
};

const SCALE: Place = Place {
    name: "scale",
    meaning: "The scale subresource, in `#[resource]`.",
    arguments: &[
        required(
            "spec_replicas_path",
            "spec_replicas_path = \".spec.replicas\"",
            "The replicas that are wanted.",
        ),
        required(
            "status_replicas_path",
            "status_replicas_path = \".status.replicas\"",
            "The replicas that there are.",
        ),
        argument(
            "label_selector_path",
            "label_selector_path = \".status.selector\"",
            "The selector of the Pods, as text, which a HorizontalPodAutoscaler needs.",
        ),
    ],
};

const STATUS: Place = Place {
    name: "#[status]",
    meaning: "Makes the status of a kind out of a struct, whose fields have defaults: adds `conditions` and \
              `observed_generation`, which the runtime keeps, and lets a controller set the others by `ctx.status(...)`.",
    arguments: &[],
};

const SCHEMA: Place = Place {
    name: "#[schema]",
    meaning: "Says more of the schema of a struct: below `#[resource]` and `#[status]`, and above the derives of any other \
              struct. Without arguments it lets fields say it.",
    arguments: &[
        argument(
            "exactly_one_of",
            "exactly_one_of(tls, plain_text)",
            "Of these fields, each an `Option`, one is set. May be there several times.",
        ),
        argument(
            "at_most_one_of",
            "at_most_one_of(tls, plain_text)",
            "Of these fields, each an `Option`, one is set or none. May be there several times.",
        ),
        argument(
            "at_least_one_of",
            "at_least_one_of(tls, plain_text)",
            "Of these fields, each an `Option`, one is set or more. May be there several times.",
        ),
        PRESERVE_UNKNOWN_FIELDS,
    ],
};

const SCHEMA_ON_A_FIELD: Place = Place {
    name: "#[schema] on a field",
    meaning: "Says more of a field, in a struct with `#[resource]`, `#[status]` or `#[schema]`.",
    arguments: &[
        argument(
            "immutable",
            "immutable",
            "Once set, the field stays as it is; an `Option` is then never null.",
        ),
        argument(
            "not_null",
            "not_null",
            "The field, an `Option`, may be left out, but not be null.",
        ),
        argument(
            "embedded_resource",
            "embedded_resource",
            "The value is an object of Kubernetes, whose `apiVersion`, `kind` and `metadata` are validated.",
        ),
        PRESERVE_UNKNOWN_FIELDS,
    ],
};

const PRESERVE_UNKNOWN_FIELDS: Described = argument(
    "preserve_unknown_fields",
    "preserve_unknown_fields",
    "The API server keeps fields that the schema does not know.",
);

const CONTROLLER: Place = Place {
    name: "#[controller]",
    meaning: "Says what a struct with `#[derive(Controller)]` reconciles and touches. The watches, the rules of the \
              operator's role, and what compiles follow from it.",
    arguments: &[
        required(
            "reconciles",
            "reconciles = MyApp",
            "The kind whose objects it keeps as they are described.",
        ),
        argument(
            "name",
            "name = \"myapp\"",
            "How logs and metrics call it; by default the kind in lowercase.",
        ),
        argument(
            "owns",
            "owns(Deployment, Service)",
            "Kinds that it applies and deletes; a change wakes the owner. May be there several times.",
        ),
        argument(
            "watches",
            "watches(Secret, index = secret_of)",
            "A kind whose changes wake the objects that they concern. May be there several times.",
        ),
        argument(
            "reads",
            "reads(Secret)",
            "Kinds that it reads from the cache; a change wakes nobody. May be there several times.",
        ),
        argument(
            "skip",
            "skip(label = \"reconciler=ignore\")",
            "Objects with this label are left alone.",
        ),
        argument(
            "finalizer",
            "finalizer = \"example.com/cleanup\"",
            "`Cleanup::cleanup` is called before an object goes.",
        ),
        argument(
            "queue",
            "queue = order::ByName",
            "Which object is next, as one of `myop::order` or an order of one's own says it.",
        ),
        argument(
            "backoff",
            "backoff = |failures| Duration::from_secs(failures.into())",
            "How long an object waits after so many failures in a row.",
        ),
        argument(
            "reconcile_timeout",
            "reconcile_timeout = Duration::from_secs(30)",
            "How long a reconcile may take.",
        ),
        argument(
            "rbac",
            "rbac(groups = [\"\"], resources = [\"pods/log\"], verbs = [\"get\"])",
            "Access that does not follow from the rest. May be there several times.",
        ),
    ],
};

const RECONCILES: Place = Place {
    name: "reconciles",
    meaning: "The kind, in `#[controller]`, where more is said of it than its type, which stands first: \
              `reconciles(MyApp, when = generation_changed)`.",
    arguments: &[
        WHEN,
        argument(
            "status",
            "status = false",
            "Another controller keeps the status, or another operator: of several controllers of a kind, one does.",
        ),
    ],
};

const OWNS: Place = Place {
    name: "owns",
    meaning: "Kinds that a controller makes, in `#[controller]`: their types stand first, and what is said beside them is \
              said of each: `owns(Deployment, Service, any_owner)`.",
    arguments: &[
        argument(
            "any_owner",
            "any_owner",
            "A change wakes each owner of the kind, also one that is not its controller.",
        ),
        WHEN,
    ],
};

const WATCHES: Place = Place {
    name: "watches",
    meaning: "A kind whose changes wake reconciled objects, in `#[controller]`: its type stands first. Whom they wake, \
              `index` says, with or without `key`, or `map`; these functions return an `Option`, an array or a `Vec`.",
    arguments: &[
        argument(
            "index",
            "index = secret_of",
            "A function of a reconciled object: the `NamespacedName`s of what it refers to, or with `key` any keys.",
        ),
        argument(
            "key",
            "key = host_of",
            "A function of a watched object: its keys. Who has one of them in its `index` is woken.",
        ),
        argument(
            "map",
            "map = apps_of",
            "A function of a watched object: the `NamespacedName`s of whom it wakes; in place of `index`.",
        ),
        WHEN,
    ],
};

const READS: Place = Place {
    name: "reads",
    meaning: "Kinds that a controller reads and that wake nobody, in `#[controller]`: only their types.",
    arguments: &[],
};

const SKIP: Place = Place {
    name: "skip",
    meaning: "Objects that a controller leaves alone, in `#[controller]`.",
    arguments: &[required(
        "label",
        "label = \"reconciler=ignore\"",
        "Their label: key and value.",
    )],
};

const RBAC: Place = Place {
    name: "rbac",
    meaning: "A rule of the operator's role, in `#[controller]`: on resources, or on paths, never on both.",
    arguments: &[
        required(
            "groups",
            "groups = [\"apps\"]",
            "API groups, `\"\"` for the core.",
        ),
        required(
            "resources",
            "resources = [\"deployments/scale\"]",
            "Plurals, of a subresource after a `/`.",
        ),
        required("verbs", "verbs = [\"get\"]", "What may be done."),
        argument(
            "names",
            "names = [\"settings\"]",
            "The only objects that it may be done with; by default all.",
        ),
        argument(
            "urls",
            "urls = [\"/metrics\"]",
            "Paths, which may end in `*`, in place of `groups`, `resources` and `names`.",
        ),
    ],
};

const TEST: Place = Place {
    name: "#[myop::test]",
    meaning: "Makes an async function of a `Cluster` a test on a control plane.",
    arguments: &[
        argument(
            "controllers",
            "controllers",
            "The control plane has the controller manager, too: Deployments roll out, and children are collected.",
        ),
        argument(
            "embedded",
            "embedded",
            "It runs on the embedded API server, whatever `KUBEBUILDER_ASSETS` and `USE_EXISTING_CLUSTER` say: only that one \
             forgets its history or lets its watches lag when it is told to.",
        ),
    ],
};

const WHEN: Described = argument(
    "when",
    "when = generation_changed",
    "Only changes that pass this predicate wake anybody: one of `myop::predicate`, or a function of a `Change`.",
);

/// Words of Kubebuilder, of kube and of everyday speech, each with the place where it is written and the name it has there.
pub(super) const SYNONYMS: &[(&str, &str, &str)] = &[
    ("#[resource]", "path", "plural"),
    ("#[resource]", "scope", "namespaced"),
    ("#[resource]", "storageversion", "storage"),
    ("#[resource]", "struct", "root"),
    ("#[resource]", "subresource", "status"),
    ("#[resource]", "unservedversion", "served"),
    ("printcolumn", "header", "name"),
    ("scale", "selectorpath", "label_selector_path"),
    ("scale", "specpath", "spec_replicas_path"),
    ("scale", "statuspath", "status_replicas_path"),
    ("#[controller]", "filter", "skip"),
    ("#[controller]", "for", "reconciles"),
    ("#[controller]", "ignore", "skip"),
    ("#[controller]", "kind", "reconciles"),
    ("#[controller]", "order", "queue"),
    ("#[controller]", "permissions", "rbac"),
    ("#[controller]", "retry", "backoff"),
    ("#[controller]", "rule", "rbac"),
    ("reconciles", "filter", "when"),
    ("reconciles", "predicate", "when"),
    ("owns", "filter", "when"),
    ("owns", "predicate", "when"),
    ("watches", "filter", "when"),
    ("watches", "predicate", "when"),
    ("rbac", "apiGroups", "groups"),
    ("rbac", "nonResourceURLs", "urls"),
    ("rbac", "resourceNames", "names"),
];
