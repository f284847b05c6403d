//! How two values differ, as messages show it: a unified diff of their internal types in JSON.

use std::{collections::HashMap, ops::Range};

use serde_json::Value;

use crate::types;

/// Lines around a change that are shown.
const CONTEXT: usize = 3;
/// From so many lines on, those that are there often are not taken for a match.
const MANY: usize = 200;

pub(super) fn of(kind: &str, old: &Value, new: &Value) -> String {
    let (old, new) = (
        lines(&types::internal(kind, old)),
        lines(&types::internal(kind, new)),
    );
    let matcher = Matcher::new(&old, &new);
    let mut out = String::new();
    for group in groups(&matcher.changes()) {
        let (first, last) = (&group[0], &group[group.len() - 1]);
        let (before, after) = (
            shown(first.old.start..last.old.end),
            shown(first.new.start..last.new.end),
        );
        out.extend([
            "@@ -", &before, " +", &after, " @@
",
        ]);
        for change in &group {
            if change.is_equal {
                push(&mut out, ' ', &old[change.old.clone()]);
            } else {
                push(&mut out, '-', &old[change.old.clone()]);
                push(&mut out, '+', &new[change.new.clone()]);
            }
        }
    }
    out
}

fn push(out: &mut String, sign: char, lines: &[String]) {
    for line in lines {
        out.push(sign);
        out.push_str(line);
        out.push('\n');
    }
}

/// `4,2`: a first line and a count; the line before where there are none.
fn shown(range: Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => (range.start + 1).to_string(),
        count => format!("{},{count}", range.start + 1),
    }
}

/// JSON with a line for each value, indented by one space.
fn lines(json: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let (mut depth, mut in_text, mut is_escaped) = (0, false, false);
    let mut letters = json.chars().peekable();
    while let Some(letter) = letters.next() {
        if in_text {
            push_letter(&mut lines, letter);
            in_text = is_escaped || letter != '"';
            is_escaped = !is_escaped && letter == '\\';
            continue;
        }
        match letter {
            '{' | '[' => {
                push_letter(&mut lines, letter);
                let closing = if letter == '{' { '}' } else { ']' };
                if letters.next_if_eq(&closing).is_some() {
                    push_letter(&mut lines, closing);
                } else {
                    depth += 1;
                    lines.push(" ".repeat(depth));
                }
            }
            '}' | ']' => {
                depth -= 1;
                lines.push(" ".repeat(depth));
                push_letter(&mut lines, letter);
            }
            ',' => {
                push_letter(&mut lines, letter);
                lines.push(" ".repeat(depth));
            }
            ':' => {
                push_letter(&mut lines, letter);
                push_letter(&mut lines, ' ');
            }
            letter => {
                in_text = letter == '"';
                push_letter(&mut lines, letter);
            }
        }
    }
    lines
}

fn push_letter(lines: &mut [String], letter: char) {
    if let Some(line) = lines.last_mut() {
        line.push(letter);
    }
}

/// Lines that are the same, or lines in the place of others.
#[derive(Clone, Debug)]
struct Change {
    is_equal: bool,
    old: Range<usize>,
    new: Range<usize>,
}

/// What is told together: changes with at most two contexts between them.
fn groups(changes: &[Change]) -> Vec<Vec<Change>> {
    let mut groups = Vec::new();
    let mut group: Vec<Change> = Vec::new();
    let count = changes.len();
    for (index, change) in changes.iter().enumerate() {
        let mut change = change.clone();
        if change.is_equal && index == 0 {
            let skipped = change.old.len().saturating_sub(CONTEXT);
            change.old.start += skipped;
            change.new.start += skipped;
        }
        if change.is_equal && index + 1 == count {
            let kept = change.old.len().min(CONTEXT);
            change.old.end = change.old.start + kept;
            change.new.end = change.new.start + kept;
        }
        if change.is_equal && change.old.len() > 2 * CONTEXT {
            let (old, new) = (change.old.clone(), change.new.clone());
            group.push(Change {
                is_equal: true,
                old: old.start..old.start + CONTEXT,
                new: new.start..new.start + CONTEXT,
            });
            groups.push(std::mem::take(&mut group));
            change.old.start = old.end - CONTEXT;
            change.new.start = new.end - CONTEXT;
        }
        group.push(change);
    }
    groups.push(group);
    groups.retain(|group| group.iter().any(|change| !change.is_equal));
    groups
}

