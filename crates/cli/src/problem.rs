//! What goes wrong: said in words, and the one table from error codes to exit codes.
//!
//! Not here: the words (crate `messages`) and the numbers (`exit`).

use std::path::Path;

use varco::steps::{CardError, LinkError};
use varco::trust::TrustStoreError;
use varco::trust::fetch::FetchError;
use varco::trust::store::{StoreError, StoreProblem};
use varco::{EntryError, LoginError, MakersError, StartError};
use varco_messages::{Arg, Explanation, Messages, OfCard};

use crate::exit::Exit;

/// How many programs are named that could hold the card.
#[cfg(feature = "pcsc")]
const PROGRAMS_NAMED: usize = 8;

/// Something that ended a command, ready to be told.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) told: Explanation,
    /// What helps those who give support: status words, names of commands, never data. In English.
    pub(crate) detail: Option<String>,
}

impl Problem {
    /// By its code.
    pub(crate) fn new(messages: &Messages, code: &'static str, arguments: &[(&str, Arg<'_>)]) -> Self {
        Self {
            told: messages.problem(code, arguments),
            detail: None,
        }
    }

    /// With technical detail.
    pub(crate) fn detailed(mut self, detail: &dyn ToString) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// A command line that is not right, in the words of whoever found it.
    pub(crate) fn usage(messages: &Messages, what: &str) -> Self {
        Self::new(messages, "usage", &[("what", Arg::Text(what))])
    }

    /// A file that the system would not let be used.
    pub(crate) fn file(messages: &Messages, code: &'static str, path: &Path, error: &std::io::Error) -> Self {
        let path = path.display().to_string();
        Self::new(messages, code, &[("path", Arg::Text(&path))]).detailed(&error.kind())
    }

    /// No card could be taken up.
    pub(crate) fn start(messages: &Messages, error: &StartError) -> Self {
        let problem = Self {
            told: error.explain(messages),
            detail: None,
        };
        match error {
            StartError::Link(error) => problem
                .detailed(error)
                .naming_who_holds_the_card(held_by(error), messages),
            _ => problem,
        }
    }

    /// Where another program holds the card, says which one; which ones could, where the service does not tell.
    fn naming_who_holds_the_card(mut self, holders: &[u32], messages: &Messages) -> Self {
        if self.told.code != "reader-busy" {
            return self;
        }
        let programs: Vec<String> = if holders.is_empty() {
            users_of_the_service()
        } else {
            holders.iter().map(|pid| program(*pid)).collect()
        };
        if !programs.is_empty() {
            let programs = programs.join(", ");
            let named = messages.text("reader-busy-programs", &[("programs", Arg::Text(&programs))]);
            self.told.message = format!("{} {named}", self.told.message);
        }
        self
    }

    /// A login or a reading of the card ended.
    pub(crate) fn login(messages: &Messages, error: &LoginError) -> Self {
        Self::of_card(messages, error, OfCard::default())
    }

    /// The same, where something is known of the card.
    pub(crate) fn of_card(messages: &Messages, error: &LoginError, card: OfCard<'_>) -> Self {
        let problem = Self {
            told: messages.explain_for(error, card),
            detail: None,
        };
        match error {
            LoginError::Card(CardError::Link(error)) => problem
                .detailed(error)
                .naming_who_holds_the_card(held_by(error), messages),
            LoginError::NewPinInDoubt { cause, .. } => problem.detailed(cause),
            LoginError::Card(_)
            | LoginError::Document(_)
            | LoginError::Rejected(_)
            | LoginError::Auth(_)
            | LoginError::Entry(EntryError::Unavailable { .. }) => problem.detailed(error),
            _ => problem,
        }
    }

    /// Trust anchors were not loaded.
    pub(crate) fn trust(messages: &Messages, error: &TrustStoreError) -> Self {
        let path = error.path().display().to_string();
        Self::new(messages, error.code(), &[("path", Arg::Text(&path))]).detailed(&error.problem())
    }

    /// A trust store did not do what was asked.
    pub(crate) fn store(messages: &Messages, error: &StoreError) -> Self {
        let path = error.path().map(|path| path.display().to_string());
        let territory = match error.problem() {
            StoreProblem::NoSigner(territory) => territory.as_str(),
            _ => "",
        };
        let arguments = [
            ("path", Arg::Text(path.as_deref().unwrap_or_default())),
            ("territory", Arg::Text(territory)),
        ];
        Self::new(messages, error.code(), &arguments).detailed(error)
    }

    /// Something was not fetched.
    pub(crate) fn fetch(messages: &Messages, error: &FetchError) -> Self {
        let address = error.address().map(ToString::to_string).unwrap_or_default();
        Self::new(messages, error.code(), &[("address", Arg::Text(&address))]).detailed(error.problem())
    }

    /// Makers' files were not taken.
    pub(crate) fn makers(messages: &Messages, folder: &Path, error: &MakersError) -> Self {
        let path = folder.display().to_string();
        Self::new(messages, error.code(), &[("path", Arg::Text(&path))]).detailed(error)
    }

    /// How the command ends.
    pub(crate) fn exit(&self) -> Exit {
        exit_of(self.told.code)
    }

    /// As the `error` of a JSON object.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "code": self.told.code,
            "message": self.told.message,
            "advice": self.told.advice,
            "detail": self.detail,
        })
    }
}

