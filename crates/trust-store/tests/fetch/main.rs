//! Fetching against a server that is played here, on 127.0.0.1: honest, broken and hostile.
//!
//! Not here: what needs no server (the unit tests beside the code). Nothing but loopback is ever contacted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::needless_pass_by_value,
    reason = "test code: what fails here fails the test"
)]

mod certificates;
mod hostile;
mod https;
mod lists;
mod ocsp;
mod redirects;
mod server;
mod shared;

use std::time::Duration;

use server::Server;
use varco_trust_store::fetch::{
    AllowedHost, Cancel, FetchError, FetchKind, FetchLimits, FetchProblem, FetchRules, Fetched, Fetcher,
};

/// Long enough for a slow machine, short enough for a test that must end by it.
const OVERALL: Duration = Duration::from_secs(30);

/// Rules that let these servers be asked, though they are on this machine.
fn rules(servers: &[&Server]) -> FetchRules {
    let hosts = servers.iter().map(|server| {
        AllowedHost::parse(&server.host())
            .unwrap()
            .with_private_addresses()
    });
    let rules = FetchRules::new(hosts);
    [FetchKind::Crl, FetchKind::Ocsp, FetchKind::TrustedList]
        .into_iter()
        .fold(rules, |rules, kind| with_overall(rules, kind, OVERALL))
}

fn with_overall(rules: FetchRules, kind: FetchKind, overall: Duration) -> FetchRules {
    let length_max = rules.limits(kind).length_max;
    rules.with_limits(kind, FetchLimits { length_max, overall })
}

/// Fetches a list from a server, with rules that allow it.
fn get(server: &Server) -> Result<Fetched, FetchError> {
    get_by(&Fetcher::new(rules(&[server])), &server.url("/a.crl"))
}

fn get_by(fetcher: &Fetcher, url: &str) -> Result<Fetched, FetchError> {
    fetcher.get(url, FetchKind::Crl, None, &Cancel::default(), &mut |_| ())
}

/// What was wrong.
fn problem(outcome: Result<Fetched, FetchError>) -> FetchProblem {
    outcome.unwrap_err().problem().clone()
}

/// The bytes of what was fetched.
fn body(outcome: Result<Fetched, FetchError>) -> Vec<u8> {
    match outcome.unwrap() {
        Fetched::New(answer) => answer.body().to_vec(),
        Fetched::NotModified => panic!("not modified"),
    }
}
