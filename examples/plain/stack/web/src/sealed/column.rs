//! What an encrypted column holds.

use std::marker::PhantomData;

use sqlx::{
    Decode, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef},
};

/// A value of the column `C` as it is stored: a `bytea` in the database. Made by
/// [`Vault::seal`](super::Vault::seal) only.
pub struct Sealed<C> {
    pub(super) bytes: Vec<u8>,
    column: PhantomData<fn() -> C>,
}

impl<C> Sealed<C> {
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        let column = PhantomData;
        Self { bytes, column }
    }
}

impl<C> Type<Postgres> for Sealed<C> {
    fn type_info() -> PgTypeInfo {
        <Vec<u8> as Type<Postgres>>::type_info()
    }
}

impl<C> Encode<'_, Postgres> for Sealed<C> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <Vec<u8> as Encode<Postgres>>::encode_by_ref(&self.bytes, buffer)
    }
}

impl<'r, C> Decode<'r, Postgres> for Sealed<C> {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        <Vec<u8> as Decode<Postgres>>::decode(value).map(Self::of)
    }
}
