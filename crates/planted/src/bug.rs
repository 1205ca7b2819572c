//! Which bugs there are, and which one is switched on.
//!
//! Not here: the bugs.

use core::cell::Cell;
use core::sync::atomic::{AtomicUsize, Ordering};

/// A bug, by where it stands and what it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bug {
    /// `card`, transaction: a command whose answer was lost is sent again, also VERIFY.
    SentAgain,
    /// `card`, transaction: after a PIN it ends as was asked, without a reset.
    NotReset,
    /// `credential`, PIN rules: the last try counts as one that may be spent.
    LastTry,
    /// `credential`, PIN session: it signs in another epoch than its PIN was verified in.
    EpochUnchecked,
    /// `credential`, refused values: what the card refused is sent to it again.
    RefusedForgotten,
    /// `auth`, challenge: the signature is not looked at.
    SignatureUnchecked,
    /// `session`, ending: it is decided about whoever was identified before.
    DecisionOfAnother,
    /// `session`, kept card: an identity card that left is said to be there.
    KeptAfterRemoval,
    /// `card`, transaction: a command whose answer was lost is sent again and again.
    SentForEver,
    /// `card`, transaction: an answer that was lost is waited for without end.
    WaitsForEver,
    /// `auth`, challenge: an answer counts as given when it was asked for.
    AnswerTakenLate,
    /// `session`, documents: it is not asked who signed a document.
    OriginUnchecked,
    /// `session`, trust: what is revoked or suspended is not looked up.
    RevocationIgnored,
    /// `session`, trust: certificates are judged as of a day that is past.
    DatesOfAnotherDay,
    /// `session`, ending: test material counts where it must not.
    TestMaterialPermitted,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::SentAgain,
        Self::NotReset,
        Self::LastTry,
        Self::EpochUnchecked,
        Self::RefusedForgotten,
        Self::SignatureUnchecked,
        Self::DecisionOfAnother,
        Self::KeptAfterRemoval,
        Self::SentForEver,
        Self::WaitsForEver,
        Self::AnswerTakenLate,
        Self::OriginUnchecked,
        Self::RevocationIgnored,
        Self::DatesOfAnotherDay,
        Self::TestMaterialPermitted,
    ];

    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SentAgain => "sent-again",
            Self::NotReset => "not-reset",
            Self::LastTry => "last-try",
            Self::EpochUnchecked => "epoch-unchecked",
            Self::RefusedForgotten => "refused-forgotten",
            Self::SignatureUnchecked => "signature-unchecked",
            Self::DecisionOfAnother => "decision-of-another",
            Self::KeptAfterRemoval => "kept-after-removal",
            Self::SentForEver => "sent-for-ever",
            Self::WaitsForEver => "waits-for-ever",
            Self::AnswerTakenLate => "answer-taken-late",
            Self::OriginUnchecked => "origin-unchecked",
            Self::RevocationIgnored => "revocation-ignored",
            Self::DatesOfAnotherDay => "dates-of-another-day",
            Self::TestMaterialPermitted => "test-material-permitted",
        }
    }

    /// The bug of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bug| bug.name() == name)
    }
}

/// The place in the list of the one that is switched on; one past its end where none is.
static PLANTED: AtomicUsize = AtomicUsize::new(Bug::ALL.len());

/// Switches this one on, and any other off.
pub fn plant(bug: Option<Bug>) {
    let place = Bug::ALL.iter().position(|one| Some(*one) == bug);
    PLANTED.store(place.unwrap_or(Bug::ALL.len()), Ordering::SeqCst);
}

/// Whether this one is switched on.
#[must_use]
pub fn is_planted(bug: Bug) -> bool {
    Bug::ALL.get(PLANTED.load(Ordering::SeqCst)) == Some(&bug)
}

thread_local! {
    static RUN: Cell<u64> = const { Cell::new(0) };
}

/// Begins another run on this thread: what a bug remembered of the one before is forgotten.
pub fn begin_run() {
    RUN.set(RUN.get().wrapping_add(1));
}

/// The number of the run on this thread.
#[must_use]
pub fn run() -> u64 {
    RUN.get()
}
