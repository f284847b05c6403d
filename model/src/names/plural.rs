//! Plurals as Kubebuilder forms them, so that a CRD keeps its name when its operator is rewritten.

/// Endings and their plurals; the first match decides. A word that ends in such a plural already
/// stays as it is: `Data`, and also `Lambda`, which Kubebuilder leaves alone for its `-da`.
const ENDINGS: &str = "
    aircraft/aircraft beef/beef bison/bison chassis/chassis deer/deer equipment/equipment fish/fish
    graffiti/graffiti information/information money/money moose/moose news/news police/police
    rice/rice salmon/salmon series/series sheep/sheep shrimp/shrimp species/species swine/swine
    trout/trout tuna/tuna
    child/children foot/feet goose/geese human/humans man/men mouse/mice person/people tooth/teeth
    criterion/criteria hedron/hedra lexicon/lexica phenomenon/phenomena taxon/taxa
    agenda/agendas curriculum/curriculums formula/formulas media/media medium/media quota/quotas
    stadium/stadiums
    cactus/cacti corpus/corpora focus/foci genus/genera locus/loci nucleus/nuclei radius/radii
    syllabus/syllabi
    apex/apices appendix/appendices codex/codices helix/helices index/indices trix/trices
    vertex/vertices vortex/vortices
    base/bases basis/bases crisis/crises genesis/geneses gnosis/gnoses oasis/oases opsis/opses
    thesis/theses ysis/yses
    bureau/bureaus cookie/cookies dwarf/dwarfs hive/hives hoof/hoofs move/moves movie/movies
    potato/potatoes thief/thieves tomato/tomatoes topaz/topazes
    tive/tives eaf/eaves oaf/oaves afe/aves arf/arves lf/lves fe/ves
    ay/ays ey/eys oy/oys quy/quies uy/uys y/ies
    eau/eaux
    ium/ia seum/seums eum/ea dum/da llum/lla ulum/ula imum/ima brum/bra serum/sera trum/tra
    antum/anta atum/ata entum/enta etum/eta itum/ita otum/ota utum/uta ovum/ova
    us/uses ch/ches io/ios sh/shes ss/sses ez/ezzes iz/izzes tz/tzes zz/zzes
    ano/anos lo/los to/tos oo/oos o/oes x/xes
";

/// Words with a plural that longer words with the same ending don't share.
const WHOLE: &[(&str, &str)] = &[
    ("alias", "aliases"),
    ("axis", "axes"),
    ("die", "dice"),
    ("ox", "oxen"),
];

/// The plural of a kind, lowercase, as Kubebuilder forms it: the resource's name in the CRD, in
/// URLs and in rules.
///
/// ```
/// # use myop_model::names::plural;
/// assert_eq!(plural("MyApp"), "myapps");
/// assert_eq!(plural("Proxy"), "proxies");
/// assert_eq!(plural("Kubernetes"), "kubernetes");
/// ```
#[must_use]
pub fn plural(kind: &str) -> String {
    let word = kind.to_ascii_lowercase();
    if let Some((_, plural)) = WHOLE.iter().find(|(one, _)| *one == word) {
        return (*plural).to_owned();
    }
    let pairs = ENDINGS
        .split_whitespace()
        .filter_map(|pair| pair.split_once('/'));
    for (one, many) in pairs {
        if word.ends_with(many) {
            return word;
        }
        if let Some(stem) = word.strip_suffix(one) {
            return format!("{stem}{many}");
        }
    }
    if word.ends_with('s') {
        word
    } else {
        format!("{word}s")
    }
}
