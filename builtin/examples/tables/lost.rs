//! What the markers in Kubernetes' Go sources say, of the types that are in the table.

use std::{
    collections::BTreeMap,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The version of Kubernetes' modules.
const VERSION: &str = "v0.35.4";

/// Folders of packages, with the modules that k8s-openapi makes of them.
const PACKAGES: &[(&str, &str)] = &[
    ("api", "api"),
    ("apimachinery/pkg/apis", "apimachinery::pkg::apis"),
    (
        "apiextensions-apiserver/pkg/apis",
        "apiextensions_apiserver::pkg::apis",
    ),
    ("kube-aggregator/pkg/apis", "kube_aggregator::pkg::apis"),
];

/// The table, from the folder of `k8s.io` in Go's cache of modules and the table of types.
pub(crate) fn written(modules: &Path, types: &str) -> Result<String> {
    let sources = Sources::read(modules)?;
    let blocks = types.split_inclusive('\n').fold(Vec::new(), by_block);
    let mut found = Vec::new();
    for block in &blocks {
        let (head, lines) = block.split_once('\n').ok_or("a block has lines")?;
        let path = head.split(' ').next().unwrap_or_default();
        if let Some(of) = sources.structs.get(path) {
            let fields = sources.fields(path, of)?;
            let own = sources.words(path, &of.markers)?;
            found.push(Lost {
                path,
                lines,
                own,
                fields,
            });
        }
    }
    let in_crds: Vec<_> = found.iter().map(|lost| lost.in_crd(&found)).collect();
    let agreed = in_crds.iter().map(|lost| lost.agreed(&in_crds));
    Ok(agreed.map(|lost| lost.block()).collect())
}

fn by_block(mut blocks: Vec<String>, line: &str) -> Vec<String> {
    match blocks.last_mut().filter(|_| line.starts_with(' ')) {
        Some(block) => block.push_str(line),
        None => blocks.push(line.to_owned()),
    }
    blocks
}

/// A type, with what is said of it and of its fields.
#[derive(Clone)]
struct Lost<'a> {
    path: &'a str,
    /// Its fields in the table of types.
    lines: &'a str,
    own: String,
    fields: BTreeMap<String, String>,
}

