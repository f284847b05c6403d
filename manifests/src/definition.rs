//! The `CustomResourceDefinition` of a kind in one version, from the struct of its spec: what kube's derive of
//! `CustomResource` makes of the same attributes.

use serde_json::{Map, Value, json};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, Lit, LitStr, Meta, Path, Token};

use crate::meta;
use crate::schema::{Kind, Schemas};
use crate::source::{Place, Read, Sources, TypeId};

/// What `#[kube(...)]` says.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
struct Kube {
    group: String,
    version: String,
    kind: String,
    root: Option<String>,
    doc: Option<String>,
    /// Attributes of the type of the kind.
    attributes: Vec<String>,
    plural: Option<String>,
    singular: Option<String>,
    namespaced: bool,
    no_spec: bool,
    schema: Option<String>,
    status: Option<Path>,
    categories: Vec<String>,
    shortnames: Vec<String>,
    columns: Vec<Value>,
    selectable: Vec<String>,
    scale: Option<Value>,
    annotations: Map<String, Value>,
    labels: Map<String, Value>,
    validations: Vec<Expr>,
    not_stored: bool,
    not_served: bool,
    deprecated: bool,
    deprecation_warning: Option<String>,
}

/// A kind as rules speak of it.
pub(crate) struct Resource {
    pub(crate) group: String,
    pub(crate) plural: String,
    pub(crate) is_namespaced: bool,
    pub(crate) has_status: bool,
}

/// A version of a kind, by its names.
pub(crate) struct Name {
    pub(crate) group: String,
    pub(crate) kind: String,
    pub(crate) version: String,
}

/// Reads which version of which kind it is that a type is the spec of.
pub(crate) fn name(sources: &Sources, id: TypeId) -> Read<Name> {
    let kube = kube_of(sources, id)?;
    Ok(Name {
        group: kube.group,
        kind: kube.kind,
        version: kube.version,
    })
}

/// Reads what the kind is called that a type is the spec of.
pub(crate) fn resource(sources: &Sources, id: TypeId) -> Read<Resource> {
    let kube = kube_of(sources, id)?;
    Ok(Resource {
        plural: kube.plural_name(),
        is_namespaced: kube.namespaced,
        has_status: kube.status.is_some(),
        group: kube.group,
    })
}

/// Reads the definition of the kind that a type is the spec of.
pub(crate) fn read(schemas: &Schemas<'_>, id: TypeId) -> Read<Value> {
    let kube = kube_of(schemas.sources, id)?;
    let schema = match kube.schema.as_deref() {
        Some("disabled") => json!({}),
        Some("manual") => in_version(schemas.by_hand_of_kind(id, kube.root_name())?),
        _ => {
            let kind = Kind {
                name: kube.root_name(),
                doc: kube.doc.as_deref(),
                attributes: &kube.attributes,
                no_spec: kube.no_spec,
                status: kube.status.as_ref(),
                validations: &kube.validations,
            };
            in_version(schemas.root(id, &kind)?)
        }
    };
    Ok(kube.definition(schema))
}

/// Arguments of `#[kube]`, by words in the paths of what they say: of those that can be repeated the numbered one.
const ARGUMENTS: &[(&str, &str)] = &[
    ("additionalPrinterColumns[", "printcolumn"),
    ("selectableFields[", "selectable"),
    ("names.shortNames[", "shortname"),
    ("names.categories[", "category"),
    ("names.plural", "plural"),
    ("names.singular", "singular"),
    ("names.kind", "kind"),
    ("subresources.scale", "scale"),
    ("deprecationWarning", "deprecated"),
    ("spec.group", "group"),
    ("].name", "version"),
    ("metadata.annotations", "annotation"),
    ("metadata.labels", "label"),
];

