//! In which form objects are answered: as they are, as a table, or their metadata alone.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Asked,
    answer::{Reply, accept},
    call::Verb,
    resource::Resource,
    store::Stored,
};
use crate::{
    Refusal, deep,
    table::{
        self, Encoding, Endpoint, Form, IncludeObject, LISTS, MetaVersion, OBJECTS, Offer, Printer,
        TableOptions,
    },
    types,
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
    pub(crate) fn of(asked: &Asked<'_>, resource: &Resource) -> Result<Self, Refusal> {
        let (verb, headers) = (asked.call.verb, asked.headers);
        let route = match verb {
            Verb::List | Verb::Watch => LISTS,
            _ => OBJECTS,
        };
        let offer = Offer {
            encodings: &[Encoding::Json, Encoding::Yaml, Encoding::Protobuf],
            endpoint: if resource.is_custom {
                Endpoint::Custom
            } else {
                Endpoint::BuiltIn
            },
            route: (!resource.is_custom).then_some(route),
        };
        let wanted = offer.negotiate(accept(headers))?;
        if verb == Verb::Watch && wanted.encoding == Encoding::Yaml {
            return Err(table::not_acceptable(
                "only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch",
            ));
        }
        let include = match wanted.form {
            Form::Table(_) => IncludeObject::of(asked.query.get("includeObject"))?,
            _ => IncludeObject::Metadata,
        };
        Ok(Self {
            form: wanted.form,
            encoding: wanted.encoding,
            include,
            now: asked.now,
        })
    }

    /// The same at another time.
    pub(crate) fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }

    /// The media type of a watch.
    pub(crate) fn stream_type(self) -> &'static str {
        match self.encoding {
            Encoding::Json | Encoding::Yaml => "application/json",
            Encoding::Protobuf => "application/vnd.kubernetes.protobuf;stream=watch",
        }
    }

    /// An answer that is no object of the kind that was asked for.
    pub(crate) fn document(self, status: u16, document: &Value) -> Result<Reply, Refusal> {
        Reply::encoded(status, document, self.encoding)
    }

    /// An answer of one object.
    pub(crate) fn reply(
        self,
        status: u16,
        resource: &Resource,
        stored: &Arc<Stored>,
    ) -> Result<Reply, Refusal> {
        let stored = &resource.present(stored);
        self.encoded(status, self.object(resource, stored)?)
    }

    /// An answer of a list.
    pub(crate) fn reply_list(
        self,
        resource: &Resource,
        items: &[Arc<Stored>],
        meta: &ListMeta,
    ) -> Result<Reply, Refusal> {
        self.encoded(200, self.list(resource, items, meta)?)
    }

    /// An answer of the scale of an object.
    pub(crate) fn reply_scale(self, scale: &Value) -> Result<Reply, Refusal> {
        let shown = match self.form {
            Form::Whole | Form::Groups => return self.document(200, scale),
            Form::Table(version) => {
                let options = self.table_options(version, true, "autoscaling/v1", "Scale");
                Printer::built_in("autoscaling", "Scale").table(scale, &options, self.now)
            }
            Form::Metadata(version) => table::metadata(scale, version, "*autoscaling.Scale")?,
            Form::MetadataList(version) => {
                table::metadata_list(scale, version, "*autoscaling.Scale")?
            }
        };
        self.document(200, &shown)
    }

    fn encoded(self, status: u16, json: Vec<u8>) -> Result<Reply, Refusal> {
        if self.encoding == Encoding::Json {
            return Ok(Reply::json_bytes(status, json));
        }
        let value: Value = deep::read_own(&json).expect("what was written as JSON is JSON");
        Reply::encoded(status, &value, self.encoding)
    }

    /// An event of a watch: its object as it was written in JSON.
    pub(crate) fn written_event(self, kind: &str, object: &[u8]) -> Vec<u8> {
        if self.encoding == Encoding::Protobuf
            && let Ok(value) = deep::read_own(object)
            && let Some(event) = types::protobuf_event(kind, &value)
        {
            return event;
        }
        let mut line = format!("{{\"type\":\"{kind}\",\"object\":").into_bytes();
        line.extend_from_slice(object);
        line.extend_from_slice(b"}\n");
        line
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
        let list: Value = deep::read_own(&out).expect("what was written as JSON is JSON");
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
