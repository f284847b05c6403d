//! In which form objects are answered: as they are, as a table, or their metadata alone.

use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{answer::Reply, query::Query, resource::Resource, store::Stored};
use crate::{
    Refusal,
    table::{
        self, Encoding, Endpoint, Form, IncludeObject, MetaVersion, Offer, Printer, TableOptions,
    },
};

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    form: Form,
    encoding: Encoding,
    include: IncludeObject,
    now: Timestamp,
}

/// What a list has besides its items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListMeta {
    pub(crate) resource_version: u64,
    /// Where the next page begins; empty where there is none.
    pub(crate) next: String,
    pub(crate) remaining: Option<usize>,
}

impl ListMeta {
    fn value(&self) -> Value {
        let mut meta = json!({"resourceVersion": self.resource_version.to_string()});
        if !self.next.is_empty() {
            meta["continue"] = self.next.as_str().into();
        }
        if let Some(remaining) = self.remaining {
            meta["remainingItemCount"] = remaining.into();
        }
        meta
    }
}

impl View {
    /// What the client accepts and can be given.
    pub(crate) fn of(
        headers: &HeaderMap,
        query: &Query,
        resource: &Resource,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let offer = Offer {
            encodings: &[Encoding::Json, Encoding::Yaml],
            endpoint: if resource.is_custom {
                Endpoint::Custom
            } else {
                Endpoint::BuiltIn
            },
            routed: !resource.is_custom,
        };
        let accept = headers.get(http::header::ACCEPT);
        let accept = accept
            .and_then(|text| text.to_str().ok())
            .unwrap_or_default();
        let wanted = offer.negotiate(accept)?;
        let include = match wanted.form {
            Form::Table(_) => IncludeObject::of(query.get("includeObject"))?,
            _ => IncludeObject::Metadata,
        };
        Ok(Self {
            form: wanted.form,
            encoding: wanted.encoding,
            include,
            now,
        })
    }

    /// The same at another time.
    pub(crate) fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }

    /// An answer of one object.
    pub(crate) fn reply(
        self,
        status: u16,
        resource: &Resource,
        stored: &Stored,
    ) -> Result<Reply, Refusal> {
        Ok(self.encoded(status, self.object(resource, stored)?))
    }

    /// An answer of a list.
    pub(crate) fn reply_list(
        self,
        resource: &Resource,
        items: &[Arc<Stored>],
        meta: &ListMeta,
    ) -> Result<Reply, Refusal> {
        Ok(self.encoded(200, self.list(resource, items, meta)?))
    }

    /// An answer of the scale of an object.
    pub(crate) fn reply_scale(self, scale: &Value) -> Result<Reply, Refusal> {
        let shown = match self.form {
            Form::Whole | Form::Groups => scale.clone(),
            Form::Table(version) => {
                let options = self.table_options(version, true, "autoscaling/v1", "Scale");
                Printer::built_in("autoscaling", "Scale").table(scale, &options, self.now)
            }
            Form::Metadata(version) => table::metadata(scale, version, "*autoscaling.Scale")?,
            Form::MetadataList(version) => {
                table::metadata_list(scale, version, "*autoscaling.Scale")?
            }
        };
        Ok(self.encoded(200, bytes(&shown)))
    }

    fn encoded(self, status: u16, json: Vec<u8>) -> Reply {
        if self.encoding != Encoding::Yaml {
            return Reply::json_bytes(status, json);
        }
        let value: Value = serde_json::from_slice(&json).expect("what was written as JSON is JSON");
        let yaml = serde_yaml::to_string(&value).expect("what is JSON is YAML");
        Reply {
            content_type: Encoding::Yaml.media_type(),
            ..Reply::json_bytes(status, yaml.into_bytes())
        }
    }

    /// One object as JSON.
    pub(crate) fn object(self, resource: &Resource, stored: &Stored) -> Result<Vec<u8>, Refusal> {
        if self.form == Form::Whole {
            let mut out = Vec::new();
            stored.write_json(&resource.api_version(), &resource.kind, &mut out);
            return Ok(out);
        }
        let value = self.converted(resource, stored.object.value(), true)?;
        Ok(bytes(&value))
    }

    /// One object of a watch as JSON: its table has columns only in the first event.
    pub(crate) fn event(self, resource: &Resource, stored: &Stored, is_first: bool) -> Vec<u8> {
        if self.form == Form::Whole {
            let mut out = Vec::new();
            stored.write_json(&resource.api_version(), &resource.kind, &mut out);
            return out;
        }
        let converted = self.converted(resource, stored.object.value(), is_first);
        bytes(&converted.unwrap_or_else(|refusal| refusal.body()))
    }

    /// A bookmark, which has no more than metadata.
    pub(crate) fn bookmark(self, resource: &Resource, object: Value) -> Value {
        let converted = self.converted(resource, &object, false);
        converted.unwrap_or(object)
    }

    fn list(
        self,
        resource: &Resource,
        items: &[Arc<Stored>],
        meta: &ListMeta,
    ) -> Result<Vec<u8>, Refusal> {
        let mut out = head(resource, meta);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            if resource.is_custom {
                item.write_json(&resource.api_version(), &resource.kind, &mut out);
            } else {
                out.extend_from_slice(item.json());
            }
        }
        out.extend_from_slice(b"]}");
        if self.form == Form::Whole {
            return Ok(out);
        }
        let list: Value = serde_json::from_slice(&out).expect("what was written as JSON is JSON");
        Ok(bytes(&self.converted(resource, &list, true)?))
    }

    fn converted(
        self,
        resource: &Resource,
        value: &Value,
        has_columns: bool,
    ) -> Result<Value, Refusal> {
        match self.form {
            Form::Whole | Form::Groups => Ok(value.clone()),
            Form::Table(version) => Ok(self.table(resource, value, version, has_columns)),
            Form::Metadata(version) => {
                table::metadata(value, version, &go_type(resource, &resource.list_kind))
            }
            Form::MetadataList(version) => {
                table::metadata_list(value, version, &go_type(resource, &resource.kind))
            }
        }
    }

    fn table(
        self,
        resource: &Resource,
        value: &Value,
        version: MetaVersion,
        has_columns: bool,
    ) -> Value {
        let api_version = resource.api_version();
        let options = self.table_options(version, has_columns, &api_version, &resource.kind);
        let printer = resource.strategy.printer(resource);
        printer.table(value, &options, self.now)
    }

    fn table_options<'a>(
        self,
        version: MetaVersion,
        has_columns: bool,
        api_version: &'a str,
        kind: &'a str,
    ) -> TableOptions<'a> {
        TableOptions {
            version,
            include: self.include,
            headers: has_columns,
            api_version,
            kind,
        }
    }
}

fn head(resource: &Resource, meta: &ListMeta) -> Vec<u8> {
    let (api_version, kind) = (resource.api_version(), &resource.list_kind);
    let mut meta = meta.value();
    if resource.is_custom && meta.get("continue").is_none() {
        // Lists of custom objects are made of maps, and these leave nothing out.
        meta["continue"] = "".into();
    }
    let head = format!(
        "{{\"apiVersion\":\"{api_version}\",\"kind\":\"{kind}\",\"metadata\":{meta},\"items\":["
    );
    head.into_bytes()
}

/// What the real server's programming language calls it.
fn go_type(resource: &Resource, kind: &str) -> String {
    if resource.is_custom {
        return "*unstructured.Unstructured".into();
    }
    let package = match resource.group.split('.').next() {
        None | Some("") => "core",
        Some(package) => package,
    };
    format!("*{package}.{kind}")
}

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).expect("a JSON value is JSON")
}
