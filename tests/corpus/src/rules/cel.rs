//! Rules of CEL, on structs and on fields.

use kube::{CustomResource, KubeSchema, core::Rule as KubeRule};
use serde::{Deserialize, Serialize};

const RULE: &str = "self != 'constant'";

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, KubeSchema)]
#[kube(group = "example.com", version = "v1", kind = "RulesOnStructs")]
#[x_kube(validation = "self.low < self.high")]
#[x_kube(validation = Rule::new("self.low > 0").message("low is positive"), validation = "self.high < 100")]
pub struct RulesOnStructsSpec {
    pub low: i32,
    pub high: i32,
    pub inner: RuledInner,
    pub optional: Option<RuledInner>,
}

/// Words of the inner.
#[derive(Serialize, Deserialize, Clone, Debug, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = ("has(self.firstName)", "it has a name"))]
pub struct RuledInner {
    pub first_name: Option<String>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, KubeSchema)]
#[kube(group = "example.com", version = "v1", kind = "RulesOnFields")]
#[serde(rename_all = "camelCase")]
pub struct RulesOnFieldsSpec {
    #[x_kube(validation = "self != ''")]
    pub plain: String,
    #[x_kube(validation = Rule::new("self == oldSelf").message("it stays"))]
    pub with_message: String,
    #[x_kube(validation = Rule::new("self == oldSelf").message(Message::Expression("'was ' + oldSelf".into())))]
    pub with_expression: String,
    #[x_kube(validation = Rule::new("self > 0").reason(Reason::FieldValueForbidden))]
    pub with_reason: i32,
    #[x_kube(validation = Rule::new("self > 0").reason(Reason::default()).field_path(".spec.withPath"))]
    pub with_path: i32,
    #[x_kube(validation = Rule::new("oldSelf.optMap(o, o == self).orValue(true)").optional_old_self(true))]
    pub with_old_self: String,
    #[x_kube(validation = ("self > 1", "more than one"))]
    pub tuple: i32,
    #[x_kube(validation = "self > 0", validation = "self < 9")]
    #[x_kube(validation = "self != 5")]
    pub several: i32,
    #[x_kube(validation = Rule::new(RULE).message("a constant"))]
    pub constant: String,
    /// Words.
    #[serde(rename = "another", default)]
    #[schemars(length(min = 1))]
    #[x_kube(validation = "self != 'x'")]
    pub renamed: String,
    #[x_kube(validation = "self != ''")]
    pub optional: Option<String>,
    #[x_kube(validation = "self.firstName != ''")]
    pub structure: RuledInner,
    #[x_kube(validation = r#"self.all(x, x != "")"#)]
    pub list: Vec<String>,
    pub none: String,
}

/// Rules on what is an enum, a reference, an option of these.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, KubeSchema)]
#[kube(group = "example.com", version = "v1", kind = "RulesOnEnums")]
pub struct RulesOnEnumsSpec {
    #[x_kube(validation = "self != 'A'")]
    pub plain: Choice,
    #[x_kube(validation = "self != 'A'")]
    pub optional: Option<Choice>,
    #[x_kube(validation = "has(self.Text)")]
    pub external: Paint,
    #[x_kube(validation = "has(self.Text)")]
    pub optional_external: Option<Paint>,
    #[x_kube(validation = "true")]
    pub anything: serde_json::Value,
}

#[derive(Serialize, Deserialize, Clone, Debug, schemars::JsonSchema)]
pub enum Choice {
    A,
    B,
}

#[derive(Serialize, Deserialize, Clone, Debug, schemars::JsonSchema)]
pub enum Paint {
    Text(String),
    Number(u8),
}

/// A rule that is an expression of the author's own.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, KubeSchema)]
#[kube(group = "example.com", version = "v1", kind = "ComputedRules")]
pub struct ComputedRulesSpec {
    #[x_kube(validation = own_rule())]
    pub called: String,
    #[x_kube(validation = KubeRule { rule: "self != ''".into(), message: Some(Message::Message("m".into())), ..Default::default() })]
    pub literal: String,
    #[x_kube(validation = Rule::new(format!("self.size() < {}", 3 * 3)))]
    pub formatted: String,
    #[x_kube(validation = Rule::from("self != 'x'"))]
    pub from: String,
    #[x_kube(validation = Rule::new(concat!("self ", "!= ''")))]
    pub concatenated: String,
}

fn own_rule() -> KubeRule {
    KubeRule::new("self != 'own'")
}

/// `KubeSchema` without any rule is `JsonSchema`.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, KubeSchema)]
#[kube(group = "example.com", version = "v1", kind = "KubeSchemaAlone")]
#[schemars(title = "A title", extend("x-kubernetes-preserve-unknown-fields" = true))]
pub struct KubeSchemaAloneSpec {
    pub name: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, kube::KubeSchema)]
#[kube(group = "example.com", version = "v1", kind = "KubeSchemaAttributes")]
#[serde(deny_unknown_fields)]
pub struct KubeSchemaAttributesSpec {
    #[serde(skip)]
    #[x_kube(validation = "true")]
    pub skipped: String,
    #[serde(flatten)]
    #[schemars(!flatten)]
    #[x_kube(validation = "true")]
    pub flattened: RuledInner,
    #[serde(default = "three")]
    #[x_kube(validation = "self > 0")]
    pub with_default: u8,
    #[schemars(with = "String")]
    #[x_kube(validation = "self != ''")]
    pub borrowed: u8,
}

fn three() -> u8 {
    3
}

/// A function gives the defaults: `#[serde(default)]` alone would ask them of the derive's own copy.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, KubeSchema)]
#[kube(group = "example.com", version = "v1", kind = "KubeSchemaDefaults")]
#[serde(default = "usual")]
pub struct KubeSchemaDefaultsSpec {
    pub plain: u8,
    #[x_kube(validation = "self > 0")]
    pub ruled: u8,
}

fn usual() -> KubeSchemaDefaultsSpec {
    KubeSchemaDefaultsSpec { plain: 1, ruled: 2 }
}

/// A rule on a field that is flattened lands on its first property.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, KubeSchema)]
#[kube(group = "example.com", version = "v1", kind = "RuleOnFlattened")]
pub struct RuleOnFlattenedSpec {
    pub own: String,
    #[serde(flatten)]
    #[x_kube(validation = "self != 'x'")]
    pub inner: Flat,
}

#[derive(Serialize, Deserialize, Clone, Debug, schemars::JsonSchema)]
pub struct Flat {
    pub second: String,
    pub first: String,
}

kinds![
    RulesOnStructs,
    RulesOnFields,
    RulesOnEnums,
    ComputedRules,
    KubeSchemaAlone,
    KubeSchemaAttributes,
    KubeSchemaDefaults,
    RuleOnFlattened,
];
