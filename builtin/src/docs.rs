//! What the documentation of built-in types says, unpacked where it is needed.

use std::{io::Read, sync::OnceLock};

use flate2::read::ZlibDecoder;

const PACKED: &[u8] = include_bytes!("docs.bin");
/// How many texts are packed together.
const TOGETHER: usize = 64;

/// A text by its number.
pub(super) fn text(number: usize) -> Option<&'static str> {
    static BLOCKS: OnceLock<Vec<OnceLock<Vec<String>>>> = OnceLock::new();
    let blocks = BLOCKS.get_or_init(|| (1..place(0) / 4).map(|_| OnceLock::new()).collect());
    let block = number / TOGETHER;
    let texts = blocks.get(block)?.get_or_init(|| unpacked(block));
    texts.get(number % TOGETHER).map(String::as_str)
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