/// Where something is said that the API server names by its path in the definition of the kind that a type is the spec
/// of: the attribute, or else what is nearest. The schemas must know their places.
pub(crate) fn place(schemas: &Schemas<'_>, id: TypeId, path: &str) -> Place {
    let sources = schemas.sources;
    let item = sources.type_item(id);
    let place = |span| Place::of(sources.file(item.module).to_owned(), span);
    let whole = || place(item.item.name().span());
    if let Some((_, path)) = path.split_once("openAPIV3Schema") {
        let schema = read(schemas, id).ok().map(|mut definition| {
            definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"].take()
        });
        return schema
            .and_then(|schema| schemas.place(&schema, path))
            .unwrap_or_else(whole);
    }
    let argument = ARGUMENTS.iter().find_map(|(words, argument)| {
        let (_, rest) = path.split_once(words)?;
        let number = rest.split(']').next()?.parse().unwrap_or_default();
        Some((*argument, number))
    });
    let Some((argument, number)) = argument else {
        return whole();
    };
    let attributes = sources.attributes(item.module, item.item.attributes());
    let arguments = attributes.ok().and_then(|it| meta::of_kube(&it).ok());
    let of_this = arguments.into_iter().flatten();
    let mut of_this = of_this.filter(|meta| meta.path().is_ident(argument));
    of_this
        .nth(number)
        .map_or_else(whole, |meta| place(meta.span()))
}

fn kube_of(sources: &Sources, id: TypeId) -> Read<Kube> {
    let item = sources.type_item(id);
    let attributes = sources.attributes(item.module, item.item.attributes())?;
    Kube::read(&attributes)
        .map_err(|error| sources.unread(item.module, error.span(), error.to_string()))
}

/// The arguments of `#[kube]` that say something of the definition.
const OF_DEFINITIONS: &[&str] = &[
    "group",
    "version",
    "kind",
    "root",
    "doc",
    "plural",
    "singular",
    "namespaced",
    "no_spec",
    "schema",
    "attr",
    "status",
    "category",
    "shortname",
    "printcolumn",
    "selectable",
    "scale",
    "annotation",
    "label",
    "validation",
    "storage",
    "served",
    "deprecated",
];

/// Those that say something of the code alone; the last are older versions'.
const OF_CODE: &[&str] = &[
    "derive",
    "crates",
    "cel",
    "apiextensions",
    "kube_core",
    "has_status",
];

impl Kube {
    fn read(attributes: &[Attribute]) -> Result<Self, syn::Error> {
        let mut kube = Self::default();
        for meta in meta::of_kube(attributes)? {
            kube.take(&meta)?;
        }
        let needed = [
            ("group", &kube.group),
            ("version", &kube.version),
            ("kind", &kube.kind),
        ];
        let missing = needed.iter().find(|(_, said)| said.is_empty());
        let of_kube = attributes.iter().find(|it| it.path().is_ident("kube"));
        if let (Some((name, _)), Some(attribute)) = (missing, of_kube) {
            let what = format!("`#[kube]` needs `{name} = \"...\"`");
            return Err(syn::Error::new_spanned(attribute, what));
        }
        Ok(kube)
    }

    fn take(&mut self, meta: &Meta) -> Result<(), syn::Error> {
        let name = meta.path().get_ident().map(ToString::to_string);
        match name.as_deref().unwrap_or_default() {
            "group" => self.group = text(meta)?,
            "version" => self.version = text(meta)?,
            "kind" => self.kind = text(meta)?,
            "root" => self.root = Some(text(meta)?),
            "doc" => self.doc = Some(text(meta)?),
            "plural" => self.plural = Some(text(meta)?),
            "singular" => self.singular = Some(text(meta)?),
            "namespaced" => self.namespaced = switch(meta)?,
            "no_spec" => self.no_spec = switch(meta)?,
            "schema" => self.schema = Some(text(meta)?),
            "attr" => self.attributes.push(text(meta)?),
            "status" => self.status = Some(path(meta)?),
            "category" => self.categories.push(text(meta)?),
            "shortname" => self.shortnames.push(text(meta)?),
            "printcolumn" => self.columns.push(column(meta)?),
            "selectable" => self.selectable.push(text(meta)?),
            "scale" => self.scale = Some(scale(meta)?),
            "annotation" => self.annotations.extend([pair(meta)?]),
            "label" => self.labels.extend([pair(meta)?]),
            // `rule` is what older versions of kube call it.
            "validation" | "rule" => self.validations.push(value(meta)?.clone()),
            "storage" => self.not_stored = !switch(meta)?,
            "served" => self.not_served = !switch(meta)?,
            "deprecated" => {
                self.deprecated = true;
                self.deprecation_warning = value(meta).ok().map(|_| text(meta)).transpose()?;
            }
            other if OF_CODE.contains(&other) => {}
            _ => {
                let known: Vec<_> = OF_DEFINITIONS.iter().chain(OF_CODE).copied().collect();
                return Err(meta::unknown(meta.path(), "#[kube]", &known));
            }
        }
        Ok(())
    }

