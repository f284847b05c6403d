//! What a Cargo.toml says of how manifests are written: `[package.metadata.myop]`, which a crate without PROJECT has, too.

use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, TableLike};

use crate::descriptions::{Descriptions, NoDescriptions};

/// The one setting.
const DESCRIPTIONS: &str = "descriptions";

/// A Cargo.toml says of manifests what can't be.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no such setting.
    #[error("{}: [package.metadata.myop] has `{setting}`, and all that it can have is `{DESCRIPTIONS}`", .file.display())]
    Unknown {
        /// The file.
        file: PathBuf,
        /// What it has.
        setting: String,
    },
    /// The setting is no policy for descriptions.
    #[error("{}: [package.metadata.myop]: `{DESCRIPTIONS}`: {why}", .file.display())]
    Descriptions {
        /// The file.
        file: PathBuf,
        /// Why.
        why: NoDescriptions,
    },
}

/// How much of their doc comments the CRDs of the crate in a folder say. One that has no Cargo.toml, or none that can be
/// read, says nothing of it.
///
/// # Errors
/// When its Cargo.toml says something of manifests that can't be.
pub fn descriptions_of(folder: &Path) -> Result<Descriptions, SettingsError> {
    let file = folder.join("Cargo.toml");
    read(std::fs::read_to_string(&file).unwrap_or_default(), file)
}

fn read(text: String, file: PathBuf) -> Result<Descriptions, SettingsError> {
    let Ok(document) = Document::parse(text) else {
        return Ok(Descriptions::default());
    };
    let settings = ["package", "metadata", "myop"]
        .iter()
        .try_fold(document.as_item(), |item, key| item.get(key))
        .and_then(Item::as_table_like);
    let Some(settings) = settings else {
        return Ok(Descriptions::default());
    };
    if let Some((setting, _)) = settings.iter().find(|(key, _)| *key != DESCRIPTIONS) {
        let setting = setting.to_owned();
        return Err(SettingsError::Unknown { file, setting });
    }
    said(settings)
        .map_or(Ok(Descriptions::default()), |said| said.parse())
        .map_err(|why| SettingsError::Descriptions { file, why })
}

/// The policy as it is written: as a text or as a number.
fn said(settings: &dyn TableLike) -> Option<String> {
    let item = settings.get(DESCRIPTIONS)?;
    let text = item.as_str().map(str::to_owned);
    Some(text.unwrap_or_else(|| item.to_string().trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_a_text_or_a_number() {
        let of = |said: &str| {
            let text = format!("[package]\nname = \"shop\"\n\n[package.metadata.myop]\n{said}\n");
            let descriptions = read(text, "Cargo.toml".into());
            descriptions.map_err(|error| error.to_string())
        };
        assert_eq!(of(""), Ok(Descriptions::Full));
        assert_eq!(of("descriptions = \"none\""), Ok(Descriptions::None));
        assert_eq!(
            of("descriptions = 80"),
            "80".parse().map_err(|_| String::new())
        );
        insta::assert_snapshot!(
            [of("descriptions = \"short\""), of("description = 80")]
                .map(Result::unwrap_err)
                .join("\n"),
            @r"
        Cargo.toml: [package.metadata.myop]: `descriptions`: `short` is none of `full`, `first-sentence`, `none` and a number of characters
        Cargo.toml: [package.metadata.myop] has `description`, and all that it can have is `descriptions`
        "
        );
    }
}
