//! The command line as clap reads it.
//!
//! Not here: what the commands do.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

mod audit;
#[cfg(feature = "bench")]
mod bench;
mod pin;
mod policy;
mod records;
mod store;
mod trace;
mod trust;

pub(crate) use audit::{
    AuditArguments, AuditCommand, AuditKeysArguments, AuditVerifyArguments, ExportArguments, ExportForm,
    FindArguments, LogArguments, OpenArguments, RotateArguments, WrittenArguments,
};
#[cfg(feature = "bench")]
pub(crate) use bench::{
    BenchArguments, BenchCommand, BenchReader, BenchRunArguments, CompareArguments, RecordCardArguments,
    TellArguments, UpArguments,
};
pub(crate) use pin::{NewPinArguments, PinArguments, PinCommand};
pub(crate) use policy::{
    ActName, AskedByName, ChannelName, CheckArguments, CorpusArguments, ForArguments, PolicyArguments,
    PolicyCommand, ProfileName, RecordsArguments, RulesArguments,
};
pub(crate) use records::{
    AddDelegation, CategoryArguments, CategoryCommand, ChangeArguments, CheckPhonePin, DelegationArguments,
    DelegationCommand, EnablementArguments, EnablementCommand, IssueArguments, ListArguments,
    PeriodArguments, PhonePinArguments, PhonePinCommand, SpanName,
};
pub(crate) use store::{
    BundleArguments, FileKind, ImportArguments, Kind, Purpose, StoreArguments, StoreCommand, UpdateArguments,
};
pub(crate) use trace::{
    LogForm, TraceArguments, TraceCommand, TraceDiffArguments, TraceExportArguments, TraceImportArguments,
    TraceShowArguments,
};
#[cfg(feature = "played")]
pub(crate) use trace::{TraceRecordArguments, TraceReplayArguments};
pub(crate) use trust::{CertCommand, Profile, TrustArguments, VerifyArguments};

/// Card login for Italian cards: CNS, TS-CNS and CIE 3.0.
#[derive(Parser)]
#[command(name = "varco", version, propagate_version = true)]
pub(crate) struct Arguments {
    /// Language of what is written: it or en. Without it, the locale decides.
    #[arg(long, global = true, value_name = "LANG")]
    pub(crate) lang: Option<String>,
    /// Write JSON for programs instead of text for people.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say on standard error what the program does. Never shows a PIN or who the holder is.
    #[arg(long, global = true, value_name = "LEVEL")]
    pub(crate) log_level: Option<crate::log::Level>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the readers and what lies in them.
    Readers(ReadersArguments),
    /// Tell what card it is, its number and the tries left. Needs no PIN.
    Card(ReaderArguments),
    /// Read the certificate on the card, or judge one in a file (`verify`). A CNS needs no PIN for reading; an identity card
    /// needs its PIN and --csca.
    Cert(CertArguments),
    /// Read and verify the number of an identity card (NIS). Needs no PIN: it identifies a card, not a person.
    Nis(NisArguments),
    /// Read what the card holds about its holder. Needs no PIN, so it needs an explicit yes.
    Data(DataArguments),
    /// List the services that the access rules know.
    Services(RulesArguments),
    /// Simulate, test, check and explain the access rules.
    Policy(PolicyArguments),
    /// Grant, revoke and list enablements: rights of a codice fiscale to professional services.
    Enablement(EnablementArguments),
    /// Register, revoke and list delegations: who may act for whom.
    Delegation(DelegationArguments),
    /// Record and list the categories that persons are of.
    Category(CategoryArguments),
    /// Issue and check temporary telephone PINs.
    PhonePin(PhonePinArguments),
    /// Verify, open and export the record of decisions; make its keys.
    Audit(AuditArguments),
    /// Log in with the card and its PIN.
    Login(Box<LoginArguments>),
    /// Tell how many tries PIN and PUK have left; change the PIN; unblock it with the PUK.
    Pin(PinArguments),
    /// Look at what was said to a card: show, compare and export traces, import logs of other programs; record and replay.
    Trace(TraceArguments),
    /// Keep a store of whom to believe about cards: authorities, trusted lists, revocation lists, bundles.
    Trust(StoreArguments),
    /// Check a proof of identity that was made elsewhere. Needs no card and no reader.
    VerifyProof(crate::verify_proof::VerifyProofArguments),
    /// Check a SPID login that a gateway handed over, and decide about a service. Needs no card and no reader.
    VerifyHandOver(Box<crate::hand_over::HandOverArguments>),
    /// Put a virtual card into a reader behind pcscd, or into the field of a virtual NFC reader.
    #[cfg(feature = "played")]
    Emulate(EmulateArguments),
    /// The test bench: scenarios at virtual readers and real ones; readers and cards for other programs' tests.
    #[cfg(feature = "bench")]
    Bench(BenchArguments),
    /// Find out what is wrong with readers and services, and what to do.
    #[cfg(any(feature = "nfc", feature = "pcsc"))]
    Doctor(DoctorArguments),
    /// Write a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write the manual pages.
    Man {
        /// Write one page for each command into this folder; without it, the main page goes to standard output.
        #[arg(long)]
        dir: Option<PathBuf>,
    },
}

