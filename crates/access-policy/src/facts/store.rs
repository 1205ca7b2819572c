//! What a store of facts must be able to do. `records` keeps one in SQLite; another, for many nodes, can follow.
//!
//! Not here: any store.

use jiff::Timestamp;
use jiff::civil::Date;
use varco_auth::CodiceFiscale;

use crate::{
    Categorised, Category, Change, Channel, Delegation, DelegationKind, Enablement, FactId, PhonePin,
    PhonePinGrant, PhonePinSpan, ServiceId, Validity,
};

/// Why a store did not answer. Nothing that was acknowledged is lost by any of these.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreFailure {
    /// Another program holds it for longer than was waited.
    #[error("another program holds the store")]
    Locked,
    /// No room is left where it lies.
    #[error("no room is left for the store")]
    Full,
    /// It may not be written: by its rights or those of its folder.
    #[error("the store may not be written")]
    ReadOnly,
    /// What is there is not a whole store.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// A later version of the program made it.
    #[error("the store is of version {found}, and this program knows {known} at most")]
    TooNew {
        /// The version of the store.
        found: u32,
        /// The latest version that this program knows.
        known: u32,
    },
    /// It knows more about one person than a decision looks at: [`FACTS_MAX`].
    #[error("the store knows more than {FACTS_MAX} facts of one sort about one person")]
    TooMany,
    /// There is none.
    #[error("there is no store")]
    Absent,
    /// The system would not let it be used.
    #[error("the store cannot be used: {0}")]
    System(String),
}

impl StoreFailure {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked => "records-locked",
            Self::Full => "records-full",
            Self::ReadOnly => "records-read-only",
            Self::Corrupt(_) => "records-corrupt",
            Self::TooNew { .. } => "records-too-new",
            Self::TooMany => "records-too-many",
            Self::Absent => "records-absent",
            Self::System(_) => "records-unusable",
        }
    }
}

/// Why a change was not made. The store is what it was before.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FactError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreFailure),
    /// The same holds already in a part of that time.
    #[error("it is there already")]
    AlreadyThere,
    /// Nothing of that kind is there to end.
    #[error("there is none")]
    NotThere,
    /// It holds no more at that instant and after it: its time was over, or it was ended for then or before. An end can be
    /// moved earlier, never later.
    #[error("it ends by then already")]
    AlreadyEnded,
    /// As many as there may be act in that quality for that person already.
    #[error("somebody acts for that person already")]
    DelegatorHasOne,
    /// The delegate would act for more persons at a time than the limit.
    #[error("a delegate acts for {limit} persons at most")]
    LimitReached {
        /// The limit.
        limit: u32,
    },
    /// Delegator and delegate are one person.
    #[error("nobody acts for himself by delegation")]
    SamePerson,
    /// A parent's delegation without the child's birth date, or a birth date that is not that of the codice fiscale.
    #[error("the birth date is missing or is not that of the codice fiscale")]
    BirthDate,
    /// A new fact whose end is not after its beginning, by the instants that the store keeps. Ending a fact before it began is
    /// no error: it then never holds.
    #[error("the end is not after the beginning")]
    BeforeBeginning,
}

impl FactError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(failure) => failure.code(),
            Self::AlreadyThere => "fact-already-there",
            Self::NotThere => "fact-not-there",
            Self::AlreadyEnded => "fact-already-ended",
            Self::DelegatorHasOne => "delegation-delegator-has-one",
            Self::LimitReached { .. } => "delegation-limit-reached",
            Self::SamePerson => "delegation-same-person",
            Self::BirthDate => "delegation-birth-date",
            Self::BeforeBeginning => "fact-before-beginning",
        }
    }
}

/// What a decision asks a store.
#[derive(Clone, Copy, Debug)]
pub struct FactQuery<'q> {
    /// Who acts.
    pub subject: &'q CodiceFiscale,
    /// For whom, if for another.
    pub acting_for: Option<&'q CodiceFiscale>,
    /// Which service, if one is to be used.
    pub service: Option<&'q ServiceId>,
}

/// What a store knows of that, at whatever instant: ended and revoked facts too, so that a decision can say so and any
/// instant can be replayed. All of them, the latest first: where there are more than [`FACTS_MAX`] of a sort, it is a failure
/// instead, for what is left out could be what forbids.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KnownFacts {
    /// The subject's enablements for that service.
    pub enablements: Vec<Enablement>,
    /// Delegations from the person acted for to the subject.
    pub delegations: Vec<Delegation>,
    /// Categories of the subject.
    pub subject_categories: Vec<Categorised>,
    /// Categories of the person acted for.
    pub acted_for_categories: Vec<Categorised>,
}

/// Most facts of each sort that one decision looks at, ended ones included. With more there is no decision but denial.
pub const FACTS_MAX: usize = 64;

