//! What an author does to a kind from one save to the next, at random. What comes of it compiles.

use crate::possible::{CASES, NAMES, PLAIN, VARIANTS, WORDS, attributes_of};
use crate::source::{Attributes, Field, Kept, Shape, Source, Type, Variant};

/// The choices of one edit.
pub type Choices = [u16; 8];

/// Takes one choice after the other.
struct Dice<'a>(std::slice::Iter<'a, u16>);

impl Dice<'_> {
    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % limit.max(1)
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

impl Source {
    /// A spec with one field.
    pub fn new() -> Self {
        Self {
            types: vec![Type::of(Shape::Struct(vec![Field::new(
                "name",
                Kept::Plain("String"),
            )]))],
            kube: Attributes::new(),
        }
    }

    /// Makes one change.
    pub fn edit(&mut self, choices: &Choices) {
        let dice = &mut Dice(choices.iter());
        match dice.below(12) {
            0 | 1 => self.add_field(dice),
            2 => self.remove_field(dice),
            3 => self.change_kept(dice),
            4 => self.change_kube(dice),
            5 => self.change_words(dice),
            6 => self.change_container(dice),
            7 => self.add_type(dice),
            8 => self.change_variants(dice),
            9 => self.change_rules(dice),
            _ => self.change_field(dice),
        }
    }

    /// Something that a type of this number can hold: only later types, so that none holds itself.
    fn kept(&self, within: usize, dice: &mut Dice<'_>) -> Kept {
        let later = self.types.len() - within - 1;
        let kept = if later > 0 && dice.below(3) == 0 {
            Kept::Own(within + 1 + dice.below(later))
        } else {
            Kept::Plain(dice.one(PLAIN))
        };
        wrapped(kept, dice.below(8))
    }

    fn add_field(&mut self, dice: &mut Dice<'_>) {
        let number = dice.below(self.types.len());
        let kept = self.kept(number, dice);
        let Some(fields) = self.types[number].shape.fields_mut(dice) else {
            return;
        };
        let name = dice.one(NAMES);
        if fields.iter().all(|field| field.name != name) {
            fields.push(Field::new(name, kept));
        }
    }

    fn remove_field(&mut self, dice: &mut Dice<'_>) {
        let number = dice.below(self.types.len());
        if let Shape::Struct(fields) = &mut self.types[number].shape
            && fields.len() > 1
        {
            fields.remove(dice.below(fields.len()));
        }
    }

    fn change_kept(&mut self, dice: &mut Dice<'_>) {
        let number = dice.below(self.types.len());
        let kept = self.kept(number, dice);
        match &mut self.types[number].shape {
            Shape::Newtype(held) => *held = kept,
            Shape::Struct(fields) => {
                let place = dice.below(fields.len());
                let field = &mut fields[place];
                // What was said of the old type may not compile with the new one.
                *field = Field::new(field.name, kept);
            }
            Shape::Enum(_) => {}
        }
    }

    fn change_field(&mut self, dice: &mut Dice<'_>) {
        let number = dice.below(self.types.len());
        let (has_rules, types) = (self.types[number].has_rules, self.types.clone());
        let Some(fields) = self.types[number].shape.fields_mut(dice) else {
            return;
        };
        if fields.is_empty() {
            return;
        }
        let place = dice.below(fields.len());
        let field = &mut fields[place];
        let possible = attributes_of(&field.kept, &types, has_rules);
        let (about, attribute) = dice.one(&possible);
        toggle(&mut field.attributes, about, &attribute);
        // Flattened is only what has no word of its own.
        if field.attributes.contains_key("flatten") {
            field.attributes.retain(|about, _| *about == "flatten");
        }
    }

    fn change_words(&mut self, dice: &mut Dice<'_>) {
        let number = dice.below(self.types.len());
        let words = dice.one(WORDS);
        let own = dice.below(2) == 0;
        let declared = &mut self.types[number];
        match &mut declared.shape {
            Shape::Struct(fields) if !own => {
                let place = dice.below(fields.len());
                fields[place].words = words;
            }
            Shape::Enum(variants) if !own => {
                let place = dice.below(variants.len());
                variants[place].words = words;
            }
            _ => declared.words = words,
        }
    }

    fn change_container(&mut self, dice: &mut Dice<'_>) {
        let number = dice.below(self.types.len());
        let declared = &mut self.types[number];
        let case = format!("serde(rename_all = \"{}\")", dice.one(CASES));
        let mut possible = vec![
            ("title", "schemars(title = \"A title\")".to_owned()),
            (
                "description",
                "schemars(description = \"Other words\")".to_owned(),
            ),
            ("rename", "schemars(rename = \"Renamed\")".to_owned()),
            (
                "extend",
                "schemars(extend(\"x-kubernetes-preserve-unknown-fields\" = true))".to_owned(),
            ),
            ("inline", "schemars(inline)".to_owned()),
        ];
        match declared.shape {
            Shape::Struct(_) => {
                possible.push(("rename_all", case));
                possible.push(("strict", "serde(deny_unknown_fields)".to_owned()));
                if !declared.has_rules {
                    possible.push(("default", "serde(default)".to_owned()));
                }
            }
            Shape::Enum(_) => {
                possible.push(("rename_all", case));
                possible.push((
                    "rename_all_fields",
                    format!("serde(rename_all_fields = \"{}\")", dice.one(CASES)),
                ));
                for tagging in ["tag = \"kind\"", "tag = \"t\", content = \"c\"", "untagged"] {
                    possible.push(("tagging", format!("serde({tagging})")));
                }
            }
            Shape::Newtype(_) => possible.push(("transparent", "serde(transparent)".to_owned())),
        }
        let (about, attribute) = dice.one(&possible);
        toggle(&mut declared.attributes, about, &attribute);
    }

