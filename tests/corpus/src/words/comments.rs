//! Doc comments, as they are cut, joined and trimmed.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One line.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "LineComments")]
pub struct LineCommentsSpec {
    /// One line.
    pub one: String,
    /// Two lines,
    /// of one paragraph.
    pub two: String,
    /// A paragraph.
    ///
    /// Another one.
    ///
    ///
    /// A third, after two blank lines.
    pub paragraphs: String,
    ///No space before.
    pub close: String,
    ///  Two spaces before.
    pub wide: String,
    ///
    /// Blank lines around.
    ///
    pub blank: String,
    ///
    pub nothing: String,
    // Not a doc comment.
    pub ordinary: String,
    //// Four slashes aren't one either.
    pub four: String,
    /// Before attributes,
    #[serde(rename = "split")]
    /// and after them.
    pub split: String,
    /// Umlauts: äöü, quotes: "'`, a backslash: \ and \n, an emoji: 🦀.
    pub letters: String,
    /// Trailing: colon:
    pub colon: String,
    /// See [`String`] and [the book](https://example.com/#anchor).
    pub link: String,
    /// Braces { } and {name} and %s.
    pub braces: String,
}

/// First line of the type.
///
///     indented code
///
/// ```
/// let fenced = "code";
///     assert!(true);
/// ```
///
/// - a list
///   - nested
/// - again
///
/// 1. one
/// 2. two
///
/// | a | table |
/// |---|---|
/// | 1 | 2     |
///
/// > A quotation.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "MarkdownComments")]
pub struct MarkdownCommentsSpec {
    ///     indented from the first line
    /// to the left again
    pub indented: String,
    /// ```yaml
    /// a:
    ///   - b
    /// ```
    pub fenced: String,
    /// - one
    /// - two
    pub list: String,
}

/// # The title of the type
///
/// The description of the type.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Titles")]
pub struct TitlesSpec {
    /// # Only a title
    pub only: String,
    /// # A title
    /// directly above words
    pub close: String,
    /// ## Of the second order
    ///
    /// Words.
    pub second: String,
    ///# Without spaces
    pub no_space: String,
    /// #hashtag at the start
    pub hashtag: String,
    /// #
    /// Words below an empty title.
    pub empty: String,
    /// # Closed #
    /// Words.
    pub closed: String,
    /// Words first.
    /// # Not a title
    pub later: String,
    /// # `Code` in a **title**
    pub formatted: String,
    ///
    /// # After a blank line
    /// Words.
    pub after_blank: String,
    pub inner: Titled,
}

/// # The title of the inner
/// Its words.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Titled {
    pub name: String,
}

/// Words of the outer.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "WhoseWords")]
pub struct WhoseWordsSpec {
    pub of_the_type: Documented,
    /// Of the field.
    pub of_the_field: Documented,
    /// # Only a title of the field
    pub title_of_the_field: Titled,
    pub optional: Option<Documented>,
    /// Of the field.
    pub optional_field: Option<Documented>,
    pub list: Vec<Documented>,
    /// Of the list.
    pub documented_list: Vec<Documented>,
    pub map: std::collections::BTreeMap<String, Documented>,
    pub boxed: Box<Documented>,
}

/// Of the type.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Documented {
    pub name: String,
}

kinds![LineComments, MarkdownComments, Titles, WhoseWords];
