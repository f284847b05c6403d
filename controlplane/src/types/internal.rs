//! How messages show values of types that Kubernetes has a form of its own for: its internal types, which are no API.
//!
//! `internal.txt` has their fields in Go's order, from `pkg/apis/*/types.go` of Kubernetes 1.35; `~` is one that is
//! embedded. Their names are those of v1 but for the case of letters, where no other stands at the end of the line.

use std::{collections::BTreeMap, sync::OnceLock};

use serde_json::{Map, Value};

use super::go::Named;
use crate::go;

/// A value of v1 in JSON, as its internal type is written: `apps.DeploymentStrategy`.
pub fn internal(name: &str, value: &Value) -> String {
    let mut out = String::new();
    write(name, value, &mut out);
    out
}

type Fields = Vec<Member>;

/// A field of an internal type.
struct Member {
    name: &'static str,
    of: &'static str,
    /// Its name in v1, but for the case of letters.
    in_v1: &'static str,
}

impl Member {
    fn read(line: &'static str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (name, of) = (words.next()?, words.next()?);
        let in_v1 = words.next().unwrap_or(name);
        Some(Self { name, of, in_v1 })
    }
}

fn fields(name: &str) -> Option<&'static Fields> {
    static TABLE: OnceLock<BTreeMap<&'static str, Fields>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table = BTreeMap::new();
        let mut name = "";
        for line in include_str!("internal.txt").lines() {
            match Member::read(line) {
                None => name = line,
                Some(field) => table.entry(name).or_insert_with(Vec::new).push(field),
            }
        }
        table
    });
    table.get(name)
}

fn write(of: &str, value: &Value, out: &mut String) {
    if let Some(of) = of.strip_prefix('*') {
        match value {
            Value::Null => out.push_str("null"),
            value => write(of, value, out),
        }
    } else if let Some(of) = of.strip_prefix("[]") {
        match value.as_array() {
            None => out.push_str("null"),
            Some(items) => write_list(items.iter().map(|item| ("", of, item)), '[', ']', out),
        }
    } else if let Some(of) = of.strip_prefix("map[string]") {
        match value.as_object() {
            None => out.push_str("null"),
            Some(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.as_str(), of, value));
                write_list(entries, '{', '}', out);
            }
        }
    } else if let Some(named) = of.starts_with("meta.v1.").then(|| Named::of(of)).flatten() {
        write_list(api_members(named, value).into_iter(), '{', '}', out);
    } else if fields(of).is_some() {
        let value = with_host_fields(of, value);
        write_list(members(of, &value).into_iter(), '{', '}', out);
    } else {
        match (of, value) {
            ("string", Value::Null) => out.push_str("\"\""),
            ("bool", Value::Null) => out.push_str("false"),
            ("resource.Quantity", Value::Null) => out.push_str("\"0\""),
            ("int32" | "int64" | "intstr.IntOrString", Value::Null) => out.push('0'),
            (_, value) => out.push_str(&go::json(value)),
        }
    }
}

fn write_list<'a>(
    items: impl Iterator<Item = (&'a str, &'a str, &'a Value)>,
    open: char,
    close: char,
    out: &mut String,
) {
    out.push(open);
    for (index, (key, of, value)) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        if open == '{' {
            go::json_text(key, out);
            out.push(':');
        }
        write(of, value, out);
    }
    out.push(close);
}

/// The fields of an internal type, those of embedded types among them.
fn members<'a>(of: &str, value: &'a Value) -> Vec<(&'a str, &'a str, &'a Value)> {
    let mut members = Vec::new();
    for member in fields(of).into_iter().flatten() {
        match (member.name, member.of) {
            ("~", "meta.v1.ObjectMeta") => {
                let named = Named::of(member.of);
                members.extend(
                    named
                        .into_iter()
                        .flat_map(|it| api_members(it, &value["metadata"])),
                );
            }
            ("~", of) => members.extend(self::members(of, value)),
            (name, of) => members.push((name, of, field(value, member.in_v1))),
        }
    }
    members
}

/// The fields of a type that is the same inside and in the API.
fn api_members<'a>(named: &'static Named, value: &'a Value) -> Vec<(&'a str, &'a str, &'a Value)> {
    let given = named
        .fields()
        .iter()
        .filter_map(|it| Some((it.name, "", value.get(it.name)?)));
    given.collect()
}

fn field<'a>(value: &'a Value, name: &str) -> &'a Value {
    let entries = value.as_object().into_iter().flatten();
    let mut named = entries.filter(|(key, _)| key.eq_ignore_ascii_case(name));
    named.next().map_or(&Value::Null, |(_, value)| value)
}

/// What a Pod shares with its host is in its security context inside.
fn with_host_fields(of: &str, value: &Value) -> Value {
    const SHARED: [&str; 5] = [
        "hostNetwork",
        "hostPID",
        "hostIPC",
        "shareProcessNamespace",
        "hostUsers",
    ];
    let mut value = value.clone();
    if of == "core.PodSpec" {
        for name in SHARED {
            let Some(shared) = value.get(name).cloned() else {
                continue;
            };
            if !value["securityContext"].is_object() {
                value["securityContext"] = Value::Object(Map::new());
            }
            value["securityContext"][name] = shared;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::internal;

    #[test]
    fn shows_what_was_not_set_too() {
        assert_eq!(
            internal("apps.DeploymentStrategy", &json!({"type": "Often"})),
            "{\"Type\":\"Often\",\"RollingUpdate\":null}"
        );
        let pod = json!({"metadata": {"labels": {"a": "b"}}, "spec": {"hostPID": true}});
        let shown = internal("core.PodTemplateSpec", &pod);
        assert!(shown.starts_with("{\"labels\":{\"a\":\"b\"},\"Spec\":{\"Volumes\":null,"));
        assert!(shown.contains("\"SecurityContext\":{\"HostNetwork\":false,\"HostPID\":true,"));
    }
}
