//! The ports of nodes under which Services are reached.

use std::{collections::BTreeSet, ops::RangeInclusive};

use serde_json::Value;

use super::{
    super::super::{builtin::Ground, field::Field, object::Object},
    invalid, needs_health_check, uses_ports,
};
use crate::{FieldError, Refusal};

/// `--service-node-port-range` of a kube-apiserver that is not told otherwise.
const RANGE: RangeInclusive<i64> = 30_000..=32_767;
/// Those below are left to who asks for them.
const FIRST_GIVEN: i64 = 30_086;

/// The ports of nodes that a specification names.
pub(super) fn of(spec: &Value) -> Vec<i64> {
    let ports = spec["ports"].as_array().into_iter().flatten();
    ports.filter_map(number).collect()
}

fn number(port: &Value) -> Option<i64> {
    port["nodePort"].as_i64().filter(|number| *number != 0)
}

fn health_check(spec: &Value) -> Option<i64> {
    spec["healthCheckNodePort"]
        .as_i64()
        .filter(|number| *number != 0)
}

fn gives_ports(spec: &Value) -> bool {
    spec["type"] == "NodePort"
        || spec["type"] == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] != false
}

/// An update that does not say which ports a Service has leaves it those that it has (`patchAllocatedValues`).
pub(super) fn take_over(new: &mut Value, old: &Value) {
    if gives_ports(old) && gives_ports(new) {
        let both: Vec<i64> = of(new)
            .into_iter()
            .filter(|port| of(old).contains(port))
            .collect();
        let named = |name: &Value| {
            let ports = old["ports"].as_array().into_iter().flatten();
            let mut ports = ports.filter(|port| port["name"] == *name);
            ports.next_back().and_then(number)
        };
        for port in new["ports"].as_array_mut().into_iter().flatten() {
            let before = named(&port["name"]).filter(|before| !both.contains(before));
            if let (None, Some(before)) = (number(port), before) {
                port["nodePort"] = before.into();
            }
        }
    }
    if needs_health_check(old)
        && needs_health_check(new)
        && health_check(new).is_none()
        && let Some(before) = health_check(old)
    {
        new["healthCheckNodePort"] = before.into();
    }
}

/// Gives a Service the ports that it needs, or those that it asks for.
pub(super) fn allocate(
    ground: &mut Ground<'_>,
    service: &mut Object,
    old: Option<&Object>,
) -> Result<(), Refusal> {
    let mut pool = Pool::of(ground);
    let spec = &service.value()["spec"];
    if uses_ports(spec) {
        let mut ports = spec["ports"].as_array().cloned().unwrap_or_default();
        let given = match old {
            None => give(&mut pool, &mut ports, gives_ports(spec)),
            Some(old) => {
                let before = of(&old.value()["spec"]);
                change(&mut pool, &mut ports, gives_ports(spec), &before)
            }
        };
        given.map_err(|problem| problem.of(service))?;
        if !ports.is_empty() {
            service.value_mut()["spec"]["ports"] = ports.into();
        }
    }
    let spec = &service.value()["spec"];
    let had_check = old.is_some_and(|old| needs_health_check(&old.value()["spec"]));
    if !needs_health_check(spec) || had_check {
        return Ok(());
    }
    let port = match health_check(spec) {
        Some(wanted) => pool.claim(wanted).map(|()| wanted).map_err(|why| {
            Refusal::internal(&format!(
                "failed to allocate requested HealthCheck NodePort {wanted}: {why}"
            ))
        })?,
        None => pool.next().map_err(|why| {
            Refusal::internal(&format!(
                "failed to allocate a HealthCheck NodePort 0: {why}"
            ))
        })?,
    };
    service.value_mut()["spec"]["healthCheckNodePort"] = port.into();
    Ok(())
}

/// Why there is no port.
enum Problem {
    Field(FieldError),
    Full,
    /// The same port twice.
    Duplicate(String),
}

impl Problem {
    fn of(self, service: &Object) -> Refusal {
        match self {
            Self::Field(error) => invalid(service, &[error]),
            Self::Full => Refusal::internal("failed to allocate a nodePort: range is full"),
            Self::Duplicate(port) => Refusal::unknown(&format!("duplicate nodePort: {port}")),
        }
    }
}

