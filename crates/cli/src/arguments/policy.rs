//! The options of `varco policy`, and those by which other commands name rules, persons and facts.
//!
//! Not here: what the commands do (`policy`).

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

/// An operator's own rules.
#[derive(Args, Default)]
pub(crate) struct RulesArguments {
    /// An operator's services (.toml) and rules (.cedar): a file, or a folder of them. May be repeated.
    #[arg(long, value_name = "FILE-OR-DIR", global = true)]
    pub(crate) policy: Vec<PathBuf>,
}

/// Where facts about persons are kept.
#[derive(Args, Default)]
pub(crate) struct RecordsArguments {
    /// The store of enablements, delegations, categories and telephone PINs. Without it /var/lib/varco/records.db for root,
    /// else varco/records.db in the user's data folder, where there is one.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) records: Option<PathBuf>,
}

/// For whom somebody acts.
#[derive(Args, Default)]
pub(crate) struct ForArguments {
    /// Act for this person, under a delegation.
    #[arg(long = "for", value_name = "CODICE-FISCALE")]
    pub(crate) acting_for: Option<String>,
    /// The full birth date of that person, such as 2012-02-29.
    #[arg(long, value_name = "DATE", requires = "acting_for")]
    pub(crate) for_birth_date: Option<String>,
    /// The profile in which one acts.
    #[arg(long, value_name = "PROFILE", default_value = "citizen")]
    pub(crate) profile: ProfileName,
    /// Take a CNS as of level high.
    #[arg(long)]
    pub(crate) cns_high: bool,
}

/// The profile in which a person acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(crate) enum ProfileName {
    #[default]
    Citizen,
    Professional,
}

#[derive(Args)]
pub(crate) struct PolicyArguments {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

/// What is done with the access rules.
#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Simulate a decision about what is claimed on the command line. Nothing is permitted by it.
    Check(Box<CheckArguments>),
    /// Replay a folder of cases (.json), and see that each rule has one that permits and one that denies.
    Test(CorpusArguments),
    /// Check an operator's files: services (.toml) and rules (.cedar).
    Validate {
        /// The files.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Tell the rules: all of them, those about a service, or one in full.
    Explain {
        /// A rule's or a service's id.
        #[arg(value_name = "ID")]
        id: Option<String>,
        #[command(flatten)]
        rules: RulesArguments,
    },
}

#[derive(Args)]
pub(crate) struct CorpusArguments {
    /// The folder.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) rules: RulesArguments,
}

#[derive(Args)]
#[command(group = ArgGroup::new("person").required(true).args(["identity", "codice_fiscale"]))]
#[command(group = ArgGroup::new("wanted").required(true).args(["service", "act"]))]
pub(crate) struct CheckArguments {
    /// An identity as `varco login --json` writes it. What it says is taken as a claim.
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
    /// Who it is claimed to be.
    #[arg(long, value_name = "CODICE-FISCALE", requires = "credential")]
    pub(crate) codice_fiscale: Option<String>,
    /// The person's full birth date, such as 2008-02-29: a codice fiscale does not tell the century.
    #[arg(long, value_name = "DATE")]
    pub(crate) birth_date: Option<String>,
    /// The kind of credential: cns, cie, cie-l1, cie-l2, spid-l1, spid-l2, spid-l3, inps-pin, inps-pin-dispositivo, phone-pin,
    /// nis.
    #[arg(long, value_name = "KIND")]
    pub(crate) credential: Option<String>,
    /// When the PIN was issued.
    #[arg(long, value_name = "RFC3339|DATE")]
    pub(crate) pin_issued: Option<String>,
    /// The first instant at which the PIN holds no more.
    #[arg(long, value_name = "RFC3339|DATE")]
    pub(crate) pin_expires: Option<String>,
    /// The credential is somebody else's.
    #[arg(long)]
    pub(crate) credential_of_another: bool,
    /// The service that is wanted (see `varco services`).
    #[arg(long, value_name = "ID")]
    pub(crate) service: Option<String>,
    /// Something else that is wanted: issue-pin, renew-pin, register-delegation, revoke-delegation.
    #[arg(long, value_name = "ACT")]
    pub(crate) act: Option<ActName>,
    /// Where a delegation is registered or revoked.
    #[arg(long, value_name = "CHANNEL", default_value = "office")]
    pub(crate) channel: ChannelName,
    /// At whose wish a delegation is revoked.
    #[arg(long, value_name = "WHO", default_value = "delegator")]
    pub(crate) asked_by: AskedByName,
    /// When the delegation to be revoked was registered.
    #[arg(long, value_name = "RFC3339|DATE")]
    pub(crate) registered_at: Option<String>,
    /// A category of the person: ward, no-italian-document, resident-abroad. May be repeated.
    #[arg(long, value_name = "CATEGORY")]
    pub(crate) category: Vec<String>,
    /// An enablement of the person, by the id of its service. May be repeated.
    #[arg(long, value_name = "SERVICE")]
    pub(crate) enablement: Vec<String>,
    #[command(flatten)]
    pub(crate) acting: ForArguments,
    /// A delegation by which the person acts for the other: delegate, guardian, curator, administrator, parent. With --act, the
    /// kind of delegation that is registered or revoked.
    #[arg(long, value_name = "KIND")]
    pub(crate) delegation: Option<String>,
    /// A category of the person acted for. May be repeated.
    #[arg(long, value_name = "CATEGORY", requires = "acting_for")]
    pub(crate) for_category: Vec<String>,
    /// Decide as of this instant instead of now; a day is its midnight in Rome.
    #[arg(long, value_name = "RFC3339|DATE")]
    pub(crate) at: Option<String>,
    #[command(flatten)]
    pub(crate) rules: RulesArguments,
    #[command(flatten)]
    pub(crate) records: RecordsArguments,
}

/// What is wanted besides the use of a service.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum ActName {
    IssuePin,
    RenewPin,
    RegisterDelegation,
    RevokeDelegation,
}

/// Where a delegation is registered or revoked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum ChannelName {
    Office,
    Online,
}

/// At whose wish.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum AskedByName {
    Delegator,
    Authority,
}
