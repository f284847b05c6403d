//! The rules: which there are, in which standard, since which release.

use super::{
    baseline,
    pod::Pod,
    restricted::{self, on_linux, with_users_of_node},
    standard::{Level, Standard, Version},
};

/// A rule that a pod breaks: in a few words, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Violation {
    pub(super) reason: String,
    pub(super) detail: String,
}

impl Violation {
    pub(super) fn new(reason: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            detail: detail.into(),
        }
    }
}

type Rule = fn(Pod<'_>) -> Option<Violation>;

struct Check {
    name: &'static str,
    /// By the minor release that it came with, from the first to the last.
    versions: &'static [(i64, Rule)],
    /// The check of `baseline` in whose place it is.
    instead_of: &'static str,
}

const fn check(name: &'static str, versions: &'static [(i64, Rule)]) -> Check {
    Check {
        name,
        versions,
        instead_of: "",
    }
}

/// In the order in which they are told: by the bytes of their names in Kubernetes.
const BASELINE: &[Check] = &[
    check("appArmorProfile", &[(0, baseline::app_armor_profile)]),
    check("capabilities_baseline", &[(0, baseline::capabilities)]),
    check("hostNamespaces", &[(0, baseline::host_namespaces)]),
    check("hostPathVolumes", &[(0, baseline::host_path_volumes)]),
    check("hostPorts", &[(0, baseline::host_ports)]),
    check("hostProbesAndHostLifecycle", &[(34, baseline::host_probes)]),
    check("privileged", &[(0, baseline::privileged)]),
    check(
        "procMount",
        &[
            (0, baseline::proc_mount),
            (35, |pod| with_users_of_node(pod, baseline::proc_mount)),
        ],
    ),
    check(
        "seLinuxOptions",
        &[
            (0, baseline::se_linux_options),
            (31, baseline::se_linux_options_with_engine),
        ],
    ),
    check(
        "seccompProfile_baseline",
        &[
            (0, baseline::seccomp_annotations),
            (19, baseline::seccomp_profile),
        ],
    ),
    check(
        "sysctls",
        &[
            (0, baseline::sysctls::<0>),
            (27, baseline::sysctls::<27>),
            (29, baseline::sysctls::<29>),
            (32, baseline::sysctls::<32>),
        ],
    ),
    check("windowsHostProcess", &[(0, baseline::windows_host_process)]),
];

const RESTRICTED: &[Check] = &[
    check(
        "allowPrivilegeEscalation",
        &[
            (8, restricted::privilege_escalation),
            (25, |pod| on_linux(pod, restricted::privilege_escalation)),
        ],
    ),
    Check {
        instead_of: "capabilities_baseline",
        ..check(
            "capabilities_restricted",
            &[
                (22, restricted::capabilities),
                (25, |pod| on_linux(pod, restricted::capabilities)),
            ],
        )
    },
    Check {
        instead_of: "procMount",
        ..check("procMount_restricted", &[(35, baseline::proc_mount)])
    },
    Check {
        instead_of: "hostPathVolumes",
        ..check("restrictedVolumes", &[(0, restricted::volumes)])
    },
    check(
        "runAsNonRoot",
        &[
            (0, restricted::run_as_non_root),
            (35, |pod| {
                with_users_of_node(pod, restricted::run_as_non_root)
            }),
        ],
    ),
    check(
        "runAsUser",
        &[
            (23, restricted::run_as_user),
            (35, |pod| with_users_of_node(pod, restricted::run_as_user)),
        ],
    ),
    Check {
        instead_of: "seccompProfile_baseline",
        ..check(
            "seccompProfile_restricted",
            &[
                (19, restricted::seccomp),
                (25, |pod| on_linux(pod, restricted::seccomp)),
            ],
        )
    },
];

/// Whatever rules of a standard a pod breaks.
pub(super) fn violations(standard: Standard, pod: Pod<'_>) -> Vec<Violation> {
    let rules = rules(standard).into_iter();
    rules.filter_map(|rule| rule(pod)).collect()
}

fn rules(standard: Standard) -> Vec<Rule> {
    let strict: Vec<_> = match standard.level {
        Level::Privileged => return Vec::new(),
        Level::Baseline => Vec::new(),
        Level::Restricted => in_force(RESTRICTED, standard.version).collect(),
    };
    let is_replaced = |check: &Check| strict.iter().any(|(it, _)| it.instead_of == check.name);
    let basic = in_force(BASELINE, standard.version).filter(|(check, _)| !is_replaced(check));
    let all = basic.chain(strict.iter().copied());
    all.map(|(_, rule)| rule).collect()
}

fn in_force(
    checks: &'static [Check],
    version: Version,
) -> impl Iterator<Item = (&'static Check, Rule)> {
    checks.iter().filter_map(move |check| {
        let known = check.versions.iter().rev();
        let mut known = known.filter(|(since, _)| Version::Minor(*since) <= version);
        known.next().map(|(_, rule)| (check, *rule))
    })
}