fn refused(index: usize, port: i64, why: String) -> Problem {
    let value = Value::from(port);
    Problem::Field(Field::new(format!("spec.ports[{index}].nodePort"), &value).invalid(why))
}

/// To a new Service: entries of the same port share what is given (`initNodePorts`).
fn give(pool: &mut Pool<'_, '_>, ports: &mut [Value], gives: bool) -> Result<(), Problem> {
    let mut chosen_for: Vec<(i64, i64)> = Vec::new();
    for index in 0..ports.len() {
        if number(&ports[index]).is_none() && !gives {
            continue;
        }
        let port = ports[index]["port"].as_i64().unwrap_or_default();
        let shared = chosen_for
            .iter()
            .find(|(of, _)| *of == port)
            .map(|(_, to)| *to);
        let chosen = match (shared, number(&ports[index])) {
            (Some(shared), None) => shared,
            (Some(shared), Some(wanted)) if wanted == shared => continue,
            (Some(_), Some(wanted)) => {
                pool.claim(wanted)
                    .map_err(|why| refused(index, wanted, why))?;
                continue;
            }
            (None, _) => {
                let asked = ports[index..]
                    .iter()
                    .chain(&ports[..index])
                    .find(|one| one["port"] == port && number(one).is_some());
                let chosen = match asked.and_then(number) {
                    Some(wanted) => pool
                        .claim(wanted)
                        .map(|()| wanted)
                        .map_err(|why| refused(index, wanted, why))?,
                    None => pool.next().map_err(|_| Problem::Full)?,
                };
                chosen_for.push((port, chosen));
                chosen
            }
        };
        ports[index]["nodePort"] = chosen.into();
    }
    Ok(())
}

/// To a Service that is there already (`updateNodePorts`).
fn change(
    pool: &mut Pool<'_, '_>,
    ports: &mut [Value],
    gives: bool,
    before: &[i64],
) -> Result<(), Problem> {
    let mut seen = Vec::new();
    let mut claimed = Vec::new();
    for (index, port) in ports.iter_mut().enumerate() {
        match number(port) {
            None if !gives => continue,
            None => port["nodePort"] = pool.next().map_err(|_| Problem::Full)?.into(),
            Some(wanted) => {
                if !before.contains(&wanted) && !claimed.contains(&wanted) {
                    pool.claim(wanted)
                        .map_err(|why| refused(index, wanted, why))?;
                    claimed.push(wanted);
                }
            }
        }
        let protocol = port["protocol"].as_str().unwrap_or_default();
        let this = format!("{{{protocol} {}}}", port["nodePort"]);
        if seen.contains(&this) {
            return Err(Problem::Duplicate(this));
        }
        seen.push(this);
    }
    Ok(())
}

/// The ports that are still to be had.
struct Pool<'g, 's> {
    ground: &'g mut Ground<'s>,
    taken: BTreeSet<i64>,
}

impl<'g, 's> Pool<'g, 's> {
    fn of(ground: &'g mut Ground<'s>) -> Self {
        let services = ground.store.collection("services");
        let services = services.map(|all| all.objects(None)).unwrap_or_default();
        let specs = services.iter().map(|one| &one.object.value()["spec"]);
        let taken = specs.flat_map(|spec| of(spec).into_iter().chain(health_check(spec)));
        let taken = taken.collect();
        Self { ground, taken }
    }

    fn claim(&mut self, port: i64) -> Result<(), String> {
        if !RANGE.contains(&port) {
            return Err(format!(
                "provided port is not in the valid range. The range of valid ports is {}-{}",
                RANGE.start(),
                RANGE.end()
            ));
        }
        if !self.taken.insert(port) {
            return Err("provided port is already allocated".into());
        }
        Ok(())
    }

    fn next(&mut self) -> Result<i64, &'static str> {
        let free = |range: RangeInclusive<i64>| -> Vec<i64> {
            range.filter(|port| !self.taken.contains(port)).collect()
        };
        let mut free_ones = free(FIRST_GIVEN..=*RANGE.end());
        if free_ones.is_empty() {
            free_ones = free(*RANGE.start()..=FIRST_GIVEN - 1);
        }
        let port = self.ground.rng.choice(free_ones).ok_or("range is full")?;
        self.taken.insert(port);
        Ok(port)
    }
}
