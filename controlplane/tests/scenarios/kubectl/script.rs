//! A script as it is written in its file; the format is described in `mod.rs`.

use myop_controlplane::RunningControllers;

use super::super::Result;

/// Commands in order, with what was recorded of them.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// `kubectl/get`: the path of its file without the extension.
    pub(super) name: String,
    pub(super) controllers: bool,
    workloads: bool,
    /// Names of files in the workspace's `crds/`.
    pub(super) crds: Vec<String>,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    /// Comments, options and empty lines.
    Text(String),
    File {
        name: String,
        content: String,
    },
    Command {
        text: String,
        recorded: String,
    },
}

impl Script {
    pub(super) fn parse(name: &str, text: &str) -> Result<Self> {
        let mut script = Self {
            name: name.into(),
            ..Self::default()
        };
        for line in text.lines() {
            script.read(line)?;
        }
        Ok(script)
    }

    fn read(&mut self, line: &str) -> Result<()> {
        let begun = if let Some(name) = line.strip_prefix("=== ") {
            Part::File {
                name: name.into(),
                content: String::new(),
            }
        } else if line.starts_with("$ ") {
            Part::Command {
                text: format!("{line}\n"),
                recorded: String::new(),
            }
        } else {
            return self.read_on(line);
        };
        self.parts.push(begun);
        Ok(())
    }

    /// What belongs to the part that has begun, if it is one.
    fn read_on(&mut self, line: &str) -> Result<()> {
        let line_of_text = format!("{line}\n");
        match self.parts.last_mut() {
            Some(Part::File { content, .. }) => content.push_str(&line_of_text),
            Some(Part::Command { text, recorded })
                if recorded.is_empty() && text.ends_with("\\\n") =>
            {
                text.push_str(&line_of_text);
            }
            Some(Part::Command { recorded, .. }) if line.starts_with(['|', '!', '?']) => {
                recorded.push_str(&line_of_text);
            }
            _ => {
                if let Some(option) = line.strip_prefix('@') {
                    self.option(option)?;
                }
                self.parts.push(Part::Text(line_of_text));
            }
        }
        Ok(())
    }

    fn option(&mut self, option: &str) -> Result<()> {
        match option.split_once(' ').unwrap_or((option, "")) {
            ("controllers", "") => self.controllers = true,
            ("workloads", "") => (self.controllers, self.workloads) = (true, true),
            ("crd", name) => self.crds.push(name.into()),
            _ => return Err(format!("a script has no option @{option}").into()),
        }
        Ok(())
    }

    /// The namespace that is the script's own.
    pub(super) fn namespace(&self) -> String {
        self.name.replace('/', "-")
    }

    pub(super) fn file(&self) -> String {
        let stem = self.name.rsplit('/').next().unwrap_or_default();
        format!("{stem}.script")
    }

    pub(super) fn running_controllers(&self) -> RunningControllers {
        match (self.controllers, self.workloads) {
            (_, true) => RunningControllers::Workloads,
            (true, false) => RunningControllers::Housekeeping,
            (false, false) => RunningControllers::None,
        }
    }

    /// Each with the files that stand before it.
    pub(super) fn commands(&self) -> impl Iterator<Item = (Vec<(&str, &str)>, &str)> {
        let mut files = Vec::new();
        self.parts.iter().filter_map(move |part| match part {
            Part::Text(_) => None,
            Part::File { name, content } => {
                files.push((name.as_str(), content.as_str()));
                None
            }
            Part::Command { text, .. } => {
                let command = text.trim_start_matches("$ ");
                Some((std::mem::take(&mut files), command))
            }
        })
    }

    /// What is recorded of each command.
    pub(super) fn recorded(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Command { recorded, .. } => Some(recorded.as_str()),
            _ => None,
        })
    }

    /// The file with this recorded of its commands.
    pub(super) fn print<'a>(&self, recorded: impl IntoIterator<Item = &'a str>) -> String {
        let mut recorded = recorded.into_iter();
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::File { name, content } => format!("=== {name}\n{content}"),
            Part::Command { text, .. } => {
                format!("{text}{}", recorded.next().unwrap_or_default())
            }
        };
        self.parts.iter().map(part).collect()
    }
}
