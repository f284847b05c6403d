#!/usr/bin/env python3
"""Writes the same kinds in Go, for controller-gen, and in Rust, for kube's derives; and compares what became of them.

  kinds.py go FOLDER [--kinds N] [--pod-template] [--edit K]       a module
  kinds.py rust FOLDER [--kinds N] [--pod-template] [--edit K]     a crate; its program writes the definitions
  kinds.py compare GO_CRDS RUST_CRDS                               whether they mean the same

Each kind has 12 fields in its spec and 4 in its status, of 7 structs and 5 enums, with ranges, lengths, patterns, defaults,
list-maps and two CEL rules. `--pod-template` adds one that holds a PodTemplateSpec. `--edit K` gives the first kind one
field more, named after K; only files whose text changes are written.
"""
import argparse
import json
import pathlib
import sys

GROUP, VERSION = "bench.example.com", "v1alpha1"
COLUMNS = [("Phase", "string", ".status.phase"), ("Replicas", "integer", ".spec.replicas")]


class Struct:
    """A field is a name, a type and what is said of it. Types: str, int32, int64, bool, map, enum:E, list:T, a struct."""

    def __init__(self, doc, *fields, rules=()):
        self.doc, self.fields, self.rules = doc, list(fields), rules


class Kind:
    def __init__(self, name, short, structs, enums=None, columns=COLUMNS):
        self.name, self.short, self.columns = name, short, columns
        self.structs, self.enums = structs, enums or {}


