//! Volumes that are put together from several sources.

use super::{
    super::super::field::{Errors, Field},
    names,
    volumes::{downward_file, key_to_path, mode},
};
use crate::FieldReason;

pub(super) fn projected(source: &Field<'_>) -> Errors {
    let mut errors = mode(&source.at("defaultMode"));
    let mut paths = Vec::new();
    for projection in source.at("sources").items() {
        let mut count = 0;
        for name in ["secret", "configMap"] {
            let object = projection.at(name);
            if object.is_set() {
                count += 1;
                errors.extend(of_object(source, &object, &mut paths));
            }
        }
        let downward = projection.at("downwardAPI");
        if downward.is_set() {
            count += 1;
            for file in downward.at("items").items() {
                errors.extend(downward_file(&file.named(downward.path())));
                let path = file.at("path").text();
                errors.extend(once(source, &mut paths, path, path));
            }
        }
        let token = projection.at("serviceAccountToken");
        if token.is_set() {
            count += 1;
            errors.extend(account_token(source, &token));
        }
        if count > 1 {
            errors.push(projection.forbidden("may not specify more than 1 volume type per source"));
        }
    }
    errors
}

fn of_object<'a>(source: &Field<'_>, object: &Field<'a>, paths: &mut Vec<&'a str>) -> Errors {
    let mut errors = Errors::new();
    errors.extend(object.at("name").need());
    for item in object.at("items").items() {
        errors.extend(key_to_path(&item));
        let (path, name) = (item.at("path").text(), object.at("name").text());
        errors.extend(once(source, paths, path, name));
    }
    errors
}

/// No two sources may have the same path.
fn once<'a>(source: &Field<'_>, paths: &mut Vec<&'a str>, path: &'a str, shown: &str) -> Errors {
    if path.is_empty() {
        return Errors::new();
    }
    if paths.contains(&path) {
        let why = "conflicting duplicate paths";
        return vec![source.error(FieldReason::Invalid, shown, why)];
    }
    paths.push(path);
    Errors::new()
}

fn account_token(source: &Field<'_>, token: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let life = token.at("expirationSeconds");
    let seconds = life.number().unwrap_or_default();
    if seconds < 10 * 60 {
        errors.push(life.error(
            FieldReason::Invalid,
            seconds,
            "may not specify a duration less than 10 minutes",
        ));
    }
    if seconds > 1 << 32 {
        errors.push(life.error(
            FieldReason::Invalid,
            seconds,
            "may not specify a duration larger than 2^32 seconds",
        ));
    }
    let path = token.at("path").named(source.at("path").path());
    errors.extend(path.need_text(names::not_reserved));
    errors
}
