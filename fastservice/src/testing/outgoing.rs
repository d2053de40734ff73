//! Tokens for calls to others, in a test.

use std::sync::Arc;

use super::TestToken;
use crate::{app::App, client::AccessTokens, dev_issuer::DevIssuer};

const MACHINE: &str = "test-client";

/// The service's calls to others carry tokens of the test's issuer.
pub(super) fn with_tokens_of(issuer: &Arc<DevIssuer>, app: App) -> App {
    let issuer = issuer.clone();
    let tokens = AccessTokens::signed_by(move |audience, scope| {
        let machine = TestToken::for_machine(MACHINE).scopes(scope.split_whitespace());
        issuer.token(&machine.claim("aud", audience))
    });
    app.access_tokens_in_tests(tokens)
}
