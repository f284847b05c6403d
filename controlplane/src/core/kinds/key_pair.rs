//! Whether a certificate and a key belong together, in the words of Go's `tls.X509KeyPair`.

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::{
    InconsistentKeys,
    crypto::ring::sign::any_supported_type,
    pki_types::{CertificateDer, PrivateKeyDer},
    sign::CertifiedKey,
};

const CERTIFICATE: &str = "CERTIFICATE";
const KEY: &str = "PRIVATE KEY";

/// Why they don't.
pub(super) fn complaint(certificate: &[u8], key: &[u8]) -> Option<String> {
    check(certificate, key).err()
}

fn check(certificate: &[u8], key: &[u8]) -> Result<(), String> {
    let blocks = blocks(certificate);
    let certificates: Vec<_> = blocks
        .iter()
        .filter(|block| block.kind == CERTIFICATE)
        .map(|block| CertificateDer::from(block.bytes.clone()))
        .collect();
    if certificates.is_empty() {
        return Err(match kinds(&blocks).as_slice() {
            [] => "tls: failed to find any PEM data in certificate input".into(),
            [kind] if kind.ends_with(KEY) => "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched".into(),
            kinds => format!("tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the following types: [{}]", kinds.join(" ")),
        });
    }
    let blocks = self::blocks(key);
    let Some(key) = blocks.iter().find(|block| block.kind.ends_with(KEY)) else {
        return Err(match kinds(&blocks).as_slice() {
            [] => "tls: failed to find any PEM data in key input".into(),
            [CERTIFICATE] => {
                "tls: found a certificate rather than a key in the PEM for the private key".into()
            }
            kinds => format!(
                "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks of the following types: [{}]",
                kinds.join(" ")
            ),
        });
    };
    let unreadable = |_| "tls: failed to parse private key".to_owned();
    let key = PrivateKeyDer::try_from(key.bytes.clone())
        .map_err(|_| "tls: failed to parse private key".to_owned())?;
    let key = any_supported_type(&key).map_err(unreadable)?;
    match CertifiedKey::new(certificates, key).keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(()),
        Err(rustls::Error::InconsistentKeys(_)) => {
            Err("tls: private key does not match public key".into())
        }
        Err(_) => Err("x509: malformed certificate".into()),
    }
}

/// A block of PEM.
struct Block {
    kind: String,
    bytes: Vec<u8>,
}

fn kinds(blocks: &[Block]) -> Vec<&str> {
    blocks.iter().map(|block| block.kind.as_str()).collect()
}

/// The blocks of a text; what is no block is passed over.
fn blocks(text: &[u8]) -> Vec<Block> {
    let text = String::from_utf8_lossy(text);
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines().map(str::trim_end) {
        if let Some(kind) = fence(line, "-----BEGIN ") {
            open = Some((kind.into(), String::new()));
        } else if let Some(kind) = fence(line, "-----END ") {
            let closed = open.take().filter(|(begun, _)| begun == kind);
            let decoded = closed.and_then(|(kind, body)| {
                let bytes = STANDARD.decode(body).ok()?;
                Some(Block { kind, bytes })
            });
            blocks.extend(decoded);
        } else if let Some((_, body)) = open.as_mut().filter(|_| !line.contains(": ")) {
            body.push_str(line);
        }
    }
    blocks
}

fn fence<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_suffix("-----")
}
