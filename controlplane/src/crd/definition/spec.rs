//! `spec` but for schemas: names, versions, columns, subresources, selectable fields, conversion.

use serde_json::Value;

use super::{alike, fields, list, schemas, shown, text, versions};
use crate::{
    FieldError, FieldReason,
    crd::{
        field_paths, names,
        structural::{Node, Type},
    },
    go,
};

type Errors = Vec<FieldError>;

fn required(errors: &mut Errors, path: impl Into<String>, detail: &str) {
    errors.push(FieldError::new(FieldReason::Required, path, "", detail));
}

fn invalid(
    errors: &mut Errors,
    path: impl Into<String>,
    value: impl Into<Value>,
    detail: impl Into<String>,
) {
    errors.push(FieldError::new(FieldReason::Invalid, path, value, detail));
}

/// `supported values: "a", "b"`.
pub(super) fn supported(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| go::quoted(value)).collect();
    format!("supported values: {}", quoted.join(", "))
}

/// One of several words.
fn choice(errors: &mut Errors, path: &str, value: &Value, choices: &[&str]) {
    match text(value) {
        "" => required(errors, path, ""),
        given if choices.contains(&given) => {}
        given => errors.push(FieldError::new(
            FieldReason::NotSupported,
            path,
            given,
            supported(choices),
        )),
    }
}

/// What is wrong with a spec.
pub(super) fn check(spec: &Value, errors: &mut Errors) {
    check_group(spec, errors);
    choice(
        errors,
        "spec.scope",
        &spec["scope"],
        &["Cluster", "Namespaced"],
    );
    let shares = Shared::of(spec);
    let schema_of = |version: &Value| {
        version["schema"]
            .get("openAPIV3Schema")
            .is_some_and(|s| !s.is_null())
    };
    for (index, version) in versions(spec).iter().enumerate() {
        if !schema_of(version) {
            required(
                errors,
                format!("spec.versions[{index}].schema.openAPIV3Schema"),
                "",
            );
        }
    }
    for (index, version) in versions(spec).iter().enumerate() {
        check_version(version, index, &shares, errors);
    }
    check_versions_together(spec, &shares, errors);
    check_required_names(&spec["names"], errors);
    check_names(&spec["names"], "spec.names", errors);
    if let Some(first) = versions(spec).first() {
        shares.check_shared(spec, first, errors);
    }
    check_conversion(spec, errors);
}

fn check_group(spec: &Value, errors: &mut Errors) {
    let group = text(&spec["group"]);
    let wrong = names::subdomain(group);
    if group.is_empty() {
        required(errors, "spec.group", "");
    } else if !wrong.is_empty() {
        invalid(errors, "spec.group", group, wrong.join(","));
    } else if !group.contains('.') {
        invalid(
            errors,
            "spec.group",
            group,
            "should be a domain with at least one dot",
        );
    }
}

