//! Get and list.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{
    Core,
    answer::Reply,
    call::Call,
    object::{Key, Object},
    query::{Query, refuse},
    resource::Resource,
    selector::{FieldSelector, LabelSelector, field_text},
    store::Stored,
    view::{ListMeta, View},
};
use crate::{FieldError, FieldReason, Refusal};

/// Which objects are meant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// None: all namespaces, or no namespaces at all.
    pub(crate) namespace: Option<String>,
    pub(crate) labels: LabelSelector,
    pub(crate) fields: FieldSelector,
}

impl Selection {
    pub(crate) fn of(call: &Call, resource: &Resource, query: &Query) -> Result<Self, Refusal> {
        let labels = LabelSelector::parse(query.get("labelSelector"))?;
        let mut fields = FieldSelector::parse(query.get("fieldSelector"))?;
        check_fields(resource, &fields)?;
        if !call.name.is_empty() {
            if !fields.is_empty() && fields.exact("metadata.name") != Some(&call.name) {
                return Err(Refusal::bad_request(
                    "fieldSelector metadata.name doesn't match requested name",
                ));
            }
            if fields.is_empty() {
                fields = FieldSelector::named(&call.name);
            }
        }
        let namespace = (!call.namespace.is_empty()).then(|| call.namespace.clone());
        Ok(Self {
            namespace: namespace.or_else(|| fields.exact("metadata.namespace").map(Into::into)),
            labels,
            fields,
        })
    }

    pub(crate) fn is_everything(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    pub(crate) fn holds(&self, object: &Object) -> bool {
        self.namespace
            .as_deref()
            .is_none_or(|namespace| object.namespace() == namespace)
            && self.labels.holds(object)
            && self.fields.holds(|path| field_text(object, path))
    }
}

fn check_fields(resource: &Resource, fields: &FieldSelector) -> Result<(), Refusal> {
    let selectable = resource.strategy.selectable_fields();
    let known = |field: &str| {
        matches!(field, "metadata.name" | "metadata.namespace") || selectable.contains(&field)
    };
    match fields.fields().find(|field| !known(field)) {
        None => Ok(()),
        Some(unknown) if selectable.is_empty() && !resource.is_custom => {
            Err(Refusal::bad_request(format!(
                "{unknown:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
            )))
        }
        Some(unknown) => Err(Refusal::bad_request(format!(
            "field label not supported: {unknown}"
        ))),
    }
}

/// `resourceVersion` of a request: none where it is empty.
pub(crate) fn resource_version(query: &Query) -> Result<Option<u64>, String> {
    match query.get("resourceVersion") {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            format!(
                "resourceVersion: Invalid value: {text:?}: strconv.ParseUint: parsing {text:?}: invalid syntax"
            )
        }),
    }
}

impl Core {
    pub(crate) fn get(
        &self,
        call: &Call,
        resource: &Resource,
        view: View,
        query: &Query,
    ) -> Result<Reply, Refusal> {
        let wanted = resource_version(query).map_err(|why| Refusal::unknown(&why))?;
        let key = Key::new(&call.namespace, &call.name);
        let stored = match wanted {
            None => self.stored(resource, &key),
            Some(wanted) => {
                self.check_cached(wanted)?;
                let stored = self.store.get_cached(&resource.collection, &key);
                stored.map(|one| resource.present(one))
            }
        };
        let stored = stored.ok_or_else(|| Refusal::not_found(&resource.subject(&call.name)))?;
        view.reply(200, resource, &stored)
    }