/// Finds what two texts have in common, as Python's `SequenceMatcher` does, and difflib in Go.
struct Matcher<'a> {
    old: &'a [String],
    new: &'a [String],
    /// Where in the new text a line is.
    places: HashMap<&'a str, Vec<usize>>,
}

/// Lines that are the same in both.
#[derive(Clone, Copy)]
struct Match {
    old: usize,
    new: usize,
    count: usize,
}

impl<'a> Matcher<'a> {
    fn new(old: &'a [String], new: &'a [String]) -> Self {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, line) in new.iter().enumerate() {
            places.entry(line).or_default().push(index);
        }
        if new.len() >= MANY {
            places.retain(|_, indices| indices.len() <= new.len() / 100 + 1);
        }
        Self { old, new, places }
    }

    /// The longest match within these parts, the first in the old text, and of those the first in the new.
    fn longest(&self, old: &Range<usize>, new: &Range<usize>) -> Match {
        let mut best = Match {
            old: old.start,
            new: new.start,
            count: 0,
        };
        let mut lengths: HashMap<usize, usize> = HashMap::new();
        for index in old.clone() {
            let mut next = HashMap::new();
            let places = self.places.get(self.old[index].as_str());
            for place in places.into_iter().flatten().filter(|it| new.contains(it)) {
                let before = place.checked_sub(1).and_then(|it| lengths.get(&it));
                let count = before.copied().unwrap_or_default() + 1;
                next.insert(*place, count);
                if count > best.count {
                    best = Match {
                        old: index + 1 - count,
                        new: place + 1 - count,
                        count,
                    };
                }
            }
            lengths = next;
        }
        while best.old > old.start
            && best.new > new.start
            && self.old[best.old - 1] == self.new[best.new - 1]
        {
            best.old -= 1;
            best.new -= 1;
            best.count += 1;
        }
        while best.old + best.count < old.end
            && best.new + best.count < new.end
            && self.old[best.old + best.count] == self.new[best.new + best.count]
        {
            best.count += 1;
        }
        best
    }

    fn matches(&self, old: Range<usize>, new: Range<usize>, found: &mut Vec<Match>) {
        let longest = self.longest(&old, &new);
        if longest.count == 0 {
            return;
        }
        let (old_end, new_end) = (longest.old + longest.count, longest.new + longest.count);
        if old.start < longest.old && new.start < longest.new {
            self.matches(old.start..longest.old, new.start..longest.new, found);
        }
        found.push(longest);
        if old_end < old.end && new_end < new.end {
            self.matches(old_end..old.end, new_end..new.end, found);
        }
    }

    fn changes(&self) -> Vec<Change> {
        let mut found = Vec::new();
        self.matches(0..self.old.len(), 0..self.new.len(), &mut found);
        found.push(Match {
            old: self.old.len(),
            new: self.new.len(),
            count: 0,
        });
        let mut changes: Vec<Change> = Vec::new();
        let (mut old, mut new) = (0, 0);
        for one in found {
            if old < one.old || new < one.new {
                changes.push(Change {
                    is_equal: false,
                    old: old..one.old,
                    new: new..one.new,
                });
            }
            (old, new) = (one.old + one.count, one.new + one.count);
            match changes.last_mut() {
                // Matches that touch are one.
                Some(last) if last.is_equal && last.old.end == one.old => {
                    last.old.end = old;
                    last.new.end = new;
                }
                _ if one.count > 0 => changes.push(Change {
                    is_equal: true,
                    old: one.old..old,
                    new: one.new..new,
                }),
                _ => {}
            }
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn shows_what_changes_with_three_lines_around() {
        let (old, new) = (
            json!({"type": "A"}),
            json!({"type": "B", "localhostProfile": "x"}),
        );
        assert_eq!(
            super::of("core.SeccompProfile", &old, &new),
            "@@ -1,4 +1,4 @@\n {\n- \"Type\": \"A\",\n- \"LocalhostProfile\": null\n+ \"Type\": \"B\",\n+ \"LocalhostProfile\": \"x\"\n }\n"
        );
    }
}
