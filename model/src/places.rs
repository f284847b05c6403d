//! Where an argument belongs that somebody has written in another place.

/// The attributes, the arguments with arguments of their own, and the names that each knows.
const PLACES: &[(&str, &[&str])] = &[
    (
        "#[resource]",
        &[
            "annotation",
            "category",
            "deprecated",
            "derive",
            "doc",
            "group",
            "kind",
            "label",
            "namespaced",
            "plural",
            "printcolumn",
            "root",
            "scale",
            "selectable",
            "served",
            "shortname",
            "singular",
            "status",
            "storage",
            "validation",
            "version",
        ],
    ),
    (
        "#[controller]",
        &[
            "backoff",
            "finalizer",
            "name",
            "owns",
            "queue",
            "rbac",
            "reads",
            "reconcile_timeout",
            "reconciles",
            "skip",
            "watches",
        ],
    ),
    (
        "printcolumn",
        &[
            "description",
            "format",
            "json_path",
            "name",
            "priority",
            "type_",
        ],
    ),
    (
        "scale",
        &[
            "label_selector_path",
            "spec_replicas_path",
            "status_replicas_path",
        ],
    ),
    ("owns", &["any_owner", "when"]),
    ("reconciles", &["status", "when"]),
    ("skip", &["label"]),
    ("rbac", &["groups", "names", "resources", "urls", "verbs"]),
    ("watches", &["index", "key", "map", "when"]),
];

/// The places that know an argument of this name.
pub(crate) fn places_of(name: &str) -> impl Iterator<Item = &'static str> {
    PLACES
        .iter()
        .filter(move |(_, names)| names.contains(&name))
        .map(|(place, _)| *place)
}

#[cfg(test)]
mod tests {
    use quote::{format_ident, quote};
    use syn::parse_quote;

    use super::PLACES;
    use crate::{Controller, Error, Resource};

    /// What is known in each place, as the answer to an argument that is unknown everywhere says it.
    fn known(errors: &[Error]) -> Vec<(String, Vec<String>)> {
        let quoted = |text: &str| -> Vec<String> {
            text.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        errors
            .iter()
            .map(ToString::to_string)
            .filter_map(|error| {
                let (wrong, known) = error.split_once("; known are ")?;
                Some((quoted(wrong)[1].clone(), quoted(known)))
            })
            .collect()
    }

    #[test]
    fn places_are_those_that_the_readers_know() {
        let nonsense = format_ident!("qqqqqqqqqqqq");
        let resource = Resource::read(
            quote!(#nonsense, printcolumn(#nonsense), scale(#nonsense)),
            &parse_quote!(
                pub struct MyAppSpec {}
            ),
        );
        let controller = Controller::read(&parse_quote! {
            #[controller(
                #nonsense,
                reconciles(MyApp, #nonsense),
                owns(Service, #nonsense),
                watches(Pod, #nonsense),
                skip(#nonsense),
                rbac(#nonsense),
            )]
            struct MyAppController;
        });
        let mut read = known(&resource.errors);
        read.extend(known(&controller.errors));
        read.sort();
        let mut written: Vec<_> = PLACES
            .iter()
            .map(|(place, names)| {
                (
                    (*place).to_owned(),
                    names.iter().map(ToString::to_string).collect(),
                )
            })
            .collect();
        written.sort();
        assert_eq!(written, read);
    }
}
