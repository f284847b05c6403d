//! The Go types of Kubernetes' API, as far as their struct tags tell.

use std::{collections::BTreeMap, fs, path::Path};

use regex::Regex;

use crate::Result;

const VERSION: &str = "v0.35.0";

/// Packages by the name that the table gives them.
const PACKAGES: &[(&str, &str)] = &[
    ("meta.v1", "apimachinery/pkg/apis/meta/v1"),
    ("types", "apimachinery/pkg/types"),
    ("resource", "apimachinery/pkg/api/resource"),
    ("intstr", "apimachinery/pkg/util/intstr"),
    ("runtime", "apimachinery/pkg/runtime"),
    (
        "apiextensions.v1",
        "apiextensions-apiserver/pkg/apis/apiextensions/v1",
    ),
    ("admissionregistration.v1", "api/admissionregistration/v1"),
    ("apps.v1", "api/apps/v1"),
    ("authentication.v1", "api/authentication/v1"),
    ("authorization.v1", "api/authorization/v1"),
    ("autoscaling.v1", "api/autoscaling/v1"),
    ("autoscaling.v2", "api/autoscaling/v2"),
    ("batch.v1", "api/batch/v1"),
    ("coordination.v1", "api/coordination/v1"),
    ("core.v1", "api/core/v1"),
    ("discovery.v1", "api/discovery/v1"),
    ("events.v1", "api/events/v1"),
    ("networking.v1", "api/networking/v1"),
    ("policy.v1", "api/policy/v1"),
    ("rbac.v1", "api/rbac/v1"),
    ("scheduling.v1", "api/scheduling/v1"),
    ("storage.v1", "api/storage/v1"),
];

/// A named type.
pub(crate) enum Type {
    /// `type Protocol string`.
    Named(String),
    /// Its fields, in their order.
    Struct(Vec<Field>),
}

/// A field of a struct.
#[derive(Clone)]
pub(crate) struct Field {
    /// In JSON; empty for one whose fields are its owner's.
    pub(crate) name: String,
    /// In Go.
    pub(crate) go_name: String,
    /// With the table's names of packages.
    pub(crate) of: String,
    /// Whether a zero value is left out.
    pub(crate) omitempty: bool,
    /// Whether a zero struct is left out.
    pub(crate) omitzero: bool,
    /// Its number in protobuf.
    pub(crate) number: Option<u32>,
}

/// All named types of the packages.
pub(crate) struct Sources(BTreeMap<String, Type>);

impl Sources {
    /// Reads the packages' sources.
    pub(crate) fn read(modules: &Path) -> Result<Self> {
        let mut types = BTreeMap::new();
        for (package, path) in PACKAGES {
            let (module, inner) = path.split_once('/').ok_or("a path within a module")?;
            for entry in fs::read_dir(modules.join(format!("{module}@{VERSION}")).join(inner))? {
                let path = entry?.path();
                let name = path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                let plain = !name.contains("_test") && !name.contains("generated");
                if path.extension().is_some_and(|it| it == "go") && plain {
                    File::of(package, &fs::read_to_string(&path)?)?.types(&mut types)?;
                }
            }
        }
        Ok(Self(types))
    }

    /// A type by its name in the table.
    pub(crate) fn get(&self, name: &str) -> Option<&Type> {
        self.0.get(name)
    }
}

struct File<'a> {
    package: &'a str,
    imports: BTreeMap<String, &'static str>,
    text: String,
}

impl<'a> File<'a> {
    fn of(package: &'a str, source: &str) -> Result<Self> {
        let text = Regex::new(r"(?m)^\s*//.*$")?
            .replace_all(source, "")
            .into_owned();
        let mut imports = BTreeMap::new();
        for found in
            Regex::new(r#"(?m)^(?:import)?\s*(\w+)?\s*"k8s.io/([^"]+)"$"#)?.captures_iter(&text)
        {
            let path = &found[2];
            let Some((short, _)) = PACKAGES.iter().find(|(_, it)| *it == path) else {
                continue;
            };
            let last = path.rsplit('/').next().unwrap_or(path);
            let alias = found.get(1).map_or(last, |it| it.as_str());
            imports.insert(alias.to_owned(), *short);
        }
        Ok(Self {
            package,
            imports,
            text,
        })
    }

    fn types(&self, into: &mut BTreeMap<String, Type>) -> Result<()> {
        let structs = Regex::new(r"(?ms)^type (\w+) struct ?\{(.*?)^?\}$")?;
        for found in structs.captures_iter(&self.text) {
            let name = format!("{}.{}", self.package, &found[1]);
            into.insert(name, Type::Struct(self.fields(&found[2])?));
        }
        for found in Regex::new(r"(?m)^type (\w+) =? ?([\w.\[\]*]+)$")?.captures_iter(&self.text) {
            if !matches!(&found[2], "struct" | "interface") {
                let name = format!("{}.{}", self.package, &found[1]);
                into.insert(name, Type::Named(self.qualified(&found[2])?));
            }
        }
        Ok(())
    }

    fn fields(&self, body: &str) -> Result<Vec<Field>> {
        let line = Regex::new(r"^\s*(?:(\w+)\s+)?(\S+)\s+`(.*)`")?;
        let json = Regex::new(r#"\bjson:"([^"]*)""#)?;
        let number = Regex::new(r#"protobuf:"\w+,(\d+),"#)?;
        let mut fields = Vec::new();
        for found in body.lines().filter_map(|it| line.captures(it)) {
            let tags = &found[3];
            let Some(json) = json.captures(tags) else {
                continue;
            };
            let mut options = json[1].split(',');
            let name = options.next().unwrap_or_default().to_owned();
            let options: Vec<&str> = options.collect();
            if name == "-" {
                continue;
            }
            let embedded = found[2].rsplit('.').next().unwrap_or_default();
            fields.push(Field {
                name,
                go_name: found.get(1).map_or(embedded, |it| it.as_str()).into(),
                of: self.qualified(&found[2])?,
                omitempty: options.contains(&"omitempty"),
                omitzero: options.contains(&"omitzero"),
                number: number.captures(tags).map(|it| it[1].parse()).transpose()?,
            });
        }
        Ok(fields)
    }

    fn qualified(&self, text: &str) -> Result<String> {
        const PLAIN: &[&str] = &[
            "string", "bool", "int", "int32", "int64", "uint8", "byte", "float64", "map", "any",
            "uint32", "uint64",
        ];
        let names = Regex::new(r"[A-Za-z_][\w.]*")?;
        let with_package = |found: &regex::Captures| {
            let name = &found[0];
            match name.split_once('.') {
                None if PLAIN.contains(&name) => name.to_owned(),
                None => format!("{}.{name}", self.package),
                Some((alias, name)) => match self.imports.get(alias) {
                    Some(package) => format!("{package}.{name}"),
                    None => format!("{alias}.{name}"),
                },
            }
        };
        Ok(names.replace_all(text, with_package).into_owned())
    }
}
