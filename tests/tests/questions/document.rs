//! docs/questions.md answers every question, and names tests that are there.

use std::fs;

use myop::testing::Result;
use myop_tests::project::workspace;

const SHOWN: &str = "\nShown by: ";

/// The questions with what is written below each.
fn answers(document: &str) -> Vec<(&str, &str)> {
    let answers = document.split("\n## ").skip(1);
    answers
        .map(|answer| answer.split_once('\n').unwrap_or((answer, "")))
        .collect()
}

/// The tests that an answer names, each with the file that is named before it.
fn tests_of(answer: &str) -> Vec<(&str, &str)> {
    let shown = answer.split_once(SHOWN).map_or("", |(_, shown)| shown);
    let mut file = "";
    let mut tests = Vec::new();
    for name in shown.split('`').skip(1).step_by(2) {
        if name.contains('/') {
            file = name;
        } else {
            tests.push((file, name));
        }
    }
    tests
}

#[test]
fn every_question_is_answered() -> Result {
    let document = fs::read_to_string(workspace().join("docs/questions.md"))?;
    let answers = answers(&document);
    assert_eq!(answers.len(), 17);
    for (number, (question, answer)) in (1..).zip(answers) {
        assert!(question.starts_with(&format!("{number}. ")), "{question}");
        for part in ["\nScenario: ", "\nIn Go: ", SHOWN] {
            assert_eq!(answer.matches(part).count(), 1, "{part} of {question}");
        }
        assert_ne!(tests_of(answer), [], "{question}");
    }
    Ok(())
}

#[test]
fn every_test_that_is_named_is_there() -> Result {
    let document = fs::read_to_string(workspace().join("docs/questions.md"))?;
    for (file, test) in answers(&document)
        .iter()
        .flat_map(|(_, answer)| tests_of(answer))
    {
        let source = fs::read_to_string(workspace().join(file))
            .map_err(|error| format!("{file}, which shows {test}: {error}"))?;
        let (before, _) = source
            .split_once(&format!("fn {test}("))
            .ok_or_else(|| format!("there is no {test} in {file}"))?;
        let attribute = before.rfind("#[").map_or("", |at| &before[at..]);
        assert!(attribute.contains("test"), "{test} in {file} is no test");
    }
    Ok(())
}
