//! The command line of an operator, in the words of Kubebuilder's `main.go`, with the flags of its author.

use std::{
    any::{TypeId, type_name},
    collections::BTreeSet,
    ffi::OsString,
    fmt,
    num::NonZeroUsize,
    path::PathBuf,
    sync::Arc,
};

use clap::{
    ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
    error::ErrorKind,
};
use tracing::Level;

use crate::{
    leader::flags::LeaderFlags, metrics::MetricsFlags, namespaces::Namespaces, setup::Parts,
};

#[derive(Debug, Parser)]
#[group(skip)]
#[command(
    about = "A Kubernetes operator",
    disable_help_subcommand = true,
    subcommand_negates_reqs = true
)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: RunFlags,
}

/// Flags of the operator's author, of whatever type.
pub(crate) struct OwnFlags {
    id: TypeId,
    type_name: &'static str,
    augment: fn(clap::Command) -> clap::Command,
    are_given: fn(&Parts) -> bool,
    read: fn(&ArgMatches, &mut Parts) -> Result<(), clap::Error>,
}

impl OwnFlags {
    pub(crate) fn of<F: Args + Send + Sync + 'static>() -> Self {
        Self {
            id: TypeId::of::<F>(),
            type_name: type_name::<F>(),
            augment: F::augment_args,
            are_given: Parts::has::<F>,
            read: |matches, parts| {
                parts.keep(Arc::new(F::from_arg_matches(matches)?));
                Ok(())
            },
        }
    }

    pub(crate) fn are<F: 'static>(&self) -> bool {
        self.id == TypeId::of::<F>()
    }

    /// Gives them what they are without a command line, unless they were given otherwise.
    pub(crate) fn read_defaults(&self, parts: &mut Parts) -> Result<(), clap::Error> {
        if (self.are_given)(parts) {
            return Ok(());
        }
        let command = (self.augment)(clap::Command::new(self.type_name).no_binary_name(true));
        (self.read)(&command.try_get_matches_from([""; 0])?, parts)
    }

    fn add_to(&self, command: clap::Command) -> Result<clap::Command, clap::Error> {
        let added = (self.augment)(clap::Command::new(self.type_name));
        let mut known = names(&command);
        known.extend(["the flag `--help`".into(), "the flag `-h`".into()]);
        if let Some(taken) = names(&added).intersection(&known).next() {
            let flags = self.type_name;
            let words = format!("{taken} of `{flags}` is there already; give it another name\n");
            return Err(clap::Error::raw(ErrorKind::ArgumentConflict, words));
        }
        // clap takes the doc comment of the author's struct for one of the whole command.
        let about = command.get_about().cloned().unwrap_or_default();
        Ok((self.augment)(command).about(about).long_about(None))
    }
}

/// All that must be unique in a command, in words.
fn names(command: &clap::Command) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for flag in command.get_arguments() {
        let aliases = flag.get_all_aliases().unwrap_or_default();
        let long = flag.get_long().into_iter().chain(aliases);
        names.extend(long.map(|long| format!("the flag `--{long}`")));
        let aliases = flag.get_all_short_aliases().unwrap_or_default();
        let short = flag.get_short().into_iter().chain(aliases);
        names.extend(short.map(|short| format!("the flag `-{short}`")));
        names.insert(format!("the field `{}`", flag.get_id()));
    }
    let groups = command.get_groups();
    names.extend(groups.map(|group| format!("the struct `{}`", group.get_id())));
    names
}

impl fmt::Debug for OwnFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.type_name)
    }
}

