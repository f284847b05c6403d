//! `/** */`, `#[doc = "…"]`, `concat!`, `include_str!`, and what else says words.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/** A block of one line. */
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "BlockComments")]
#[rustfmt::skip]
pub struct BlockCommentsSpec {
    /** One line. */
    pub one: String,
    /**
     * With stars
     * before each line.
     */
    pub stars: String,
    /**
    Without stars
      indented
    back.
    */
    pub bare: String,
    /** From the first line
        on, indented.

        And a paragraph. */
    pub first: String,
    /**Close*/
    pub close: String,
    /***/
    pub empty: String,
    /*** Not a doc comment. ***/
    pub three: String,
    /** # A title

    And words. */
    pub title: String,
    /// A line
    /** and a block. */
    pub both: String,
}

#[doc = "By an attribute."]
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "DocAttributes")]
#[rustfmt::skip]
pub struct DocAttributesSpec {
    #[doc = "No space before."]
    pub close: String,
    #[doc = " A space before."]
    pub space: String,
    #[doc = "  Two spaces before, some after.   "]
    pub spaces: String,
    #[doc = "Several\nlines\n  in one."]
    pub lines: String,
    #[doc = "First."]
    #[doc = ""]
    #[doc = "Third."]
    pub several: String,
    /// A comment
    #[doc = "and an attribute."]
    pub both: String,
    #[doc = r"Raw \n text."]
    pub raw: String,
    #[doc = ""]
    pub empty: String,
    #[doc = "\t Tab and spaces around \t"]
    pub tab: String,
    /// Trailing spaces   
    /// on the first line.
    pub trailing: String,
    #[doc(alias = "other")]
    pub alias: String,
    #[doc(hidden)]
    pub hidden: String,
    /// Hidden, but with words.
    #[doc(hidden, alias = "x")]
    pub hidden_words: String,
}

#[doc = concat!("By ", "concat.")]
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "DocMacros")]
pub struct DocMacrosSpec {
    #[doc = concat!("Port ", 80, ", ", true, ", ", 'c', ", ", 1.5, ".")]
    pub concatenated: String,
    #[doc = concat!(" A space ", "before.")]
    pub space: String,
    #[doc = include_str!("included.md")]
    pub included: String,
    #[doc = concat!("Before. ", include_str!("included.md"), "After.")]
    pub nested: String,
    #[doc = stringify!(a + b)]
    pub stringified: String,
    /// Above.
    #[doc = include_str!("included.md")]
    /// Below.
    pub between: String,
}

/// Names of the crate and of the place, which only the compiler knows.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "DocsOfTheCompiler")]
pub struct DocsOfTheCompilerSpec {
    #[doc = env!("CARGO_PKG_NAME")]
    pub package: String,
    #[doc = concat!("In ", module_path!(), ".")]
    pub module: String,
}

#[cfg_attr(feature = "on", doc = "With the feature.")]
#[cfg_attr(feature = "off", doc = "Without it.")]
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ConditionalDocs")]
pub struct ConditionalDocsSpec {
    /// Always.
    #[cfg_attr(feature = "on", doc = "With the feature.")]
    #[cfg_attr(feature = "off", doc = "Without it.")]
    pub words: String,
}

kinds![
    BlockComments,
    DocAttributes,
    DocMacros,
    DocsOfTheCompiler,
    ConditionalDocs
];
