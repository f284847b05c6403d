//! The functions of CEL and of Kubernetes' libraries, and what they take and give.
//!
//! Source: cel-go `common/stdlib` and `ext`, apiserver `pkg/cel/library`, as `pkg/cel/environment` puts them together.

use super::types::Ty;

/// A type in a signature.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Time,
    Duration,
    Type,
    Any,
    /// A list of anything.
    List,
    /// A list of the first argument's items.
    SameList,
    /// What is in the first argument.
    Item,
    ListOfTexts,
    Optional,
    /// What is in the optional value that the first argument is.
    Inner,
    OptionalItem,
    OptionalAny,
    OptionalTexts,
    Map,
    Url,
    Ip,
    Cidr,
    Quantity,
    Semver,
    Format,
}

use Is::{
    Any, Bool, Bytes, Cidr, Double, Duration, Format, Inner, Int, Ip, Item, List, ListOfTexts, Map,
    Optional, OptionalAny, OptionalItem, OptionalTexts, Quantity, SameList, Semver, Text, Time,
    Type, Uint, Url,
};

/// What it's called, whether it follows a dot, what it takes (the target first), what it gives.
type Signature = (&'static str, bool, &'static [Is], Is);

const fn f(name: &'static str, takes: &'static [Is], gives: Is) -> Signature {
    (name, false, takes, gives)
}

const fn m(name: &'static str, takes: &'static [Is], gives: Is) -> Signature {
    (name, true, takes, gives)
}