/// Where the NFC readers are named.
#[derive(Args)]
pub(crate) struct ConfigArguments {
    /// The configuration file, which names the NFC readers. Without it, varco/varco.toml in the user's configuration
    /// folder, else /etc/varco/varco.toml.
    #[cfg(feature = "nfc")]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[cfg(any(feature = "nfc", feature = "pcsc"))]
#[derive(Args)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    pub(crate) config: ConfigArguments,
}

#[derive(Args)]
pub(crate) struct ReadersArguments {
    #[command(flatten)]
    pub(crate) config: ConfigArguments,
    /// Go on telling what happens, until Ctrl-C.
    #[arg(long)]
    pub(crate) watch: bool,
    /// Also try each serial port for an NFC reader. Whatever else hangs there gets bytes that mean nothing to it.
    #[cfg(feature = "nfc")]
    #[arg(long, conflicts_with = "watch")]
    pub(crate) scan_serial: bool,
}

#[derive(Args)]
pub(crate) struct ReaderArguments {
    #[command(flatten)]
    pub(crate) config: ConfigArguments,
    /// The reader: its name or a part that fits no other, `pcsc:` before it or not. `nfc:DRIVER:PORT` is an NFC reader of
    /// libnfc, configured or not, such as nfc:pn532_uart:/dev/ttyUSB0. `played:PROFILE` is a virtual card in this process,
    /// PROFILE being a name or folder as `varco emulate` takes it.
    #[arg(long, value_name = "NAME")]
    pub(crate) reader: Option<String>,
    /// How long to wait for a card that another program holds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(crate) wait: u32,
    /// A folder of makers' files (.toml), asked before those that are built in. They decide in which form a PIN is
    /// sent: one that is wrong about its card can cost tries.
    #[arg(long, value_name = "DIR")]
    pub(crate) profiles: Option<PathBuf>,
}

#[derive(Args)]
#[group(multiple = false)]
pub(crate) struct CertForm {
    /// As PEM.
    #[arg(long)]
    pub(crate) pem: bool,
    /// As DER bytes.
    #[arg(long)]
    pub(crate) der: bool,
    /// As text with all its fields (the default).
    #[arg(long)]
    pub(crate) text: bool,
}

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct CertArguments {
    #[command(subcommand)]
    pub(crate) command: Option<CertCommand>,
    #[command(flatten)]
    pub(crate) reader: ReaderArguments,
    #[command(flatten)]
    pub(crate) form: CertForm,
    #[command(flatten)]
    pub(crate) entry: EntryArguments,
    #[command(flatten)]
    pub(crate) csca: CscaArguments,
    /// Judge an identity card's signer as of this instant instead of now.
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<String>,
    /// Send the PIN of an identity card even if it is the last try.
    #[arg(long)]
    pub(crate) allow_last_try: bool,
    /// Send no PIN where an identity card does not tell how many tries are left.
    #[arg(long)]
    pub(crate) require_known_tries: bool,
}

