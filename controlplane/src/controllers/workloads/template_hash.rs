//! The hash that tells the revisions of a Deployment apart: `ComputeHash` of `pkg/controller` in Kubernetes.

use serde_json::Value;

use crate::types::dump::dump;

/// The hash of a Pod template. Where two templates had the same, a count of such collisions goes in.
pub(super) fn of(template: &Value, collisions: Option<i64>) -> String {
    let mut text = dump("core.v1.PodTemplateSpec", template)
        .unwrap_or_default()
        .into_bytes();
    if let Some(count) = collisions {
        // Eight bytes, of which four are used.
        text.extend(count.to_le_bytes());
    }
    safe(&fnv(&text).to_string())
}

/// FNV-1a of 32 bits.
fn fnv(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// Letters that make no words, as `SafeEncodeString` of apimachinery.
fn safe(text: &str) -> String {
    const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    let letters = text.bytes().map(|byte| LETTERS[usize::from(byte) % 27]);
    letters.map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    /// What Go makes of the same.
    #[test]
    fn a_hash_is_that_of_the_real_one() {
        let small = json!({"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}});
        assert_eq!(super::of(&small, None), "6dff58b8dc");
        let large = include_str!("../scenarios/template.json");
        let large = serde_json::from_str(large).expect("it is JSON");
        assert_eq!(super::of(&large, None), "b7cb59f6d");
        assert_eq!(super::of(&large, Some(1)), "548797557");
    }
}
