//! How many requests were answered, as `/metrics` tells.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::call::{Call, Verb};

/// By what requests are counted, as `apiserver_request_total` has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    code: u16,
    dry_run: &'static str,
    group: String,
    resource: String,
    scope: &'static str,
    subresource: String,
    verb: &'static str,
    version: String,
}

/// How many requests were answered.
#[derive(Debug, Default)]
pub(crate) struct Counts(BTreeMap<Labels, u64>);

const HEAD: &str = "\
# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.
# TYPE apiserver_request_total counter
";

impl Counts {
    pub(crate) fn count(&mut self, call: &Call, is_apply: bool, is_dry_run: bool, code: u16) {
        let labels = Labels {
            code,
            dry_run: if is_dry_run { "All" } else { "" },
            group: call.group.clone(),
            resource: call.resource.clone(),
            scope: scope(call),
            subresource: call.subresource.clone(),
            verb: verb(call.verb, is_apply),
            version: call.version.clone(),
        };
        *self.0.entry(labels).or_default() += 1;
    }

    /// In the text format of Prometheus.
    pub(crate) fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        for (labels, count) in &self.0 {
            let Labels {
                code,
                dry_run,
                group,
                resource,
                scope,
                subresource,
                verb,
                version,
            } = labels;
            // Writing into a String can't fail.
            let _ = writeln!(
                text,
                "apiserver_request_total{{code=\"{code}\",component=\"apiserver\",dry_run=\"{dry_run}\",group=\"{group}\",resource=\"{resource}\",scope=\"{scope}\",subresource=\"{subresource}\",verb=\"{verb}\",version=\"{version}\"}} {count}"
            );
        }
        text
    }
}

fn scope(call: &Call) -> &'static str {
    if !call.name.is_empty() || call.verb == Verb::Create {
        "resource"
    } else if call.namespace.is_empty() {
        "cluster"
    } else {
        "namespace"
    }
}

fn verb(verb: Verb, is_apply: bool) -> &'static str {
    match verb {
        Verb::Create => "POST",
        Verb::Delete => "DELETE",
        Verb::DeleteCollection => "DELETECOLLECTION",
        Verb::Get => "GET",
        Verb::List => "LIST",
        Verb::Patch if is_apply => "APPLY",
        Verb::Patch => "PATCH",
        Verb::Update => "PUT",
        Verb::Watch => "WATCH",
        Verb::Unknown => "other",
    }
}
