//! A scenario as it is written in its file; the format is described in `main.rs`.

use std::fmt::Write as _;

use super::{Result, condition::Condition};

/// Requests in order, with the answers that were recorded.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// `create/exists`: the path of its file without the extension.
    pub(crate) name: String,
    /// The text before the first step.
    preamble: String,
    pub(crate) needs: Needs,
    pub(crate) steps: Vec<Step>,
}

/// What is there before the first step.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// kube-controller-manager runs.
    pub(crate) controllers: bool,
    /// No other scenario is played meanwhile.
    pub(crate) alone: bool,
    /// Names of files in `crds/`.
    pub(crate) crds: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Step {
    comment: String,
    /// From `>>>` to the end of the body, as written.
    text: String,
    pub(crate) action: Action,
    pub(crate) options: Options,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// None until it is recorded.
    pub(crate) answer: Option<String>,
}

#[derive(Debug)]
pub(crate) enum Action {
    /// A request, and its whole answer.
    Send { method: String, path: String },
    /// A watch that stays open.
    Watch { path: String },
    /// The next events of the watch of this name: so many, or all until it ends.
    Events { watch: String, count: Option<usize> },
}

/// The lines with `@` under the request line.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of the format"
)]
pub(crate) struct Options {
    /// `@name`: later requests may use what the answer says.
    pub(crate) name: Option<String>,
    /// `@until`: the request is repeated until this holds.
    pub(crate) until: Option<Condition>,
    /// `@status`: only the status of the answer is recorded.
    pub(crate) only_status: bool,
    /// `@headers`: the head of the answer is recorded, and is what later requests may use.
    pub(crate) only_headers: bool,
    /// `@lines`: of the body it is recorded how many lines it has.
    pub(crate) only_lines: bool,
    /// `@only`: of the items of the answer, those with one of these names.
    pub(crate) only: Vec<String>,
    /// `@unordered`: the server tells causes and rules in any order.
    pub(crate) unordered: bool,
    /// `@bookmarks`: the server tells at any time how far it is; only where it is asked for, that is recorded.
    pub(crate) bookmarks: bool,
    /// `@anonymous`: without the administrator's certificate.
    pub(crate) anonymous: bool,
}

impl Scenario {
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self> {
        let begins = text.find(">>> ").ok_or("no step")?;
        let comment = text[..begins].rfind("\n\n").map_or(0, |end| end + 2);
        let (preamble, steps) = text.split_at(comment.min(begins));
        Ok(Self {
            name: name.into(),
            needs: Needs::parse(preamble)?,
            preamble: preamble.trim_end().into(),
            steps: split_steps(steps)
                .iter()
                .map(|step| {
                    Step::parse(step).map_err(|error| format!("{error} in:\n{step}").into())
                })
                .collect::<Result<_>>()?,
        })
    }

    /// `create-exists`: the namespace, and the first word of the group, that are the scenario's own.
    pub(crate) fn own(&self) -> String {
        self.name.replace('/', "-")
    }

    /// The file with other answers.
    pub(crate) fn print<'a>(&self, answers: impl IntoIterator<Item = &'a str>) -> String {
        let mut text = self.preamble.clone();
        for (step, answer) in self.steps.iter().zip(answers) {
            write!(text, "\n\n{}{}\n\n{answer}", step.comment, step.text)
                .expect("a String takes it");
        }
        text.push('\n');
        text.trim_start().into()
    }

    /// All that is sent, with names in place of what is learnt.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map(|step| step.text.as_str())
    }
}

impl Needs {
    fn parse(preamble: &str) -> Result<Self> {
        let mut needs = Self::default();
        for line in preamble.lines().filter_map(|line| line.strip_prefix('@')) {
            match line.split_once(' ') {
                None if line == "controllers" => needs.controllers = true,
                None if line == "alone" => needs.alone = true,
                Some(("crd", name)) => needs.crds.push(name.into()),
                _ => return Err(format!("a scenario has no option @{line}").into()),
            }
        }
        Ok(needs)
    }
}

impl Step {
    /// What a reader is told about it, on one line.
    pub(crate) fn title(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    fn parse(text: &str) -> Result<Self> {
        let begins = text.find(">>> ").ok_or("no request")?;
        let (comment, rest) = text.split_at(begins);
        let (text, answer) = match rest.split_once("\n<<< ") {
            Some((request, answer)) => (request, Some(format!("<<< {}", answer.trim_end()))),
            None => (rest, None),
        };
        let text = text.trim_end();
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let action = Action::parse(lines.next().unwrap_or_default())?;
        let mut options = Options::default();
        let mut headers = Vec::new();
        for line in lines {
            match line.strip_prefix('@') {
                Some(option) => options.read(option)?,
                None => headers.push(header(line)?),
            }
        }
        Ok(Self {
            comment: comment.into(),
            text: text.into(),
            action,
            options,
            headers,
            body: body.into(),
            answer,
        })
    }
}

impl Action {
    fn parse(line: &str) -> Result<Self> {
        let line = line.trim_start_matches(">>> ");
        let (method, path) = line
            .split_once(' ')
            .ok_or_else(|| format!("no request: {line}"))?;
        let path = path.to_owned();
        Ok(match (method, path.split_once(' ')) {
            ("EVENTS", Some((watch, count))) => Self::Events {
                watch: watch.into(),
                count: (count != "end").then(|| count.parse()).transpose()?,
            },
            ("WATCH", _) => Self::Watch { path },
            _ => Self::Send {
                method: method.into(),
                path,
            },
        })
    }
}

impl Options {
    fn read(&mut self, option: &str) -> Result<()> {
        match option.split_once(' ').unwrap_or((option, "")) {
            ("name", name) => self.name = Some(name.into()),
            ("until", condition) => self.until = Some(Condition::parse(condition)?),
            ("status", "") => self.only_status = true,
            ("only", names) => self.only = names.split(' ').map(Into::into).collect(),
            ("headers", "") => self.only_headers = true,
            ("lines", "") => self.only_lines = true,
            ("unordered", "") => self.unordered = true,
            ("bookmarks", "") => self.bookmarks = true,
            ("anonymous", "") => self.anonymous = true,
            _ => return Err(format!("a step has no option @{option}").into()),
        }
        Ok(())
    }
}

fn header(line: &str) -> Result<(String, String)> {
    let (name, value) = line
        .split_once(": ")
        .ok_or_else(|| format!("no header: {line}"))?;
    Ok((name.into(), value.into()))
}

/// A step begins with its comment, or with its request where it has none.
fn split_steps(text: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    let mut commented = false;
    for line in text.lines() {
        let comment = line.starts_with('#');
        let begins = (comment || line.starts_with(">>> ")) && !commented;
        if begins || steps.is_empty() {
            steps.push(String::new());
        }
        commented = comment;
        if let Some(step) = steps.last_mut() {
            step.push_str(line);
            step.push('\n');
        }
    }
    steps
}
