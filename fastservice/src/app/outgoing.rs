//! How the service calls others.

use super::{App, core::Endpoint, preparation::Preparation};
use crate::{
    client::{AccessTokens, Client, OwnIssuer, ServiceClient, ServiceClientBuilder},
    error::BoxError,
    extract::Environment,
    openapi::{Operation, StateType},
    settings::Settings,
};

impl App {
    /// Makes a client of another service at start, as a state of a type of your own; its
    /// first token is got in the background. What is wrong with it stops the start.
    ///
    /// ```
    /// use fastservice::{client::ServiceClient, prelude::*};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Places {
    ///     prices_url: String,
    /// }
    ///
    /// struct Prices(ServiceClient);
    ///
    /// let app = App::new().config::<Places>().service_client(
    ///     |settings| {
    ///         let places = settings.config::<Places>();
    ///         let url = places.map(|places| places.prices_url.clone()).unwrap_or_default();
    ///         ServiceClient::to(url, "https://prices-api").scopes(["read:prices"])
    ///     },
    ///     Prices,
    /// );
    /// ```
    #[must_use]
    pub fn service_client<T: Send + Sync + 'static>(
        mut self,
        target: impl FnOnce(&Settings) -> ServiceClientBuilder + Send + 'static,
        wrap: impl FnOnce(ServiceClient) -> T + Send + 'static,
    ) -> Self {
        self.states.push(StateType::of::<T>());
        self.preparations.push(Box::new(|settings, environment| {
            let client = build(target(settings), settings, environment);
            Box::pin(async {
                let client = client?;
                client.open().await?;
                environment.set_state(wrap(client));
                Ok(())
            })
        }));
        self
    }

    /// Takes these tokens where the settings name nobody who grants any, so that tests need none.
    #[cfg(feature = "testing")]
    pub(crate) fn access_tokens_in_tests(mut self, tokens: AccessTokens) -> Self {
        let take = super::preparation::preparation(|settings, environment| {
            if settings.access_tokens.token_url.is_none() && !settings.auth.names_issuer() {
                environment.set_state(tokens);
            }
        });
        // Before those that use them.
        self.preparations.insert(0, take);
        self
    }
}

fn build(
    target: ServiceClientBuilder,
    settings: &Settings,
    environment: &Environment,
) -> Result<ServiceClient, BoxError> {
    let client = environment.state::<Client>().ok_or("the service has no client")?;
    let tokens = match environment.state::<AccessTokens>() {
        Some(tokens) => AccessTokens::clone(&tokens),
        // It says what is missing.
        None => AccessTokens::new(settings)?,
    };
    Ok(target.build(&client, &tokens)?)
}

/// The first and the last step: makes the client of the service, and its tokens where the
/// settings say enough; and where an endpoint takes tokens and there are none, says why.
pub(super) fn client(endpoints: &[Endpoint], own: Option<OwnIssuer>) -> [Preparation; 2] {
    let mut taken = Operation::without_schemas();
    for endpoint in endpoints {
        (endpoint.route.describe)(&mut taken);
    }
    let first: Preparation = Box::new(move |settings, environment| {
        Box::pin(async move {
            let client = Client::new(&settings.client, &settings.service_name);
            if taken.needs_client {
                client.open().await?;
            }
            environment.set_state(client);
            let tokens = match own.filter(|_| settings.access_tokens.token_url.is_none()) {
                Some(own) => Ok(AccessTokens::of_own_issuer(own, settings)),
                None => AccessTokens::new(settings),
            };
            if let Ok(tokens) = tokens {
                environment.set_state(tokens);
            }
            Ok(())
        })
    });
    let last: Preparation = Box::new(move |settings, environment| {
        let lacks = taken.needs_access_tokens && environment.state::<AccessTokens>().is_none();
        let known = if lacks { AccessTokens::new(settings).map(drop) } else { Ok(()) };
        Box::pin(async { Ok(known?) })
    });
    [first, last]
}

/// Gets the tokens that will be needed, in the background.
pub(super) fn warm_up(environment: &Environment) {
    if let Some(tokens) = environment.state::<AccessTokens>() {
        tokens.warm_up();
    }
}
