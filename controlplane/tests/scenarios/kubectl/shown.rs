//! What a command showed, without what differs from run to run.

use std::{fmt::Write as _, path::Path, sync::LazyLock};

use regex::Regex;

#[derive(Debug)]
pub(super) struct Shown {
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) code: i32,
}

impl Shown {
    /// As it is written in a script.
    pub(super) fn recorded(&self) -> String {
        let mut recorded = String::new();
        for (sign, text) in [('|', &self.stdout), ('!', &self.stderr)] {
            for line in text.lines() {
                recorded.push_str(format!("{sign} {line}").trim_end());
                recorded.push('\n');
            }
        }
        if self.code != 0 {
            writeln!(recorded, "? {}", self.code).expect("a String takes it");
        }
        recorded
    }
}

/// In this order. Where columns are aligned to what is hidden, the alignment goes too.
static HIDDEN: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (
            r"[EWI]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ ([\w.]+):\d+\]",
            "<log> $1]",
        ),
        (
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            "<uid>",
        ),
        (r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
        (
            r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d \+0000",
            "<time>",
        ),
        (r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "<token>"),
        (r"(127\.0\.0\.1|localhost):\d+", "<server>"),
        // What a kubeconfig calls its user.
        (
            r"user-extra for \S+ without",
            "user-extra for <user> without",
        ),
        (r"X509SHA256=[0-9a-f]{64}", "X509SHA256=<hash>"),
        (
            r#"(?i)(resource ?version[\\"]*: *[\\"]*)\d+"#,
            "$1<version>",
        ),
        (r"(resource version to be \d+, was )\d+", "$1<version>"),
        (r"\b(kubectl-edit|LIVE|MERGED)-\d+", "$1-<number>"),
        (r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000", "<time>"),
        (r"\bover [\da-z]+\)", "over <age>)"),
        (r"\b10\.0\.0\.\d+\b *", "<cluster IP> "),
        (r"kube-api-access-[a-z0-9]{5}", "kube-api-access-<suffix>"),
        (r"-[bcdfghjklmnpqrstvwxz2456789]{5}\b", "-<suffix>"),
        (r"(?m)(^| )(\d+(m?s|[mhdy])){1,2}( +|$)", "$1<age> "),
        (
            r"(?m) (AGE|LAST SEEN|FIRST SEEN|DURATION|LAST SCHEDULE|CLUSTER-IP)( +|$)",
            " $1 ",
        ),
        (r"(?m) +$", ""),
    ]
    .map(|(pattern, sign)| (Regex::new(pattern).expect("it is valid"), sign))
    .into()
});

pub(super) fn hide(text: &str, folder: &Path) -> String {
    let text = text.replace(&*folder.to_string_lossy(), "<folder>");
    HIDDEN.iter().fold(text, |text, (pattern, sign)| {
        pattern.replace_all(&text, *sign).into_owned()
    })
}
