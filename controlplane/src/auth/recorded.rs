//! Requests and what the real server answered, in text files.
//!
//! Blocks are parted by empty lines; a block is a request line (method, path, headers as `Name:value`, or
//! `token=NAMESPACE/NAME` to ask with a ServiceAccount's token, `bearer=TOKEN`
//! to ask with any, `brief` to keep the bodies of refusals only, `keep=NAME` to keep the token that is answered: `$NAME`
//! is then that token), the body on a line if there is one, then `->` with
//! the status and the second of the answer, and the answer's body. Lines that begin with `#` are for readers.
//! To record them again: `cargo run -p myop-controlplane --example record -- KUBECONFIG FILE...` with the kubeconfig of
//! a fresh kube-apiserver 1.35, which names files for its certificates, and kube-controller-manager beside it.

use serde_json::Value;

/// A request, and what was answered.
#[derive(Debug, Default, Clone)]
pub(crate) struct Step {
    /// What is said above the request.
    pub(crate) comments: Vec<String>,
    /// The request line.
    pub(crate) line: String,
    /// `GET`, …
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    /// By name.
    pub(crate) headers: Vec<(String, String)>,
    /// `NAMESPACE/NAME` of the ServiceAccount that asks; the administrator where it is none.
    pub(crate) token: Option<String>,
    /// The token itself.
    pub(crate) bearer: Option<String>,
    /// By which name later steps know the token that is answered.
    pub(crate) keep: Option<String>,
    /// Whether only the body of a refusal is kept.
    pub(crate) brief: bool,
    /// What was sent.
    pub(crate) body: Option<String>,
    /// The status.
    pub(crate) code: u16,
    /// When it was answered, in RFC 3339.
    pub(crate) at: String,
    /// What was answered.
    pub(crate) answer: Value,
}

/// The blocks of a file.
pub(crate) fn steps(text: &str) -> Vec<Step> {
    text.split("\n\n").filter_map(step).collect()
}

fn step(block: &str) -> Option<Step> {
    let mut step = Step::default();
    let mut lines = block.lines().filter(|line| !line.is_empty()).peekable();
    while let Some(comment) = lines.next_if(|line| line.starts_with('#')) {
        step.comments.push(comment.to_owned());
    }
    let Some(request) = lines.next() else {
        return (!step.comments.is_empty()).then_some(step);
    };
    request.clone_into(&mut step.line);
    let mut words = request.split(' ');
    words.next()?.clone_into(&mut step.method);
    words.next()?.clone_into(&mut step.path);
    for word in words {
        step.brief |= word == "brief";
        if let Some(bearer) = word.strip_prefix("bearer=") {
            step.bearer = Some(bearer.to_owned());
        } else if let Some(name) = word.strip_prefix("keep=") {
            step.keep = Some(name.to_owned());
        } else if let Some(token) = word.strip_prefix("token=") {
            step.token = Some(token.to_owned());
        } else if let Some((name, value)) = word.split_once(':') {
            step.headers.push((name.to_owned(), value.to_owned()));
        }
    }
    step.body = lines
        .next_if(|line| !line.starts_with("-> "))
        .map(str::to_owned);
    if let Some(status) = lines.next().and_then(|line| line.strip_prefix("-> ")) {
        let (code, at) = status.split_once(' ')?;
        step.code = code.parse().ok()?;
        at.clone_into(&mut step.at);
        let answer = lines.next().unwrap_or_default();
        step.answer = serde_json::from_str(answer).unwrap_or_else(|_| answer.into());
    }
    Some(step)
}
