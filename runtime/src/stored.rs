//! An object as the API server sent it: JSON, without what nobody reads of it.
//!
//! A typed Deployment takes four times the memory of its JSON (an absent field of a Rust struct takes as much room as
//! one that is there), so this is what is kept, and decoded for whoever asks.

use std::{borrow::Cow, fmt, marker::PhantomData, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{
    object::{Object, kind_of},
    panics::unless_it_panics,
};

/// An object of kind `K` that can be decoded.
pub(crate) struct Stored<K> {
    json: Arc<[u8]>,
    kind: PhantomData<fn() -> K>,
}

impl<K: Object> Stored<K> {
    /// The object, and as what it is kept; the JSON itself where it is no `K`.
    pub(crate) fn read(json: Vec<u8>) -> Result<(K, Self), (Vec<u8>, serde_json::Error)> {
        // An author's own code may be part of it.
        let call = || format!("reading a {}", kind_of::<K>());
        match unless_it_panics(call, || serde_json::from_slice(&json)) {
            Some(Ok(object)) => Ok((object, Self::of(json))),
            Some(Err(error)) => Err((json, error)),
            None => Err((json, serde_json::Error::custom("its code panicked"))),
        }
    }

    /// As what an object that does not come from the server is kept.
    pub(crate) fn encode(object: &K) -> serde_json::Result<Self> {
        // By way of a value, as an apply goes: each way more is code for each field of each kind.
        let stored = Self::of(serde_json::to_value(object)?.to_string().into_bytes());
        // What serde writes is not always what it reads.
        serde_json::from_slice::<K>(&stored.json)?;
        Ok(stored)
    }

    fn of(json: Vec<u8>) -> Self {
        Self {
            json: json.into(),
            kind: PhantomData,
        }
    }

    pub(crate) fn decode(&self) -> Arc<K> {
        Arc::new(serde_json::from_slice(&self.json).expect("it was read when it was stored"))
    }

    pub(crate) fn json(&self) -> &[u8] {
        &self.json
    }
}

impl<K> Clone for Stored<K> {
    fn clone(&self) -> Self {
        Self {
            json: self.json.clone(),
            kind: PhantomData,
        }
    }
}

impl<K> fmt::Debug for Stored<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.json.len())
    }
}

/// The JSON of an object, as it is kept: without `metadata.managedFields`, which is most of it.
#[cfg_attr(test, derive(Clone))]
pub(crate) struct Received(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Received {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut json = Vec::new();
        let copy = Copy {
            json: &mut json,
            place: Place::Object,
        };
        copy.deserialize(deserializer)?;
        Ok(Self(json))
    }
}

/// Where in an object a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Object,
    Metadata,
    Below,
}

impl Place {
    fn of(self, field: &str) -> Self {
        if self == Self::Object && field == "metadata" {
            Self::Metadata
        } else {
            Self::Below
        }
    }

    fn leaves_out(self, field: &str) -> bool {
        self == Self::Metadata && field == "managedFields"
    }
}

/// Writes what is read, without making objects of it on the way.
struct Copy<'a> {
    json: &'a mut Vec<u8>,
    place: Place,
}

impl Copy<'_> {
    fn write<E: serde::de::Error>(self, value: impl Serialize) -> Result<(), E> {
        serde_json::to_writer(self.json, &value).map_err(E::custom)
    }
}

impl<'de> DeserializeSeed<'de> for Copy<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Copy<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.write(value)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.write(value)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.write(())
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        self.write(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.json.push(b'[');
        let start = self.json.len();
        loop {
            let end = self.json.len();
            if end > start {
                self.json.push(b',');
            }
            let item = Copy {
                json: &mut *self.json,
                place: Place::Below,
            };
            if items.next_element_seed(item)?.is_none() {
                self.json.truncate(end);
                break;
            }
        }
        self.json.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        self.json.push(b'{');
        let start = self.json.len();
        while let Some(Name(field)) = fields.next_key()? {
            if self.place.leaves_out(&field) {
                fields.next_value::<IgnoredAny>()?;
                continue;
            }
            if self.json.len() > start {
                self.json.push(b',');
            }
            serde_json::to_writer(&mut *self.json, &field).map_err(A::Error::custom)?;
            self.json.push(b':');
            fields.next_value_seed(Copy {
                place: self.place.of(&field),
                json: &mut *self.json,
            })?;
        }
        self.json.push(b'}');
        Ok(())
    }
}

/// The name of a field, borrowed where it can be.
pub(crate) struct Name<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(text.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(text.to_owned().into()))
            }

            fn visit_string<E>(self, text: String) -> Result<Name<'de>, E> {
                Ok(Name(text.into()))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::ConfigMap;
    use kube::core::{ObjectList, WatchEvent};
    use serde_json::{Value, json};

    use super::*;

    fn kept(value: &Value) -> Value {
        let Received(json) = serde_json::from_str(&value.to_string()).expect("JSON");
        serde_json::from_slice(&json).expect("JSON")
    }

    #[test]
    fn managed_fields_are_left_out_and_nothing_else() {
        let object = json!({
            "metadata": {"managedFields": [{"manager": "kubectl"}], "name": "a\"b\\u00e4\n", "labels": {}},
            "managedFields": [1, -2, 2.5, 1e300, true, null, u64::MAX, i64::MIN],
            "data": {"managedFields": "kept", "metadata": {"managedFields": []}, "": [[], {}, [[]]]},
        });
        let mut wanted = object.clone();
        wanted["metadata"]
            .as_object_mut()
            .expect("metadata")
            .remove("managedFields");
        assert_eq!(kept(&object), wanted);
        assert_eq!(
            kept(&json!({"metadata": {"managedFields": []}})),
            json!({"metadata": {}})
        );
    }

    /// kube reads a list through a buffer of serde's, and an event directly.
    #[test]
    fn a_list_and_an_event_are_read_alike() {
        let object = r#"{"metadata":{"name":"a","managedFields":[{}]},"data":{"key":"värde"}}"#;
        let kept = r#"{"metadata":{"name":"a"},"data":{"key":"värde"}}"#;
        let text = |Received(json): &Received| String::from_utf8_lossy(json).into_owned();
        let event = format!(r#"{{"type":"ADDED","object":{object}}}"#);
        match serde_json::from_str(&event).expect("an event") {
            WatchEvent::Added(received) => assert_eq!(text(&received), kept),
            other => panic!("{other:?}"),
        }
        let list = format!(r#"{{"metadata":{{}},"items":[{object},{object}]}}"#);
        let list: ObjectList<Received> = serde_json::from_str(&list).expect("a list");
        assert!(list.items.iter().all(|received| text(received) == kept));
        assert_eq!(list.items.len(), 2);
    }

    #[test]
    fn what_was_read_can_be_decoded() {
        let json = json!({"metadata": {"name": "a"}, "data": null, "unknown": [1]});
        let (object, stored) =
            Stored::<ConfigMap>::read(json.to_string().into()).expect("a ConfigMap");
        assert_eq!(*stored.decode(), object);
        let wrong = json!({"metadata": {"name": "a"}, "data": 3}).to_string();
        let (json, _) = Stored::<ConfigMap>::read(wrong.clone().into()).expect_err("no ConfigMap");
        assert_eq!(json, wrong.as_bytes());
    }
}