impl Lost<'_> {
    /// Without what a CRD can't have: keys of lists that an item may lack, and a list type of bytes, which are a text.
    fn in_crd(&self, all: &[Lost<'_>]) -> Self {
        let mut lost = self.clone();
        for line in self.lines.lines() {
            let (name, shape) = field(line);
            let Some(said) = lost.fields.get_mut(name) else {
                continue;
            };
            if said.starts_with(" list=") && !shape.starts_with('[') {
                said.clear();
            }
            let Some((before, keys)) = said.split_once(" keys=") else {
                continue;
            };
            let item = shape.trim_matches(['[', ']']);
            let module = self.path.rsplit_once("::").map_or("", |(module, _)| module);
            let path = format!("{module}::{item}");
            let item = all.iter().find(|one| one.path == path || one.path == item);
            if !item.is_some_and(|item| keys.split(',').all(|key| item.always_has(key))) {
                *said = before.to_owned();
            }
        }
        lost
    }

    fn always_has(&self, field: &str) -> bool {
        let said = self.fields.get(field);
        let required = format!(" {field}* ");
        self.lines.lines().any(|line| line.starts_with(&required))
            || said.is_some_and(|said| said.contains(" default="))
    }

    /// With what is said in the same words of each type that looks the same within a CRD: of the stable ones, for what
    /// is not stable yet lacks words that it gets later.
    fn agreed(&self, all: &[Lost<'_>]) -> Self {
        let mut lost = self.clone();
        let is_stable = |path: &str| !path.contains("alpha") && !path.contains("beta");
        let alike = all.iter().filter(|other| other.lines == self.lines);
        for other in alike.filter(|other| is_stable(other.path)) {
            if other.own != lost.own {
                lost.own.clear();
            }
            lost.fields
                .retain(|name, said| other.fields.get(name) == Some(said));
        }
        lost
    }

    /// Its lines in the table; none where nothing is lost.
    fn block(&self) -> String {
        let (mut told, mut mark, mut doc) = (String::new(), "", "");
        for line in self.lines.lines() {
            let (name, _) = field(line);
            if let Some((_, number)) = line.split_once(" doc=")
                && name.len() > mark.len()
            {
                mark = name;
                doc = number.split(' ').next().unwrap_or_default();
            }
            if let Some(said) = self.fields.get(name).filter(|said| !said.is_empty()) {
                told.extend([" ", name, said, "\n"]);
            }
        }
        if self.own.is_empty() && told.is_empty() {
            return told;
        }
        format!("{} mark={mark} doc={doc}{}\n{told}", self.path, self.own)
    }
}

/// The name and the shape that a line of the table of types tells.
fn field(line: &str) -> (&str, &str) {
    let mut words = line.trim_start().split(' ');
    let name = words.next().unwrap_or_default().trim_end_matches('*');
    (name, words.next().unwrap_or_default())
}

/// The structs of the packages, by the paths that they have in k8s-openapi.
#[derive(Default)]
struct Sources {
    structs: BTreeMap<String, Struct>,
    /// Texts by the paths of their constants.
    constants: BTreeMap<String, String>,
}

#[derive(Default)]
struct Struct {
    markers: Vec<String>,
    /// Names in JSON, each with its markers.
    fields: Vec<(String, Vec<String>)>,
    /// The structs whose fields are its own.
    inlined: Vec<String>,
}

impl Sources {
    fn read(modules: &Path) -> Result<Self> {
        let mut sources = Self::default();
        for (folder, module) in PACKAGES {
            let (name, inner) = folder.split_once('/').unwrap_or((folder, ""));
            let folder = modules.join(format!("{name}@{VERSION}")).join(inner);
            for group in folders(&folder)? {
                for version in folders(&group)? {
                    let name = |folder: &Path| {
                        let name = folder.file_name().unwrap_or_default();
                        name.to_string_lossy().into_owned()
                    };
                    let module = format!("{module}::{}::{}", name(&group), name(&version));
                    sources.read_package(&version, &module)?;
                }
            }
        }
        Ok(sources)
    }

    fn read_package(&mut self, folder: &Path, module: &str) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(".go") && !name.contains("generated") && !name.contains("_test") {
                self.read_file(&fs::read_to_string(&path)?, module);
            }
        }
        Ok(())
    }

    fn read_file(&mut self, text: &str, module: &str) {
        let mut markers = Vec::new();
        let mut inside: Option<String> = None;
        for line in text.lines() {
            let line = line.trim_end();
            let words = line.trim_start();
            if let Some(comment) = words.strip_prefix("//") {
                markers.extend(comment.trim().strip_prefix('+').map(str::to_owned));
                continue;
            }
            if words.is_empty() {
                continue;
            }
            let markers = std::mem::take(&mut markers);
            if let Some(name) = struct_opened(line) {
                let path = format!("{module}::{name}");
                self.structs.entry(path.clone()).or_default().markers = markers;
                inside = Some(path);
            } else if line == "}" {
                inside = None;
            } else if let Some(path) = &inside {
                let found = self.structs.entry(path.clone()).or_default();
                found.take(words, markers, module);
            } else if let Some((name, text)) = constant(words) {
                self.constants
                    .insert(format!("{module}::{name}"), text.to_owned());
            }
        }
    }

    /// The fields of a struct and of those in it, with the words that are said of each.
    fn fields(&self, path: &str, of: &Struct) -> Result<BTreeMap<String, String>> {
        let mut fields = BTreeMap::new();
        for inner in &of.inlined {
            if let Some(found) = self.structs.get(inner) {
                fields.extend(self.fields(inner, found)?);
            }
        }
        for (name, markers) in &of.fields {
            fields.insert(name.clone(), self.words(path, markers)?);
        }
        Ok(fields)
    }

    /// What markers say, in the words of the table.
    fn words(&self, path: &str, markers: &[String]) -> Result<String> {
        let mut words = String::new();
        let mut keys = Vec::new();
        for (key, said) in markers.iter().filter_map(|it| it.split_once('=')) {
            match key {
                "listType" if said == "map" => {}
                "listType" => write!(words, " list={said}")?,
                "listMapKey" => keys.push(said),
                "structType" | "mapType" => write!(words, " map={said}")?,
                "default" => write!(words, " default={}", self.value(path, said)?)?,
                _ => {}
            }
        }
        if !keys.is_empty() {
            write!(words, " keys={}", keys.join(","))?;
        }
        Ok(words)
    }

    /// A default in JSON: constants are told by their names.
    fn value(&self, path: &str, said: &str) -> Result<String> {
        let name = said
            .strip_prefix("ref(")
            .and_then(|it| it.strip_suffix(')'));
        let Some(name) = name else {
            return Ok(said.to_owned());
        };
        let (module, _) = path.rsplit_once("::").ok_or("a path has a module")?;
        let text = self.constants.get(&format!("{module}::{name}"));
        let text = text.ok_or_else(|| format!("there is no constant {name} in {module}"))?;
        Ok(format!("{text:?}"))
    }
}

impl Struct {
    /// Takes a line of its body.
    fn take(&mut self, line: &str, markers: Vec<String>, module: &str) {
        let Some((before, tags)) = line.split_once("json:\"") else {
            return;
        };
        let tag = tags.split('"').next().unwrap_or_default();
        let name = tag.split(',').next().unwrap_or_default();
        if name.is_empty() {
            let of = before.split_whitespace().next().unwrap_or_default();
            let group = module.rsplit_once("::").map_or("", |(group, _)| group);
            self.inlined.push(match of.split_once('.') {
                Some((version, name)) => format!("{group}::{version}::{name}"),
                None => format!("{module}::{of}"),
            });
        } else {
            self.fields.push((name.to_owned(), markers));
        }
    }
}

/// `type PodSpec struct {`
fn struct_opened(line: &str) -> Option<&str> {
    line.strip_prefix("type ")?.strip_suffix(" struct {")
}

/// `AzureSharedBlobDisk AzureDataDiskKind = "Shared"`
fn constant(line: &str) -> Option<(&str, &str)> {
    let (name, text) = line.split_once(" = \"")?;
    let name = name.trim_start_matches("const ").split(' ').next()?;
    Some((name, text.strip_suffix('"')?))
}

fn folders(within: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(within)? {
        let path = entry?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    Ok(found)
}