#[rustfmt::skip]
static SIGNATURES: &[Signature] = &[
    f("size", &[Text], Int), f("size", &[Bytes], Int), f("size", &[List], Int), f("size", &[Map], Int),
    m("size", &[Text], Int), m("size", &[Bytes], Int), m("size", &[List], Int), m("size", &[Map], Int),
    f("type", &[Any], Type), f("dyn", &[Any], Any),
    f("bool", &[Bool], Bool), f("bool", &[Text], Bool),
    f("bytes", &[Bytes], Bytes), f("bytes", &[Text], Bytes),
    f("double", &[Double], Double), f("double", &[Int], Double), f("double", &[Uint], Double), f("double", &[Text], Double),
    f("int", &[Int], Int), f("int", &[Double], Int), f("int", &[Uint], Int), f("int", &[Text], Int), f("int", &[Time], Int),
    f("int", &[Duration], Int),
    f("uint", &[Uint], Uint), f("uint", &[Int], Uint), f("uint", &[Double], Uint), f("uint", &[Text], Uint),
    f("string", &[Text], Text), f("string", &[Bool], Text), f("string", &[Int], Text), f("string", &[Uint], Text),
    f("string", &[Double], Text), f("string", &[Bytes], Text), f("string", &[Time], Text), f("string", &[Duration], Text),
    f("string", &[Ip], Text), f("string", &[Cidr], Text),
    f("timestamp", &[Text], Time), f("timestamp", &[Int], Time), f("timestamp", &[Time], Time),
    f("duration", &[Text], Duration), f("duration", &[Int], Duration), f("duration", &[Duration], Duration),
    f("matches", &[Text, Text], Bool), m("matches", &[Text, Text], Bool),
    m("contains", &[Text, Text], Bool), m("startsWith", &[Text, Text], Bool), m("endsWith", &[Text, Text], Bool),
    m("getFullYear", &[Time], Int), m("getFullYear", &[Time, Text], Int),
    m("getMonth", &[Time], Int), m("getMonth", &[Time, Text], Int),
    m("getDate", &[Time], Int), m("getDate", &[Time, Text], Int),
    m("getDayOfYear", &[Time], Int), m("getDayOfYear", &[Time, Text], Int),
    m("getDayOfMonth", &[Time], Int), m("getDayOfMonth", &[Time, Text], Int),
    m("getDayOfWeek", &[Time], Int), m("getDayOfWeek", &[Time, Text], Int),
    m("getHours", &[Time], Int), m("getHours", &[Time, Text], Int), m("getHours", &[Duration], Int),
    m("getMinutes", &[Time], Int), m("getMinutes", &[Time, Text], Int), m("getMinutes", &[Duration], Int),
    m("getSeconds", &[Time], Int), m("getSeconds", &[Time, Text], Int), m("getSeconds", &[Duration], Int),
    m("getMilliseconds", &[Time], Int), m("getMilliseconds", &[Time, Text], Int), m("getMilliseconds", &[Duration], Int),
    f("optional.none", &[], OptionalAny), f("optional.of", &[Any], Optional), f("optional.ofNonZeroValue", &[Any], Optional),
    m("hasValue", &[OptionalAny], Bool), m("value", &[OptionalAny], Inner),
    m("orValue", &[OptionalAny, Any], Inner), m("or", &[OptionalAny, OptionalAny], Inner),
    m("charAt", &[Text, Int], Text),
    m("indexOf", &[Text, Text], Int), m("indexOf", &[Text, Text, Int], Int), m("indexOf", &[List, Any], Int),
    m("lastIndexOf", &[Text, Text], Int), m("lastIndexOf", &[Text, Text, Int], Int), m("lastIndexOf", &[List, Any], Int),
    m("lowerAscii", &[Text], Text), m("upperAscii", &[Text], Text), m("trim", &[Text], Text),
    m("replace", &[Text, Text, Text], Text), m("replace", &[Text, Text, Text, Int], Text),
    m("split", &[Text, Text], ListOfTexts), m("split", &[Text, Text, Int], ListOfTexts),
    m("substring", &[Text, Int], Text), m("substring", &[Text, Int, Int], Text),
    m("join", &[ListOfTexts], Text), m("join", &[ListOfTexts, Text], Text),
    m("format", &[Text, List], Text), f("strings.quote", &[Text], Text),
    m("find", &[Text, Text], Text), m("findAll", &[Text, Text], ListOfTexts), m("findAll", &[Text, Text, Int], ListOfTexts),
    m("isSorted", &[List], Bool), m("sum", &[List], Item), m("min", &[List], Item), m("max", &[List], Item),
    m("distinct", &[List], SameList), m("flatten", &[List], List), m("flatten", &[List, Int], List),
    m("reverse", &[List], SameList), m("sort", &[List], SameList), m("slice", &[List, Int, Int], SameList),
    m("first", &[List], OptionalItem), m("last", &[List], OptionalItem), f("lists.range", &[Int], List),
    f("sets.contains", &[List, List], Bool), f("sets.equivalent", &[List, List], Bool), f("sets.intersects", &[List, List], Bool),
    f("isURL", &[Text], Bool), f("url", &[Text], Url),
    m("getScheme", &[Url], Text), m("getHost", &[Url], Text), m("getHostname", &[Url], Text), m("getPort", &[Url], Text),
    m("getEscapedPath", &[Url], Text), m("getQuery", &[Url], Map),
    f("isIP", &[Text], Bool), f("ip", &[Text], Ip), f("ip.isCanonical", &[Text], Bool),
    m("family", &[Ip], Int), m("isUnspecified", &[Ip], Bool), m("isLoopback", &[Ip], Bool),
    m("isLinkLocalMulticast", &[Ip], Bool), m("isLinkLocalUnicast", &[Ip], Bool), m("isGlobalUnicast", &[Ip], Bool),
    f("isCIDR", &[Text], Bool), f("cidr", &[Text], Cidr), m("containsIP", &[Cidr, Text], Bool), m("containsIP", &[Cidr, Ip], Bool),
    m("containsCIDR", &[Cidr, Text], Bool), m("containsCIDR", &[Cidr, Cidr], Bool), m("ip", &[Cidr], Ip),
    m("masked", &[Cidr], Cidr), m("prefixLength", &[Cidr], Int),
    f("isQuantity", &[Text], Bool), f("quantity", &[Text], Quantity),
    m("sign", &[Quantity], Int), m("isInteger", &[Quantity], Bool), m("asInteger", &[Quantity], Int),
    m("asApproximateFloat", &[Quantity], Double), m("add", &[Quantity, Quantity], Quantity), m("add", &[Quantity, Int], Quantity),
    m("sub", &[Quantity, Quantity], Quantity), m("sub", &[Quantity, Int], Quantity),
    m("isLessThan", &[Quantity, Quantity], Bool), m("isGreaterThan", &[Quantity, Quantity], Bool),
    m("compareTo", &[Quantity, Quantity], Int),
    f("isSemver", &[Text], Bool), f("isSemver", &[Text, Bool], Bool), f("semver", &[Text], Semver), f("semver", &[Text, Bool], Semver),
    m("major", &[Semver], Int), m("minor", &[Semver], Int), m("patch", &[Semver], Int),
    m("isLessThan", &[Semver, Semver], Bool), m("isGreaterThan", &[Semver, Semver], Bool), m("compareTo", &[Semver, Semver], Int),
    f("format.named", &[Text], OptionalAny), m("validate", &[Format, Text], OptionalTexts),
    f("format.dns1123Label", &[], Format), f("format.dns1123Subdomain", &[], Format), f("format.dns1035Label", &[], Format),
    f("format.qualifiedName", &[], Format), f("format.dns1123LabelPrefix", &[], Format),
    f("format.dns1123SubdomainPrefix", &[], Format), f("format.dns1035LabelPrefix", &[], Format),
    f("format.labelValue", &[], Format), f("format.uri", &[], Format), f("format.uuid", &[], Format),
    f("format.byte", &[], Format), f("format.date", &[], Format), f("format.datetime", &[], Format),
];

