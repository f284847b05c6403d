//! OpenAPI v3: the index and the documents that kubectl reads to apply, create and explain.
//!
//! The documents of built-in kinds are those of a real server, without the kinds that are not on offer. They are packed
//! in `openapi.bin`; `examples/types.rs` writes it. All are told in JSON: kubectl asks for no other form of them.

mod custom;
pub mod second;

use std::{fmt::Write, io::Read};

use flate2::read::ZlibDecoder;
use serde_json::{Map, Value, json};

pub use custom::{CustomKind, of_custom};

const PACKED: &[u8] = include_bytes!("openapi.bin");
/// The documents of two kinds that are the models of custom ones.
const MODEL: &str = "apis/model.example.com/v1";
const CLUSTER_MODEL: &str = "apis/cluster.example.com/v1";

/// A part of the packed file.
#[derive(Clone, Copy)]
struct Block {
    kind: &'static str,
    name: &'static str,
    hash: &'static str,
    start: usize,
    length: usize,
}

impl Block {
    fn all() -> impl Iterator<Item = Self> {
        head().lines().filter_map(Self::read)
    }

    fn find(kind: &str, name: &str) -> Option<Self> {
        Self::all().find(|it| it.kind == kind && it.name == name)
    }

    fn read(line: &'static str) -> Option<Self> {
        let mut words = line.split(' ');
        Some(Self {
            kind: words.next()?,
            name: words.next()?,
            hash: words.next()?,
            start: words.next()?.parse().ok()?,
            length: words.next()?.parse().ok()?,
        })
    }

    fn text(self) -> String {
        let start = head().len() + 1 + self.start;
        let mut text = String::new();
        let mut decoder = ZlibDecoder::new(&PACKED[start..start + self.length]);
        decoder
            .read_to_string(&mut text)
            .expect("the generator wrote it");
        text
    }
}

/// The lines before the first empty one.
fn head() -> &'static str {
    let end = PACKED
        .windows(2)
        .position(|it| it == b"\n\n")
        .expect("the generator wrote one");
    std::str::from_utf8(&PACKED[..=end]).expect("the generator wrote text")
}

/// The answer to `GET /openapi/v3`, with the documents of custom kinds: their paths (`apis/example.com/v1`) and hashes.
///
/// ```
/// use myop_controlplane::types::openapi;
///
/// let index = openapi::index([]);
/// let url = index["paths"]["apis/apps/v1"]["serverRelativeURL"].as_str().expect("it is on offer");
/// assert!(url.starts_with("/openapi/v3/apis/apps/v1?hash="));
/// ```
pub fn index<'a>(custom: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let own = Block::all()
        .filter(|it| it.kind == "document")
        .map(|it| (it.name, it.hash));
    let own = own.filter(|(name, _)| *name != MODEL && *name != CLUSTER_MODEL);
    let entry = |(path, hash): (&str, &str)| {
        (
            path.to_owned(),
            json!({"serverRelativeURL": address(path, hash)}),
        )
    };
    let paths: Map<String, Value> = own
        .map(entry)
        .chain(custom.into_iter().map(entry))
        .collect();
    json!({"paths": paths})
}

/// Where the document of a path in the index is found, as long as it has this hash.
pub fn address(path: &str, hash: &str) -> String {
    format!("/openapi/v3/{path}?hash={hash}")
}

/// A document of built-in kinds by its path in the index: `api/v1`, `apis/apps/v1`.
///
/// It is unpacked at each call, which takes some milliseconds.
pub fn document(path: &str) -> Option<Vec<u8>> {
    let block =
        Block::find("document", path).filter(|it| it.name != MODEL && it.name != CLUSTER_MODEL)?;
    let text = block.text();
    let (names, rest) = text.split_once('\n')?;
    let schemas = schemas(names.split(' ').filter(|it| !it.is_empty()));
    let (before, after) = rest.split_once("\"schemas\":null")?;
    Some(
        [before, "\"schemas\":{", &schemas, "}", after]
            .concat()
            .into_bytes(),
    )
}

/// The hash of a document, as the index has it.
pub fn hash(document: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA512, document);
    digest
        .as_ref()
        .iter()
        .fold(String::new(), |mut hash, byte| {
            let _ = write!(hash, "{byte:02X}");
            hash
        })
}

/// The schemas of these names, which are sorted, as the inner of a JSON object.
fn schemas<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut inner = String::new();
    let mut open: Option<(&str, String)> = None;
    for name in names {
        let package = name.rsplit_once('.').map_or("", |(package, _)| package);
        if open.as_ref().is_none_or(|(it, _)| *it != package) {
            let text = Block::find("schemas", package)
                .map(Block::text)
                .unwrap_or_default();
            open = Some((package, text));
        }
        let lines = open.iter().flat_map(|(_, text)| text.lines());
        let mut found = lines
            .filter_map(|it| it.split_once(' '))
            .filter(|(it, _)| *it == name);
        if let Some((_, schema)) = found.next() {
            let comma = if inner.is_empty() { "" } else { "," };
            inner.extend([comma, "\"", name, "\":", schema]);
        }
    }
    inner
}
