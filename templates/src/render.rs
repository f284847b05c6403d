//! From a set of templates to files.

use std::collections::BTreeMap;

use include_dir::{Dir, File};
use tera::{Context, Kwargs, State, Tera};

use crate::Set;

/// A template could not be rendered: a fault of this crate, never of its caller.
#[derive(Debug, thiserror::Error)]
#[error("cannot render the template {template}")]
pub struct Error {
    template: String,
    source: tera::Error,
}

/// The files of a set, by their path in the project.
///
/// # Errors
/// When a template speaks of something that its set does not have.
pub fn render<S: Set>(set: &S) -> Result<BTreeMap<String, String>, Error> {
    let mut files = BTreeMap::new();
    let tera = engine();
    for file in embedded(&S::TEMPLATES) {
        let name = file.path().display().to_string();
        let wrong = |source| Error {
            template: format!("{}/{name}", S::FOLDER),
            source,
        };
        let context = Context::from_serialize(set).map_err(wrong)?;
        let path = tera
            .render_str(&path_template(&name), &context, false)
            .map_err(wrong)?;
        let text = tera
            .render_str(text_of(file), &context, false)
            .map_err(wrong)?;
        files.insert(path, text);
    }
    Ok(files)
}

/// Tera with what the templates use besides: `yaml`, which quotes a name where YAML would take it for something else.
fn engine() -> Tera {
    let mut tera = Tera::new();
    tera.register_filter("yaml", |name: &str, _: Kwargs, _: &State| yaml(name));
    tera
}

fn yaml(name: &str) -> String {
    let line = serde_yaml::to_string(&name).expect("a text can be written");
    line.trim_end().to_owned()
}

/// Every file below a folder.
fn embedded<'a>(folder: &'a Dir<'a>) -> Vec<&'a File<'a>> {
    let below = folder.dirs().flat_map(embedded);
    folder.files().chain(below).collect()
}

fn text_of<'a>(file: &'a File<'a>) -> &'a str {
    file.contents_utf8()
        .expect("templates are text: a test reads each")
}

/// The path that a template's file name stands for, itself a template.
fn path_template(name: &str) -> String {
    let path = name.strip_suffix(".tera").unwrap_or(name);
    let part = |(at, text): (usize, &str)| {
        if at % 2 == 0 {
            text.to_owned()
        } else {
            format!("{{{{ {text} }}}}")
        }
    };
    path.split("__").enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::process::Command;

    use super::*;
    use crate::sets::{
        Api, Controller, Exercise, License, Lists, Member, Observer, Patch, Project, Standalone,
    };

    /// Each set with the names of its fields.
    fn sets() -> Vec<(&'static str, Dir<'static>, BTreeSet<String>)> {
        fn set<S: Set>(example: &S) -> (&'static str, Dir<'static>, BTreeSet<String>) {
            let value = tera::Value::from_serializable(example);
            let fields = value
                .as_map()
                .into_iter()
                .flat_map(|map| map.keys().map(ToString::to_string))
                .collect();
            (S::FOLDER, S::TEMPLATES, fields)
        }
        vec![
            set(&Project::default()),
            set(&License::default()),
            set(&Standalone {}),
            set(&Member {}),
            set(&Patch::default()),
            set(&Api::default()),
            set(&Controller::default()),
            set(&Observer::default()),
            set(&Lists::default()),
            set(&Exercise {}),
        ]
    }

    /// `{% if nope %}` is false without a word, so what the templates speak of is compared with what there is.
    #[test]
    fn templates_speak_only_of_what_their_set_has() {
        for (folder, templates, fields) in sets() {
            for file in embedded(&templates) {
                let name = format!("{folder}/{}", file.path().display());
                for text in [text_of(file).to_owned(), path_template(&name)] {
                    let mut tera = engine();
                    tera.add_raw_template(&name, &text).unwrap();
                    for variable in tera.get_template_variables(&name).unwrap() {
                        assert!(fields.contains(variable), "{name} speaks of {variable}");
                    }
                }
            }
        }
    }

    /// A real `Cargo.toml` among them would take its whole folder out of the package, silently.
    #[test]
    fn the_package_has_each_template() {
        let listed = Command::new(env!("CARGO"))
            .args([
                "package",
                "--list",
                "--allow-dirty",
                "--offline",
                "--package",
                env!("CARGO_PKG_NAME"),
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(
            listed.status.success(),
            "{}",
            String::from_utf8_lossy(&listed.stderr)
        );
        let listed: BTreeSet<_> = String::from_utf8(listed.stdout)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        for (folder, templates, _) in sets() {
            let files = embedded(&templates);
            assert!(!files.is_empty(), "{folder} has no templates");
            for file in files {
                let name = format!("{folder}/{}", file.path().display());
                assert!(
                    name.strip_suffix(".tera").is_some(),
                    "{name} must end in .tera"
                );
                assert!(listed.contains(&name), "{name} is not in the package");
            }
        }
    }

    /// Kinds and projects may have these names; some readers take `y` for a boolean.
    #[test]
    fn names_that_yaml_takes_for_values_are_quoted() {
        for kind in ["Y", "N", "No", "On", "Off", "Yes", "True", "False", "Null"] {
            let set = Api {
                kind: kind.into(),
                sample: "sample".into(),
                ..Api::default()
            };
            let sample = &render(&set).unwrap()["config/samples/sample.yaml"];
            assert!(sample.contains(&format!("kind: \"{kind}\"\n")), "{sample}");
        }
        for name in ["null", "y", "on", "no"] {
            let set = Project {
                name: name.into(),
                ..Project::default()
            };
            let manager = &render(&set).unwrap()["config/manager/manager.yaml"];
            assert_eq!(
                manager.matches(&format!("name: \"{name}\"\n")).count(),
                4,
                "{manager}"
            );
        }
    }

    #[test]
    fn names_in_paths_stand_for_fields() {
        assert_eq!(
            path_template("src/__folder__/__module__.rs.tera"),
            "src/{{ folder }}/{{ module }}.rs"
        );
    }
}