def widget(index):
    k = f"Widget{index:03d}"
    enums = {
        k + "Mode": ("How the workload runs", ["Active", "Passive", "Maintenance"]),
        k + "Protocol": ("Transport protocol of a port", ["TCP", "UDP"]),
        k + "Operator": ("How a requirement compares", ["In", "NotIn", "Exists", "DoesNotExist"]),
        k + "Retention": ("What happens to the volume when the object goes", ["Delete", "Retain"]),
        k + "Phase": ("Where the object is in its life", ["Pending", "Running", "Failed"]),
    }
    structs = {
        k + "Port": Struct(
            "One port that the workload serves",
            ("name", "str", dict(minlen=1, maxlen=15, pattern="^[a-z0-9-]+$", doc="Name, unique in the list")),
            ("port", "int32", dict(min=1, max=65535, doc="Port number")),
            ("protocol", f"enum:{k}Protocol", dict(default="TCP", doc="Protocol of the port")),
        ),
        k + "Resources": Struct(
            "Compute the workload asks for",
            ("cpu", "str", dict(pattern="^[0-9]+m?$", doc="CPU as cores or milli-cores")),
            ("memory", "str", dict(pattern="^[0-9]+(Ki|Mi|Gi)$", doc="Memory with a binary suffix")),
            ("limits", "map", dict(opt=True, doc="Limits by resource name")),
        ),
        k + "Requirement": Struct(
            "One requirement of a selector",
            ("key", "str", dict(minlen=1, maxlen=63, doc="Label key")),
            ("operator", f"enum:{k}Operator", dict(doc="Comparison")),
            ("values", "list:str", dict(opt=True, maxitems=16, doc="Values to compare with")),
        ),
        k + "Selector": Struct(
            "Which objects belong",
            ("matchLabels", "map", dict(opt=True, doc="Labels that must be equal")),
            ("matchExpressions", f"list:{k}Requirement", dict(opt=True, maxitems=8, doc="Requirements that must hold")),
        ),
        k + "Storage": Struct(
            "The volume of the workload",
            ("size", "str", dict(pattern="^[1-9][0-9]*Gi$", doc="Size in gibibytes")),
            ("className", "str", dict(opt=True, maxlen=63, doc="Storage class")),
            ("retention", f"enum:{k}Retention", dict(default="Delete", doc="Retention of the volume")),
            rules=[("has(self.className) == has(oldSelf.className)", "className cannot be added or removed")],
        ),
        k + "EnvVar": Struct(
            "One environment variable",
            ("name", "str", dict(minlen=1, maxlen=63, doc="Name, unique in the list")),
            ("value", "str", dict(opt=True, doc="Value")),
        ),
        k + "Condition": Struct(
            "One observation of the state",
            ("type", "str", dict(minlen=1, maxlen=316, doc="Type, unique in the list")),
            ("status", "str", dict(pattern="^(True|False|Unknown)$", doc="True, False or Unknown")),
            ("reason", "str", dict(maxlen=1024, doc="CamelCase word")),
            ("message", "str", dict(opt=True, maxlen=32768, doc="Text for people")),
        ),
        k + "Spec": Struct(
            f"Desired state of {k}",
            ("replicas", "int32", dict(default=1, min=0, max=100, doc="How many pods")),
            ("image", "str", dict(minlen=1, maxlen=253, pattern="^[a-z0-9./:_-]+$", doc="Container image")),
            ("mode", f"enum:{k}Mode", dict(default="Active", doc="Mode of the workload")),
            ("labels", "map", dict(opt=True, maxprops=16, doc="Labels for the pods")),
            ("ports", f"list:{k}Port", dict(opt=True, maxitems=16, listmap="name", doc="Ports to serve")),
            ("resources", f"{k}Resources", dict(opt=True, doc="Compute resources")),
            ("timeoutSeconds", "int64", dict(opt=True, min=1, max=86400, doc="Deadline of a rollout")),
            ("selector", f"{k}Selector", dict(opt=True, doc="Selector of peers")),
            ("schedule", "str", dict(opt=True, minlen=9, maxlen=64, doc="Cron line of the backup")),
            ("paused", "bool", dict(default=False, doc="Stop acting on the object")),
            ("storage", f"{k}Storage", dict(opt=True, doc="Volume of the workload")),
            ("env", f"list:{k}EnvVar", dict(opt=True, maxitems=64, listmap="name", doc="Environment of the container")),
            rules=[("self.mode != 'Maintenance' || self.replicas <= 1", "at most one replica in maintenance")],
        ),
        k + "Status": Struct(
            f"Observed state of {k}",
            ("phase", f"enum:{k}Phase", dict(opt=True, doc="Phase of the object")),
            ("observedGeneration", "int64", dict(opt=True, doc="Generation that was acted on")),
            ("readyReplicas", "int32", dict(opt=True, min=0, doc="Pods that are ready")),
            ("conditions", f"list:{k}Condition", dict(opt=True, listmap="type", doc="Conditions of the object")),
        ),
    }
    return Kind(k, f"w{index:03d}", structs, enums)


def pod_host():
    structs = {
        "PodHostSpec": Struct("Desired state of PodHost", ("template", "PodTemplateSpec", dict(doc="Pod to run"))),
        "PodHostStatus": Struct(
            "Observed state of PodHost", ("ready", "bool", dict(opt=True, doc="Whether the pod is ready"))
        ),
    }
    return Kind("PodHost", "ph", structs, columns=[])


def kinds(count, pod_template, edit):
    written = [widget(index) for index in range(count)] + [pod_host()] * pod_template
    if edit is not None:
        first = written[0]
        field = (f"edit{edit}", "str", dict(opt=True, maxlen=8, doc="Added by an edit"))
        first.structs[first.name + "Spec"].fields.append(field)
    return written


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


# Go


GO_TYPES = {"str": "string", "map": "map[string]string", "PodTemplateSpec": "corev1.PodTemplateSpec"}
GO_MOD = """module example.com/benchkinds

go 1.24.0

require (
	k8s.io/api v0.35.4
	k8s.io/apimachinery v0.35.4
)
"""


def go_type(of, said):
    if of.startswith("list:"):
        return "[]" + go_type(of[5:], {})
    written = GO_TYPES.get(of, of.removeprefix("enum:"))
    is_pointer = (said.get("opt") or "default" in said) and of != "map"
    return "*" + written if is_pointer else written


