//! What the API server counts.

use super::Result;

const WRITES: [&str; 6] = [
    "POST",
    "PUT",
    "PATCH",
    "APPLY",
    "DELETE",
    "DELETECOLLECTION",
];

/// Sums `apiserver_request_total` over the writes to these resources (`deployments` or `deployments/status`), in the
/// server's own text of its metrics.
pub(super) fn count_writes(metrics: &str, resources: &[&str]) -> Result<u64> {
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
        let is_write = label("verb").is_some_and(|verb| WRITES.contains(&verb));
        let resource = match (
            label("resource").unwrap_or_default(),
            label("subresource").unwrap_or_default(),
        ) {
            (resource, "") => resource.to_owned(),
            (resource, subresource) => format!("{resource}/{subresource}"),
        };
        if is_write && resources.contains(&resource.as_str()) {
            sum += value.parse::<u64>()?;
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_writes_to_the_named_resources_count() {
        let metrics = r#"
# TYPE apiserver_request_total counter
apiserver_request_total{code="200",resource="deployments",subresource="",verb="APPLY",version="v1"} 3
apiserver_request_total{code="201",resource="deployments",subresource="",verb="POST",version="v1"} 2
apiserver_request_total{code="200",resource="deployments",subresource="",verb="LIST",version="v1"} 7
apiserver_request_total{code="200",resource="deployments",subresource="status",verb="PUT",version="v1"} 4
apiserver_request_total{code="200",resource="leases",subresource="",verb="PUT",version="v1"} 9
"#;
        assert_eq!(count_writes(metrics, &["deployments"]).expect("numbers"), 5);
        assert_eq!(
            count_writes(metrics, &["deployments/status"]).expect("numbers"),
            4
        );
    }
}
