//! Collects mistakes, so that one compilation shows them all.
use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

/// The mistakes found so far, each on the token to change.
#[derive(Default)]
pub(crate) struct Mistakes(Vec<Error>);

impl Mistakes {
    /// Adds one mistake; the sentence says what to write at `place`.
    pub(crate) fn add(&mut self, place: impl ToTokens, sentence: impl Display) {
        self.0.push(Error::new_spanned(place, sentence));
    }

    pub(crate) fn add_error(&mut self, error: Error) {
        self.0.push(error);
    }

    /// The value when there is no mistake, otherwise the mistakes.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.0.into_iter().map(Error::into_compile_error).collect()
    }

    #[cfg(test)]
    pub(crate) fn into_errors(self) -> Vec<Error> {
        self.0
    }
}