#[derive(Args)]
pub(crate) struct DataArguments {
    #[command(flatten)]
    pub(crate) reader: ReaderArguments,
    /// Yes, read the personal data: the holder agrees. No PIN protects them.
    #[arg(long)]
    pub(crate) yes_personal_data: bool,
    /// Do not read the certificate, so that nothing is compared with it.
    #[arg(long)]
    pub(crate) without_certificate: bool,
}

/// Where the PIN comes from.
#[derive(Args)]
pub(crate) struct EntryArguments {
    /// Where the PIN comes from: terminal; pinentry, the program of GnuPG; pad, the keypad of the reader; stdin or fd:N, one
    /// line for each code.
    #[arg(
        long,
        value_name = "SOURCE",
        default_value = "terminal",
        conflicts_with = "pin_stdin"
    )]
    pub(crate) entry: String,
    /// Short for `--entry stdin`.
    #[arg(long)]
    pub(crate) pin_stdin: bool,
}

/// Whom to believe about identity cards.
#[derive(Args)]
pub(crate) struct CscaArguments {
    /// Country signers (CSCA) to believe about identity cards: a file or folder of certificates. May be repeated.
    #[arg(long, value_name = "FILE-OR-DIR")]
    pub(crate) csca: Vec<PathBuf>,
    /// Test country signers: accepted, and the result marked as test material. Anybody can make a card that they believe,
    /// and it is told the PIN.
    #[arg(long, value_name = "FILE-OR-DIR")]
    pub(crate) csca_test: Vec<PathBuf>,
    /// Whether an identity card must be shown to be genuine; what is unchecked is marked as downgraded.
    #[arg(long, value_name = "CHECK", default_value = "checked")]
    pub(crate) card_origin: CardOrigin,
}

#[derive(Args)]
pub(crate) struct NisArguments {
    #[command(flatten)]
    pub(crate) reader: ReaderArguments,
    #[command(flatten)]
    pub(crate) csca: CscaArguments,
    /// Judge the card's signer as of this instant instead of now.
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<String>,
}

/// How the card signs.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Scheme {
    Pkcs1,
    Pss,
}

/// For whom, by which rules and facts it is decided, and where that is recorded.
#[derive(Args)]
pub(crate) struct DecidingArguments {
    #[command(flatten)]
    pub(crate) acting: ForArguments,
    #[command(flatten)]
    pub(crate) rules: RulesArguments,
    #[command(flatten)]
    pub(crate) records: RecordsArguments,
    #[command(flatten)]
    pub(crate) audit: LogArguments,
}

