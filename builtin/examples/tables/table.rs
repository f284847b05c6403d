//! The table's two files.

use std::{
    collections::{BTreeMap, HashMap},
    error::Error,
    fmt::Write as _,
    io::Write as _,
};

use flate2::{Compression, write::ZlibEncoder};
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value};

use crate::linked::Linked;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What `src` includes.
pub(crate) struct Table {
    /// The types, a block of lines each.
    pub(crate) types: String,
    /// What their documentation says, packed.
    pub(crate) docs: Vec<u8>,
}

/// The table of these types.
pub(crate) fn written(types: &[Linked]) -> Result<Table> {
    let paths = types.iter().map(|it| (it.name.as_str(), it.path)).collect();
    let mut writer = Writer {
        paths,
        docs: Docs::default(),
    };
    let mut blocks = BTreeMap::new();
    let mut generator = SchemaSettings::openapi3().into_generator();
    for linked in types {
        let block = writer.block(linked, &mut generator)?;
        blocks.insert(linked.path, block);
    }
    Ok(Table {
        types: blocks.into_values().collect(),
        docs: writer.docs.packed()?,
    })
}

struct Writer<'a> {
    /// The types' paths by their schemas' names.
    paths: HashMap<&'a str, &'a str>,
    docs: Docs,
}

impl Writer<'_> {
    fn block(&mut self, linked: &Linked, generator: &mut SchemaGenerator) -> Result<String> {
        let mut schema = (linked.own)(generator).to_value();
        let schema = schema.as_object_mut().ok_or("a schema is an object")?;
        let mut block = linked.path.to_owned();
        if let Some(doc) = self.doc(schema)? {
            write!(block, " doc={doc}")?;
        }
        if let Some(kind) = &linked.resource {
            let own = format!("::{}::{}", kind.version, kind.kind);
            if !linked.path.ends_with(&own) {
                return Err(format!("{} is not {own}", linked.path).into());
            }
            write!(
                block,
                " group={} plural={} scope={}",
                kind.group, kind.plural, kind.scope
            )?;
        }
        let Some(Value::Object(properties)) = schema.remove("properties") else {
            writeln!(block, " is={}", self.shape(schema, linked.path)?)?;
            return Ok(block);
        };
        block.push('\n');
        let required = schema.remove("required");
        let required: Vec<&str> = required
            .iter()
            .filter_map(Value::as_array)
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if schema.remove("type").is_none_or(|it| it != "object") || !schema.is_empty() {
            return Err(format!("{} is more than a struct: {schema:?}", linked.path).into());
        }
        for (name, mut field) in properties {
            let field = field.as_object_mut().ok_or("a schema is an object")?;
            let doc = self.doc(field)?;
            let star = if required.contains(&name.as_str()) {
                "*"
            } else {
                ""
            };
            write!(block, " {name}{star} {}", self.shape(field, linked.path)?)?;
            if let Some(doc) = doc {
                write!(block, " doc={doc}")?;
            }
            block.push('\n');
        }
        Ok(block)
    }

    /// The number of the description, which is taken away.
    fn doc(&mut self, schema: &mut Map<String, Value>) -> Result<Option<usize>> {
        match schema.remove("description") {
            Some(Value::String(text)) => Ok(Some(self.docs.number(text))),
            Some(other) => Err(format!("a description is a text, not {other}").into()),
            None => Ok(None),
        }
    }

    /// A schema without a description in the table's words.
    fn shape(&self, schema: &mut Map<String, Value>, owner: &str) -> Result<String> {
        let whole = format!("{schema:?} in {owner}");
        let mut word = |key: &str| match schema.remove(key) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let (reference, of, format) = (word("$ref"), word("type"), word("format"));
        let mut inner = |key: &str| match schema.remove(key) {
            Some(Value::Object(mut inner)) => self.shape(&mut inner, owner).map(Some),
            Some(other) => Err(format!("{other} in {owner}").into()),
            None => Ok(None),
        };
        let (items, values) = (inner("items")?, inner("additionalProperties")?);
        let int_or_string = schema.remove("x-kubernetes-int-or-string").is_some();
        let one_of = schema.remove("oneOf").is_some();
        if !schema.is_empty() {
            return Err(format!("there is no word for {whole}").into());
        }
        Ok(match (reference.as_str(), of.as_str(), items, values) {
            ("", "array", Some(items), None) => format!("[{items}]"),
            ("", "object", None, Some(values)) => format!("{{{values}}}"),
            ("", "", None, None) if one_of => "recursive".to_owned(),
            ("", "", None, None) if int_or_string => "int-or-string".to_owned(),
            ("", "", None, None) => "anything".to_owned(),
            ("", of, None, None) if format.is_empty() => of.to_owned(),
            ("", of, None, None) => format!("{of}/{format}"),
            (reference, "", None, None) => self.path(reference, owner)?.to_owned(),
            _ => return Err(format!("there is no word for {whole}").into()),
        })
    }

    /// The path of a type that is referred to: its name alone when its module is the owner's.
    fn path(&self, reference: &str, owner: &str) -> Result<&str> {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let path = self
            .paths
            .get(name)
            .ok_or_else(|| format!("there is no type {name}"))?;
        match (path.rsplit_once("::"), owner.rsplit_once("::")) {
            (Some((module, name)), Some((own, _))) if module == own => Ok(name),
            _ => Ok(path),
        }
    }
}

/// Each text once, by its number.
#[derive(Default)]
struct Docs {
    numbers: HashMap<String, usize>,
    texts: Vec<String>,
}

impl Docs {
    /// How many texts are packed together.
    const TOGETHER: usize = 64;

    fn number(&mut self, text: String) -> usize {
        *self.numbers.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            self.texts.len() - 1
        })
    }

    /// Where each block begins, and where the last one ends, in four bytes each; then the blocks; then how long each text is,
    /// in two bytes.
    fn packed(&self) -> Result<Vec<u8>> {
        let mut blocks = Vec::new();
        let count = self.texts.len().div_ceil(Self::TOGETHER);
        let mut starts = vec![4 * (count + 1)];
        for texts in self.texts.chunks(Self::TOGETHER) {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(texts.join("\0").as_bytes())?;
            blocks.extend(encoder.finish()?);
            starts.push(4 * (count + 1) + blocks.len());
        }
        let mut packed = Vec::new();
        for start in starts {
            packed.extend(u32::try_from(start)?.to_le_bytes());
        }
        packed.extend(blocks);
        for text in &self.texts {
            packed.extend(u16::try_from(text.len())?.to_le_bytes());
        }
        Ok(packed)
    }
}