/// Reads the command line of an operator; the flags of its author that were not given otherwise go to `parts`.
pub(crate) fn read(
    name: &'static str,
    own: &[OwnFlags],
    parts: &mut Parts,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Flags, clap::Error> {
    let mut command = Flags::command().name(name);
    for own in own {
        command = own.add_to(command)?;
    }
    let matches = command.try_get_matches_from(arguments)?;
    let flags = Flags::from_arg_matches(&matches)?;
    if flags.command.is_none() {
        for own in own {
            if !(own.are_given)(parts) {
                (own.read)(&matches, parts)?;
            }
        }
    }
    Ok(flags)
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the CRDs and rules as one JSON document, from which `myop manifests` writes config/
    Manifests,
}

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct RunFlags {
    /// The kubeconfig to use [default: $KUBECONFIG, ~/.kube/config, or the pod's ServiceAccount]
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,

    /// Where /healthz and /readyz are served; 0 serves none
    #[arg(long, value_name = "ADDRESS", default_value = ":8081", value_parser = parse_address)]
    pub(crate) health_probe_bind_address: Address,

    #[command(flatten)]
    pub(crate) metrics: MetricsFlags,

    /// How many objects each controller reconciles at once [default: 1, or what the operator sets]
    #[arg(long, value_name = "N")]
    pub(crate) max_concurrent_reconciles: Option<NonZeroUsize>,

    /// The namespaces to watch, NAMESPACE,NAMESPACE; empty for all [default: all, or what the operator sets]
    #[arg(long, value_name = "NAMESPACES", env = "WATCH_NAMESPACE")]
    pub(crate) watch_namespace: Option<Namespaces>,

    #[command(flatten)]
    pub(crate) leader: LeaderFlags,

    /// The least severe messages to log; $RUST_LOG may say it by module, `myop=debug,kube=warn` for example
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "info",
        alias = "zap-log-level"
    )]
    pub(crate) log_level: Level,

    /// How messages are written
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "console",
        alias = "zap-encoder"
    )]
    pub(crate) log_encoder: Encoder,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Encoder {
    Console,
    Json,
}

/// Where something is served, if at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Nowhere,
    /// At this port of all the machine's addresses.
    Everywhere(u16),
    /// At `host:port`.
    At(String),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => f.write_str("0"),
            Self::Everywhere(port) => write!(f, ":{port}"),
            Self::At(address) => f.write_str(address),
        }
    }
}