#[derive(Args)]
pub(crate) struct LoginArguments {
    #[command(flatten)]
    pub(crate) reader: ReaderArguments,
    /// The service that is wanted (see `varco services`); without it the login ends with the identity.
    #[arg(long, value_name = "ID")]
    pub(crate) service: Option<String>,
    #[command(flatten)]
    pub(crate) deciding: DecidingArguments,
    /// Who asks for the login; it is shown to the person and signed by the card. Without it, varco-cli.
    #[arg(long, value_name = "TEXT")]
    pub(crate) audience: Option<String>,
    /// A nonce of who asks, in Base64: 16 to 64 bytes, for this login alone. The card signs it.
    #[arg(long, value_name = "BASE64")]
    pub(crate) nonce: Option<String>,
    /// Write what the asker can check for itself into a new file, once somebody is logged in. It names the holder.
    #[arg(long, value_name = "FILE", requires = "nonce", requires = "audience")]
    pub(crate) proof: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) entry: EntryArguments,
    #[command(flatten)]
    pub(crate) trust: TrustArguments,
    #[command(flatten)]
    pub(crate) csca: CscaArguments,
    /// Judge certificate and access as of this instant instead of now.
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<String>,
    /// Decide about access as of this instant, the card being judged as of --at or now: to replay how it was or will be. Only
    /// with --trust-test. A day is its midnight in Rome.
    #[arg(
        long,
        value_name = "RFC3339|DATE",
        requires = "service",
        requires = "trust_test"
    )]
    pub(crate) access_at: Option<String>,
    /// How the card signs: pkcs1 (RSASSA-PKCS1-v1_5) or pss (RSASSA-PSS), both over SHA-256.
    #[arg(long, value_name = "SCHEME", default_value = "pkcs1")]
    pub(crate) signature: Scheme,
    /// Also read the century of birth from the card's personal data, which no PIN protects; it counts where they fit
    /// the certificate. The holder agrees to it.
    #[arg(long)]
    pub(crate) birth_date_from_card: bool,
    /// Send the PIN even if it is the last try.
    #[arg(long)]
    pub(crate) allow_last_try: bool,
    /// Send no PIN where the card does not tell how many tries are left.
    #[arg(long)]
    pub(crate) require_known_tries: bool,
    /// Record what is said to the card, without PIN and personal data, in a new file.
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
}

#[cfg(feature = "played")]
#[derive(Args)]
pub(crate) struct EmulateArguments {
    /// List the virtual cards with their PIN and PUK.
    #[arg(long, conflicts_with = "profile")]
    pub(crate) list: bool,
    /// The virtual card: a name of the list, a profile's folder, or the card.toml in it.
    #[arg(long, value_name = "NAME-OR-FILE", required_unless_present = "list")]
    pub(crate) profile: Option<String>,
    /// The virtual reader of pcscd (package vsmartcard-vpcd); or `ccid://PATH`: a virtual serial reader with a keypad, which
    /// pcscd drives by libccid; or `pn532://PATH`: a virtual NFC reader, which libnfc opens as pn532_uart:PATH.
    #[arg(
        long,
        value_name = "vpcd://HOST:PORT",
        default_value = "vpcd://127.0.0.1:35963"
    )]
    pub(crate) via: String,
    /// By which signal a card in the field of an NFC reader is spoken to.
    #[arg(long, value_name = "TYPE", default_value = "a")]
    pub(crate) card_type: FieldType,
    /// Whether a `ccid://` reader has a keypad.
    #[arg(long, value_name = "PRESENCE", default_value = "present")]
    pub(crate) keypad: Keypad,
    /// Keep PIN and PUK counters of the virtual card in this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// How long things take: none, contact-115200, contact-trace or contactless-106.
    #[arg(long, value_name = "MODEL", default_value = "none")]
    pub(crate) latency: String,
    /// Write header, lengths and status word of each command as JSON lines.
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// Have something go wrong: NAME[=VALUE][@WHEN][+], as remove@verify, status=6A82@select#2 or slow=300ms@every; docs/faults.md
    /// has all of them.
    #[arg(long, value_name = "PLAN")]
    pub(crate) fault: Vec<String>,
    /// Run this program with the word `service-restarted` when a fault wants the service restarted, and go on when it has ended.
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) on_mishap: Option<PathBuf>,
    /// Take commands (insert, remove, remove-after NUMBER, fault PLAN, faults, keys DIGITS, state, quit) on this Unix socket.
    #[arg(long, value_name = "SOCKET")]
    pub(crate) control: Option<PathBuf>,
}

/// ISO/IEC 14443 type A or B.
#[cfg(feature = "played")]
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum FieldType {
    A,
    B,
}

/// Of a reader with contacts.
#[cfg(feature = "played")]
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum Keypad {
    Present,
    Absent,
}

/// Whether an identity card must be shown to be genuine.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum CardOrigin {
    /// Its security object must lead to a country signer.
    Checked,
    /// It is taken as it comes.
    Unchecked,
}
