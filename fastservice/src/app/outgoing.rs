use super::{core::Endpoint, preparation::Preparation};
use crate::{client::Client, openapi::Operation};

/// Makes the client of the service. Where an endpoint takes it, what is wrong with it
/// stops the start.
pub(super) fn client(endpoints: &[Endpoint]) -> Preparation {
    let is_taken = endpoints.iter().any(|endpoint| {
        let mut operation = Operation::default();
        (endpoint.route.describe)(&mut operation);
        operation.needs_client
    });
    Box::new(move |settings, environment| {
        Box::pin(async move {
            let client = Client::new(&settings.client, &settings.service_name);
            if is_taken {
                client.open().await?;
            }
            environment.set_state(client);
            Ok(())
        })
    })
}
