//! Who may be asked: hosts that somebody named, those of the addresses in anchors and in authorities on a judged path, and
//! those that an accepted list of lists points to. Never those that a card's certificate alone names.
//!
//! Not here: how an address is checked before it is connected to ([`crate::fetch`]).

use varco_pki::Certificate;

use super::manifest::{HostEntry, Manifest};
use super::{Origin, StoreError, StoreProblem, TrustStore};
use crate::fetch::{AllowedHost, FetchAddress};

impl TrustStore {
    /// Names a host that may be asked, as [`AllowedHost::parse`] reads it; with `private`, also where its addresses are inside
    /// the network or on this machine.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn allow_host(&self, host: &str, private: bool) -> Result<(), StoreError> {
        AllowedHost::parse(host).map_err(StoreProblem::from)?;
        self.change(|manifest| {
            manifest.hosts.retain(|known| known.host != host);
            manifest.hosts.push(HostEntry {
                host: host.to_owned(),
                private,
                origin: Origin::Operator,
            });
            Ok(())
        })
    }

    /// Takes out a host that was named, by somebody or by a bundle; a later bundle that names it brings it back. Those of
    /// authorities and of a list of lists may be asked all the same. Says whether it was there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove_host(&self, host: &str) -> Result<bool, StoreError> {
        self.change(|manifest| {
            let before = manifest.hosts.len();
            manifest.hosts.retain(|known| known.host != host);
            Ok(manifest.hosts.len() < before)
        })
    }

    /// The hosts that were named, each with whether it may be inside.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn hosts(&self) -> Result<Vec<(String, bool)>, StoreError> {
        let hosts = self.manifest()?.hosts.into_iter();
        Ok(hosts.map(|entry| (entry.host, entry.private)).collect())
    }
}

/// The hosts that were named.
pub(super) fn named(manifest: &Manifest) -> Vec<AllowedHost> {
    let read = |entry: &HostEntry| {
        let host = AllowedHost::parse(&entry.host).ok()?;
        Some(if entry.private {
            host.with_private_addresses()
        } else {
            host
        })
    };
    manifest.hosts.iter().filter_map(read).collect()
}

/// The hosts of the addresses that an authority's own certificate names.
pub(super) fn of_authority(certificate: &Certificate) -> Vec<AllowedHost> {
    let points = certificate.crl_points().iter().flat_map(|point| point.uris());
    let responders = certificate.ocsp_addresses().iter().map(String::as_str);
    points.chain(responders).filter_map(of).collect()
}

/// The host of an address.
pub(super) fn of(url: &str) -> Option<AllowedHost> {
    FetchAddress::parse(url).ok().as_ref().map(AllowedHost::of)
}
