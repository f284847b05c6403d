//! The quality of service that a pod is given, by what it asks for.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::types::Quantity;

type Amounts = BTreeMap<String, Quantity>;

/// Guaranteed where all is asked for that it is held to; best effort where nothing is said.
pub(super) fn of(spec: &Value) -> &'static str {
    let (mut requests, mut limits) = (Amounts::new(), Amounts::new());
    let mut is_guaranteed = true;
    let own = &spec["resources"];
    let holders: Vec<&Value> = if own.is_null() {
        let lists = ["containers", "initContainers"];
        let all = lists.iter().filter_map(|list| spec[*list].as_array());
        all.flatten().map(|it| &it["resources"]).collect()
    } else {
        vec![own]
    };
    for resources in holders {
        add(&mut requests, &resources["requests"]);
        let held = add(&mut limits, &resources["limits"]);
        let says_nothing = !own.is_null() && is_empty(&resources["limits"]);
        is_guaranteed &= held == 2 || says_nothing;
    }
    if requests.is_empty() && limits.is_empty() {
        return "BestEffort";
    }
    let is_same = |(name, request): (&String, &Quantity)| {
        let limit = limits.get(name);
        limit.is_some_and(|it| !it.is_more_than(request) && !request.is_more_than(it))
    };
    let all_same = requests.len() == limits.len() && requests.iter().all(is_same);
    if is_guaranteed && all_same {
        "Guaranteed"
    } else {
        "Burstable"
    }
}

/// Adds what there is of processor and memory, and says of how many of them there is some.
fn add(sum: &mut Amounts, amounts: &Value) -> usize {
    let mut count = 0;
    for name in ["cpu", "memory"] {
        let amount = amounts[name].as_str().map(Quantity::parse);
        let Some(Ok(amount)) = amount else { continue };
        if amount.is_zero() || amount.is_negative() {
            continue;
        }
        count += 1;
        match sum.get_mut(name) {
            Some(sum) => sum.add(&amount),
            None => {
                sum.insert(name.into(), amount);
            }
        }
    }
    count
}

fn is_empty(amounts: &Value) -> bool {
    amounts.as_object().is_none_or(serde_json::Map::is_empty)
}
