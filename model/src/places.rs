//! Which arguments there are: their words, and where one belongs that somebody has written in another place.

mod table;

/// An attribute, or an argument that has arguments of its own.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// What an author writes: `#[resource]`, `printcolumn`.
    pub name: &'static str,
    /// What it is for, in Markdown.
    pub meaning: &'static str,
    /// The arguments that it knows.
    pub arguments: &'static [Described],
}

/// An argument, in words.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// The argument as an author would write it.
    pub example: &'static str,
    /// What it means, in Markdown.
    pub meaning: &'static str,
    /// Whether it has to be there, where nothing else stands in its place.
    pub is_required: bool,
}

const fn argument(name: &'static str, example: &'static str, meaning: &'static str) -> Described {
    Described {
        name,
        example,
        meaning,
        is_required: false,
    }
}

const fn required(name: &'static str, example: &'static str, meaning: &'static str) -> Described {
    Described {
        is_required: true,
        ..argument(name, example, meaning)
    }
}

impl Place {
    /// All places: the attributes, each followed by those of its arguments that have arguments of their own.
    ///
    /// ```
    /// let resource = myop_model::Place::all()[0];
    /// assert_eq!(resource.name, "#[resource]");
    /// assert_eq!(resource.arguments[0].example, "group = \"example.com\"");
    /// ```
    #[must_use]
    pub fn all() -> &'static [Self] {
        table::PLACES
    }

    fn knows(&self, name: &str) -> bool {
        self.arguments.iter().any(|argument| argument.name == name)
    }
}

/// The places that know an argument of this name.
pub(crate) fn places_of(name: &str) -> impl Iterator<Item = &'static str> {
    let places = Place::all().iter().filter(move |place| place.knows(name));
    places.map(|place| place.name)
}

/// The arguments that a place knows.
pub(crate) fn names_of(place: &str) -> Vec<&'static str> {
    let mut places = Place::all().iter();
    let arguments = places
        .find(|one| one.name == place)
        .map(|one| one.arguments);
    arguments
        .unwrap_or_default()
        .iter()
        .map(|argument| argument.name)
        .collect()
}

/// The argument of a place that has another name elsewhere.
pub(crate) fn synonym_of(place: &str, word: &str) -> Option<&'static str> {
    let mut synonyms = table::SYNONYMS.iter();
    let (.., name) = synonyms.find(|(of, other, _)| *of == place && *other == word)?;
    Some(name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proc_macro2::TokenStream;
    use quote::{format_ident, quote};
    use syn::parse_quote;

    use super::{Described, Place, table};
    use crate::{Controller, Resource, Schema, Status, Test};

    /// What is wrong with these arguments in `place`, where all else is right.
    fn errors(place: &str, arguments: &TokenStream) -> Vec<String> {
        let spec = parse_quote!(
            pub struct MyAppSpec {}
        );
        let resource = |more: TokenStream| {
            let base = quote!(
                group = "example.com",
                version = "v1",
                kind = "MyApp",
                status = MyAppStatus
            );
            Resource::read(quote!(#base, #more), &spec).errors
        };
        let controller = |arguments: TokenStream| {
            Controller::read(&parse_quote!(
                #[controller(#arguments)]
                struct MyAppController;
            ))
            .errors
        };
        let schema = |arguments, on_field: TokenStream| {
            let item = parse_quote!(
                #[derive(JsonSchema)]
                pub struct Listener {
                    #on_field
                    tls: Option<String>,
                    plain_text: Option<String>,
                }
            );
            Schema::read(arguments, &item).errors
        };
        let errors = match place {
            "#[resource]" => Resource::read(arguments.clone(), &spec).errors,
            "printcolumn" => resource(quote!(printcolumn(#arguments))),
            "scale" => resource(quote!(scale(#arguments))),
            "#[status]" => Status::read(arguments.clone(), &spec).errors,
            "#[schema]" => schema(quote!(#arguments), TokenStream::new()),
            "#[schema] on a field" => schema(TokenStream::new(), quote!(#[schema(#arguments)])),
            "#[controller]" => controller(arguments.clone()),
            "reconciles" => controller(quote!(reconciles(MyApp, #arguments))),
            "owns" => controller(quote!(reconciles = MyApp, owns(Pod, #arguments))),
            "watches" => controller(quote!(reconciles = MyApp, watches(Pod, #arguments))),
            "reads" => controller(quote!(reconciles = MyApp, reads(Pod, #arguments))),
            "skip" => controller(quote!(reconciles = MyApp, skip(#arguments))),
            "rbac" => controller(quote!(reconciles = MyApp, rbac(#arguments))),
            "#[myop::test]" => {
                Test::read(
                    arguments.clone(),
                    &parse_quote!(
                        async fn it_works(_: Cluster) {}
                    ),
                )
                .errors
            }
            _ => panic!("how is {place} read?"),
        };
        errors.iter().map(ToString::to_string).collect()
    }

    /// Those arguments whose examples go together, as `index` and `map` don't.
    fn compatible(place: &Place) -> Vec<&'static Described> {
        let alternatives: &[&str] = match place.name {
            "watches" => &["map"],
            "rbac" => &["urls"],
            // It has a kind of its own.
            "#[controller]" => &["watches"],
            _ => &[],
        };
        let arguments = place.arguments.iter();
        arguments
            .filter(|argument| !alternatives.contains(&argument.name))
            .collect()
    }

    fn tokens(arguments: impl IntoIterator<Item = &'static Described>) -> TokenStream {
        let examples = arguments.into_iter().map(|argument| argument.example);
        examples.collect::<Vec<_>>().join(", ").parse().unwrap()
    }
    #[test]
    fn places_are_those_that_the_readers_know() {
        let nonsense = format_ident!("qqqqqqqqqqqq");
        for place in Place::all() {
            let errors = errors(place.name, &quote!(#nonsense = 1));
            let unknown = errors.iter().find_map(|error| {
                let start = format!("unknown argument `{nonsense}` of `{}`; ", place.name);
                error.strip_prefix(&start)
            });
            let unknown = unknown.unwrap_or_else(|| panic!("{}: {errors:?}", place.name));
            let read: BTreeSet<_> = unknown.split('`').skip(1).step_by(2).collect();
            let described = place.arguments.iter().map(|argument| argument.name);
            assert_eq!(read, described.collect(), "{}", place.name);
        }
    }

    #[test]
    fn synonyms_are_of_arguments_that_there_are() {
        for (place, word, name) in table::SYNONYMS {
            let found = Place::all().iter().find(|one| one.name == *place).unwrap();
            assert!(found.knows(name) && !found.knows(word), "{word} of {place}");
        }
    }

    #[test]
    fn examples_are_right() {
        for place in Place::all() {
            let errors = errors(place.name, &tokens(compatible(place)));
            assert_eq!(errors, [""; 0], "{}", place.name);
        }
        for (place, others) in [
            ("watches", "map = apps_of"),
            ("rbac", "urls = [\"/metrics\"], verbs = [\"get\"]"),
        ] {
            assert_eq!(errors(place, &others.parse().unwrap()), [""; 0]);
        }
    }

    #[test]
    fn what_is_required_is_missed() {
        for place in Place::all() {
            for without in compatible(place) {
                let rest = compatible(place)
                    .into_iter()
                    .filter(|one| one.name != without.name);
                let errors = errors(place.name, &tokens(rest));
                let missed = format!("`{}` needs `{}`; ", place.name, without.name);
                let is_missed = errors.iter().any(|error| error.starts_with(&missed));
                assert_eq!(
                    is_missed, without.is_required,
                    "{} of {}",
                    without.name, place.name
                );
            }
        }
    }
}