    /// The name of the type of the kind.
    fn root_name(&self) -> &str {
        self.root.as_deref().unwrap_or(&self.kind)
    }

    fn singular_name(&self) -> String {
        let singular = self.singular.clone();
        singular.unwrap_or_else(|| self.kind.to_ascii_lowercase())
    }

    fn plural_name(&self) -> String {
        let plural = self.plural.clone();
        plural.unwrap_or_else(|| plural_of(&self.singular_name()))
    }

    fn definition(&self, schema: Value) -> Value {
        let (singular, plural) = (self.singular_name(), self.plural_name());
        let mut metadata = json!({ "name": format!("{plural}.{}", self.group) });
        for (key, map) in [("annotations", &self.annotations), ("labels", &self.labels)] {
            if !map.is_empty() {
                metadata[key] = map.clone().into();
            }
        }
        let mut names = json!({ "kind": self.kind, "plural": plural, "singular": singular });
        put_list(&mut names, "categories", &self.categories);
        put_list(&mut names, "shortNames", &self.shortnames);
        let mut definition = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": metadata,
            "spec": {
                "group": self.group,
                "names": names,
                "scope": if self.namespaced { "Namespaced" } else { "Cluster" },
            },
        });
        definition["spec"]["versions"] = Value::Array(vec![self.version(schema)]);
        definition
    }

    fn version(&self, schema: Value) -> Value {
        let mut version = json!({
            "name": self.version,
            "served": !self.not_served,
            "storage": !self.not_stored,
        });
        version["schema"] = schema;
        put_list(&mut version, "additionalPrinterColumns", &self.columns);
        let selectable = self
            .selectable
            .iter()
            .map(|path| json!({ "jsonPath": path }));
        put_list(
            &mut version,
            "selectableFields",
            &selectable.collect::<Vec<_>>(),
        );
        if self.deprecated {
            version["deprecated"] = true.into();
        }
        if let Some(warning) = &self.deprecation_warning {
            version["deprecationWarning"] = warning.as_str().into();
        }
        if self.status.is_some() {
            version["subresources"] = json!({ "status": {} });
            if let Some(scale) = &self.scale {
                version["subresources"]["scale"] = scale.clone();
            }
        }
        version
    }
}

fn in_version(schema: Value) -> Value {
    let mut validation = json!({});
    validation["openAPIV3Schema"] = schema;
    validation
}

fn put_list<T: Clone + Into<Value>>(object: &mut Value, key: &str, list: &[T]) {
    if !list.is_empty() {
        object[key] = Value::Array(list.iter().cloned().map(Into::into).collect());
    }
}

/// The plural that kube gives a kind.
fn plural_of(word: &str) -> String {
    if ["s", "x", "z", "ch", "sh"]
        .iter()
        .any(|end| word.ends_with(end))
    {
        return format!("{word}es");
    }
    let vowels = ['a', 'e', 'i', 'o', 'u'];
    match word.strip_suffix('y') {
        Some(stem) if !stem.is_empty() && !stem.ends_with(vowels) => format!("{stem}ies"),
        _ => format!("{word}s"),
    }
}

fn value(meta: &Meta) -> Result<&Expr, syn::Error> {
    meta::value(meta).ok_or_else(|| syn::Error::new(meta.span(), "this has no value"))
}

