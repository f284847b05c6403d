//! What the documentation of built-in types says, unpacked where it is needed.

use std::{io::Read, sync::OnceLock};

use flate2::read::ZlibDecoder;

const PACKED: &[u8] = include_bytes!("docs.bin");
/// How many texts are packed together.
const TOGETHER: usize = 64;

/// A text by its number.
pub(super) fn text(number: usize) -> Option<&'static str> {
    static BLOCKS: OnceLock<Vec<OnceLock<Vec<String>>>> = OnceLock::new();
    let blocks = BLOCKS.get_or_init(|| (0..blocks()).map(|_| OnceLock::new()).collect());
    let block = number / TOGETHER;
    let texts = blocks.get(block)?.get_or_init(|| unpacked(block));
    texts.get(number % TOGETHER).map(String::as_str)
}

/// Whether a text is the one of this number. Texts of another length are told apart without unpacking.
pub(super) fn is(number: usize, said: &str) -> bool {
    length(number) == Some(said.len()) && text(number) == Some(said)
}

/// How many bytes a text has: behind the blocks, each has two bytes for it.
fn length(number: usize) -> Option<usize> {
    let lengths = &PACKED[place(blocks())..];
    let bytes = lengths.get(2 * number..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes).into())
}

/// How many blocks there are: the first begins behind the places of all, and of their end.
fn blocks() -> usize {
    place(0) / 4 - 1
}

fn unpacked(block: usize) -> Vec<String> {
    let mut texts = String::new();
    ZlibDecoder::new(&PACKED[place(block)..place(block + 1)])
        .read_to_string(&mut texts)
        .expect("the generator wrote it");
    texts.split('\0').map(str::to_owned).collect()
}

/// Where a block begins.
fn place(block: usize) -> usize {
    let bytes = PACKED[4 * block..]
        .first_chunk()
        .expect("the generator wrote it");
    u32::from_le_bytes(*bytes) as usize
}