    fn change_kube(&mut self, dice: &mut Dice<'_>) {
        let (about, attribute) = dice.one(&[
            ("namespaced", "namespaced"),
            ("plural", "plural = \"editedthings\""),
            ("singular", "singular = \"editedthing\""),
            ("shortname", "shortname = \"ed\""),
            ("category", "category = \"all\""),
            ("storage", "storage = false"),
            ("served", "served = false"),
            ("deprecated", "deprecated = \"use another\""),
            ("doc", "doc = \"What it is for\""),
            ("printcolumn", r#"printcolumn(name = "Name", type_ = "string", json_path = ".spec.name", priority = 1)"#),
            ("selectable", "selectable = \".spec.name\""),
            ("annotations", "annotation(\"a\", \"b\")"),
            ("labels", "label(\"c\", \"d\")"),
            ("rule", "validation = \"self.metadata.name != 'x'\""),
            ("scale", r#"scale(spec_replicas_path = ".spec.size", status_replicas_path = ".status.size")"#),
        ]);
        toggle(&mut self.kube, about, attribute);
    }

    /// A type more, and a field of the spec that holds it.
    fn add_type(&mut self, dice: &mut Dice<'_>) {
        if self.types.len() >= 5 {
            return;
        }
        let number = self.types.len();
        let shape = match dice.below(4) {
            0 | 1 => Shape::Struct(vec![Field::new(
                dice.one(NAMES),
                Kept::Plain(dice.one(PLAIN)),
            )]),
            2 => Shape::Enum(vec![Variant::new("Active"), Variant::new("VeryLate")]),
            _ => Shape::Newtype(Kept::Plain(dice.one(PLAIN))),
        };
        self.types.push(Type::of(shape));
        let Shape::Struct(fields) = &mut self.types[0].shape else {
            return;
        };
        let name = [
            "first_own",
            "second_own",
            "third_own",
            "fourth_own",
            "fifth_own",
        ][number];
        fields.push(Field::new(name, wrapped(Kept::Own(number), dice.below(8))));
    }

    fn change_variants(&mut self, dice: &mut Dice<'_>) {
        let number = dice.below(self.types.len());
        let field = Field::new(dice.one(NAMES), self.kept(number, dice));
        let Shape::Enum(variants) = &mut self.types[number].shape else {
            return;
        };
        match dice.below(4) {
            0 if variants.len() > 2 => {
                variants.pop();
            }
            1 => {
                let place = dice.below(variants.len());
                let (about, attribute) = dice.one(&[
                    ("rename", "serde(rename = \"re-named\")"),
                    ("alias", "serde(alias = \"other\")"),
                    ("description", "schemars(description = \"Of a variant\")"),
                ]);
                toggle(&mut variants[place].attributes, about, attribute);
            }
            2 => {
                let last = variants.last_mut().unwrap();
                last.fields = vec![field];
            }
            _ => {
                if let Some(name) = VARIANTS.get(variants.len()) {
                    variants.push(Variant::new(name));
                }
            }
        }
    }

    /// Turns kube's derive on or off, and a rule on the struct.
    fn change_rules(&mut self, dice: &mut Dice<'_>) {
        let number = dice.below(self.types.len());
        let declared = &mut self.types[number];
        let Shape::Struct(fields) = &mut declared.shape else {
            return;
        };
        declared.attributes.remove("default");
        if !declared.has_rules {
            declared.has_rules = true;
        } else if dice.below(2) == 0 {
            let rule = dice.one(&[
                "x_kube(validation = \"self == oldSelf\")",
                "x_kube(validation = Rule::new(\"true\").message(\"words\"))",
                "x_kube(validation = (\"true\", \"words\"))",
            ]);
            toggle(&mut declared.attributes, "x_kube", rule);
        } else {
            declared.has_rules = false;
            declared.attributes.remove("x_kube");
            for field in fields {
                field
                    .attributes
                    .retain(|_, attribute| !attribute.starts_with("x_kube"));
            }
        }
    }
}

impl Shape {
    fn fields_mut(&mut self, dice: &mut Dice<'_>) -> Option<&mut Vec<Field>> {
        match self {
            Self::Struct(fields) => Some(fields),
            Self::Enum(variants) => {
                // The first is the default one, which has to be a unit.
                let place = 1 + dice.below(variants.len() - 1);
                Some(&mut variants[place].fields)
            }
            Self::Newtype(_) => None,
        }
    }
}

impl Type {
    fn of(shape: Shape) -> Self {
        Self {
            words: "",
            has_rules: false,
            attributes: Attributes::new(),
            shape,
        }
    }
}

impl Field {
    fn new(name: &'static str, kept: Kept) -> Self {
        Self {
            name,
            words: "",
            attributes: Attributes::new(),
            kept,
        }
    }
}

impl Variant {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            words: "",
            attributes: Attributes::new(),
            fields: Vec::new(),
        }
    }
}

fn wrapped(kept: Kept, way: usize) -> Kept {
    match way {
        0 | 1 => Kept::Option(Box::new(kept)),
        2 => Kept::Vec(Box::new(kept)),
        3 => Kept::Map(Box::new(kept)),
        4 => Kept::Option(Box::new(Kept::Vec(Box::new(kept)))),
        5 => Kept::Box(Box::new(kept)),
        _ => kept,
    }
}

/// Sets an attribute, or takes it away where it is said already.
fn toggle(attributes: &mut Attributes, about: &'static str, attribute: &str) {
    if attributes.get(about).is_some_and(|said| said == attribute) {
        attributes.remove(about);
    } else {
        attributes.insert(about, attribute.to_owned());
    }
}
