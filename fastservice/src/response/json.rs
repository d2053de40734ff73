use serde::Serialize;

use super::{IntoResponse, JSON, Response, of_type};
use crate::{
    error::Result,
    json::Json,
    openapi::{Content, Described, Operation},
};

impl<T: Serialize + Described> IntoResponse for Json<T> {
    fn into_response(self) -> Result<Response> {
        Ok(of_type(JSON, serde_json::to_vec(&self.0)?))
    }

    fn describe(operation: &mut Operation) {
        let schema = operation.schemas.given::<T>();
        operation.answers.push(Content::with_schema("application/json", schema));
    }
}