def go_field(name, of, said):
    markers = {"min": "Minimum", "max": "Maximum", "minlen": "MinLength", "maxlen": "MaxLength", "pattern": "Pattern",
               "maxitems": "MaxItems", "maxprops": "MaxProperties"}
    yield f"// {said['doc']}"
    for key, marker in markers.items():
        if key in said:
            value = f"`{said[key]}`" if key == "pattern" else said[key]
            yield f"// +kubebuilder:validation:{marker}={value}"
    if "listmap" in said:
        yield "// +listType=map"
        yield f"// +listMapKey={said['listmap']}"
    if "default" in said:
        yield f"// +kubebuilder:default={str(said['default']).lower() if said['default'] is False else said['default']}"
    optional = said.get("opt") or "default" in said
    yield "// +optional" if optional else "// +required"
    yield f'{name[0].upper()}{name[1:]} {go_type(of, said)} `json:"{name}{",omitempty" * bool(optional)}"`'


def go_struct(name, struct):
    yield f"// {struct.doc}"
    for rule, message in struct.rules:
        yield f'// +kubebuilder:validation:XValidation:rule="{rule}",message="{message}"'
    yield f"type {name} struct {{"
    for field in struct.fields:
        yield from (f"\t{line}" for line in go_field(*field))
    yield "}\n"


def go_kind(kind):
    yield f"package {VERSION}\n\nimport ("
    if kind.name == "PodHost":
        yield '\tcorev1 "k8s.io/api/core/v1"'
    yield '\tmetav1 "k8s.io/apimachinery/pkg/apis/meta/v1"\n)\n'
    for name, (doc, values) in kind.enums.items():
        yield f"// {doc}\n// +kubebuilder:validation:Enum={';'.join(values)}\ntype {name} string\n"
    for name, struct in kind.structs.items():
        yield from go_struct(name, struct)
    yield "// +kubebuilder:object:root=true\n// +kubebuilder:subresource:status"
    yield f"// +kubebuilder:resource:scope=Namespaced,shortName={kind.short},categories=bench"
    for name, of, path in kind.columns:
        yield f'// +kubebuilder:printcolumn:name="{name}",type={of},JSONPath="{path}"'
    yield f"""
// {kind.name} is one kind of the benchmark
type {kind.name} struct {{
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`
	// +required
	Spec {kind.name}Spec `json:"spec"`
	// +optional
	Status *{kind.name}Status `json:"status,omitempty"`
}}

// +kubebuilder:object:root=true

// {kind.name}List is a list of {kind.name}
type {kind.name}List struct {{
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	Items []{kind.name} `json:"items"`
}}
"""


def write_go(folder, written):
    markers = f"// +groupName={GROUP}\n// +versionName={VERSION}\n// +kubebuilder:object:generate=true\n"
    put(folder / "api" / VERSION / "doc.go", f"{markers}package {VERSION}\n")
    for kind in written:
        put(folder / "api" / VERSION / f"{kind.name.lower()}_types.go", "\n".join(go_kind(kind)))
    if not (folder / "go.mod").exists():
        put(folder / "go.mod", GO_MOD)


# Rust


RUST_TYPES = {"str": "String", "int32": "i32", "int64": "i64", "map": "BTreeMap<String, String>"}
# A name by number of kinds: crates that share a target folder must not share a name.
CARGO_TOML = """[package]
name = "{name}"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
kube = {{ version = "5", default-features = false, features = ["derive"] }}
k8s-openapi = {{ version = "0.29", default-features = false, features = ["v1_35", "schemars"] }}
schemars = "1"
serde = {{ version = "1", features = ["derive"] }}
serde_json = "1"
serde_yaml = {{ package = "serde-saphyr", version = "2" }}
"""
MAIN = """//! Writes the definitions of the kinds into the folder that is named.

use kube::CustomResourceExt;

{modules}

fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    std::fs::create_dir_all(&folder)?;
    for crd in [{asked}] {{
        let name = crd.metadata.name.as_deref().unwrap_or_default();
        std::fs::write(format!("{{folder}}/{{name}}.yaml"), serde_yaml::to_string(&crd)?)?;
    }}
    Ok(())
}}
"""


