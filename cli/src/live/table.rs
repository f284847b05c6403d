//! Objects as kubectl shows them: by the table that the API server makes of them.

use std::fmt::Write as _;

use kube::Client;
use kube::core::Request;
use kube::core::params::ListParams;
use serde::Deserialize;
use serde_json::Value;

use super::objects::{self, Identity, ObjectError};

/// How kubectl asks.
const AS_TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io";

/// What stands between two columns.
const GAP: usize = 3;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Table {
    column_definitions: Vec<Column>,
    #[serde(default)]
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    priority: i32,
}

#[derive(Deserialize)]
struct Row {
    cells: Vec<Value>,
}

/// What `kubectl get` prints of all objects of this one's kind and namespace, where several kinds are asked for; nothing
/// where there are none.
///
/// # Errors
/// When that is refused, or there is no answer.
pub(crate) async fn of_kind(client: &Client, one: &Identity) -> Result<String, ObjectError> {
    let all = objects::api_of(client, one, "").await?;
    let request = Request::new(all.resource_url());
    let request = request.list(&ListParams::default());
    let mut request = request.map_err(kube::Error::BuildRequest)?;
    let accepted = AS_TABLE.parse().expect("it is plain text");
    request.headers_mut().insert("accept", accepted);
    let table: Table = client.request(request).await?;
    Ok(drawn(&table, &prefix(one)))
}

/// `deployment.apps/`
fn prefix(one: &Identity) -> String {
    let kind = one.kind.to_lowercase();
    match one.api_version.split_once('/') {
        Some((group, _)) => format!("{kind}.{group}/"),
        None => format!("{kind}/"),
    }
}

fn drawn(table: &Table, prefix: &str) -> String {
    if table.rows.is_empty() {
        return String::new();
    }
    let columns = table.column_definitions.iter().enumerate();
    let columns = columns.filter(|(_, column)| column.priority == 0);
    let columns: Vec<Vec<String>> = columns
        .map(|(at, column)| {
            let prefix = if at == 0 { prefix } else { "" };
            let cells = table.rows.iter().map(|row| row.cells.get(at));
            let cells =
                cells.map(|cell| format!("{prefix}{}", cell.map_or_else(String::new, text)));
            std::iter::once(column.name.to_uppercase())
                .chain(cells)
                .collect()
        })
        .collect();
    let mut lines = vec![String::new(); table.rows.len() + 1];
    for column in columns {
        let width = column.iter().map(|cell| cell.chars().count()).max();
        let width = width.unwrap_or_default() + GAP;
        for (line, cell) in lines.iter_mut().zip(column) {
            let _ = write!(line, "{cell:width$}");
        }
    }
    let lines = lines.iter().map(|line| line.trim_end());
    lines.collect::<Vec<_>>().join("\n")
}

fn text(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_is_drawn_as_kubectl_draws_it() {
        let table = json!({
            "columnDefinitions": [
                {"name": "Name", "priority": 0},
                {"name": "Ready", "priority": 0},
                {"name": "Replicas", "priority": 0},
                {"name": "Images", "priority": 1},
                {"name": "Age", "priority": 0},
            ],
            "rows": [
                {"cells": ["a", "True", 2, "busybox", "5s"]},
                {"cells": ["a-longer-one", null, 3, "busybox", "5s"]},
            ],
        });
        let table = serde_json::from_value(table).unwrap();
        insta::assert_snapshot!(drawn(&table, "myapp.example.com/"), @r"
        NAME                             READY   REPLICAS   AGE
        myapp.example.com/a              True    2          5s
        myapp.example.com/a-longer-one           3          5s
        ");
    }
}