fn text(meta: &Meta) -> Result<String, syn::Error> {
    let text = meta::literal_text(value(meta)?);
    text.ok_or_else(|| syn::Error::new(meta.span(), "this is no text"))
}

/// `namespaced`, `storage = false`, `storage = "false"`
fn switch(meta: &Meta) -> Result<bool, syn::Error> {
    let wrong = || syn::Error::new(meta.span(), "this is neither `true` nor `false`");
    match meta {
        Meta::Path(_) => Ok(true),
        Meta::NameValue(_) => match value(meta)? {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Bool(flag) => Ok(flag.value),
                Lit::Str(text) => text.value().parse().map_err(|_| wrong()),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        },
        Meta::List(_) => Err(wrong()),
    }
}

/// `status = MyStatus`, `status = "MyStatus"`
fn path(meta: &Meta) -> Result<Path, syn::Error> {
    match value(meta)? {
        Expr::Path(path) => Ok(path.path.clone()),
        Expr::Lit(_) => syn::parse_str(&text(meta)?),
        _ => Err(syn::Error::new(meta.span(), "this is no type")),
    }
}

/// `label("key", "value")`
fn pair(meta: &Meta) -> Result<(String, Value), syn::Error> {
    let Meta::List(list) = meta else {
        return Err(syn::Error::new(meta.span(), "this has no parentheses"));
    };
    let texts = list.parse_args_with(Punctuated::<LitStr, Token![,]>::parse_terminated)?;
    let texts: Vec<_> = texts.iter().map(LitStr::value).collect();
    match <[String; 2]>::try_from(texts) {
        Ok([key, value]) => Ok((key, value.into())),
        Err(_) => Err(syn::Error::new(
            meta.span(),
            "this is no key with its value",
        )),
    }
}

fn nested(meta: &Meta) -> Result<Vec<Meta>, syn::Error> {
    match meta {
        Meta::List(list) => {
            let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
            Ok(list.parse_args_with(parser)?.into_iter().collect())
        }
        _ => Err(syn::Error::new(meta.span(), "this has no parentheses")),
    }
}

/// Arguments as fields of an object; or the object itself, in JSON.
fn object(meta: &Meta, fields: &[(&str, &str)]) -> Result<Value, syn::Error> {
    if matches!(meta, Meta::NameValue(_)) {
        let given: Value = serde_json::from_str(&text(meta)?)
            .map_err(|error| syn::Error::new(meta.span(), error))?;
        let mut out = json!({});
        for (_, key) in fields {
            if let Some(value) = given.get(*key).filter(|value| !value.is_null()) {
                out[*key] = value.clone();
            }
        }
        return Ok(out);
    }
    let mut out = json!({});
    let of = &meta::name_of(meta);
    for meta in nested(meta)? {
        let known = fields.iter().find(|(name, _)| meta.path().is_ident(name));
        let Some((name, key)) = known else {
            let known: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
            return Err(meta::unknown(meta.path(), of, &known));
        };
        out[*key] = match value(&meta)? {
            Expr::Lit(literal) if *name == "priority" => match &literal.lit {
                Lit::Int(number) => number.base10_parse::<i32>()?.into(),
                _ => text(&meta)?.parse::<i32>().map_or(Value::Null, Value::from),
            },
            _ => text(&meta)?.into(),
        };
    }
    Ok(out)
}

fn column(meta: &Meta) -> Result<Value, syn::Error> {
    object(
        meta,
        &[
            ("description", "description"),
            ("format", "format"),
            ("json_path", "jsonPath"),
            ("name", "name"),
            ("priority", "priority"),
            ("type_", "type"),
        ],
    )
}

fn scale(meta: &Meta) -> Result<Value, syn::Error> {
    object(
        meta,
        &[
            ("label_selector_path", "labelSelectorPath"),
            ("spec_replicas_path", "specReplicasPath"),
            ("status_replicas_path", "statusReplicasPath"),
        ],
    )
}