    /// The object of this name.
    pub(crate) fn find(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Arc<Stored>, Refusal> {
        let found = self.stored(resource, &Key::new(namespace, name));
        found.ok_or_else(|| Refusal::not_found(&resource.subject(name)))
    }

    /// The object of this name, as it is read now.
    pub(crate) fn stored(&self, resource: &Resource, key: &Key) -> Option<Arc<Stored>> {
        let stored = self.store.get(&resource.collection, key)?;
        Some(resource.present(stored))
    }

    pub(crate) fn list(
        &self,
        call: &Call,
        resource: &Resource,
        view: View,
        query: &Query,
    ) -> Result<Reply, Refusal> {
        let (items, meta) = self.selected(call, resource, query)?;
        view.reply_list(resource, &items, &meta)
    }

    /// The objects that a request is about, a page of them where it asks for that.
    pub(crate) fn selected(
        &self,
        call: &Call,
        resource: &Resource,
        query: &Query,
    ) -> Result<(Vec<Arc<Stored>>, ListMeta), Refusal> {
        query.number("timeoutSeconds")?;
        query.number("limit")?;
        check_list_options(query)?;
        let selection = Selection::of(call, resource, query)?;
        self.page(resource, &selection, query)
    }

    fn page(
        &self,
        resource: &Resource,
        selection: &Selection,
        query: &Query,
    ) -> Result<(Vec<Arc<Stored>>, ListMeta), Refusal> {
        let token = match query.get("continue") {
            "" => None,
            text => Some(Token::read(text, query)?),
        };
        let wanted = match &token {
            Some(token) => token.revision,
            None => self.list_revision(query)?,
        };
        let revision = wanted.unwrap_or(self.store.revision());
        let all = self.objects_at(resource, selection.namespace.as_deref(), revision);
        let all = all.ok_or_else(|| match &token {
            None => Refusal::expired("The resourceVersion for the provided list is too old."),
            Some(token) => token.expired(),
        })?;
        let mut all: Vec<_> = all.iter().map(|one| resource.present(one)).collect();
        let limit = usize::try_from(query.number("limit")?.unwrap_or_default()).unwrap_or_default();
        // The watch cache gives all that it has.
        let limit = if query.get("resourceVersion") == "0" {
            0
        } else {
            limit
        };
        if let Some(token) = &token {
            all.retain(|one| one.object.key() > token.after);
        }
        let mut meta = ListMeta {
            resource_version: revision,
            ..ListMeta::default()
        };
        let matching = |one: &Arc<Stored>| selection.holds(&one.object);
        if limit == 0 || all.len() <= limit && selection.is_everything() {
            all.retain(matching);
            return Ok((all, meta));
        }
        let mut page = Vec::new();
        for (index, one) in all.iter().enumerate() {
            if !matching(one) {
                continue;
            }
            page.push(one.clone());
            if page.len() == limit && index + 1 < all.len() {
                meta.next = Token::write(revision, &one.object.key());
                if selection.is_everything() {
                    meta.remaining = Some(all.len() - index - 1);
                }
                break;
            }
        }
        Ok((page, meta))
    }

    /// The revision that a list without a token is to show; none: the present one.
    fn list_revision(&self, query: &Query) -> Result<Option<u64>, Refusal> {
        let wanted = resource_version(query)
            .map_err(|why| Refusal::bad_request(format!("invalid resource version: {why}")))?;
        let Some(wanted) = wanted else {
            return Ok(None);
        };
        let exact = match query.get("resourceVersionMatch") {
            "Exact" => true,
            "NotOlderThan" => false,
            // The old rule: a page of a list is at exactly this revision.
            _ => wanted > 0 && !matches!(query.get("limit"), "" | "0"),
        };
        if exact {
            check_reached(wanted, self.store.revision())?;
            return Ok(Some(wanted));
        }
        self.check_cached(wanted)?;
        Ok(Some(self.store.cached()))
    }

    /// The objects of a namespace, or all, as they were at a revision; none where that is forgotten.
    pub(crate) fn objects_at(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        revision: u64,
    ) -> Option<Vec<Arc<Stored>>> {
        let Some(collection) = self.store.collection(&resource.collection) else {
            return Some(Vec::new());
        };
        if revision == self.store.revision() {
            return Some(collection.objects(namespace));
        }
        collection.objects_at(revision, namespace)
    }

    /// Whether the watch cache has come to this revision.
    pub(crate) fn check_cached(&self, wanted: u64) -> Result<(), Refusal> {
        check_reached(wanted, self.store.cached())
    }
}

/// Whether there is anything at this revision yet: the real server waits for a while, and gives up.
fn check_reached(wanted: u64, current: u64) -> Result<(), Refusal> {
    if wanted <= current {
        return Ok(());
    }
    Err(Refusal::too_large_resource_version(wanted, current))
}

fn check_list_options(query: &Query) -> Result<(), Refusal> {
    let forbidden =
        |field: &str, why: &str| FieldError::new(FieldReason::Forbidden, field, "", why);
    let match_field = "resourceVersionMatch";
    let mut errors = Vec::new();
    let wanted = query.get(match_field);
    if !wanted.is_empty() {
        if query.get("resourceVersion").is_empty() {
            errors.push(forbidden(
                match_field,
                "resourceVersionMatch is forbidden unless resourceVersion is provided",
            ));
        }
        if !query.get("continue").is_empty() {
            errors.push(forbidden(
                match_field,
                "resourceVersionMatch is forbidden when continue is provided",
            ));
        }
        if !matches!(wanted, "Exact" | "NotOlderThan") {
            errors.push(FieldError::new(
                FieldReason::NotSupported,
                match_field,
                wanted,
                super::query::supported(&["Exact", "NotOlderThan", ""]),
            ));
        }
        if wanted == "Exact" && query.get("resourceVersion") == "0" {
            errors.push(forbidden(
                match_field,
                "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
            ));
        }
    }
    if query.flag("sendInitialEvents").is_some() {
        errors.push(forbidden(
            "sendInitialEvents",
            "sendInitialEvents is forbidden for list",
        ));
    }
    refuse("ListOptions", &errors)
}

/// Where the next page of a list begins.
struct Token {
    /// None: the present one.
    revision: Option<u64>,
    after: Key,
}

impl Token {
    fn write(revision: u64, after: &Key) -> String {
        let start = format!("{}/{}\0", after.namespace, after.name);
        Self::encode(&json!(revision), start.trim_start_matches('/'))
    }

