//! The scale subresource: counts and a selector at paths of an object.
//!
//! Source: apiextensions-apiserver `pkg/registry/customresource/etcd.go` and `validator.go`.

use serde_json::{Map, Value, json};

use crate::{FieldError, FieldReason, Refusal, go};

/// Where an object has what its scale tells: `spec.versions[].subresources.scale`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScalePaths {
    /// `.spec.replicas`
    pub spec_replicas: String,
    /// `.status.replicas`
    pub status_replicas: String,
    /// `.status.selector`; empty where there is none.
    pub label_selector: String,
}

/// A value that is not what it should be, in the words of `unstructured`'s accessors.
type Mismatch = String;

impl ScalePaths {
    /// From `subresources.scale` of a version.
    pub(super) fn of(scale: &Value) -> Self {
        let text = |key: &str| scale[key].as_str().unwrap_or_default().to_owned();
        Self {
            spec_replicas: text("specReplicasPath"),
            status_replicas: text("statusReplicasPath"),
            label_selector: text("labelSelectorPath"),
        }
    }

    /// The `Scale` of an object: a GET of `/scale`.
    ///
    /// An object without the field of `specReplicasPath` has none: 500, as the server answers.
    pub fn read(&self, object: &Value) -> Result<Value, Refusal> {
        let (scale, found) = self.scale_of(object)?;
        if found {
            return Ok(scale);
        }
        let path = go::quoted(&self.spec_replicas);
        Err(Refusal::internal(&format!(
            "the spec replicas field {path} does not exist"
        )))
    }

    /// The `Scale` that a write to `/scale` starts from, to patch it: one without a count has the smallest number.
    pub fn before(&self, object: &Value) -> Result<Value, Refusal> {
        let (mut scale, found) = self.scale_of(object)?;
        if !found {
            scale["spec"]["replicas"] = i32::MIN.into();
        }
        Ok(scale)
    }

    fn scale_of(&self, object: &Value) -> Result<(Value, bool), Refusal> {
        let wrong = |why: Mismatch| Refusal::internal(&why);
        let wanted = integer_at(object, &self.spec_replicas).map_err(wrong)?;
        let there = integer_at(object, &self.status_replicas).map_err(wrong)?;
        let mut metadata = Map::new();
        for key in [
            "name",
            "namespace",
            "uid",
            "resourceVersion",
            "creationTimestamp",
        ] {
            if let Some(value) = object["metadata"].get(key) {
                metadata.insert(key.into(), value.clone());
            }
        }
        let mut scale = json!({
            "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": metadata,
            "spec": {}, "status": {"replicas": there.unwrap_or_default()},
        });
        if let Some(wanted) = wanted.filter(|wanted| *wanted != 0) {
            scale["spec"]["replicas"] = wanted.into();
        }
        if !self.label_selector.is_empty() {
            let selector = text_at(object, &self.label_selector).map_err(wrong)?;
            if let Some(selector) = selector.filter(|selector| !selector.is_empty()) {
                scale["status"]["selector"] = selector.into();
            }
        }
        Ok((scale, wanted.is_some()))
    }

    /// Writes the count of a `Scale` into an object: a PUT or PATCH of `/scale`. What is written is then an ordinary
    /// update of the object.
    ///
    /// No count at all is refused; a negative one is found when the object is checked.
    pub fn write(&self, object: &mut Value, scale: &Value) -> Result<(), Refusal> {
        let replicas = scale["spec"]["replicas"].as_i64().unwrap_or_default();
        if replicas == i64::from(i32::MIN) {
            let path = go::quoted(&self.spec_replicas);
            return Err(Refusal::bad_request(format!(
                "the spec replicas field {path} cannot be empty"
            )));
        }
        let mut place = object;
        for (index, step) in steps(&self.spec_replicas).enumerate() {
            let Some(fields) = place.as_object_mut() else {
                let before: Vec<&str> = steps(&self.spec_replicas).take(index).collect();
                return Err(Refusal::internal(&format!(
                    "value cannot be set because .{} is not a map[string]interface{{}}",
                    before.join(".")
                )));
            };
            place = fields.entry(step).or_insert_with(|| json!({}));
        }
        *place = replicas.into();
        Ok(())
    }

    /// What is wrong with the count that is wanted.
    pub(super) fn check_spec(&self, object: &Value) -> Vec<FieldError> {
        check_count(object, &self.spec_replicas)
    }

    /// What is wrong with the count that is there, and with the selector.
    pub(super) fn check_status(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = check_count(object, &self.status_replicas);
        if !self.label_selector.is_empty()
            && let Err(why) = text_at(object, &self.label_selector)
        {
            errors.push(FieldError::new(
                FieldReason::Invalid,
                &self.label_selector,
                "",
                why,
            ));
        }
        errors
    }
}

fn check_count(object: &Value, path: &str) -> Vec<FieldError> {
    let invalid =
        |value: i64, why: &str| vec![FieldError::new(FieldReason::Invalid, path, value, why)];
    match integer_at(object, path) {
        Err(why) => invalid(0, &why),
        Ok(Some(count)) if count < 0 => invalid(count, "should be a non-negative integer"),
        Ok(Some(count)) if count > i64::from(i32::MAX) => {
            invalid(count, "should be less than or equal to 2147483647")
        }
        Ok(_) => Vec::new(),
    }
}

fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('.').unwrap_or(path).split('.')
}

fn integer_at(object: &Value, path: &str) -> Result<Option<i64>, Mismatch> {
    let Some(value) = value_at(object, path)? else {
        return Ok(None);
    };
    value
        .as_i64()
        .map(Some)
        .ok_or_else(|| mismatch(steps(path), value, "int64"))
}

fn text_at<'a>(object: &'a Value, path: &str) -> Result<Option<&'a str>, Mismatch> {
    let Some(value) = value_at(object, path)? else {
        return Ok(None);
    };
    value
        .as_str()
        .map(Some)
        .ok_or_else(|| mismatch(steps(path), value, "string"))
}

fn value_at<'a>(object: &'a Value, path: &str) -> Result<Option<&'a Value>, Mismatch> {
    let mut value = object;
    for (index, step) in steps(path).enumerate() {
        match value {
            Value::Null => return Ok(None),
            Value::Object(fields) => match fields.get(step) {
                Some(field) => value = field,
                None => return Ok(None),
            },
            // Go names the field that it was looking for too.
            other => {
                return Err(mismatch(
                    steps(path).take(index + 1),
                    other,
                    "map[string]interface{}",
                ));
            }
        }
    }
    Ok(Some(value))
}

fn mismatch<'a>(steps: impl Iterator<Item = &'a str>, value: &Value, wanted: &str) -> Mismatch {
    let path: Vec<&str> = steps.collect();
    let (shown, got) = (go::plain(value), go::type_name(value));
    format!(
        ".{} accessor error: {shown} is of the type {got}, expected {wanted}",
        path.join(".")
    )
}
