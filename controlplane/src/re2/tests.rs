//! What Go answers of each of these patterns: `recorded/record.go`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{check, compile};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// What is wrong with a pattern, or the first match in each text that has one.
fn answer(pattern: &str, texts: &[String]) -> Value {
    match compile(pattern) {
        Err(why) => why.to_string().into(),
        Ok(regex) => {
            let found = texts.iter().enumerate();
            let found = found.filter_map(|(index, text)| {
                let matched = regex.find(text)?.as_str();
                Some((index.to_string(), matched.to_owned()))
            });
            serde_json::json!(found.collect::<BTreeMap<_, _>>())
        }
    }
}

#[test]
fn patterns_are_taken_and_match_as_in_go() -> Result {
    let texts: Vec<String> = serde_json::from_str(include_str!("recorded/texts.json"))?;
    let patterns = include_str!("recorded/patterns.txt").lines();
    let answers = include_str!("recorded/answers.txt").lines();
    let mut wrong = Vec::new();
    for (pattern, recorded) in patterns.zip(answers) {
        let pattern: String = serde_json::from_str(pattern)?;
        let recorded: Value = serde_json::from_str(recorded)?;
        let (checked, compiled) = (check(&pattern), compile(&pattern).map(drop));
        assert_eq!(
            checked.map_err(|why| why.to_string()),
            compiled.map_err(|why| why.to_string()),
            "{pattern}"
        );
        let answer = answer(&pattern, &texts);
        if answer != recorded {
            wrong.push(format!("{pattern}\n    Go: {recorded}\n    we: {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}
