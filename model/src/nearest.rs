//! What somebody who misspelt a name most likely meant.

/// The known name that is closest to `name`, if any is close: at most a third of its letters
/// differ, one is a part of the other, or it is an abbreviation.
///
/// ```
/// let known = ["Deployment", "DaemonSet"];
/// assert_eq!(myop_model::nearest("Deploymnet", known), Some("Deployment"));
/// assert_eq!(myop_model::nearest("Node", known), None);
/// ```
#[must_use]
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let meant = plain(name);
    closest(name, known, |distance, candidate| {
        let candidate = plain(candidate);
        let part = meant.len() > 2 && (candidate.contains(&meant) || meant.contains(&candidate));
        part || abbreviates(&meant, &candidate) || distance * 3 <= meant.len().max(3)
    })
}

/// Whether a name is another one with letters left out: `grp` of `group`.
fn abbreviates(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    let is_next = |letter| rest.any(|other| other == letter);
    short.len() > 2
        && short.as_bytes().first() == long.as_bytes().first()
        && short.chars().all(is_next)
}

/// The known name of which `name` is most likely a slip of the pen, and no word of its own.
pub(crate) fn slip_of<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    closest(name, known, |distance, _| {
        distance * 3 < plain(name).len().max(4)
    })
}

fn closest<'k>(
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
    is_close: impl Fn(usize, &str) -> bool,
) -> Option<&'k str> {
    let meant = plain(name);
    known
        .into_iter()
        .map(|candidate| (distance(&meant, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| is_close(*distance, candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '-'], "")
}

/// The number of letters to add, remove, change or swap with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let change = rows[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
            let mut best = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::{nearest, slip_of};

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let known = ["json_path", "name", "type_", "priority", "description"];
        let meant = |name| nearest(name, known);
        assert_eq!(meant("jsonpath"), Some("json_path"));
        assert_eq!(meant("jsonPath"), Some("json_path"));
        assert_eq!(meant("type"), Some("type_"));
        assert_eq!(meant("nmae"), Some("name"));
        assert_eq!(meant("desc"), Some("description"));
        assert_eq!(meant("colour"), None);
        assert_eq!(meant("x"), None);
    }

    #[test]
    fn a_word_of_its_own_is_no_slip() {
        let known = ["get", "sign", "delete", "impersonate"];
        assert_eq!(slip_of("gte", known), Some("get"));
        assert_eq!(slip_of("GET", known), Some("get"));
        assert_eq!(slip_of("deletes", known), Some("delete"));
        assert_eq!(slip_of("assign", known), None);
        assert_eq!(slip_of("release", known), None);
        assert_eq!(slip_of("impersonate:user-info", known), None);
    }
}
