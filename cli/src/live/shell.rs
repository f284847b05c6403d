//! What a shell understands.

use std::path::Path;

/// A path as a word, quoted where it has to be.
pub(crate) fn word(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if path.chars().all(is_plain) {
        path
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// Words as a line, those in quotes that would not be seen as one.
pub(crate) fn line<S: AsRef<str>>(words: &[S]) -> String {
    let quoted = words.iter().map(AsRef::as_ref).map(|word| {
        if word.is_empty() || word.contains(char::is_whitespace) {
            format!("{word:?}")
        } else {
            word.to_owned()
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_split_is_quoted() {
        let plain = "/tmp/myop-1/a.kubeconfig";
        assert_eq!(word(Path::new(plain)), plain);
        assert_eq!(word(Path::new("/tmp/it's mine")), r"'/tmp/it'\''s mine'");
        assert_eq!(line(&["a", "", "b c"]), r#"a "" "b c""#);
    }
}
