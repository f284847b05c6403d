//! What the API server counts.

use super::Result;

pub(super) const READS: [&str; 3] = ["GET", "LIST", "WATCH"];

pub(super) const WRITES: [&str; 6] = [
    "POST",
    "PUT",
    "PATCH",
    "APPLY",
    "DELETE",
    "DELETECOLLECTION",
];

/// Sums `apiserver_request_total` over the requests with these verbs for these resources (`deployments` or
/// `deployments/status`), in the server's own text of its metrics.
pub(super) fn count(metrics: &str, verbs: &[&str], resources: &[&str]) -> Result<u64> {
    let mut sum = 0;
    for line in metrics
        .lines()
        .filter(|line| line.starts_with("apiserver_request_total{"))
    {
        let Some((labels, value)) = line.rsplit_once(' ') else {
            continue;
        };
        let label = |name: &str| {
            let (_, rest) = labels.split_once(&format!("{name}=\""))?;
            rest.split_once('"').map(|(value, _)| value)
        };
        let is_meant = label("verb").is_some_and(|verb| verbs.contains(&verb));
        let resource = match (
            label("resource").unwrap_or_default(),
            label("subresource").unwrap_or_default(),
        ) {
            (resource, "") => resource.to_owned(),
            (resource, subresource) => format!("{resource}/{subresource}"),
        };
        if is_meant && resources.contains(&resource.as_str()) {
            sum += value.parse::<u64>()?;
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_done_to_the_named_resources_counts() {
        let metrics = r#"
# TYPE apiserver_request_total counter
apiserver_request_total{code="200",resource="deployments",subresource="",verb="APPLY",version="v1"} 3
apiserver_request_total{code="201",resource="deployments",subresource="",verb="POST",version="v1"} 2
apiserver_request_total{code="200",resource="deployments",subresource="",verb="LIST",version="v1"} 7
apiserver_request_total{code="200",resource="deployments",subresource="status",verb="PUT",version="v1"} 4
apiserver_request_total{code="200",resource="leases",subresource="",verb="PUT",version="v1"} 9
"#;
        let count = |verbs, resource| count(metrics, verbs, &[resource]).expect("numbers");
        assert_eq!(count(&WRITES, "deployments"), 5);
        assert_eq!(count(&WRITES, "deployments/status"), 4);
        assert_eq!(count(&READS, "deployments"), 7);
    }
}