def snake(name):
    written = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
    return "r#type" if written == "type" else written


def rust_type(of, said):
    if of.startswith("list:"):
        written = f"Vec<{rust_type(of[5:], {})}>"
    else:
        written = RUST_TYPES.get(of, of.removeprefix("enum:"))
    return f"Option<{written}>" if said.get("opt") else written


def rust_limits(said):
    def limit(name, **keys):
        given = ", ".join(f"{key} = {said[of]}" for key, of in keys.items() if of in said)
        return [f"{name}({given})"] if given else []

    limits = limit("range", min="min", max="max") + limit("length", min="minlen", max="maxlen") + limit("length", max="maxitems")
    if "pattern" in said:
        limits.append(f'regex(pattern = r"{said["pattern"]}")')
    if "maxprops" in said:
        limits.append(f'extend("maxProperties" = {said["maxprops"]})')
    return ", ".join(limits)


def rust_field(struct, name, of, said):
    """A field's lines, and the function of its default where it needs one."""
    lines, default = [f"/// {said['doc']}"], None
    if limits := rust_limits(said):
        lines.append(f"#[schemars({limits})]")
    if "listmap" in said:
        lines.append(f'#[x_kube(merge_strategy = ListMerge::Map(vec!["{said["listmap"]}".into()]))]')
    if said.get("opt"):
        lines.append('#[serde(default, skip_serializing_if = "Option::is_none")]')
    elif of.startswith("enum:") and "default" in said or said.get("default") is False:
        lines.append("#[serde(default)]")
    elif "default" in said:
        function = f"default_{struct.lower()}_{snake(name)}"
        lines.append(f'#[serde(default = "{function}")]')
        default = f"fn {function}() -> {rust_type(of, said)} {{\n    {said['default']}\n}}\n"
    lines.append(f"pub {snake(name)}: {rust_type(of, said)},")
    return lines, default


def rust_struct(name, struct, kind):
    is_spec = name == kind.name + "Spec"
    yield f"/// {struct.doc}"
    yield f"#[derive({'CustomResource, ' * is_spec}KubeSchema, Serialize, Deserialize, Clone, Debug)]"
    if is_spec:
        columns = "".join(f',\n    printcolumn(name = "{column}", type_ = "{of}", json_path = "{path}")' for column, of, path in kind.columns)
        yield (f'#[kube(\n    group = "{GROUP}", version = "{VERSION}", kind = "{kind.name}", namespaced,\n'
               f'    status = "{kind.name}Status", shortname = "{kind.short}", category = "bench"{columns}\n)]')
    yield '#[serde(rename_all = "camelCase")]'
    for rule, message in struct.rules:
        yield f'#[x_kube(validation = Rule::new("{rule}").message("{message}"))]'
    yield f"pub struct {name} {{"
    defaults = []
    for field in struct.fields:
        lines, default = rust_field(name, *field)
        yield from (f"    {line}" for line in lines)
        defaults += [default] if default else []
    yield "}\n"
    yield from defaults


def rust_kind(kind):
    yield "use kube::{CustomResource, KubeSchema};\nuse serde::{Deserialize, Serialize};"
    if kind.name == "PodHost":
        yield "use k8s_openapi::api::core::v1::PodTemplateSpec;"
    if kind.enums:
        yield "use schemars::JsonSchema;\nuse std::collections::BTreeMap;"
    yield ""
    for name, (doc, values) in kind.enums.items():
        derives = "JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq"
        variants = "".join(f"    {value},\n" for value in values)
        yield f"/// {doc}\n#[derive({derives})]\npub enum {name} {{\n    #[default]\n{variants}}}\n"
    for name, struct in kind.structs.items():
        yield from rust_struct(name, struct, kind)


