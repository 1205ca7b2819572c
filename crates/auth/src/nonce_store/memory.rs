//! A store in the memory of one process.
//!
//! Not here: what survives the process. Nonces that were outstanding at its end are worth nothing afterwards.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use varco_pki::Timestamp;

use super::{Client, NonceError, NonceLimits, NonceStore, NonceTaken};
use crate::Nonce;

type Hash = [u8; 32];

/// Nonces in memory. Issue and take cost the logarithm of what is outstanding.
pub struct MemoryNonceStore {
    limits: NonceLimits,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    outstanding: HashMap<Hash, NonceTaken>,
    /// By the last second of validity: the same nonces, no other.
    by_end: BTreeSet<(i64, Hash)>,
    /// How many each client has; no zero stays.
    clients: HashMap<Client, usize>,
}

impl MemoryNonceStore {
    /// An empty store.
    #[must_use]
    pub fn new(limits: NonceLimits) -> Self {
        Self {
            limits,
            held: Mutex::default(),
        }
    }

    /// How many nonces are outstanding, those included whose life is over and that nobody swept yet.
    #[must_use]
    pub fn outstanding(&self) -> usize {
        self.with(|held| held.outstanding.len())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Held) -> T) -> T {
        // No step of the work panics between two changes that belong together.
        work(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn end_s(&self, issued_at_s: i64) -> i64 {
        issued_at_s.saturating_add(self.limits.ttl_s.into())
    }
}

impl Held {
    fn remove(&mut self, hash: &Hash, end_s: impl FnOnce(i64) -> i64) -> Option<NonceTaken> {
        let taken = self.outstanding.remove(hash)?;
        self.by_end.remove(&(end_s(taken.issued_at_s), *hash));
        if let Some(count) = self.clients.get_mut(&taken.client) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.clients.remove(&taken.client);
            }
        }
        Some(taken)
    }
}

impl NonceStore for MemoryNonceStore {
    fn issue(&self, client: Client, random: [u8; 32], now: Timestamp) -> Result<Nonce, NonceError> {
        let nonce = Nonce::new(&random).map_err(|_| NonceError::Limits)?;
        let hash: Hash = Sha256::digest(random).into();
        let now_s = now.as_second();
        self.with(|held| {
            // Each nonce is swept once: the cost is that of its issue.
            while let Some((end_s, old)) = held.by_end.first().copied()
                && end_s < now_s
            {
                let _ = held.remove(&old, |_| end_s);
            }
            if held.outstanding.contains_key(&hash) {
                return Err(NonceError::Repeated);
            }
            if held.outstanding.len() >= self.limits.capacity {
                return Err(NonceError::StoreFull);
            }
            if held.clients.get(&client).copied().unwrap_or_default() >= self.limits.per_client {
                return Err(NonceError::ClientQuota);
            }
            *held.clients.entry(client).or_default() += 1;
            held.by_end.insert((self.end_s(now_s), hash));
            let issued = NonceTaken {
                client,
                issued_at_s: now_s,
            };
            held.outstanding.insert(hash, issued);
            Ok(nonce)
        })
    }

    fn take(&self, nonce: &Nonce, now: Timestamp) -> Result<NonceTaken, NonceError> {
        let hash: Hash = Sha256::digest(nonce.as_bytes()).into();
        let taken = self.with(|held| held.remove(&hash, |issued_at_s| self.end_s(issued_at_s)));
        let taken = taken.ok_or(NonceError::NotOutstanding)?;
        if (taken.issued_at_s..=self.end_s(taken.issued_at_s)).contains(&now.as_second()) {
            Ok(taken)
        } else {
            Err(NonceError::Expired)
        }
    }
}
