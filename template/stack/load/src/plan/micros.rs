//! Durations as whole microseconds in JSON, also in options and pairs: `#[serde(with = "micros")]`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

/// What durations are made of in JSON.
pub(super) trait Micros: Sized {
    type Json: Serialize + DeserializeOwned;

    fn to_json(&self) -> Self::Json;
    fn from_json(json: Self::Json) -> Self;
}

pub(super) fn serialize<S: Serializer>(
    value: &impl Micros,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.to_json().serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>, T: Micros>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::Json::deserialize(deserializer).map(T::from_json)
}

impl Micros for Duration {
    type Json = u64;

    fn to_json(&self) -> u64 {
        u64::try_from(self.as_micros()).unwrap_or(u64::MAX)
    }

    fn from_json(json: u64) -> Self {
        Self::from_micros(json)
    }
}

impl<T: Micros> Micros for Option<T> {
    type Json = Option<T::Json>;

    fn to_json(&self) -> Self::Json {
        self.as_ref().map(T::to_json)
    }

    fn from_json(json: Self::Json) -> Self {
        json.map(T::from_json)
    }
}

impl<T: Micros> Micros for (T, T) {
    type Json = (T::Json, T::Json);

    fn to_json(&self) -> Self::Json {
        (self.0.to_json(), self.1.to_json())
    }

    fn from_json(json: Self::Json) -> Self {
        (T::from_json(json.0), T::from_json(json.1))
    }
}