/// Whether there is such a function at all.
pub(super) fn is_known(name: &str) -> bool {
    SIGNATURES.iter().any(|(known, ..)| *known == name)
}

/// Whether there are functions whose names begin with it: `sets.contains`.
pub(super) fn is_library(name: &str) -> bool {
    let mut known = SIGNATURES.iter().map(|(known, ..)| known);
    known.any(|known| {
        known
            .split_once('.')
            .is_some_and(|(library, _)| library == name)
    })
}

/// Whether it names a type.
pub(super) fn is_type(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "bytes"
            | "double"
            | "int"
            | "list"
            | "map"
            | "null_type"
            | "string"
            | "type"
            | "uint"
            | "optional_type"
    )
}

/// What a function gives; none where it can't be applied.
pub(super) fn global<'a>(name: &str, arguments: &[Ty<'a>]) -> Option<Ty<'a>> {
    found(name, false, arguments)
}

/// What a method gives; none where it can't be applied.
pub(super) fn method<'a>(name: &str, target: &Ty<'a>, arguments: &[Ty<'a>]) -> Option<Ty<'a>> {
    let all: Vec<Ty<'a>> = std::iter::once(target).chain(arguments).cloned().collect();
    found(name, true, &all)
}

fn found<'a>(name: &str, on_target: bool, given: &[Ty<'a>]) -> Option<Ty<'a>> {
    let mut fitting = SIGNATURES.iter().filter(|(known, member, takes, _)| {
        *known == name
            && *member == on_target
            && takes.len() == given.len()
            && takes.iter().zip(given).all(|(is, given)| is.takes(given))
    });
    let (.., result) = fitting.next()?;
    // What is not known before could be several things.
    let unsure = given.contains(&Ty::Dyn) && fitting.any(|(.., other)| other != result);
    Some(if unsure { Ty::Dyn } else { result.given(given) })
}

impl Is {
    fn takes(self, given: &Ty<'_>) -> bool {
        match given {
            Ty::Dyn => true,
            Ty::Bool => matches!(self, Bool | Any),
            Ty::Int => matches!(self, Int | Any),
            Ty::Uint => matches!(self, Uint | Any),
            Ty::Double => matches!(self, Double | Any),
            Ty::Text => matches!(self, Text | Any),
            Ty::Bytes => matches!(self, Bytes | Any),
            Ty::Time => matches!(self, Time | Any),
            Ty::Duration => matches!(self, Duration | Any),
            Ty::List(items) => match self {
                List | Any => true,
                ListOfTexts => matches!(**items, Ty::Text | Ty::Dyn),
                _ => false,
            },
            Ty::Map(..) => matches!(self, Map | Any),
            Ty::Optional(_) => matches!(self, OptionalAny | Any),
            Ty::Library(name) => self == Any || self.library() == Some(name),
            Ty::Null | Ty::Type | Ty::Object(_) => self == Any,
        }
    }

    fn library(self) -> Option<&'static str> {
        Some(match self {
            Url => "kubernetes.URL",
            Ip => "net.IP",
            Cidr => "net.CIDR",
            Quantity => "kubernetes.Quantity",
            Semver => "kubernetes.Semver",
            Format => "kubernetes.NamedFormat",
            _ => return None,
        })
    }

    fn given<'a>(self, given: &[Ty<'a>]) -> Ty<'a> {
        let first = given.first();
        let item = || match first {
            Some(Ty::List(items)) => (**items).clone(),
            _ => Ty::Dyn,
        };
        match self {
            Bool => Ty::Bool,
            Int => Ty::Int,
            Uint => Ty::Uint,
            Double => Ty::Double,
            Text => Ty::Text,
            Bytes => Ty::Bytes,
            Time => Ty::Time,
            Duration => Ty::Duration,
            Type => Ty::Type,
            Any => Ty::Dyn,
            List => Ty::list(Ty::Dyn),
            SameList => Ty::list(item()),
            Item => item(),
            ListOfTexts => Ty::list(Ty::Text),
            Optional => Ty::optional(first.cloned().unwrap_or(Ty::Dyn)),
            OptionalItem => Ty::optional(item()),
            OptionalAny => Ty::optional(Ty::Dyn),
            OptionalTexts => Ty::optional(Ty::list(Ty::Text)),
            Inner => match first {
                Some(Ty::Optional(inner)) if **inner != Ty::Dyn => (**inner).clone(),
                _ => given.get(1).cloned().unwrap_or(Ty::Dyn),
            },
            Map => Ty::Map(Ty::Text.into(), Ty::list(Ty::Text).into()),
            library => library.library().map_or(Ty::Dyn, Ty::Library),
        }
    }
}
