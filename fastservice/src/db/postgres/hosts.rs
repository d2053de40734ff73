//! Several hosts, of which one answers.

use tokio_postgres::{
    Config,
    config::{Host, LoadBalanceHosts},
};

/// A configuration for each host, in the order in which they are tried: tokio-postgres
/// goes from one to the next by itself, but not from one that takes a connection and says
/// nothing.
pub(super) fn each(config: &Config) -> Vec<Config> {
    let (hosts, addresses) = (config.get_hosts().len(), config.get_hostaddrs().len());
    let count = hosts.max(addresses);
    let is_even = |len: usize| len == 0 || len == count;
    let has_ports = config.get_ports().len() <= 1 || config.get_ports().len() == count;
    if count < 2 || !is_even(hosts) || !is_even(addresses) || !has_ports {
        return vec![config.clone()];
    }
    (0..count).map(|at| one(config, at)).collect()
}

/// Puts them into the order in which they are tried this time.
pub(super) fn in_order(hosts: &[Config]) -> Vec<&Config> {
    let mut hosts: Vec<_> = hosts.iter().collect();
    let is_random = |host: &&Config| host.get_load_balance_hosts() == LoadBalanceHosts::Random;
    if hosts.first().is_some_and(is_random) {
        fastrand::shuffle(&mut hosts);
    }
    hosts
}

fn one(all: &Config, at: usize) -> Config {
    let mut one = Config::new();
    match all.get_hosts().get(at) {
        Some(Host::Tcp(host)) => _ = one.host(host),
        #[cfg(unix)]
        Some(Host::Unix(folder)) => _ = one.host_path(folder),
        None => {}
    }
    if let Some(address) = all.get_hostaddrs().get(at) {
        one.hostaddr(*address);
    }
    if let Some(port) = all.get_ports().get(at).or(all.get_ports().first()) {
        one.port(*port);
    }
    if let Some(user) = all.get_user() {
        one.user(user);
    }
    if let Some(password) = all.get_password() {
        one.password(password);
    }
    if let Some(name) = all.get_dbname() {
        one.dbname(name);
    }
    if let Some(options) = all.get_options() {
        one.options(options);
    }
    if let Some(name) = all.get_application_name() {
        one.application_name(name);
    }
    if let Some(timeout) = all.get_connect_timeout() {
        one.connect_timeout(*timeout);
    }
    if let Some(timeout) = all.get_tcp_user_timeout() {
        one.tcp_user_timeout(*timeout);
    }
    if let Some(interval) = all.get_keepalives_interval() {
        one.keepalives_interval(interval);
    }
    if let Some(retries) = all.get_keepalives_retries() {
        one.keepalives_retries(retries);
    }
    one.keepalives(all.get_keepalives())
        .keepalives_idle(all.get_keepalives_idle())
        .ssl_mode(all.get_ssl_mode())
        .ssl_negotiation(all.get_ssl_negotiation())
        .target_session_attrs(all.get_target_session_attrs())
        .channel_binding(all.get_channel_binding())
        .load_balance_hosts(all.get_load_balance_hosts());
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "?options=-c%20geqo%3Doff&application_name=till&sslmode=require\
                       &sslnegotiation=direct&connect_timeout=3&tcp_user_timeout=4&keepalives=0\
                       &keepalives_idle=5&keepalives_interval=6&keepalives_retries=7\
                       &target_session_attrs=read-write&channel_binding=require\
                       &load_balance_hosts=random";

    #[test]
    fn each_host_is_one_with_all_that_was_said() {
        let parse = |hosts: &str| format!("postgres://me:pass@{hosts}/shop{ALL}").parse::<Config>();
        let single = parse("a:1").unwrap();

        let each = each(&parse("a:1,b:2").unwrap());

        assert_eq!(each, [single, parse("b:2").unwrap()]);
    }

    #[test]
    fn hosts_that_do_not_fit_together_are_left_as_they_are() {
        let config: Config = "host=a,b hostaddr=127.0.0.1 user=me".parse().unwrap();

        assert!(each(&config) == [config]);
    }

    #[test]
    fn one_port_is_for_all_hosts() {
        let config: Config = "host=a,b port=7 user=me".parse().unwrap();

        assert!(each(&config).iter().all(|host| host.get_ports() == [7]));
    }
}
