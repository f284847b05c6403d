use kube::CustomResourceExt as _;
use myop::{resource, status};

/// Not what `kubectl explain` says.
#[resource(
    group = "shop.example.com",
    version = "v1beta2",
    kind = "Index",
    root = "SearchIndex",
    namespaced = true,
    status = "IndexStatus",
    plural = "searchindexes",
    singular = "searchindex",
    shortname = "si",
    shortname = "idx",
    category = "all",
    category = "search",
    printcolumn(
        name = "Size",
        type_ = "integer",
        format = "int32",
        json_path = ".spec.size",
        description = "How many documents",
        priority = 1,
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    selectable = ".spec.color",
    scale(
        spec_replicas_path = ".spec.size",
        status_replicas_path = ".status.size",
        label_selector_path = ".status.selector",
    ),
    annotation("example.com/owner", "search"),
    label("team", "search"),
    validation = kube::core::Rule::new("self.spec.size > 0").message("an index has a size"),
    validation = "self.metadata.name != 'none'",
    deprecated = "use v1",
    storage = false,
    served = true,
    doc = "An index of documents.",
    derive = "PartialEq",
)]
#[derive(PartialEq)]
pub struct IndexSpec {
    pub size: i32,
    #[x_kube(validation = "self in ['red', 'green']")]
    pub color: String,
}

#[status]
#[derive(PartialEq)]
pub struct IndexStatus {
    pub size: i32,
    pub selector: Option<String>,
}

fn main() {
    let crd = serde_json::to_value(SearchIndex::crd()).unwrap();
    assert_eq!(crd["metadata"]["name"], "searchindexes.shop.example.com");
    let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    assert_eq!(schema["description"], "An index of documents.");
    assert_eq!(schema["x-kubernetes-validations"][0]["message"], "an index has a size");
}
