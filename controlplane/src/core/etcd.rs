//! How large an object may be: what etcd refuses to store.

use std::io::{self, Write};

use super::{object::Object, resource::Resource};
use crate::{Refusal, types};

/// etcd's `--max-request-bytes`, which apiserver leaves as it is.
const LARGEST_REQUEST: usize = 1536 * 1024;

/// What etcd's client sends at most.
const LARGEST_MESSAGE: usize = 2 * 1024 * 1024;

/// What stands around key and value, in a request and in a message.
const AROUND_REQUEST: usize = 40;
const AROUND_MESSAGE: usize = 25;

/// Refuses an object that is too large to be stored; its `managedFields` go before that.
pub(crate) fn fit(resource: &Resource, object: &mut Object) -> Result<(), Refusal> {
    let refused = check(resource, object);
    if refused.is_err() && object.meta_mut().remove("managedFields").is_some() {
        return check(resource, object);
    }
    refused
}

fn check(resource: &Resource, object: &Object) -> Result<(), Refusal> {
    let size = size(resource, object) + 2 * key(resource, object);
    let message = size + AROUND_MESSAGE;
    if message > LARGEST_MESSAGE {
        return Err(Refusal::unknown(&format!(
            "rpc error: code = ResourceExhausted desc = trying to send message larger than max ({message} vs. {LARGEST_MESSAGE})"
        )));
    }
    if size + AROUND_REQUEST > LARGEST_REQUEST {
        return Err(Refusal::unknown("etcdserver: request is too large"));
    }
    Ok(())
}

/// As it is stored: custom kinds in JSON, others in protobuf.
fn size(resource: &Resource, object: &Object) -> usize {
    let mut json = Counted(0);
    // Counting can't fail.
    let _ = serde_json::to_writer(&mut json, object.value());
    if resource.is_custom || json.0 < LARGEST_REQUEST / 2 {
        return json.0 + 1;
    }
    types::protobuf(object.value()).map_or(json.0, |bytes| bytes.len())
}

/// The length of `/registry/deployments/default/a`.
fn key(resource: &Resource, object: &Object) -> usize {
    let group = if resource.is_custom {
        resource.group.len() + 1
    } else {
        0
    };
    let parts = [resource.plural.as_str(), object.namespace(), object.name()];
    let parts = parts.iter().filter(|part| !part.is_empty());
    "/registry".len() + group + parts.map(|part| part.len() + 1).sum::<usize>()
}

struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
