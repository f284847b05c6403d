//! `#[serde(default = "path")]`: functions that say one thing.

use std::{collections::BTreeMap, time::Duration};

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const PORT: u16 = 8080;
const NAME: &str = "main";
const LIMIT: u32 = 4 * KIBI;
const KIBI: u32 = 1024;

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "LiteralDefaults")]
pub struct LiteralDefaultsSpec {
    #[serde(default = "yes")]
    pub flag: bool,
    #[serde(default = "three")]
    pub number: i32,
    #[serde(default = "minus_one")]
    pub negative: i64,
    #[serde(default = "hexadecimal")]
    pub hexadecimal: u32,
    #[serde(default = "suffixed")]
    pub suffixed: u8,
    #[serde(default = "tenth")]
    pub tenth: f32,
    #[serde(default = "half")]
    pub half: f64,
    #[serde(default = "whole")]
    pub whole: f64,
    #[serde(default = "letter")]
    pub letter: char,
    #[serde(default = "largest")]
    pub largest: u64,
    #[serde(default = "spread")]
    pub spread: u32,
}

fn yes() -> bool {
    true
}

const fn three() -> i32 {
    3
}

fn minus_one() -> i64 {
    -1
}

fn hexadecimal() -> u32 {
    0xff_u32
}

fn suffixed() -> u8 {
    b'a'
}

fn tenth() -> f32 {
    0.1
}

fn half() -> f64 {
    0.5
}

fn whole() -> f64 {
    10.0
}

fn letter() -> char {
    'x'
}

fn largest() -> u64 {
    18_446_744_073_709_551_615
}

fn spread() -> u32 {
    return 1_000;
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "TextDefaults")]
pub struct TextDefaultsSpec {
    #[serde(default = "by_into")]
    pub by_into: String,
    #[serde(default = "by_from")]
    pub by_from: String,
    #[serde(default = "by_to_string")]
    pub by_to_string: String,
    #[serde(default = "by_to_owned")]
    pub by_to_owned: String,
    #[serde(default = "by_raw")]
    pub by_raw: String,
    #[serde(default = "by_constant")]
    pub by_constant: String,
    #[serde(default = "empty")]
    pub empty: String,
    #[serde(default = "String::new")]
    pub new: String,
    #[serde(default = "some")]
    pub some: Option<String>,
    #[serde(default = "none")]
    pub none: Option<String>,
    #[serde(default = "escaped")]
    pub escaped: String,
}

fn by_into() -> String {
    "into".into()
}

fn by_from() -> String {
    String::from("from")
}

fn by_to_string() -> String {
    "to string".to_string()
}

fn by_to_owned() -> String {
    "to owned".to_owned()
}

fn by_raw() -> String {
    r#"raw "quoted""#.into()
}

fn by_constant() -> String {
    NAME.to_string()
}

fn empty() -> String {
    String::new()
}

fn some() -> Option<String> {
    Some("some".into())
}

fn none() -> Option<String> {
    None
}

fn escaped() -> String {
    "tab\tquote\"\u{e9}
line"
        .into()
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ConstantDefaults")]
pub struct ConstantDefaultsSpec {
    #[serde(default = "port")]
    pub port: u16,
    #[serde(default = "elsewhere::port")]
    pub elsewhere: u16,
    #[serde(default = "crate::defaults::functions::elsewhere::port")]
    pub by_full_path: u16,
    #[serde(default = "Size::standard")]
    pub associated: Size,
    #[serde(default = "of_constant")]
    pub of_constant: Size,
    #[serde(default = "calculated")]
    pub calculated: u32,
    #[serde(default = "limit")]
    pub limit: u32,
    #[serde(default = "maximum")]
    pub maximum: u16,
}

fn port() -> u16 {
    PORT
}

pub mod elsewhere {
    pub const PORT: u16 = 9090;

    pub fn port() -> u16 {
        PORT
    }
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Size {
    pub width: u8,
    pub height: u8,
}

impl Size {
    const SQUARE: Self = Self {
        width: 2,
        height: 2,
    };

    fn standard() -> Self {
        Self {
            width: 4,
            height: 3,
        }
    }
}

fn of_constant() -> Size {
    Size::SQUARE
}

fn calculated() -> u32 {
    60 * 60
}

fn limit() -> u32 {
    LIMIT
}

fn maximum() -> u16 {
    u16::MAX
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "CollectionDefaults")]
pub struct CollectionDefaultsSpec {
    #[serde(default = "empty_list")]
    pub empty: Vec<String>,
    #[serde(default = "Vec::<String>::new")]
    pub new: Vec<String>,
    #[serde(default = "listed")]
    pub listed: Vec<String>,
    #[serde(default = "numbers")]
    pub numbers: Vec<u8>,
    #[serde(default = "repeated")]
    pub repeated: Vec<u8>,
    #[serde(default = "array")]
    pub array: [u8; 2],
    #[serde(default = "map")]
    pub map: BTreeMap<String, u8>,
    #[serde(default = "BTreeMap::<String, u8>::new")]
    pub new_map: BTreeMap<String, u8>,
    #[serde(default = "sizes")]
    pub sizes: Vec<Size>,
    #[serde(default = "boxed")]
    pub boxed: Box<Size>,
    #[serde(default = "by_default")]
    pub by_default: Vec<u8>,
    #[serde(default = "<Vec<u8> as Default>::default")]
    pub by_the_trait: Vec<u8>,
}

fn empty_list() -> Vec<String> {
    vec![]
}

fn listed() -> Vec<String> {
    vec!["a".into(), "b".to_string(), NAME.into()]
}

fn numbers() -> Vec<u8> {
    vec![1, 2, 3]
}

fn repeated() -> Vec<u8> {
    vec![7; 3]
}

fn array() -> [u8; 2] {
    [1, 2]
}

fn map() -> BTreeMap<String, u8> {
    BTreeMap::from([("one".into(), 1), ("two".to_string(), 2)])
}

fn sizes() -> Vec<Size> {
    vec![Size {
        width: 1,
        height: 2,
    }]
}

fn boxed() -> Box<Size> {
    Box::new(Size {
        width: 1,
        height: 1,
    })
}

fn by_default() -> Vec<u8> {
    Default::default()
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "VariantDefaults")]
pub struct VariantDefaultsSpec {
    #[serde(default = "green")]
    pub color: Color,
    #[serde(default = "painted")]
    pub paint: Paint,
    #[serde(default = "Paint::none")]
    pub none: Paint,
    #[serde(default = "some_color")]
    pub optional: Option<Color>,
    #[serde(default = "timeout")]
    pub timeout: Duration,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Color {
    Red,
    Green,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Paint {
    Flat(Color),
    Mixed {
        first: Color,
        second: Color,
    },
    #[serde(untagged)]
    Free(String),
}

impl Paint {
    fn none() -> Self {
        Self::Free("none".into())
    }
}

fn green() -> Color {
    Color::Green
}

fn painted() -> Paint {
    Paint::Mixed {
        first: Color::Red,
        second: green(),
    }
}

fn some_color() -> Option<Color> {
    Some(Color::Red)
}

fn timeout() -> Duration {
    Duration::from_secs(30)
}

kinds![
    LiteralDefaults,
    TextDefaults,
    ConstantDefaults,
    CollectionDefaults,
    VariantDefaults,
];
