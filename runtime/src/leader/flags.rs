//! The flags of leader election, in Kubernetes' own words.

use std::time::Duration;

use clap::Args;

use super::LeaderElection;
use crate::duration::parse_duration;

#[derive(Debug, Args)]
#[group(skip)]
#[expect(
    clippy::struct_field_names,
    reason = "they are called as their flags are"
)]
pub(crate) struct LeaderFlags {
    /// Let one replica reconcile at a time: the one that holds a Lease [default: false, or what the operator sets]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    leader_elect: Option<bool>,

    /// The Lease's name [default: the operator's]
    #[arg(long, value_name = "NAME")]
    leader_election_id: Option<String>,

    /// The Lease's namespace [default: the pod's, or the kubeconfig's]
    #[arg(long, value_name = "NAMESPACE")]
    leader_election_namespace: Option<String>,

    /// For how long a replica leads after each renewal, in whole seconds: others wait that long for one that has died
    /// [default: 15s]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    leader_election_lease_duration: Option<Duration>,

    /// For how long the leader tries to renew before it stops [default: 10s]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    leader_election_renew_deadline: Option<Duration>,

    /// How long a replica pauses between two tries [default: 2s]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    leader_election_retry_period: Option<Duration>,
}

impl LeaderFlags {
    /// The election as the author wants it, if at all, but for what was given on the command line.
    pub(crate) fn override_election(
        &self,
        operator: &str,
        wanted: Option<LeaderElection>,
    ) -> Option<LeaderElection> {
        let mut election = match (self.leader_elect, wanted) {
            (Some(false), _) | (None, None) => return None,
            (_, Some(wanted)) => wanted,
            (Some(true), None) => LeaderElection::new(operator),
        };
        if let Some(id) = &self.leader_election_id {
            election.id.clone_from(id);
        }
        if let Some(namespace) = &self.leader_election_namespace {
            election.namespace = Some(namespace.clone());
        }
        let timing = &mut election.timing;
        for (given, setting) in [
            (
                self.leader_election_lease_duration,
                &mut timing.lease_duration,
            ),
            (
                self.leader_election_renew_deadline,
                &mut timing.renew_deadline,
            ),
            (self.leader_election_retry_period, &mut timing.retry_period),
        ] {
            *setting = given.unwrap_or(*setting);
        }
        Some(election)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        flags: LeaderFlags,
    }

    fn election(
        arguments: &[&str],
        wanted: Option<LeaderElection>,
    ) -> Result<Option<LeaderElection>, clap::Error> {
        let command = Command::try_parse_from([&["operator"], arguments].concat())?;
        Ok(command.flags.override_election("shop", wanted))
    }

    #[test]
    fn there_is_an_election_where_the_author_or_the_command_line_wants_one() {
        let of_author = || Some(LeaderElection::new("author"));
        let id = |arguments, wanted| {
            let election = election(arguments, wanted).expect("known flags");
            election.map(|election| election.id)
        };
        assert_eq!(id(&[], None), None);
        assert_eq!(id(&["--leader-elect"], None).as_deref(), Some("shop"));
        assert_eq!(id(&["--leader-elect=true"], None).as_deref(), Some("shop"));
        assert_eq!(id(&[], of_author()).as_deref(), Some("author"));
        assert_eq!(
            id(&["--leader-elect"], of_author()).as_deref(),
            Some("author")
        );
        assert_eq!(id(&["--leader-elect=false"], of_author()), None);
        assert_eq!(
            id(&["--leader-election-id=other"], of_author()).as_deref(),
            Some("other")
        );
    }

    #[test]
    fn what_is_given_replaces_what_the_author_set() {
        let author = LeaderElection::new("author")
            .namespace("theirs")
            .retry_period(Duration::from_secs(3));
        let flags = [
            "--leader-election-namespace=ours",
            "--leader-election-lease-duration=1m",
            "--leader-election-renew-deadline=40s",
        ];
        let election = election(&flags, Some(author)).expect("known flags");
        let election = election.expect("one");
        assert_eq!(election.namespace.as_deref(), Some("ours"));
        let timing = election.timing;
        let seconds = [
            timing.lease_duration,
            timing.renew_deadline,
            timing.retry_period,
        ];
        assert_eq!(seconds.map(|duration| duration.as_secs()), [60, 40, 3]);
    }

    #[test]
    fn nonsense_is_refused_with_words() {
        let refusal = |flag| election(&[flag], None).expect_err(flag).to_string();
        let duration = refusal("--leader-election-lease-duration=15");
        assert!(duration.contains("as in 15s"), "{duration}");
        assert!(refusal("--leader-elect=maybe").contains("possible values: true, false"));
    }
}
