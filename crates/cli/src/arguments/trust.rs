//! The options by which commands are told whom to believe about certificates, and how sure one must be.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use varco::trust::RevocationMode;

/// Hours of grace where `grace` names none.
const GRACE_HOURS: u16 = 24;
/// Most hours of grace: 30 days.
const GRACE_HOURS_MAX: u16 = 720;

/// Whom to believe about certificates of cards.
#[derive(Args)]
pub(crate) struct TrustArguments {
    /// Authorities to trust: a file or folder of certificates. May be repeated.
    #[arg(long, value_name = "FILE-OR-DIR")]
    pub(crate) trust: Vec<PathBuf>,
    /// Authorities for which RSA-1024 and SHA-1 are still accepted, and the result marked as downgraded.
    #[arg(long, value_name = "FILE-OR-DIR")]
    pub(crate) trust_legacy: Vec<PathBuf>,
    /// Until when RSA-1024 and SHA-1 are accepted below them; without it, until the end of 2027.
    #[arg(long, value_name = "RFC3339", requires = "trust_legacy")]
    pub(crate) legacy_until: Option<String>,
    /// Test authorities: accepted, and the result marked as test material.
    #[arg(long, value_name = "FILE-OR-DIR")]
    pub(crate) trust_test: Vec<PathBuf>,
    /// Certificates of authorities that may stand between the card and a trusted one. May be repeated.
    #[arg(long, value_name = "FILE-OR-DIR")]
    pub(crate) intermediates: Vec<PathBuf>,
    /// A trust store (see `varco trust`): its authorities and revocation lists count beside those that are named.
    #[arg(long, value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,
    /// Fetch revocation lists and responders' answers that the store does not have fresh.
    #[arg(long, requires = "store")]
    pub(crate) online: bool,
    #[command(flatten)]
    pub(crate) revocation: RevocationArguments,
}

/// How revocation is checked.
#[derive(Args)]
pub(crate) struct RevocationArguments {
    /// Revocation lists (CRL): a file, DER or PEM, or a folder of them. May be repeated.
    #[arg(long, value_name = "FILE-OR-DIR")]
    pub(crate) crl: Vec<PathBuf>,
    /// Answers of OCSP responders: files in DER. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) ocsp: Vec<PathBuf>,
    /// How sure one must be that no certificate was revoked: hard (fresh evidence for each), grace or grace:HOURS (evidence
    /// may be late, 24 hours where none are named), soft (what is not known is marked), off (nobody asks).
    #[arg(long, value_name = "MODE", default_value = "hard", value_parser = mode)]
    pub(crate) revocation: RevocationMode,
}

/// Out of `hard`, `grace`, `grace:HOURS`, `soft` or `off`.
fn mode(text: &str) -> Result<RevocationMode, String> {
    match text {
        "hard" => Ok(RevocationMode::Hard),
        "soft" => Ok(RevocationMode::Soft),
        "off" => Ok(RevocationMode::Off),
        "grace" => Ok(RevocationMode::Grace { hours: GRACE_HOURS }),
        _ => text
            .strip_prefix("grace:")
            .and_then(|hours| hours.parse().ok())
            .filter(|hours| (1..=GRACE_HOURS_MAX).contains(hours))
            .map(|hours| RevocationMode::Grace { hours })
            .ok_or_else(|| format!("hard, grace, grace:HOURS (1 to {GRACE_HOURS_MAX}), soft, off")),
    }
}

/// What `varco cert` does beside reading the card.
#[derive(Subcommand)]
pub(crate) enum CertCommand {
    /// Judge a certificate in a file: path, dates, purpose, revocation. Needs no card.
    Verify(VerifyArguments),
}

/// What a certificate is judged as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum Profile {
    /// The certificate of a CNS.
    Cns,
    /// The certificate of an identity card.
    Cie,
    /// Any: by RFC 5280 alone.
    None,
}

#[derive(Args)]
pub(crate) struct VerifyArguments {
    /// The certificate, DER or PEM; the first of a PEM file that holds several, the others being intermediates.
    pub(crate) file: PathBuf,
    /// What it is judged as; without it, what its policies say, a CNS where they say neither.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<Profile>,
    #[command(flatten)]
    pub(crate) trust: TrustArguments,
    /// Judge as of this instant instead of now.
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_and_others_refused() {
        assert_eq!(mode("hard"), Ok(RevocationMode::Hard));
        assert_eq!(mode("grace"), Ok(RevocationMode::Grace { hours: 24 }));
        assert_eq!(mode("grace:72"), Ok(RevocationMode::Grace { hours: 72 }));
        for text in [
            "",
            "HARD",
            "grace:",
            "grace:0",
            "grace:721",
            "grace:-1",
            "grace: 1",
        ] {
            assert!(mode(text).is_err(), "{text}");
        }
    }
}