/// What all versions have in common: it's told of the spec and not of each version.
struct Shared(Vec<&'static str>);

impl Shared {
    fn of(spec: &Value) -> Self {
        let keys = [
            "schema",
            "subresources",
            "additionalPrinterColumns",
            "selectableFields",
        ];
        Self(keys.into_iter().filter(|key| alike(spec, key)).collect())
    }

    fn has(&self, key: &str) -> bool {
        self.0.contains(&key)
    }

    fn check_shared(&self, spec: &Value, first: &Value, errors: &mut Errors) {
        if self.has("schema") {
            let any_status = versions(spec).iter().any(has_status);
            schemas::check(&first["schema"], any_status, "spec.validation", errors);
        }
        if self.has("subresources") {
            check_subresources(&first["subresources"], "spec.subresources", errors);
        }
        if self.has("additionalPrinterColumns") {
            check_columns(
                &first["additionalPrinterColumns"],
                "spec.additionalPrinterColumns",
                errors,
            );
        }
        if self.has("selectableFields") {
            check_selectable(first, "spec.selectableFields", errors);
        }
    }
}

fn has_status(version: &Value) -> bool {
    version["subresources"]
        .get("status")
        .is_some_and(|status| !status.is_null())
}

fn check_version(version: &Value, index: usize, shares: &Shared, errors: &mut Errors) {
    let path = format!("spec.versions[{index}]");
    let name = text(&version["name"]);
    let wrong = names::dns1035(name);
    if !wrong.is_empty() {
        invalid(errors, format!("{path}.name"), name, wrong.join(","));
    }
    check_deprecation(version, &path, errors);
    if !shares.has("schema") {
        schemas::check(
            &version["schema"],
            has_status(version),
            &format!("{path}.schema"),
            errors,
        );
    }
    if !shares.has("subresources") {
        check_subresources(
            &version["subresources"],
            &format!("{path}.subresources"),
            errors,
        );
    }
    if !shares.has("additionalPrinterColumns") {
        let path = format!("{path}.additionalPrinterColumns");
        check_columns(&version["additionalPrinterColumns"], &path, errors);
    }
    if !shares.has("selectableFields") {
        check_selectable(version, &format!("{path}.selectableFields"), errors);
    }
}

fn check_deprecation(version: &Value, path: &str, errors: &mut Errors) {
    let Some(warning) = version
        .get("deprecationWarning")
        .filter(|warning| !warning.is_null())
    else {
        return;
    };
    let path = format!("{path}.deprecationWarning");
    let given = text(warning);
    let mut wrong = |why: String| invalid(errors, path.clone(), given, why);
    if version["deprecated"] != true {
        return wrong("can only be set for deprecated versions".into());
    }
    if given.len() > 256 {
        wrong("must be <= 256 characters long".into());
    }
    if given.is_empty() {
        wrong("must not be an empty string".into());
    }
    if let Some((at, _)) = given.char_indices().find(|(_, letter)| letter.is_control()) {
        wrong(format!(
            "must only contain printable UTF-8 characters; non-printable character found at index {at}"
        ));
    }
}

fn check_versions_together(spec: &Value, shares: &Shared, errors: &mut Errors) {
    let versions = versions(spec);
    let shown = || match spec.get("versions") {
        None | Some(Value::Null) => "null".to_owned(),
        Some(_) => shown::versions(versions, &shares.0),
    };
    let mut wrong = |why: &str| {
        errors
            .push(FieldError::new(FieldReason::Invalid, "spec.versions", "", why).showing(shown()));
    };
    let twice = |index: usize| {
        versions[..index]
            .iter()
            .any(|other| other["name"] == versions[index]["name"])
    };
    if (0..versions.len()).any(twice) {
        wrong("must contain unique version names");
    }
    if versions
        .iter()
        .filter(|version| version["storage"] == true)
        .count()
        != 1
    {
        wrong("must have exactly one version marked as storage version");
    }
    if let Some(first) = versions
        .first()
        .map(|version| text(&version["name"]))
        .filter(|name| !name.is_empty())
    {
        let wrong = names::dns1035(first);
        if !wrong.is_empty() {
            invalid(errors, "spec.version", first, wrong.join(","));
        }
    }
}

fn check_required_names(names: &Value, errors: &mut Errors) {
    for name in ["plural", "singular", "kind", "listKind"] {
        if text(&names[name]).is_empty() {
            required(errors, format!("spec.names.{name}"), "");
        }
    }
}

/// What is wrong with names that are given.
pub(super) fn check_names(names: &Value, path: &str, errors: &mut Errors) {
    for name in ["plural", "singular", "kind", "listKind"] {
        let given = text(&names[name]);
        let (checked, mixed) = match name {
            "kind" | "listKind" => (
                given.to_lowercase(),
                "may have mixed case, but should otherwise match: ",
            ),
            _ => (given.to_owned(), ""),
        };
        let wrong = names::dns1035(&checked);
        if !given.is_empty() && !wrong.is_empty() {
            invalid(
                errors,
                format!("{path}.{name}"),
                given,
                format!("{mixed}{}", wrong.join(",")),
            );
        }
    }
    let each = |key: &str, errors: &mut Errors| {
        for (index, name) in list(&names[key]).iter().enumerate() {
            let wrong = names::dns1035(text(name));
            if !wrong.is_empty() {
                invalid(
                    errors,
                    format!("{path}.{key}[{index}]"),
                    name.clone(),
                    wrong.join(","),
                );
            }
        }
    };
    each("shortNames", errors);
    let (kind, list_kind) = (text(&names["kind"]), text(&names["listKind"]));
    if !kind.is_empty() && kind == list_kind {
        invalid(
            errors,
            format!("{path}.listKind"),
            list_kind,
            "kind and listKind may not be the same",
        );
    }
    each("categories", errors);
}

fn check_simple_path(path: &str, given: &str, errors: &mut Errors) -> bool {
    let right = given.starts_with('.');
    if !right {
        invalid(
            errors,
            path,
            given,
            "must be a simple json path starting with .",
        );
    }
    right
}

fn check_subresources(subresources: &Value, path: &str, errors: &mut Errors) {
    let Some(scale) = subresources.get("scale").filter(|scale| !scale.is_null()) else {
        return;
    };
    for (name, parent, said) in [
        ("specReplicasPath", ".spec.", ".spec"),
        ("statusReplicasPath", ".status.", ".status"),
    ] {
        let path = format!("{path}.scale.{name}");
        let given = text(&scale[name]);
        if given.is_empty() {
            required(errors, path, "");
        } else if check_simple_path(&path, given, errors) && !given.starts_with(parent) {
            invalid(
                errors,
                path,
                given,
                format!("should be a json path under {said}"),
            );
        }
    }
    let selector = text(&scale["labelSelectorPath"]);
    let path = format!("{path}.scale.labelSelectorPath");
    let within = selector.starts_with(".spec.") || selector.starts_with(".status.");
    if !selector.is_empty() && check_simple_path(&path, selector, errors) && !within {
        invalid(
            errors,
            path,
            selector,
            "should be a json path under either .spec or .status",
        );
    }
}

fn check_columns(columns: &Value, path: &str, errors: &mut Errors) {
    for (index, column) in list(columns).iter().enumerate() {
        let path = format!("{path}[{index}]");
        if text(&column["name"]).is_empty() {
            required(errors, format!("{path}.name"), "");
        }
        let types = ["boolean", "date", "integer", "number", "string"];
        let detail = format!("must be one of {}", types.join(","));
        match text(&column["type"]) {
            "" => required(errors, format!("{path}.type"), &detail),
            known if types.contains(&known) => {}
            other => invalid(errors, format!("{path}.type"), other, detail),
        }
        let formats = [
            "byte",
            "date",
            "date-time",
            "double",
            "float",
            "int32",
            "int64",
            "password",
        ];
        let format = text(&column["format"]);
        if !format.is_empty() && !formats.contains(&format) {
            let detail = format!("must be one of {}", formats.join(","));
            invalid(errors, format!("{path}.format"), format, detail);
        }
        match text(&column["jsonPath"]) {
            "" => required(errors, format!("{path}.JSONPath"), ""),
            given => {
                check_simple_path(&format!("{path}.JSONPath"), given, errors);
            }
        }
    }
}

const MOST_SELECTABLE: usize = 8;

fn check_selectable(version: &Value, path: &str, errors: &mut Errors) {
    let selectable = list(&version["selectableFields"]);
    if selectable.is_empty() {
        return;
    }
    let schema = Node::read(&version["schema"]["openAPIV3Schema"]);
    let mut seen: Vec<String> = Vec::new();
    for (index, field) in selectable.iter().enumerate() {
        let path = format!("{path}[{index}].jsonPath");
        let given = text(&field["jsonPath"]);
        if given.is_empty() {
            required(errors, path, "");
            continue;
        }
        let found = if given.contains('[') {
            Err("array notation is not allowed".to_owned())
        } else {
            field_paths::resolve(given, &schema)
        };
        let (shown, node) = match found {
            Ok(found) => found,
            Err(why) => {
                invalid(errors, path, given, format!("is an invalid path: {why}"));
                continue;
            }
        };
        if shown == "metadata" || shown.starts_with("metadata.") {
            invalid(
                errors,
                path.clone(),
                given,
                "must not point to fields in metadata",
            );
        }
        if !matches!(
            node.kind,
            Some(Type::String | Type::Boolean | Type::Integer)
        ) {
            let detail = "must point to a field of type string, boolean or integer. Enum string fields and strings with \
                          formats are allowed.";
            invalid(errors, path.clone(), given, detail);
        }
        if seen.contains(&shown) {
            errors.push(FieldError::new(FieldReason::Duplicate, path, given, ""));
        } else {
            seen.push(shown);
        }
    }
    if seen.len() > MOST_SELECTABLE {
        let detail = format!("must have at most {MOST_SELECTABLE} items");
        errors.push(FieldError::new(
            FieldReason::TooMany,
            path,
            seen.len(),
            detail,
        ));
    }
}

/// Webhooks are refused elsewhere, once they are right: they are not carried out here.
fn check_conversion(spec: &Value, errors: &mut Errors) {
    let conversion = &spec["conversion"];
    if conversion.is_null() {
        return;
    }
    let path = "spec.conversion";
    let strategy = conversion["strategy"].as_str().unwrap_or_default();
    if spec["preserveUnknownFields"] == true && strategy != "None" {
        invalid(
            errors,
            "spec.conversion.strategy",
            strategy,
            "must be None if spec.preserveUnknownFields is true",
        );
    }
    choice(
        errors,
        "spec.conversion.strategy",
        &conversion["strategy"],
        &["None", "Webhook"],
    );
    let webhook = &conversion["webhook"];
    let reviews = list(&webhook["conversionReviewVersions"]);
    let config = webhook
        .get("clientConfig")
        .filter(|config| !config.is_null());
    if conversion["strategy"] != "Webhook" {
        let detail = "should not be set when strategy is not set to Webhook";
        for (name, given) in [
            ("webhookClientConfig", config.is_some()),
            ("conversionReviewVersions", !reviews.is_empty()),
        ] {
            if given {
                errors.push(FieldError::new(
                    FieldReason::Forbidden,
                    format!("{path}.{name}"),
                    "",
                    detail,
                ));
            }
        }
        return;
    }
    let place = format!("{path}.webhookClientConfig");
    match config {
        None => required(errors, place, "required when strategy is set to Webhook"),
        Some(config) => {
            let given =
                fields(config).filter(|(name, _)| matches!(name.as_str(), "url" | "service"));
            if given.count() != 1 {
                required(errors, place, "exactly one of url or service is required");
            }
        }
    }
    if reviews.is_empty() {
        required(errors, format!("{path}.conversionReviewVersions"), "");
    } else if !reviews
        .iter()
        .any(|version| version == "v1" || version == "v1beta1")
    {
        let detail = "must include at least one of v1, v1beta1";
        invalid(
            errors,
            format!("{path}.conversionReviewVersions"),
            reviews.to_vec(),
            detail,
        );
    }
}