def write_rust(folder, written):
    for kind in written:
        put(folder / "src" / f"{kind.name.lower()}.rs", "\n".join(rust_kind(kind)))
    modules = "\n".join(f"mod {kind.name.lower()};" for kind in written)
    asked = ", ".join(f"{kind.name.lower()}::{kind.name}::crd()" for kind in written)
    put(folder / "src/main.rs", MAIN.format(modules=modules, asked=asked))
    if not (folder / "Cargo.toml").exists():
        put(folder / "Cargo.toml", CARGO_TOML.format(name=f"bench-kinds-{len(written)}-{written[-1].name.lower()}"))


# What became of them


def definitions(folder):
    import yaml

    texts = (path.read_text() for path in sorted(pathlib.Path(folder).rglob("*.yaml")))
    documents = (document for text in texts for document in yaml.safe_load_all(text))
    return {document["metadata"]["name"]: document for document in documents if document and document["kind"] == "CustomResourceDefinition"}


def meaning(schema):
    """A schema without what the two tools write differently on purpose.

    Descriptions and titles are no rules. A pointer in Go leaves out that it can be null, an `Option` says it.
    """
    if isinstance(schema, list):
        return [meaning(one) for one in schema]
    if isinstance(schema, float):
        return int(schema) if schema.is_integer() else schema
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if key == "nullable" or key in ("description", "title") and isinstance(value, str):
            continue
        if key in ("required", "enum", "x-kubernetes-list-map-keys") and isinstance(value, list):
            value = sorted(one for one in value if one is not None)
        kept[key] = meaning(value)
    return kept


def essence(definition):
    spec = definition["spec"]
    versions = []
    for version in spec["versions"]:
        schema = meaning(version["schema"]["openAPIV3Schema"])
        for key in ("apiVersion", "kind", "metadata"):
            schema["properties"].pop(key, None)
        columns = version.get("additionalPrinterColumns") or []
        versions.append({key: version.get(key) for key in ("name", "served", "storage", "subresources")} | {"schema": schema, "columns": columns})
    names = {"listKind": spec["names"]["kind"] + "List"} | spec["names"]
    return {"group": spec["group"], "scope": spec["scope"], "names": names, "versions": versions}


def differences(go, rust, at=""):
    if isinstance(go, dict) and isinstance(rust, dict):
        for key in sorted(go.keys() | rust.keys()):
            yield from differences(go.get(key), rust.get(key), f"{at}/{key}")
    elif isinstance(go, list) and isinstance(rust, list) and len(go) == len(rust):
        for place, (one, other) in enumerate(zip(go, rust)):
            yield from differences(one, other, f"{at}/{place}")
    elif go != rust:
        yield f"{at}: go {json.dumps(go)[:120]}, rust {json.dumps(rust)[:120]}"


def compare(go_folder, rust_folder):
    """How many definitions there are, and in what they differ."""
    go, rust = definitions(go_folder), definitions(rust_folder)
    found = [f"{name} is only in one" for name in sorted(go.keys() ^ rust.keys())]
    for name in sorted(go.keys() & rust.keys()):
        found += [f"{name} {difference}" for difference in differences(essence(go[name]), essence(rust[name]))]
    return len(go), found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for language in ("go", "rust"):
        command = commands.add_parser(language)
        command.add_argument("folder", type=pathlib.Path)
        command.add_argument("--kinds", type=int, default=1)
        command.add_argument("--pod-template", action="store_true")
        command.add_argument("--edit", type=int)
    command = commands.add_parser("compare")
    command.add_argument("go")
    command.add_argument("rust")
    given = parser.parse_args()
    if given.command == "compare":
        count, found = compare(given.go, given.rust)
        print(f"{count} definitions, {len(found)} differences", *found[:40], sep="\n")
        return bool(found)
    write = {"go": write_go, "rust": write_rust}[given.command]
    return write(given.folder, kinds(given.kinds, given.pod_template, given.edit))


if __name__ == "__main__":
    sys.exit(main())
