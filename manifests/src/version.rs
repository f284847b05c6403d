//! Kubernetes' order of versions.

use std::cmp::Ordering;

/// The name of a version, ordered by Kubernetes' version priority: `v2` before `v1` before `v2beta1` before `v1alpha1`
/// before names of any other form. The first is the one that `kubectl` shows.
///
/// ```
/// use myop_manifests::Version;
///
/// let mut versions = ["v1alpha1", "v10", "v2", "v1beta2"].map(Version::new);
/// versions.sort();
/// assert_eq!(versions.map(Version::name), ["v10", "v2", "v1beta2", "v1alpha1"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version<'a> {
    name: &'a str,
    rank: Option<(Stability, u32, u32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stability {
    Alpha,
    Beta,
    Stable,
}

impl<'a> Version<'a> {
    /// The version of this name.
    pub fn new(name: &'a str) -> Self {
        Self {
            name,
            rank: rank(name),
        }
    }

    /// Its name.
    pub fn name(self) -> &'a str {
        self.name
    }
}

impl Ord for Version<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .rank
            .cmp(&self.rank)
            .then_with(|| self.name.cmp(other.name))
    }
}

impl PartialOrd for Version<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn rank(name: &str) -> Option<(Stability, u32, u32)> {
    let rest = name.strip_prefix('v')?;
    for (word, stability) in [("alpha", Stability::Alpha), ("beta", Stability::Beta)] {
        if let Some((major, minor)) = rest.split_once(word) {
            return Some((stability, number(major)?, number(minor)?));
        }
    }
    Some((Stability::Stable, number(rest)?, 0))
}

fn number(digits: &str) -> Option<u32> {
    if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Kubernetes' own page on versions of custom resources.
    #[test]
    fn the_order_is_kubernetes() {
        let right = [
            "v10",
            "v2",
            "v1",
            "v11beta2",
            "v10beta3",
            "v3beta1",
            "v12alpha1",
            "v11alpha2",
            "foo1",
            "foo10",
        ];
        let mut sorted = right.map(Version::new);
        sorted.reverse();
        sorted.sort();
        assert_eq!(sorted.map(Version::name), right);
    }

    #[test]
    fn other_forms_come_last() {
        for odd in ["v01", "v1alpha", "valpha1", "v1gamma1", "1", "v+1"] {
            assert!(Version::new("v1alpha1") < Version::new(odd), "{odd}");
        }
    }
}
