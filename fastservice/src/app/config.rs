use serde::de::DeserializeOwned;

use super::{App, preparation::preparation};
use crate::{openapi::StateType, settings::Section};

impl App {
    /// Reads settings of the service's own into a struct, from the same places as the
    /// framework's, and gives it to every [`State`](crate::extract::State) argument of
    /// its type. A later one of the same type wins.
    ///
    /// A field `smtp_host` reads `SMTP_HOST`. It is a text, a number, a `bool` (`true`,
    /// `yes`, `on`, `1` and their opposites), an enum without fields (in any case), a
    /// [`Duration`](std::time::Duration) such as `30s`, a [`Secret`](crate::Secret) of
    /// those, a `Vec` (separated by blanks or commas), or whatever deserializes from
    /// one of them. What is not set, or is empty, needs an `Option` or `#[serde(default)]`.
    ///
    /// Every mistake in it is reported beside those of the framework's settings, at the
    /// start and by `check-config`, which shows them all. Only behind a missing value of
    /// a type for which `1` is no stand-in, such as an address, others that are missing
    /// are reported after it was set.
    ///
    /// ```
    /// use std::time::Duration;
    /// use fastservice::prelude::*;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Mail {
    ///     smtp_host: String,
    ///     smtp_password: Secret<String>,
    ///     #[serde(default)]
    ///     recipients: Vec<String>,
    ///     smtp_timeout: Option<Duration>,
    /// }
    ///
    /// #[public_api(get = "/mail")]
    /// async fn mail(mail: State<Mail>) -> String {
    ///     mail.smtp_host.clone()
    /// }
    ///
    /// let app = App::new().config::<Mail>();
    /// ```
    #[must_use]
    pub fn config<T: DeserializeOwned + Send + Sync + 'static>(self) -> Self {
        self.config_with_prefix::<T>("")
    }

    /// Like [`config`](Self::config), with something before the names: behind `MAIL_`
    /// a field `host` reads `MAIL_HOST`.
    #[must_use]
    pub fn config_with_prefix<T: DeserializeOwned + Send + Sync + 'static>(
        mut self,
        prefix: &'static str,
    ) -> Self {
        let section = Section::of::<T>(prefix);
        self.sections.retain(|other| other.id != section.id);
        self.sections.push(section);
        self.states.push(StateType::of::<T>());
        self.preparations.push(preparation(|settings, environment| {
            if let Some(config) = settings.config::<T>() {
                environment.share_state(config);
            }
        }));
        self
    }
}
