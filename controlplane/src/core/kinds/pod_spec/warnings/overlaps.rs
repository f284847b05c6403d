//! Files of one volume that are in each other's way.

use super::{super::super::super::field::Field, Warnings};

/// A path, and what it comes from where that is to be said.
#[derive(Clone, PartialEq)]
struct Source {
    path: String,
    from: String,
}

pub(super) fn overlaps(spec: &Field<'_>) -> Warnings {
    let mut warnings = Warnings::new();
    for volume in spec.at("volumes").items() {
        let name = volume.at("name").text();
        let (config, secret) = (volume.at("configMap"), volume.at("secret"));
        let kinds = [
            (&config, format!("ConfigMap {:?}", config.at("name").text())),
            (
                &secret,
                format!("Secret {:?}", secret.at("secretName").text()),
            ),
            (&volume.at("downwardAPI"), "DownwardAPI".to_owned()),
        ];
        for (source, what) in kinds {
            let told = collisions(&paths(&source.at("items"), ""));
            warnings.extend(told.iter().map(|it| warning(name, &what, it)));
        }
        let mut all = Vec::new();
        for source in volume.at("projected").at("sources").items() {
            if source.is_empty() {
                warnings.push(format!(
                    "volume {name:?} (Projected) has no sources provided"
                ));
            } else {
                all.extend(projected(&source));
            }
        }
        let told = collisions(&all);
        warnings.extend(told.iter().map(|it| warning(name, "Projected", it)));
    }
    warnings
}

fn warning(volume: &str, what: &str, told: &str) -> String {
    format!("volume {volume:?} ({what}): overlapping paths: {told}")
}

fn projected(source: &Field<'_>) -> Vec<Source> {
    for (name, shown) in [("configMap", "ConfigMap"), ("secret", "Secret")] {
        let object = source.at(name);
        if object.at("items").is_set() {
            let from = format!("{shown} {:?}", object.at("name").text());
            return paths(&object.at("items"), &from);
        }
    }
    let downward = source.at("downwardAPI").at("items");
    if downward.is_set() {
        return paths(&downward, "DownwardAPI");
    }
    let token = source.at("serviceAccountToken");
    if token.is_set() {
        return vec![Source {
            path: token.at("path").text().into(),
            from: "ServiceAccountToken".into(),
        }];
    }
    Vec::new()
}

fn paths(items: &Field<'_>, from: &str) -> Vec<Source> {
    let paths = items.items().map(|it| Source {
        path: it.at("path").text().into(),
        from: from.into(),
    });
    paths.collect()
}

fn collisions(all: &[Source]) -> Warnings {
    let mut told = Warnings::new();
    let mut before: Vec<Source> = Vec::new();
    for source in all {
        let source = Source {
            path: source.path.trim_end_matches('/').into(),
            from: source.from.clone(),
        };
        let in_the_way = before.iter().filter(|other| collide(other, &source));
        told.extend(in_the_way.map(|other| format!("{} with {}", shown(&source), shown(other))));
        before.push(source);
    }
    told
}

fn collide(one: &Source, other: &Source) -> bool {
    if one.path.is_empty() || other.path.is_empty() {
        return false;
    }
    let (one, other) = (format!("{}/", one.path), format!("{}/", other.path));
    one.starts_with(&other) || other.starts_with(&one)
}

fn shown(source: &Source) -> String {
    if source.from.is_empty() {
        format!("{:?}", source.path)
    } else {
        format!("{:?} ({})", source.path, source.from)
    }
}
