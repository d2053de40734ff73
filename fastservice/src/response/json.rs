use serde::Serialize;

use super::{IntoResponse, JSON, Response, of_type};
use crate::{error::Result, json::Json};

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Result<Response> {
        Ok(of_type(JSON, serde_json::to_vec(&self.0)?))
    }
}
