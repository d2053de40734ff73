use std::{env, io};

use tokio::sync::watch;

use super::orders::{Inferior, Order, SUPERVISED};
use crate::{
    server::{self, Answer, Listener, Phase, Runtime, Signals, Stop},
    settings::ServerSettings,
};

/// Whether a program of the supervisor has served before this one.
pub(crate) fn is_reloaded() -> bool {
    env::var(SUPERVISED).is_ok_and(|which| which != "first")
}

/// Serves as [`Runtime::serve`] does, or for the supervisor that started this process.
pub(crate) fn serve<S: Answer>(
    runtime: Runtime,
    settings: &ServerSettings,
    listener: Listener,
    service: S,
    signals: Signals,
) -> io::Result<Stop> {
    if env::var_os(SUPERVISED).is_none() {
        let (trigger, _) = server::trigger();
        return runtime.serve(listener, service, trigger, signals);
    }
    let stop = runtime.block_on(async {
        let supervisor = Inferior::of_standard_input()?;
        let (sender, phase) = watch::channel(Phase::Open);
        tokio::select! {
            served = server::serve_in_turns(listener, settings, service, phase) => {
                served.map(|()| Stop::Graceful)
            }
            () = obey(supervisor, &sender, signals) => Ok(Stop::AtOnce),
        }
    });
    runtime.abandon();
    stop
}

/// Does as the supervisor says, until it or a signal ends the program. A second signal
/// ends it at once.
async fn obey(mut supervisor: Inferior, phase: &watch::Sender<Phase>, mut signals: Signals) {
    supervisor.say_ready().await;
    loop {
        let order = tokio::select! {
            order = supervisor.next() => order,
            () = signals.next() => Order::Stop,
        };
        phase.send_replace(match order {
            Order::Pause => Phase::Paused,
            Order::Resume => Phase::Open,
            Order::Stop => Phase::Ended,
        });
        if order == Order::Stop {
            break;
        }
    }
    signals.next().await;
}
