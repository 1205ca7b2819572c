//! What a program wants of a login, gathered setter by setter.
//!
//! Not here: the login itself (crate `varco`).

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use varco::entry::TIME_LIMIT_DEFAULT;
use varco::steps::Attendance;
use varco::trust::{AnchorKind, EvidenceAtHand, RevocationMode, load_anchors, load_crl};
use varco::{AccessPolicy, Audience, LoginOptions, Nonce, ServiceId};
use varco_messages::{Arg, Locale};

use crate::call_error::CallError;
use crate::problem::{Ending, Problem};

/// Most that a question or another program's card is waited for.
const WAIT_MAX: Duration = Duration::from_secs(3600);

/// How late evidence may be in the mode `grace`.
const GRACE_HOURS: u16 = 24;

/// What stands behind a handle of options.
pub(crate) struct Options {
    login: LoginOptions,
    evidence: EvidenceAtHand,
    is_anybody_trusted: bool,
    /// Whether a proof came of the nonce that is set.
    is_nonce_spent: bool,
    pub(crate) locale: Locale,
    pub(crate) attendance: Attendance,
    pub(crate) time_limit: Duration,
}

impl Options {
    /// For this asker.
    pub(crate) fn new(audience: &str) -> Result<Self, Problem> {
        let audience = Audience::parse(audience).map_err(|error| Problem::failed(error.code()))?;
        Ok(Self {
            login: LoginOptions::new(audience),
            evidence: EvidenceAtHand::default(),
            is_anybody_trusted: false,
            is_nonce_spent: false,
            locale: Locale::English,
            attendance: Attendance::Scripted,
            time_limit: TIME_LIMIT_DEFAULT,
        })
    }

    /// Has a proof made over this nonce.
    pub(crate) fn nonce(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        let nonce = Nonce::new(bytes).map_err(|error| Problem::failed(error.code()))?;
        self.login.prove_to(nonce);
        self.is_nonce_spent = false;
        Ok(())
    }

    pub(crate) fn reader(&mut self, name: &str) {
        self.login.reader(name);
    }

    pub(crate) fn trust(&mut self, path: &Path, kind: AnchorKind) -> Result<(), Problem> {
        let anchors = load_anchors(path, kind).map_err(|error| Problem::of_trust_file(&error))?;
        self.is_anybody_trusted = true;
        self.login.trust(anchors);
        Ok(())
    }

    pub(crate) fn country_signers(&mut self, path: &Path, kind: AnchorKind) -> Result<(), Problem> {
        let signers = load_anchors(path, kind).map_err(|error| Problem::of_trust_file(&error))?;
        self.login.country_signers(signers);
        Ok(())
    }

    pub(crate) fn revocation_list(&mut self, path: &Path) -> Result<(), Problem> {
        let lists = load_crl(path, None).map_err(|error| Problem::of_list_file(&error))?;
        for list in lists {
            self.evidence.add_list(Arc::new(list));
        }
        Ok(())
    }

    pub(crate) fn revocation(&mut self, mode: &str) -> Result<(), Problem> {
        self.login.revocation(match mode {
            "hard" => RevocationMode::Hard,
            "grace" => RevocationMode::Grace { hours: GRACE_HOURS },
            "soft" => RevocationMode::Soft,
            "off" => RevocationMode::Off,
            _ => return Err(CallError::Value("mode").into()),
        });
        Ok(())
    }

    /// Has a decision made about a service, by the built-in rules.
    pub(crate) fn service(&mut self, id: &str) -> Result<(), Problem> {
        let policy = AccessPolicy::builtin();
        let service = ServiceId::parse(id).map_err(|error| Problem::failed(error.code()))?;
        if policy.service(&service).is_none() {
            let known: Vec<&str> = policy.services().iter().map(|known| known.id.as_str()).collect();
            let known = known.join(", ");
            let arguments = [("service", Arg::Text(id)), ("services", Arg::Text(&known))];
            return Err(Problem::coded(Ending::Failed, "service-unknown", &arguments));
        }
        self.login.service(policy, service);
        Ok(())
    }

    /// How long a card is waited for that another program holds.
    pub(crate) fn wait(&mut self, milliseconds: u32) -> Result<(), Problem> {
        self.login.wait(limited(milliseconds)?);
        Ok(())
    }

    /// How long the answer to a question may take.
    pub(crate) fn time_limit(&mut self, milliseconds: u32) -> Result<(), Problem> {
        if milliseconds == 0 {
            return Err(CallError::Value("milliseconds").into());
        }
        self.time_limit = limited(milliseconds)?;
        Ok(())
    }

    /// Finds out all that can be wrong with them before a card is touched.
    pub(crate) fn ready(&mut self) -> Result<(), Problem> {
        if !self.is_anybody_trusted {
            return Err(Problem::failed("trust-anchors-missing"));
        }
        if self.is_nonce_spent {
            return Err(CallError::NonceSpent.into());
        }
        self.login.evidence(self.evidence.clone());
        Ok(())
    }

    /// What they come to.
    pub(crate) fn wanted(&self) -> &LoginOptions {
        &self.login
    }

    /// Notes that a proof came of the nonce: it answers no other login.
    pub(crate) fn spend_nonce(&mut self) {
        self.is_nonce_spent = true;
    }
}

fn limited(milliseconds: u32) -> Result<Duration, CallError> {
    let wanted = Duration::from_millis(milliseconds.into());
    (wanted <= WAIT_MAX)
        .then_some(wanted)
        .ok_or(CallError::Value("milliseconds"))
}
