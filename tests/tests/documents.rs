//! The pages of docs/ name what is there: files, commands, functions, attributes; and their code is compiled elsewhere.

use std::{collections::BTreeMap, fs};

use myop::testing::Result;
use myop_tests::project::{files_of, workspace};

/// Where the code of the pages is compiled.
const COMPILED: &str = "macros/tests/inputs/pass";

/// The pages, by their paths.
fn pages() -> Result<BTreeMap<String, String>> {
    let docs = files_of(&workspace().join("docs"))?;
    let mut pages: BTreeMap<_, _> = docs
        .into_iter()
        .map(|(path, text)| (format!("docs/{path}"), text))
        .collect();
    pages.insert(
        "README.md".into(),
        fs::read_to_string(workspace().join("README.md"))?,
    );
    Ok(pages)
}

fn page(name: &str) -> Result<String> {
    Ok(fs::read_to_string(workspace().join("docs").join(name))?)
}

/// The rows of all tables, each with its two cells.
fn rows(page: &str) -> impl Iterator<Item = (&str, &str)> {
    page.lines().filter_map(|line| {
        let inside = line.strip_prefix("| ")?.strip_suffix(" |")?;
        inside.split_once(" | ")
    })
}

/// What stands between backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The blocks of Rust.
fn blocks(page: &str) -> impl Iterator<Item = &str> {
    let inside = page.split("```rust\n").skip(1);
    inside.filter_map(|rest| rest.split("```").next())
}

#[test]
fn links_lead_somewhere() -> Result {
    for (path, text) in pages()? {
        let folder = workspace().join(&path);
        let folder = folder.parent().ok_or("a page lies in a folder")?;
        for rest in text.split("](").skip(1) {
            let target = rest.split(')').next().unwrap_or_default();
            if target.contains("://") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let there = folder.join(file);
            assert!(there.exists(), "{path}: {target}");
            if !heading.is_empty() {
                let text = fs::read_to_string(there)?.to_lowercase();
                let title = format!("\n## {}\n", heading.replace('-', " "));
                assert!(text.contains(&title), "{path}: {target}");
            }
        }
    }
    Ok(())
}

#[test]
fn code_is_compiled() -> Result {
    let compiled: String = files_of(&workspace().join(COMPILED))?
        .into_values()
        .collect();
    for name in ["from-kubebuilder.md", "from-kube-rs.md"] {
        let page = page(name)?;
        assert_eq!(blocks(&page).count(), 1, "{name}");
        for block in blocks(&page) {
            assert!(compiled.contains(block), "{name}:\n{block}");
        }
    }
    Ok(())
}

#[test]
fn functions_that_are_named_are_there() -> Result {
    let sources: String = files_of(&workspace().join("runtime/src"))?
        .into_values()
        .collect();
    let mut named = 0;
    for name in ["from-kubebuilder.md", "from-kube-rs.md"] {
        for code in rows(&page(name)?).flat_map(|(_, ours)| code(ours)) {
            for of in ["ctx.", "cluster.", "Manager::", "Outcome::", "Failure::"] {
                let Some(rest) = code.split(of).nth(1) else {
                    continue;
                };
                let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
                let function = rest.split(|c| !is_of_name(c)).next().unwrap_or_default();
                let is_there = sources.contains(&format!("fn {function}("))
                    || sources.contains(&format!("fn {function}<"));
                assert!(is_there, "{name}: {code}");
                named += 1;
            }
        }
    }
    assert!(named > 30, "{named}");
    Ok(())
}

/// A command or a flag that is there by now is no longer said to be missing, and those that are named are there.
#[test]
fn commands_are_as_the_reference_has_them() -> Result {
    let reference = page("reference/commands.md")?;
    let page = page("from-kubebuilder.md")?;
    let is_there = |command: &str| reference.contains(&format!("## `myop {command}`"));
    let mut seen = 0;
    for (theirs, ours) in rows(&page).take_while(|(theirs, _)| !theirs.contains(".go`")) {
        let Some(line) = code(theirs).next() else {
            continue;
        };
        let words: Vec<_> = line.trim_start_matches("make ").split(' ').collect();
        let command = words.iter().take_while(|word| !word.starts_with('-'));
        let command = command.copied().collect::<Vec<_>>().join(" ");
        if ours.starts_with("not yet") {
            assert!(!is_there(&command), "{command} is there");
        } else if ours.starts_with("the same") {
            assert!(is_there(&command), "{command} is not there");
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                assert!(
                    reference.contains(&format!("| `{flag}")),
                    "{flag} of {command}"
                );
            }
        }
        seen += 1;
    }
    assert!(seen > 15, "{seen}");
    Ok(())
}
