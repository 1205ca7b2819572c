//! From a host to the addresses that are connected to.
//!
//! The name is looked up once, what comes back is filtered, and the connection is made to what is left: there is no
//! second look-up that could be answered differently.
//!
//! Not here: which addresses are public (`public_address`), and the connection (`transport`).

use std::io::ErrorKind;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Instant;

use super::address::{FetchAddress, Host};
use super::cancel::{Cancel, LOOK_EVERY};
use super::error::{FetchProblem, Phase};
use super::public_address::why_not_public;
use super::rules::Reach;

/// Most addresses that are tried for one name.
pub(crate) const ADDRESSES_MAX: usize = 16;
/// Most look-ups under way at once. The system's look-up cannot be stopped, so one that hangs holds its place.
const LOOK_UPS_MAX: usize = 16;

/// The look-ups under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct LookUps(Arc<AtomicUsize>);

/// A place among them, free again when dropped.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl LookUps {
    fn place(&self) -> Option<Place> {
        let place = Place(Arc::clone(&self.0));
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        (before < LOOK_UPS_MAX).then_some(place)
    }

    /// The addresses to connect to.
    ///
    /// # Errors
    /// [`FetchProblem::NameNotFound`]; [`FetchProblem::AddressNotPublic`] when none of them may be connected to.
    pub(crate) fn addresses(
        &self,
        address: &FetchAddress,
        reach: Reach,
        deadline: Instant,
        cancel: &Cancel,
    ) -> Result<Vec<SocketAddr>, FetchProblem> {
        let port = address.port();
        let found = match address.host() {
            Host::V4(host) => vec![SocketAddr::from((*host, port))],
            Host::V6(host) => vec![SocketAddr::from((*host, port))],
            Host::Name(name) => self.ask_system(name, port, deadline, cancel)?,
        };
        permitted(&found, reach)
    }

    fn ask_system(
        &self,
        name: &str,
        port: u16,
        deadline: Instant,
        cancel: &Cancel,
    ) -> Result<Vec<SocketAddr>, FetchProblem> {
        let place = self.place().ok_or(FetchProblem::Busy)?;
        let (sender, receiver) = sync_channel(1);
        let name = name.to_owned();
        let asker = std::thread::Builder::new().name("fetch look-up".to_owned());
        let asked = asker.spawn(move || {
            let _place = place;
            let found = (name.as_str(), port)
                .to_socket_addrs()
                .map(|found| found.take(ADDRESSES_MAX).collect::<Vec<_>>());
            // Who asked may have given up.
            let _ = sender.send(found);
        });
        asked.map_err(|_| FetchProblem::Busy)?;
        loop {
            if cancel.is_cancelled() {
                return Err(FetchProblem::Cancelled);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match receiver.recv_timeout(left.min(LOOK_EVERY)) {
                Ok(Ok(found)) if !found.is_empty() => return Ok(found),
                Ok(Err(error)) if error.kind() == ErrorKind::TimedOut => {
                    return Err(FetchProblem::TimedOut(Phase::Name));
                }
                Ok(_) | Err(RecvTimeoutError::Disconnected) => return Err(FetchProblem::NameNotFound),
                Err(RecvTimeoutError::Timeout) if left.is_zero() => {
                    return Err(FetchProblem::TimedOut(Phase::Name));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

/// Those that may be connected to.
fn permitted(found: &[SocketAddr], reach: Reach) -> Result<Vec<SocketAddr>, FetchProblem> {
    let mut why = None;
    let mut kept = Vec::new();
    for address in found.iter().take(ADDRESSES_MAX) {
        match why_not_public(address.ip()) {
            Some(reason) if reach == Reach::Public => why = why.or(Some(reason)),
            _ => kept.push(*address),
        }
    }
    match why {
        _ if !kept.is_empty() => Ok(kept),
        Some(why) => Err(FetchProblem::AddressNotPublic(why)),
        None => Err(FetchProblem::NameNotFound),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn addresses(text: &str, reach: Reach) -> Result<Vec<SocketAddr>, FetchProblem> {
        LookUps::default().addresses(
            &FetchAddress::parse(text).unwrap(),
            reach,
            Instant::now() + Duration::from_secs(60),
            &Cancel::default(),
        )
    }

    #[test]
    fn hosts_that_are_inside_or_lead_inside_are_refused() {
        for host in [
            "127.0.0.1",
            "10.1.2.3",
            "169.254.169.254",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "localhost",
        ] {
            let refusal = addresses(&format!("http://{host}/"), Reach::Public).unwrap_err();
            assert_eq!(refusal.code(), "fetch-address-not-public", "{host}");
        }
    }

    #[test]
    fn a_host_with_leave_may_be_inside() {
        let found = addresses("http://localhost:81/", Reach::Anywhere).unwrap();
        assert!(
            found
                .iter()
                .all(|address| address.ip().is_loopback() && address.port() == 81)
        );
    }

    #[test]
    fn of_a_mixed_answer_only_the_public_part_is_tried() {
        let inside = SocketAddr::from(([10, 0, 0, 1], 80));
        let outside = SocketAddr::from(([1, 1, 1, 1], 80));
        assert_eq!(
            permitted(&[inside, outside, inside], Reach::Public),
            Ok(vec![outside])
        );
        assert_eq!(
            permitted(&[inside, outside], Reach::Anywhere),
            Ok(vec![inside, outside])
        );
        assert_eq!(permitted(&[], Reach::Anywhere), Err(FetchProblem::NameNotFound));
    }

    #[test]
    fn look_ups_that_hang_are_bounded_and_give_their_place_back() {
        let look_ups = LookUps::default();
        let places: Vec<_> = (0..LOOK_UPS_MAX).map(|_| look_ups.place()).collect();
        assert!(places.iter().all(Option::is_some) && look_ups.place().is_none());
        drop(places);
        assert!(look_ups.place().is_some());
    }

    #[test]
    fn a_look_up_that_is_cancelled_ends() {
        let cancel = Cancel::default();
        cancel.cancel();
        let address = FetchAddress::parse("http://localhost/").unwrap();
        let end = Instant::now() + Duration::from_secs(60);
        assert_eq!(
            LookUps::default().addresses(&address, Reach::Anywhere, end, &cancel),
            Err(FetchProblem::Cancelled)
        );
    }
}
