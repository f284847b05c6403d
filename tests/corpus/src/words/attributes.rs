//! `title`, `description`, `example`, `extend`, `deprecated`: on types, fields and variants, beside doc comments.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

const WORDS: &str = "Words of a constant";

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Described")]
#[schemars(title = "The title", description = "The description")]
pub struct DescribedSpec {
    #[schemars(title = "A title", description = "A description")]
    pub both: String,
    /// # The comment's title
    /// The comment's words.
    #[schemars(title = "The attribute's title")]
    pub title_over_comment: String,
    /// # The comment's title
    /// The comment's words.
    #[schemars(description = "The attribute's words")]
    pub words_over_comment: String,
    /// Words.
    #[schemars(title = "", description = "")]
    pub emptied: String,
    #[schemars(description = WORDS)]
    pub constant: String,
    #[schemars(description = concat!("By ", "concat"))]
    pub concatenated: String,
    #[schemars(description = " Spaces stay ")]
    pub spaces: String,
    #[schemars(description = "Lines\nstay")]
    pub lines: String,
    pub inner: Inner,
    #[schemars(description = "Of the field")]
    pub overwritten: Inner,
}

/// The comment's words.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(title = "Inner title", description = "Inner words")]
pub struct Inner {
    pub name: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Examples")]
#[schemars(example = json!({ "text": "of the type" }))]
pub struct ExamplesSpec {
    #[schemars(example = &"a text")]
    pub text: String,
    #[schemars(example = "not a path")]
    pub plain: String,
    #[schemars(example = 1, example = 2, example = 3)]
    pub several: u8,
    #[schemars(example = true)]
    pub flag: bool,
    #[schemars(example = 1.5)]
    pub float: f64,
    #[schemars(example = -1)]
    pub negative: i32,
    #[schemars(example = ["a", "b"])]
    pub list: Vec<String>,
    #[schemars(example = (1, "two"))]
    pub tuple: Vec<serde_json::Value>,
    #[schemars(extend("examples" = ["first", "second"]))]
    pub extended: String,
    #[schemars(extend("example" = "only one"))]
    pub single: String,
    #[schemars(example = Option::<u8>::None)]
    pub none: Option<u8>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ComputedExamples")]
pub struct ComputedExamplesSpec {
    #[schemars(example = Made { size: 1, name: None })]
    pub structure: Made,
    #[schemars(example = made())]
    pub called: Made,
    #[schemars(example = Made::default())]
    pub by_default: Made,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
pub struct Made {
    pub size: u8,
    pub name: Option<String>,
}

fn made() -> Made {
    Made {
        size: 2,
        name: Some("made".into()),
    }
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Extended")]
#[schemars(extend("x-kubernetes-preserve-unknown-fields" = true))]
pub struct ExtendedSpec {
    #[schemars(extend("x-own" = "dropped", "format" = "date-time"))]
    pub dropped: String,
    #[schemars(extend("default" = "red"))]
    pub text: String,
    #[schemars(extend("default" = { "a": 1, "b": [true, null, "x"], "c": { "d": -1.5 } }))]
    pub object: serde_json::Value,
    #[schemars(extend("enum" = ["a", "b", null]))]
    pub values: String,
    #[schemars(extend("multipleOf" = 5, "minimum" = 0, "exclusiveMinimum" = true))]
    pub number: i32,
    #[schemars(extend("minProperties" = 1, "maxProperties" = 9))]
    pub map: std::collections::BTreeMap<String, String>,
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub keyed: Vec<Inner>,
    #[schemars(extend("x-kubernetes-int-or-string" = true), extend("pattern" = "^[0-9]+$"))]
    pub int_or_string: serde_json::Value,
    #[schemars(extend("x-kubernetes-validations" = [{ "rule": "self != ''", "message": "it is there" }]))]
    pub ruled: String,
    #[schemars(extend("type" = "integer"))]
    pub retyped: String,
    #[schemars(extend("nullable" = true))]
    pub nullable: String,
    #[schemars(extend("const" = "only"))]
    pub constant: String,
    #[schemars(extend("description" = "Over the words"))]
    /// Words.
    pub words: String,
    #[schemars(extend("items" = { "type": "string", "maxLength": 3 }))]
    pub items: Vec<String>,
    #[schemars(extend("x-kubernetes-embedded-resource" = true, "x-kubernetes-preserve-unknown-fields" = true))]
    pub embedded: EmptyObject,
    pub inner: ExtendedInner,
    #[schemars(extend("maxLength" = 3 * 21, "pattern" = concat!("^", "a")))]
    pub computed: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct EmptyObject {}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(extend("x-kubernetes-map-type" = "atomic", "additionalProperties" = true))]
pub struct ExtendedInner {
    pub name: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "DeprecatedThings")]
pub struct DeprecatedThingsSpec {
    #[deprecated]
    pub old: String,
    /// Words.
    #[deprecated(since = "1.2", note = "use the new one")]
    pub older: String,
    pub inner: OldInner,
}

#[deprecated = "old"]
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct OldInner {
    pub name: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Inlined")]
pub struct InlinedSpec {
    pub inner: InlinedInner,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(inline)]
pub struct InlinedInner {
    pub name: String,
}

kinds![
    Described,
    Examples,
    ComputedExamples,
    Extended,
    DeprecatedThings,
    Inlined
];
