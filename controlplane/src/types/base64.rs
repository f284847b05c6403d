//! Bytes in base64, as Go's `base64.StdEncoding` reads them.

use base64::{Engine, engine::general_purpose::STANDARD};

/// In the one form that Go writes: no line breaks, no bits beyond the last byte.
pub(super) fn canonical(text: &str) -> Result<String, String> {
    decoded(text.as_bytes())
        .map(|bytes| encoded(&bytes))
        .map_err(|at| format!("illegal base64 data at input byte {at}"))
}

/// As Go writes it.
pub(super) fn encoded(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The error is where the first quantum begins that is none.
pub(super) fn decoded(text: &[u8]) -> Result<Vec<u8>, usize> {
    let significant: Vec<(usize, u8)> = text
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, it)| !matches!(it, b'\r' | b'\n'))
        .collect();
    let mut bytes = Vec::with_capacity(significant.len() / 4 * 3);
    let mut quanta = significant.chunks(4).peekable();
    while let Some(quantum) = quanta.next() {
        let mut bits: u32 = 0;
        let mut count = 0;
        for &(at, byte) in quantum {
            match sextet(byte) {
                Some(sextet) => bits = bits << 6 | sextet,
                None if byte == b'=' && count >= 2 => break,
                None => return Err(at),
            }
            count += 1;
        }
        if quantum.len() < 4 {
            return Err(quantum[0].0);
        }
        if count < 4 {
            if let Some(&(at, _)) = quantum[count..].iter().find(|(_, it)| *it != b'=') {
                return Err(at);
            }
            if let Some(next) = quanta.peek() {
                return Err(next[0].0);
            }
            bits <<= 6 * (4 - count);
        }
        bytes.extend_from_slice(&bits.to_be_bytes()[1..count]);
    }
    Ok(bytes)
}

fn sextet(byte: u8) -> Option<u32> {
    let sextet = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(sextet.into())
}
