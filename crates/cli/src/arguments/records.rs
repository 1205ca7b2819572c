//! The options of the commands about facts: enablements, delegations, categories, telephone PINs.
//!
//! Not here: what the commands do (`records`).

use clap::{Args, Subcommand};

use super::{AskedByName, ChannelName, EntryArguments, LoginArguments, RecordsArguments, RulesArguments};

/// Who changes something, and by which act.
#[derive(Args)]
pub(crate) struct ChangeArguments {
    /// Who enters it, such as a clerk's name or number.
    #[arg(long, value_name = "TEXT")]
    pub(crate) who: String,
    /// By which act, such as a protocol number.
    #[arg(long, value_name = "TEXT")]
    pub(crate) act: String,
    /// As of this instant instead of now; a day is its midnight in Rome.
    #[arg(long, value_name = "RFC3339|DATE")]
    pub(crate) at: Option<String>,
}

/// From when and until when something holds.
#[derive(Args)]
pub(crate) struct PeriodArguments {
    /// From this instant on; a day is its midnight in Rome. Without it, from now on.
    #[arg(long, value_name = "RFC3339|DATE")]
    pub(crate) from: Option<String>,
    /// Until just before this instant; a day is the last one, to its end in Rome. Without it, without end.
    #[arg(long, value_name = "RFC3339|DATE")]
    pub(crate) until: Option<String>,
}

/// What is listed.
#[derive(Args)]
pub(crate) struct ListArguments {
    /// Of this person only.
    #[arg(long, value_name = "CODICE-FISCALE")]
    pub(crate) codice_fiscale: Option<String>,
    /// After this number.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) after: u64,
    /// At most so many.
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) limit: u16,
}

#[derive(Args)]
pub(crate) struct EnablementArguments {
    #[command(flatten)]
    pub(crate) records: RecordsArguments,
    #[command(flatten)]
    pub(crate) rules: RulesArguments,
    #[command(subcommand)]
    pub(crate) command: EnablementCommand,
}

/// What is done with enablements.
#[derive(Subcommand)]
pub(crate) enum EnablementCommand {
    /// Grant one.
    Grant {
        /// Whose.
        #[arg(long, value_name = "CODICE-FISCALE")]
        codice_fiscale: String,
        /// For which professional service.
        #[arg(long, value_name = "ID")]
        service: String,
        #[command(flatten)]
        period: PeriodArguments,
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// Revoke those for a service; it takes effect at the next decision.
    Revoke {
        /// Whose.
        #[arg(long, value_name = "CODICE-FISCALE")]
        codice_fiscale: String,
        /// For which service.
        #[arg(long, value_name = "ID")]
        service: String,
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// List them.
    List(ListArguments),
}

#[derive(Args)]
pub(crate) struct DelegationArguments {
    #[command(flatten)]
    pub(crate) records: RecordsArguments,
    #[command(flatten)]
    pub(crate) rules: RulesArguments,
    #[command(subcommand)]
    pub(crate) command: DelegationCommand,
}

/// What is done with delegations.
#[derive(Subcommand)]
pub(crate) enum DelegationCommand {
    /// Register one, where the rules permit it.
    Add(Box<AddDelegation>),
    /// Revoke one by its number, where the rules permit it.
    Revoke {
        /// Its number, as `list` tells it.
        #[arg(long, value_name = "NUMBER")]
        id: u64,
        /// Where.
        #[arg(long, value_name = "CHANNEL", default_value = "office")]
        channel: ChannelName,
        /// At whose wish.
        #[arg(long, value_name = "WHO", default_value = "delegator")]
        asked_by: AskedByName,
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// List them.
    List(ListArguments),
    /// Tell, or set, for how many persons a delegate may act at a time. Tutors, curators, amministratori di sostegno and parents
    /// are not limited.
    Limit {
        /// The limit from now on. INPS circular 127/2021 speaks of five, as its first announcement spoke of three.
        #[arg(long, value_name = "NUMBER", requires = "who", requires = "act")]
        set: Option<std::num::NonZeroU8>,
        /// Who sets it.
        #[arg(long, value_name = "TEXT", requires = "set")]
        who: Option<String>,
        /// By which act.
        #[arg(long, value_name = "TEXT", requires = "set")]
        act: Option<String>,
    },
}

#[derive(Args)]
pub(crate) struct AddDelegation {
    /// Who is acted for: delegator, ward or minor.
    #[arg(long, value_name = "CODICE-FISCALE")]
    pub(crate) delegator: String,
    /// Who acts.
    #[arg(long, value_name = "CODICE-FISCALE")]
    pub(crate) delegate: String,
    /// In which quality: delegate, guardian, curator, administrator, parent.
    #[arg(long, value_name = "KIND", default_value = "delegate")]
    pub(crate) kind: String,
    /// The full birth date of who is acted for; a parent's needs it.
    #[arg(long, value_name = "DATE")]
    pub(crate) birth_date: Option<String>,
    /// Where.
    #[arg(long, value_name = "CHANNEL", default_value = "office")]
    pub(crate) channel: ChannelName,
    #[command(flatten)]
    pub(crate) period: PeriodArguments,
    #[command(flatten)]
    pub(crate) change: ChangeArguments,
}

#[derive(Args)]
pub(crate) struct CategoryArguments {
    #[command(flatten)]
    pub(crate) records: RecordsArguments,
    #[command(subcommand)]
    pub(crate) command: CategoryCommand,
}

/// What is done with categories.
#[derive(Subcommand)]
pub(crate) enum CategoryCommand {
    /// Record that a person is of one.
    Add {
        /// Who.
        #[arg(long, value_name = "CODICE-FISCALE")]
        codice_fiscale: String,
        /// ward, no-italian-document or resident-abroad.
        #[arg(long, value_name = "CATEGORY")]
        category: String,
        #[command(flatten)]
        period: PeriodArguments,
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// Record that a person is of it no more.
    End {
        /// Who.
        #[arg(long, value_name = "CODICE-FISCALE")]
        codice_fiscale: String,
        /// ward, no-italian-document or resident-abroad.
        #[arg(long, value_name = "CATEGORY")]
        category: String,
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// List them.
    List(ListArguments),
}

#[derive(Args)]
pub(crate) struct PhonePinArguments {
    #[command(subcommand)]
    pub(crate) command: PhonePinCommand,
}

/// What is done with telephone PINs.
#[derive(Subcommand)]
pub(crate) enum PhonePinCommand {
    /// Log in with the card, and be given a telephone PIN, in place of any that was there. It is shown once.
    Issue(Box<IssueArguments>),
    /// Check what a caller tells. A wrong one counts: after five a new one must be issued.
    Check(CheckPhonePin),
}

#[derive(Args)]
pub(crate) struct IssueArguments {
    /// How long it lasts.
    #[arg(long, value_name = "SPAN")]
    pub(crate) span: SpanName,
    #[command(flatten)]
    pub(crate) login: LoginArguments,
}

/// How long a telephone PIN lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum SpanName {
    Day,
    Week,
    Month,
    ThreeMonths,
}

#[derive(Args)]
pub(crate) struct CheckPhonePin {
    /// Who the caller says to be.
    #[arg(long, value_name = "CODICE-FISCALE")]
    pub(crate) codice_fiscale: String,
    #[command(flatten)]
    pub(crate) entry: EntryArguments,
    #[command(flatten)]
    pub(crate) records: RecordsArguments,
}
