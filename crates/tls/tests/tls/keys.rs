//! Keys of the fixtures' cards in software, with the faults that a card can have.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature as algorithms;
use rustls::pki_types::CertificateDer;
use varco_pki::der_total_length;
use varco_tls::{CardKey, CardKeyError, CardScheme};

pub(crate) fn fixture(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures")
        .join(path)
}

/// What a card does when it is to sign.
pub(crate) type Fault = Box<dyn Fn() -> Option<Result<Vec<u8>, CardKeyError>> + Send + Sync>;

/// A certificate, a key, and how often the key was used.
pub(crate) struct SoftKey {
    chain: Vec<CertificateDer<'static>>,
    pair: KeyPair,
    by: fn(CardScheme) -> bool,
    fault: Mutex<Option<Fault>>,
    signatures: AtomicUsize,
}

/// A certificate of the fixtures; cards keep theirs in a file that may be longer.
pub(crate) fn certificate(path: &str) -> CertificateDer<'static> {
    let mut der = std::fs::read(fixture(path)).unwrap();
    der.truncate(der_total_length(&der).unwrap());
    der.into()
}

impl SoftKey {
    pub(crate) fn new(certificate_path: &str, key: &str, by: fn(CardScheme) -> bool) -> Self {
        Self {
            chain: vec![certificate(certificate_path)],
            pair: KeyPair::from_pkcs8(&std::fs::read(fixture(key)).unwrap()).unwrap(),
            by,
            fault: Mutex::default(),
            signatures: AtomicUsize::default(),
        }
    }

    /// A CNS that signs by all schemes.
    pub(crate) fn cns() -> Self {
        Self::with_leaf("pki/leaf-good.der")
    }

    /// The same with another of the certificates that have its key.
    pub(crate) fn with_leaf(leaf: &str) -> Self {
        Self::new(leaf, "cards/cns-st/key.p8", |_| true)
    }

    /// An identity card, which pads by itself.
    pub(crate) fn cie() -> Self {
        let pads = |scheme: CardScheme| !scheme.is_for_tls13();
        Self::new("cards/cie-st/ef-1003.bin", "cards/cie-st/key-81.p8", pads)
    }

    pub(crate) fn signing_by(mut self, by: fn(CardScheme) -> bool) -> Self {
        self.by = by;
        self
    }

    pub(crate) fn with_fault(
        self,
        fault: impl Fn() -> Option<Result<Vec<u8>, CardKeyError>> + Send + Sync + 'static,
    ) -> Self {
        *self.fault.lock().unwrap() = Some(Box::new(fault));
        self
    }

    pub(crate) fn above(mut self, path: &str) -> Self {
        self.chain.push(certificate(path));
        self
    }

    pub(crate) fn shared(self) -> Arc<Self> {
        Arc::new(self)
    }

    /// How often it was asked to sign.
    pub(crate) fn signatures(&self) -> usize {
        self.signatures.load(Ordering::SeqCst)
    }
}

impl CardKey for SoftKey {
    fn certificate_chain(&self) -> Vec<CertificateDer<'static>> {
        self.chain.clone()
    }

    fn can(&self, scheme: CardScheme) -> bool {
        (self.by)(scheme)
    }

    fn sign(&self, scheme: CardScheme, message: &[u8]) -> Result<Vec<u8>, CardKeyError> {
        self.signatures.fetch_add(1, Ordering::SeqCst);
        assert!(self.can(scheme), "the card is asked for what it cannot do");
        if let Some(answer) = self.fault.lock().unwrap().as_ref().and_then(|fault| fault()) {
            return answer;
        }
        let padding: &dyn algorithms::RsaEncoding = match scheme {
            CardScheme::RsaPssSha256 => &algorithms::RSA_PSS_SHA256,
            CardScheme::RsaPssSha384 => &algorithms::RSA_PSS_SHA384,
            CardScheme::RsaPssSha512 => &algorithms::RSA_PSS_SHA512,
            CardScheme::RsaPkcs1Sha256 => &algorithms::RSA_PKCS1_SHA256,
            CardScheme::RsaPkcs1Sha384 => &algorithms::RSA_PKCS1_SHA384,
            CardScheme::RsaPkcs1Sha512 => &algorithms::RSA_PKCS1_SHA512,
        };
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(padding, &SystemRandom::new(), message, &mut signature)
            .unwrap();
        Ok(signature)
    }
}