/// The processes that are known to hold the reader.
fn held_by(error: &LinkError) -> &[u32] {
    match error {
        LinkError::ReaderHeld { by } => by,
        _ => &[],
    }
}

/// A process by its name, as far as the system shows it.
fn program(pid: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    format!("{} ({pid})", name.trim_end())
}

/// The programs that talk to the PC/SC service now.
fn users_of_the_service() -> Vec<String> {
    #[cfg(feature = "pcsc")]
    return varco::pcsc::other_programs()
        .into_iter()
        .take(PROGRAMS_NAMED)
        .map(|program| format!("{} ({})", program.name, program.pid))
        .collect();
    #[cfg(not(feature = "pcsc"))]
    Vec::new()
}

/// The exit code of an error code. One that stands in no row is a defect of this program.
pub(crate) fn exit_of(code: &str) -> Exit {
    EXITS
        .iter()
        .find(|(_, codes)| codes.contains(&code))
        .map_or(Exit::Defect, |(exit, _)| *exit)
}

/// Which error codes end a command in which way. Done, denied and undecided are no errors.
const EXITS: &[(Exit, &[&str])] = &[
    (
        Exit::WrongPin,
        &[
            "pin-refused-before",
            "pin-wrong",
            "puk-refused-before",
            "puk-wrong",
        ],
    ),
    (Exit::PinBlocked, &["pin-blocked"]),
    // The one try that an unknown counter allows may be the last.
    (
        Exit::LastTry,
        &[
            "entry-not-remembered",
            "pin-last-try",
            "pin-once-per-insertion",
            "pin-tries-unknown",
            "puk-last-try",
            "puk-tries-unknown",
        ],
    ),
    (
        Exit::WrongForm,
        &[
            "new-pin-differs",
            "new-pin-run",
            "new-pin-same",
            "new-pin-uniform",
            "new-pin-wrong-form",
            "pin-wrong-form",
            "puk-wrong-form",
        ],
    ),
    (Exit::PukBlocked, &["puk-blocked"]),
    (Exit::InDoubt, &["change-in-doubt", "unblock-in-doubt"]),
    (Exit::EntryTimedOut, &["entry-timed-out"]),
    (
        Exit::NoService,
        &["no-service", "reader-driver-absent", "service-refused"],
    ),
    (
        Exit::NoReader,
        &["no-reader", "no-such-reader", "reader-gone", "reader-refused"],
    ),
    (Exit::NoCard, &["no-card", "card-mute"]),
    (
        Exit::CardNotRecognised,
        &["card-not-recognised", "card-not-a-document", "card-foreign"],
    ),
    (Exit::CardRemoved, &["card-removed"]),
    (Exit::SeveralCards, &["several-cards"]),
    (Exit::ReaderBusy, &["reader-busy", "too-many-logins"]),
    (
        Exit::LinkFailed,
        &[
            "card-changed",
            "card-misbehaved",
            "card-reset",
            "card-secret-absent",
            "card-status",
            "card-unsupported",
            "command-too-long",
            "grant-lost",
            "link-protocol",
            "link-system",
            "link-timed-out",
            "personal-data-absent",
            "personal-data-unreadable",
            "pin-guard",
            "pin-not-by-pad",
            "pin-pad-failed",
            "pin-pad-unsupported",
            "reader-driver-crashed",
            "secure-channel",
            "signature-scheme-unsupported",
            "ccid-terminal",
            "pn532-terminal",
            "tls-card-refused",
            "tls-connection",
            "tls-failed",
            "tls-intermediates",
            "tls-needs-1-2",
            "tls-no-certificate",
            "tls-no-common-scheme",
            "tls-no-roots",
            "tls-not-asked",
            "tls-server-not-trusted",
            "tls-test-material",
            "vpcd-connect",
            "vpcd-refused",
        ],
    ),
    (
        Exit::CertificateUnreadable,
        &[
            "certificate-absent",
            "certificate-unreadable",
            "hand-over-format",
            "proof-format",
        ],
    ),
    (
        Exit::NotTrusted,
        &[
            "certificate-not-trusted",
            "document-signer-not-trusted",
            "document-signer-use",
        ],
    ),
    (
        Exit::OutsideValidity,
        &[
            "certificate-expired",
            "certificate-not-yet-valid",
            "document-signer-dates",
        ],
    ),
    (Exit::Revoked, &["certificate-revoked"]),
    (
        Exit::WrongPurpose,
        &["certificate-wrong-purpose", "key-unsupported"],
    ),
    (
        Exit::CardNotGenuine,
        &[
            "card-not-genuine",
            "document-changed",
            "document-copied",
            "document-signature",
            "document-unreadable",
        ],
    ),
    (Exit::RevocationUnknown, &["revocation-unknown"]),
    (Exit::Suspended, &["certificate-suspended"]),
    (
        Exit::KeyNotProven,
        &[
            "challenge-expired",
            "hand-over-audience",
            "hand-over-authn-too-old",
            "hand-over-birth-date",
            "hand-over-client",
            "hand-over-codice-fiscale",
            "hand-over-expired",
            "hand-over-gateway",
            "hand-over-key-dates",
            "hand-over-key-unknown",
            "hand-over-level",
            "hand-over-no-person",
            "hand-over-not-yet",
            "hand-over-signature",
            "key-not-proven",
            "nonce-expired",
            "nonce-not-outstanding",
            "proof-audience",
            "proof-expired",
            "proof-nonce",
            "proof-not-yet",
            "proof-signature",
        ],
    ),
    (
        Exit::TrustMissing,
        &[
            "bundle-altered",
            "bundle-cut",
            "bundle-malformed",
            "bundle-not-a-bundle",
            "bundle-older",
            "bundle-other-format",
            "bundle-other-signer",
            "bundle-too-large",
            "clock-behind",
            "country-signers-missing",
            "crl-file-bad-list",
            "crl-file-not-lists",
            "crl-file-too-large",
            "crl-index-delta",
            "crl-index-not-signed",
            "crl-index-number-goes-back",
            "crl-index-number-reused",
            "crl-index-other-issuer",
            "crl-index-other-scope",
            "crl-index-other-signer",
            "crl-index-time-goes-back",
            "crl-index-weak-signature",
            "crl-malformed",
            "crl-not-der",
            "crl-too-large",
            "crl-trailing-bytes",
            "crl-truncated",
            "fetch-address",
            "fetch-address-not-public",
            "fetch-backing-off",
            "fetch-busy",
            "fetch-content-type",
            "fetch-cut-short",
            "fetch-host-not-allowed",
            "fetch-name-not-found",
            "fetch-no-roots",
            "fetch-not-connected",
            "fetch-not-http",
            "fetch-port-not-allowed",
            "fetch-redirected-outside",
            "fetch-scheme",
            "fetch-server-not-trusted",
            "fetch-status",
            "fetch-timed-out",
            "fetch-tls",
            "fetch-too-large",
            "gateway-key-dates",
            "gateway-key-form",
            "gateway-key-name",
            "gateway-key-number",
            "gateway-key-repeated",
            "gateway-key-test-material",
            "gateway-key-weak",
            "list-algorithm",
            "list-altered",
            "list-backwards",
            "list-closed",
            "list-critical-extension",
            "list-document-type",
            "list-duplicate-id",
            "list-future",
            "list-malformed",
            "list-many-signatures",
            "list-not-a-list",
            "list-not-xml",
            "list-number-reused",
            "list-other-signer",
            "list-other-signer-named",
            "list-other-type",
            "list-signature-malformed",
            "list-stale",
            "list-territory",
            "list-too-complex",
            "list-too-large",
            "list-truncated",
            "list-unsigned",
            "list-version",
            "list-weak-key",
            "list-wrapped",
            "ocsp-file-not-an-answer",
            "store-bad-certificate",
            "store-crl-future",
            "store-crl-no-issuer",
            "store-no-signer",
            "store-not-an-authority",
            "store-not-found",
            "store-not-updated",
            "store-stale",
            "store-test-material",
            "store-unsafe",
            "trust-anchors-missing",
            "trust-file-bad-certificate",
            "trust-file-not-a-file",
            "trust-file-not-an-authority",
            "trust-file-not-certificates",
            "trust-file-not-found",
            "trust-file-test-material",
            "trust-file-too-large",
            "trust-file-unreadable",
            "trust-folder-empty",
        ],
    ),
    (
        Exit::Cancelled,
        &[
            "abandoned",
            "cancelled",
            "deadline-passed",
            "entry-cancelled",
            "fetch-cancelled",
        ],
    ),
    (
        Exit::Store,
        &[
            "audit-absent",
            "audit-broken",
            "audit-exists",
            "audit-export-not-written",
            "audit-file-exists",
            "audit-lock-replaced",
            "audit-locked",
            "audit-no-room",
            "audit-not-sealed",
            "audit-not-written",
            "audit-other-format",
            "audit-person-in-clear",
            "audit-too-long",
            "audit-unreadable",
            "bench-file-malformed",
            "bundle-key-exists",
            "card-state-format",
            "card-state-other-card",
            "card-state-other-pins",
            "card-state-too-many-tries",
            "corpus-malformed",
            "crl-index-damaged",
            "crl-index-locked",
            "crl-index-no-room",
            "crl-index-not-a-place",
            "crl-index-not-found",
            "crl-index-not-written",
            "crl-index-other-format",
            "crl-index-unreadable",
            "fetch-lock",
            "file-unreadable",
            "file-unwritable",
            "identity-malformed",
            "policy-annotation",
            "policy-date-invalid",
            "policy-date-not-unique",
            "policy-dedication",
            "policy-defect",
            "policy-duplicate",
            "policy-file-kind",
            "policy-malformed",
            "policy-permits-too-much",
            "policy-template",
            "policy-text",
            "policy-title",
            "policy-too-complex",
            "policy-too-large",
            "policy-validation",
            "proof-exists",
            "records-absent",
            "records-corrupt",
            "records-full",
            "records-locked",
            "records-read-only",
            "records-too-many",
            "records-too-new",
            "records-unusable",
            "recording-exists",
            "recording-malformed",
            "scenario-malformed",
            "store-damaged",
            "store-file-missing",
            "store-full",
            "store-locked",
            "store-no-room",
            "store-not-written",
            "store-other-folder",
            "store-other-format",
            "store-unreadable",
            "trace-exists",
            "trace-log-nothing",
            "trace-log-too-large",
            "trace-malformed",
            "trace-not-exported",
            "trace-recipe",
            "trace-too-long",
            "trace-unwritable",
        ],
    ),
    (
        Exit::NotChanged,
        &[
            "delegation-delegator-has-one",
            "delegation-limit-reached",
            "fact-already-ended",
            "fact-already-there",
            "fact-not-there",
        ],
    ),
    (Exit::CasesFailed, &["corpus-failed"]),
    (Exit::AuditAltered, &["audit-altered"]),
    (
        Exit::Usage,
        &[
            "bench-command",
            "bench-fault",
            "bench-not-inside",
            "bench-told-in-vain",
            "access-at-refused",
            "audience-invalid",
            "audit-checkpoint-invalid",
            "audit-key-invalid",
            "audit-keys-together",
            "audit-no-such-record",
            "audit-not-opened",
            "audit-other-key",
            "audit-unsafe",
            "birth-date-contradicts",
            "bundle-key",
            "change-malformed",
            "codice-fiscale-malformed",
            "config-malformed",
            "config-unsafe",
            "control-address-taken",
            "control-command",
            "corpus-empty",
            "credential-unknown",
            "delegation-birth-date",
            "delegation-same-person",
            "der-on-terminal",
            "enablement-not-needed",
            "entry-unavailable",
            "fact-before-beginning",
            "facts-contradict",
            "facts-future",
            "fault-form",
            "fault-not-here",
            "maker-profile-invalid",
            "makers-empty",
            "makers-unreadable",
            "nonce-invalid",
            "period-malformed",
            "personal-data-consent",
            "phone-pin-form",
            "ccid-contactless",
            "ccid-link-form",
            "ccid-link-taken",
            "pn532-link-form",
            "pn532-link-taken",
            "pn532-not-contactless",
            "policy-rule-unknown",
            "policy-unsafe",
            "profile-form",
            "profile-unknown",
            "profile-unreadable",
            "profile-value",
            "records-nowhere",
            "service-id-invalid",
            "service-unknown",
            "store-ambiguous",
            "store-file-kind",
            "store-nowhere",
            "store-territory",
            "store-unknown",
            "trace-not-exact",
            "trace-not-played",
            "trace-profile-built-in",
            "trace-profile-wanted",
            "usage",
            "vpcd-address",
            "vpcd-not-loopback",
        ],
    ),
    (Exit::ScenariosFailed, &["cards-differ", "scenarios-failed"]),
    (Exit::TracesDiffer, &["replay-differs", "traces-differ"]),
    (
        Exit::RigError,
        &[
            "bench-another-card",
            "bench-budget-spent",
            "bench-card-held",
            "bench-card-not-played",
            "bench-card-not-seen",
            "bench-card-unread",
            "bench-folder",
            "bench-lock-folder",
            "bench-no-name-spaces",
            "bench-not-installed",
            "bench-service",
            "bench-system",
            "recording-unplayable",
            "rig-failed",
            "scenarios-rig-error",
        ],
    ),
    (
        Exit::Defect,
        &[
            "audit-no-randomness",
            "called-back",
            "card-not-kept",
            "defect",
            "fetch-request",
            "no-randomness",
            "no-thread",
            "thread-ended",
        ],
    ),
];

#[cfg(test)]
mod tests;
