//! The options of `varco trust`.
//!
//! Not here: what the commands do (`trust_store`).

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Args)]
pub(crate) struct StoreArguments {
    /// The trust store. Without it /var/lib/varco/trust for root, else varco/trust in the user's data folder.
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) store: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: StoreCommand,
}

/// What is done with a trust store.
#[derive(Subcommand)]
pub(crate) enum StoreCommand {
    /// Put something in: authorities, signers of trusted lists, trusted lists, revocation lists, a bundle.
    Import(ImportArguments),
    /// List what is in the store.
    List,
    /// Show what has a fingerprint that begins so.
    Show {
        /// The first digits of a SHA-256.
        #[arg(value_name = "SHA256-PREFIX")]
        prefix: String,
    },
    /// Take out an authority, a signer of trusted lists, a list, or a host that may be asked; an older list can be imported then.
    Remove {
        /// The first digits of its SHA-256, or the host as it is listed.
        #[arg(value_name = "SHA256-PREFIX|HOST")]
        prefix: String,
    },
    /// Tell what is fresh, due, out of date or damaged (48 where something must be done).
    Status,
    /// Fetch trusted lists and revocation lists that are due.
    Update(UpdateArguments),
    /// Write all of the store into one signed file, for machines without a network.
    Bundle(BundleArguments),
}

/// What a file is taken as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum FileKind {
    /// Certificates of authorities.
    Anchor,
    /// Certificates of those who may sign trusted lists.
    Signer,
    /// A trusted list.
    List,
    /// Revocation lists.
    Crl,
    /// A bundle.
    Bundle,
}

impl FileKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Anchor => "anchor",
            Self::Signer => "signer",
            Self::List => "list",
            Self::Crl => "crl",
            Self::Bundle => "bundle",
        }
    }
}

/// What an authority is believed as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Kind {
    Production,
    Legacy,
    Test,
}

/// The kind of card that an authority is believed about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Purpose {
    Any,
    Cns,
    Cie,
}

#[derive(Args)]
pub(crate) struct ImportArguments {
    /// The files.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What they are. Without it that is told from their content, where it can be.
    #[arg(long = "as", value_name = "KIND")]
    pub(crate) what: Option<FileKind>,
    /// Whose trusted list it is, or may be signed: two capital letters; EU is the Union's list of lists.
    #[arg(long, value_name = "TERRITORY", default_value = "IT")]
    pub(crate) territory: String,
    /// What the authorities are believed as: production, legacy (RSA-1024 and SHA-1 pass, and are marked) or test (the
    /// result is marked as test material). Also of those that a trusted list recognises. A bundle says that itself, but
    /// brings test authorities only with test.
    #[arg(long, value_name = "KIND", default_value = "production")]
    pub(crate) kind: Kind,
    /// The kind of card that the authorities are believed about.
    #[arg(long, value_name = "PURPOSE", default_value = "any")]
    pub(crate) purpose: Purpose,
    /// The last day (UTC) on which legacy algorithms pass below the authorities, such as 2027-06-30.
    #[arg(long, value_name = "DATE")]
    pub(crate) legacy_until: Option<String>,
    /// The public key by which a bundle is known.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The certificate of the authority that signed a revocation list, where it is not in the store: one in between.
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer: Option<PathBuf>,
    /// Where the next trusted list or revocation list will be fetched. Its host may be asked then.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
}

#[derive(Args)]
pub(crate) struct UpdateArguments {
    /// Fetch the trusted list of --territory from here. Its host may be asked.
    #[arg(long, value_name = "URL")]
    pub(crate) list_url: Option<String>,
    /// The territory whose trusted list is wanted, also where the store has none: its address is then that in the list of
    /// lists, or --list-url.
    #[arg(long, value_name = "TERRITORY")]
    pub(crate) territory: Option<String>,
    /// What the authorities of a list that was not there before are believed as.
    #[arg(long, value_name = "KIND", default_value = "production")]
    pub(crate) kind: Kind,
    /// A host (or HOST:PORT) that may be asked, now and later. May be repeated.
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_host: Vec<String>,
    /// The same for a host inside the network or on this machine: a mirror of one's own.
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_private_host: Vec<String>,
    /// How many hours a trusted list may be late from now on (2160 at most).
    #[arg(long, value_name = "HOURS")]
    pub(crate) list_grace: Option<u16>,
    /// Fetch everything, due or not, and also from addresses that failed a short while ago.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Args)]
pub(crate) struct BundleArguments {
    /// The file to write; one that is there is replaced.
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "new_key",
        requires = "key"
    )]
    pub(crate) out: Option<PathBuf>,
    /// The private key (Ed25519, PKCS#8).
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Make a key in a new file that only its owner may read, and its public half beside it, with .pub behind its name.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "key"])]
    pub(crate) new_key: Option<PathBuf>,
}