/// Takes `host:port`, `:port` for all addresses, and `0` for none, as Go's operators do.
pub(crate) fn parse_address(text: &str) -> Result<Address, String> {
    let port = text
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host, port.parse().ok()?)));
    match (text, port) {
        ("0", _) => Ok(Address::Nowhere),
        (_, Some(("", port))) => Ok(Address::Everywhere(port)),
        (_, Some(_)) => Ok(Address::At(text.to_owned())),
        _ => Err("an address is HOST:PORT, :PORT for all of them, or 0 for none".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_in_go() {
        assert_eq!(parse_address("0"), Ok(Address::Nowhere));
        assert_eq!(parse_address(":8081"), Ok(Address::Everywhere(8081)));
        for address in ["127.0.0.1:9", "localhost:9", "[::1]:9"] {
            assert_eq!(parse_address(address), Ok(Address::At(address.into())));
        }
        assert!(parse_address("8081").is_err());
    }

    /// The bank's flags.
    ///
    /// They are about a bank.
    #[derive(Debug, PartialEq, Args)]
    struct BankFlags {
        #[arg(long, default_value = "here")]
        bank: String,
    }

    #[derive(Debug, Args)]
    struct RequiredFlags {
        #[arg(long)]
        bank: String,
    }

    #[derive(Debug, Args)]
    struct TakenFlags {
        #[arg(long)]
        log_level: Option<String>,
    }

    fn read_own<F: Args + Send + Sync + 'static>(
        mut parts: Parts,
        arguments: &[&str],
    ) -> Result<Parts, clap::Error> {
        let arguments = ["operator"].iter().chain(arguments).map(OsString::from);
        read("operator", &[OwnFlags::of::<F>()], &mut parts, arguments)?;
        Ok(parts)
    }

    fn bank(mut parts: Parts) -> Option<String> {
        parts.get::<BankFlags>().map(|flags| flags.bank.clone())
    }

    #[test]
    fn an_author_s_flags_are_read_beside_ours() {
        let read = |arguments: &[&str]| {
            read_own::<BankFlags>(Parts::default(), arguments).expect("known flags")
        };
        assert_eq!(bank(read(&["--log-level=debug"])).as_deref(), Some("here"));
        assert_eq!(bank(read(&["--bank=there"])).as_deref(), Some("there"));
        assert_eq!(bank(read(&["manifests"])), None);

        let mut given = Parts::default();
        given.provide(Arc::new(BankFlags {
            bank: "given".into(),
        }));
        let read = read_own::<BankFlags>(given, &[]).expect("known flags");
        assert_eq!(bank(read).as_deref(), Some("given"));
    }

    #[test]
    fn the_help_is_about_the_operator() {
        let help = read_own::<BankFlags>(Parts::default(), &["--help"]).map(|_| ());
        let help = help.unwrap_err().to_string();
        assert!(help.starts_with("A Kubernetes operator"), "{help}");
        assert!(help.contains("--bank"), "{help}");
    }

    #[test]
    fn without_a_command_line_an_author_s_flags_have_their_defaults() {
        let mut parts = Parts::default();
        let missing = OwnFlags::of::<RequiredFlags>().read_defaults(&mut parts);
        assert!(missing.unwrap_err().to_string().contains("--bank"));
        let read = OwnFlags::of::<BankFlags>().read_defaults(&mut parts);
        read.expect("a default");
        assert_eq!(bank(parts).as_deref(), Some("here"));
    }

    #[test]
    fn manifests_ask_for_no_flag() {
        assert!(read_own::<RequiredFlags>(Parts::default(), &["manifests"]).is_ok());
        assert!(read_own::<RequiredFlags>(Parts::default(), &[]).is_err());
    }

    #[test]
    fn a_flag_that_is_there_already_is_refused() {
        fn refusal<F: Args + Send + Sync + 'static>() -> String {
            let refused = read_own::<F>(Parts::default(), &[]).map(|_| ());
            refused.unwrap_err().to_string()
        }
        #[derive(Debug, Args)]
        struct AliasFlags {
            #[arg(long)]
            zap_encoder: bool,
        }
        #[derive(Debug, Args)]
        struct LongFlags {
            #[arg(long = "log-level")]
            level: bool,
        }
        #[derive(Debug, Args)]
        struct ShortFlags {
            #[arg(short)]
            hidden: bool,
        }
        assert!(
            refusal::<TakenFlags>().contains("`log_level` of `myop::flags::tests::TakenFlags`")
        );
        assert!(refusal::<AliasFlags>().contains("`--zap-encoder`"));
        assert!(refusal::<LongFlags>().contains("`--log-level`"));
        assert!(refusal::<ShortFlags>().contains("`-h`"));
    }

    #[test]
    fn an_author_s_flags_may_be_called_as_ours() {
        #[derive(Debug, Args)]
        struct RunFlags {
            #[arg(long)]
            fast: bool,
        }
        assert!(read_own::<RunFlags>(Parts::default(), &["--fast"]).is_ok());
    }

    #[test]
    fn kubebuilder_s_flags_are_known() {
        let flags = Flags::try_parse_from([
            "operator",
            "--health-probe-bind-address=:8081",
            "--metrics-bind-address=:8443",
            "--metrics-secure=false",
            "--metrics-cert-path=/certificates",
            "--metrics-cert-name=tls.crt",
            "--metrics-cert-key=tls.key",
            "--enable-http2=false",
            "--leader-elect",
            "--leader-election-id=80807133.example.com",
            "--watch-namespace=shop,bank",
            "--zap-log-level=debug",
            "--zap-encoder=json",
        ]);
        assert!(flags.is_ok(), "{flags:?}");
    }
}