    fn encode(revision: &Value, start: &str) -> String {
        let token = json!({"v": "meta.k8s.io/v1", "rv": revision, "start": start});
        URL_SAFE_NO_PAD.encode(token.to_string())
    }

    fn read(text: &str, query: &Query) -> Result<Self, Refusal> {
        if !matches!(query.get("resourceVersion"), "" | "0") {
            return Err(Refusal::bad_request(
                "specifying resource version is not allowed when using continue",
            ));
        }
        Self::decode(text).map_err(|why| {
            Refusal::bad_request(format!(
                "invalid continue token: continue key is not valid: {why}"
            ))
        })
    }

    /// As `DecodeContinue` of apiserver.
    fn decode(text: &str) -> Result<Self, String> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| "illegal base64 data".to_owned())?;
        let token: Value = serde_json::from_slice(&bytes).map_err(|_| no_json(&bytes))?;
        let version = token["v"].as_str().unwrap_or_default();
        if version != "meta.k8s.io/v1" {
            return Err(format!(
                "server does not recognize this encoded version {version}"
            ));
        }
        let start = token["start"]
            .as_str()
            .unwrap_or_default()
            .trim_end_matches('\0');
        let (namespace, name) = start.split_once('/').unwrap_or(("", start));
        Ok(Self {
            revision: token["rv"].as_u64(),
            after: Key::new(namespace, name),
        })
    }

    fn expired(&self) -> Refusal {
        let start = format!("{}/{}\0", self.after.namespace, self.after.name);
        let mut refusal = Refusal::expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
        );
        refusal.next = Self::encode(&json!(-1), start.trim_start_matches('/'));
        refusal
    }
}

/// As Go says it of what does not begin like JSON.
fn no_json(bytes: &[u8]) -> String {
    let Some(first) = bytes.first().copied().map(char::from) else {
        return "unexpected end of JSON input".into();
    };
    let shown = if first.is_ascii() && !first.is_control() {
        first.to_string()
    } else {
        format!("\\u{:04x}", u32::from(first))
    };
    format!("invalid character '{shown}' looking for beginning of value")
}
