//! Sets of fields (structured-merge-diff's `fieldpath.Set`).

use super::Element;

/// A set of paths, as a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSet {
    /// Sorted by their elements, none twice, none without meaning.
    nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    element: Element,
    /// Whether the path that ends here is of the set.
    member: bool,
    /// The paths that go on from here.
    below: FieldSet,
}

impl FieldSet {
    /// The set of fields of these names, as `metadata.name`.
    pub fn of(paths: &[&str]) -> Self {
        let mut set = Self::default();
        for path in paths {
            let mut within = &mut set;
            let mut names = path.split('.').peekable();
            while let Some(name) = names.next() {
                let node = within.node(Element::Field(name.into()));
                node.member |= names.peek().is_none();
                within = &mut node.below;
            }
        }
        set
    }

    /// Whether there is no path in it.
    pub fn is_empty(&self) -> bool {
        self.nodes
            .iter()
            .all(|node| !node.member && node.below.is_empty())
    }

    /// Adds what was found of a part: whether it is of the set itself, and what is below it.
    pub(super) fn add(&mut self, element: Element, member: bool, below: Self) {
        if !member && below.nodes.is_empty() {
            return;
        }
        let node = self.node(element);
        node.member |= member;
        if node.below.nodes.is_empty() {
            node.below = below;
        } else {
            node.below = node.below.union(&below);
        }
    }

    fn node(&mut self, element: Element) -> &mut Node {
        let place = match self.nodes.last() {
            None => Err(0),
            Some(last) if last.element < element => Err(self.nodes.len()),
            Some(_) => self
                .nodes
                .binary_search_by(|node| node.element.cmp(&element)),
        };
        let place = place.unwrap_or_else(|place| {
            self.nodes.insert(
                place,
                Node {
                    element,
                    member: false,
                    below: Self::default(),
                },
            );
            place
        });
        &mut self.nodes[place]
    }

    fn get(&self, element: &Element) -> Option<&Node> {
        self.place(element).ok().map(|place| &self.nodes[place])
    }

    fn place(&self, element: &Element) -> Result<usize, usize> {
        self.nodes
            .binary_search_by(|node| node.element.cmp(element))
    }

    /// Whether the path of this one element is of the set.
    pub(super) fn has(&self, element: &Element) -> bool {
        self.get(element).is_some_and(|node| node.member)
    }

    /// Whether a path is of the set.
    pub fn has_path(&self, path: &[Element]) -> bool {
        match path {
            [] => false,
            [last] => self.has(last),
            [first, rest @ ..] => self
                .get(first)
                .is_some_and(|node| node.below.has_path(rest)),
        }
    }

    /// What is below an element, if there is anything.
    pub(super) fn below(&self, element: &Element) -> Option<&Self> {
        Some(&self.get(element)?.below).filter(|below| !below.is_empty())
    }

    /// The elements, whether each is of the set, and what is below it.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Element, bool, &Self)> {
        self.nodes
            .iter()
            .map(|node| (&node.element, node.member, &node.below))
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let nodes = self.paired(other).map(|pair| match pair {
            (Some(one), Some(other)) => Node {
                element: one.element.clone(),
                member: one.member || other.member,
                below: one.below.union(&other.below),
            },
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => unreachable!("a pair has at least one side"),
        });
        Self {
            nodes: nodes.collect(),
        }
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let nodes = self.nodes.iter().filter_map(|one| {
            let other = other.get(&one.element)?;
            one.kept(
                one.member && other.member,
                one.below.intersection(&other.below),
            )
        });
        Self {
            nodes: nodes.collect(),
        }
    }

    /// What is in this and not in the other; a part stays where only what holds it is taken away.
    #[must_use]
    pub fn difference(mut self, other: &Self) -> Self {
        self.take(other);
        self
    }

    /// Takes out what is in the other; a part stays where only what holds it is taken away.
    pub fn take(&mut self, other: &Self) {
        for gone in &other.nodes {
            let Ok(place) = self.place(&gone.element) else {
                continue;
            };
            let node = &mut self.nodes[place];
            node.member &= !gone.member;
            node.below.take(&gone.below);
            if !node.member && node.below.nodes.is_empty() {
                self.nodes.remove(place);
            }
        }
    }

    /// Whether all of the other is in this.
    pub fn contains(&self, other: &Self) -> bool {
        other
            .nodes
            .iter()
            .all(|other| match self.get(&other.element) {
                Some(node) => (node.member || !other.member) && node.below.contains(&other.below),
                None => !other.member && other.below.is_empty(),
            })
    }

    /// What is in this and not in the other, nor below anything of the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let nodes = self
            .nodes
            .iter()
            .filter_map(|one| match other.get(&one.element) {
                None => Some(one.clone()),
                Some(other) if other.member => None,
                Some(other) => one.kept(one.member, one.below.without(&other.below)),
            });
        Self {
            nodes: nodes.collect(),
        }
    }

    /// The paths that no other goes on from.
    #[must_use]
    pub fn leaves(&self) -> Self {
        let nodes = self.nodes.iter().filter_map(|node| {
            let leaf = node.member && node.below.is_empty();
            node.kept(leaf, node.below.leaves())
        });
        Self {
            nodes: nodes.collect(),
        }
    }

    /// All paths: those of a level before those below it.
    pub fn paths(&self) -> Vec<Vec<Element>> {
        let mut paths = Vec::new();
        self.collect(&mut Vec::new(), &mut paths);
        paths
    }

    fn collect(&self, prefix: &mut Vec<Element>, paths: &mut Vec<Vec<Element>>) {
        for node in self.nodes.iter().filter(|node| node.member) {
            prefix.push(node.element.clone());
            paths.push(prefix.clone());
            prefix.pop();
        }
        for node in self
            .nodes
            .iter()
            .filter(|node| !node.below.nodes.is_empty())
        {
            prefix.push(node.element.clone());
            node.below.collect(prefix, paths);
            prefix.pop();
        }
    }

    /// The nodes of both, those of one element together, in order.
    fn paired<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (Option<&'a Node>, Option<&'a Node>)> {
        let (mut ones, mut others) = (self.nodes.iter().peekable(), other.nodes.iter().peekable());
        std::iter::from_fn(move || {
            let order = match (ones.peek(), others.peek()) {
                (None, None) => return None,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(one), Some(other)) => one.element.cmp(&other.element),
            };
            Some((
                order.is_le().then(|| ones.next()).flatten(),
                order.is_ge().then(|| others.next()).flatten(),
            ))
        })
    }
}

impl Node {
    fn kept(&self, member: bool, below: FieldSet) -> Option<Self> {
        (member || !below.nodes.is_empty()).then(|| Self {
            element: self.element.clone(),
            member,
            below,
        })
    }
}