/// Whoever knows facts about persons.
pub trait FactSource: Send + Sync {
    /// What is known that a decision may turn on: all of it, or a failure.
    ///
    /// # Errors
    /// [`StoreFailure`]; the decision is then a denial. [`StoreFailure::TooMany`] where there are more than [`FACTS_MAX`] facts of
    /// any sort.
    fn known(&self, query: FactQuery<'_>) -> Result<KnownFacts, StoreFailure>;
}

/// An enablement to be granted.
#[derive(Clone, Debug)]
pub struct NewEnablement {
    /// Whose.
    pub holder: CodiceFiscale,
    /// For which service.
    pub service: ServiceId,
    /// From when and until when.
    pub validity: Validity,
    /// Who grants it.
    pub granted: Change,
}

/// A delegation to be registered.
#[derive(Clone, Debug)]
pub struct NewDelegation {
    /// Who is acted for.
    pub delegator: CodiceFiscale,
    /// Who acts.
    pub delegate: CodiceFiscale,
    /// In which quality.
    pub kind: DelegationKind,
    /// From when and until when.
    pub validity: Validity,
    /// The birth date of the person who is acted for; needed for [`DelegationKind::Parent`].
    pub birth_date: Option<Date>,
    /// Where.
    pub channel: Channel,
    /// Who registers it.
    pub registered: Change,
}

/// A store of facts that can be changed. A change that was acknowledged survives whatever happens to the program.
pub trait FactStore: FactSource {
    /// Grants an enablement.
    ///
    /// # Errors
    /// [`FactError`]; [`FactError::AlreadyThere`] where one for the service holds in a part of that time.
    fn grant_enablement(&self, new: &NewEnablement) -> Result<Enablement, FactError>;

    /// Revokes the enablements for a service that hold at that instant or after it; they hold no more from it. Those that were
    /// revoked for a later instant are so too: a wrong one is mended by an earlier one, and the history keeps both.
    ///
    /// # Errors
    /// [`FactError`]; [`FactError::AlreadyEnded`] where there are none such but there were any.
    fn revoke_enablement(
        &self,
        holder: &CodiceFiscale,
        service: &ServiceId,
        revoked: &Change,
    ) -> Result<Vec<Enablement>, FactError>;

    /// Enablements, of one person or of all, in the order of their numbers, after one of them, at most so many.
    ///
    /// # Errors
    /// [`StoreFailure`].
    fn enablements(
        &self,
        holder: Option<&CodiceFiscale>,
        after: FactId,
        limit: usize,
    ) -> Result<Vec<Enablement>, StoreFailure>;

    /// Registers a delegation. The limits hold however many do so at the same time.
    ///
    /// # Errors
    /// [`FactError`].
    fn add_delegation(&self, new: &NewDelegation) -> Result<Delegation, FactError>;

    /// A delegation by its number.
    ///
    /// # Errors
    /// [`StoreFailure`].
    fn delegation(&self, id: FactId) -> Result<Option<Delegation>, StoreFailure>;

    /// Revokes a delegation; it holds no more from that instant. One that was revoked for a later instant is so too.
    ///
    /// # Errors
    /// [`FactError`]; [`FactError::AlreadyEnded`] where it ends by that instant already.
    fn revoke_delegation(&self, id: FactId, revoked: &Change) -> Result<Delegation, FactError>;

    /// Delegations in which a person is acted for or acts, or all, in the order of their numbers, after one of them, at most
    /// so many.
    ///
    /// # Errors
    /// [`StoreFailure`].
    fn delegations(
        &self,
        person: Option<&CodiceFiscale>,
        after: FactId,
        limit: usize,
    ) -> Result<Vec<Delegation>, StoreFailure>;

    /// Records that a person is of a category.
    ///
    /// # Errors
    /// [`FactError`].
    fn record_category(
        &self,
        person: &CodiceFiscale,
        category: Category,
        validity: Validity,
        recorded: &Change,
    ) -> Result<Categorised, FactError>;

    /// Records that a person is of a category no more, from that instant; also where an end for a later one was recorded.
    ///
    /// # Errors
    /// [`FactError`]; [`FactError::AlreadyEnded`] where all that were there end by that instant already.
    fn end_category(
        &self,
        person: &CodiceFiscale,
        category: Category,
        ended: &Change,
    ) -> Result<Vec<Categorised>, FactError>;

    /// Categories of one person or of all, in the order of their numbers, after one of them, at most so many.
    ///
    /// # Errors
    /// [`StoreFailure`].
    fn categories(
        &self,
        person: Option<&CodiceFiscale>,
        after: FactId,
        limit: usize,
    ) -> Result<Vec<Categorised>, StoreFailure>;
}

/// What became of a telephone PIN that a caller told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PhonePinChecked {
    /// It is right, and holds until just before this instant.
    Accepted {
        /// The first instant at which it holds no more.
        until: Timestamp,
    },
    /// It is not right, or there is none; which of the two is not told to a caller.
    Refused,
    /// It was right once and has expired.
    Expired {
        /// The first instant at which it did not hold.
        until: Timestamp,
    },
    /// Too many wrong ones were told: a new one must be issued.
    Blocked,
}

/// A store of telephone PINs, of which it keeps hashes only.
pub trait PhonePinStore: Send + Sync {
    /// Keeps a PIN for the person of the grant, in place of any that was there, from the instant of the grant and for the span.
    /// `salt` is fresh randomness.
    ///
    /// # Errors
    /// [`StoreFailure`].
    fn issue_phone_pin(
        &self,
        grant: &PhonePinGrant,
        span: PhonePinSpan,
        pin: &PhonePin,
        salt: [u8; 16],
    ) -> Result<Timestamp, StoreFailure>;

    /// Checks what a caller told, in a time that does not depend on how wrong it is. A wrong one counts.
    ///
    /// # Errors
    /// [`StoreFailure`].
    fn check_phone_pin(
        &self,
        holder: &CodiceFiscale,
        told: &PhonePin,
        at: Timestamp,
    ) -> Result<PhonePinChecked, StoreFailure>;
}
