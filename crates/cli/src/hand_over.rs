//! `varco verify-hand-over`: checks a SPID login that a gateway handed over, and decides about a service for whoever it is.
//!
//! Not here: the check itself (the library's), and which nonces are outstanding: the caller knows what it issued.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use clap::Args;
use serde_json::json;
use varco::policy::TestMaterial;
use varco::proof::{Client, NonceError, NonceStore, NonceTaken};
use varco::spid::{
    GatewayKey, GatewayKeyError, GatewayKeys, GatewayMaterial, GatewayPublicKey, HAND_OVER_LENGTH_MAX,
    HandOverExpected, verify_hand_over,
};
use varco::steps::Timestamp;
use varco::{Audience, Decision, Nonce, VerifiedIdentity};
use varco_messages::Arg;

use crate::arguments::DecidingArguments;
use crate::asked::Asked;
use crate::decision;
use crate::exit::Exit;
use crate::output::{Format, Output, to_json};
use crate::problem::Problem;
use crate::trust::parse_named_instant;
use crate::{login, rules, verify_proof};

/// Most bytes of a key's file that are read; the library takes fewer.
const KEY_LENGTH_MAX: u64 = 8192;

#[derive(Args)]
pub(crate) struct HandOverArguments {
    /// The SPID login, as the gateway gave it (docs/spid.md), with nothing before or after it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Who asked for the login: the audience that the gateway must have signed it for.
    #[arg(long, value_name = "TEXT")]
    audience: String,
    /// The nonce that was given for this login, in Base64: each is accepted once and for one session, and whoever verifies sees
    /// to that.
    #[arg(long, value_name = "BASE64")]
    nonce: String,
    /// The gateway's name, as its key is known by.
    #[arg(long, value_name = "NAME")]
    gateway: String,
    /// The gateway's Ed25519 public key, in PEM. May be repeated while one takes the place of another.
    #[arg(long, value_name = "FILE", required = true)]
    gateway_key: Vec<PathBuf>,
    /// The gateway is one of tests: its logins are marked as test material, and permitted.
    #[arg(long)]
    gateway_test: bool,
    /// How many seconds ago the person may have logged in at the identity provider.
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    max_authn_age: u32,
    /// The service that is wanted (see `varco services`); without it the command ends with the identity.
    #[arg(long, value_name = "ID")]
    service: Option<String>,
    #[command(flatten)]
    deciding: DecidingArguments,
    /// Judge and decide as of this instant instead of now: of test material only.
    #[arg(long, value_name = "RFC3339", requires = "gateway_test")]
    at: Option<String>,
}

pub(crate) fn run(arguments: &HandOverArguments, output: &Output) -> Exit {
    match perform(arguments, output) {
        Ok(exit) => exit,
        Err(problem) => output.fail(&problem),
    }
}

/// All that can be wrong with the options is found out before the login is looked at.
fn perform(arguments: &HandOverArguments, output: &Output) -> Result<Exit, Problem> {
    let audience = Audience::parse(&arguments.audience).map_err(|error| output.problem(error.code(), &[]))?;
    let nonce = Nonce::from_base64(&arguments.nonce).map_err(|error| output.problem(error.code(), &[]))?;
    let now = match &arguments.at {
        None => Timestamp::now(),
        Some(at) => parse_named_instant("--at", at, output)?,
    };
    let keys = keys(arguments, output)?;
    let asked = arguments.service.as_deref();
    let asked = asked
        .map(|service| Asked::of(service, &arguments.deciding, output))
        .transpose()?;
    let hand_over = verify_proof::read(&arguments.file, HAND_OVER_LENGTH_MAX, output)?;
    let client = Client::named(b"varco verify-hand-over");
    let expected = HandOverExpected::new(audience, client, now, arguments.max_authn_age);
    let nonces = Issued {
        client,
        nonce: Mutex::new(Some(nonce)),
    };
    let identity = verify_hand_over(&hand_over, &keys, &expected, &nonces)
        .map_err(|error| output.problem(error.code(), &[]).detailed(&error))?;
    let test_material = if arguments.gateway_test {
        TestMaterial::Permitted
    } else {
        TestMaterial::Refused
    };
    let decision = asked
        .as_ref()
        .map(|asked| asked.decide(&identity, test_material, now));
    tell(&identity, decision.as_ref(), asked.as_ref(), output);
    Ok(decision
        .as_ref()
        .map_or(Exit::Done, |decision| decision::exit_of(decision)))
}

/// The keys of the gateway, good at any time: whoever names them says that they are.
fn keys(arguments: &HandOverArguments, output: &Output) -> Result<GatewayKeys, Problem> {
    let material = if arguments.gateway_test {
        GatewayMaterial::Test
    } else {
        GatewayMaterial::Real
    };
    let refused = |error: GatewayKeyError, path: &str| {
        output
            .problem(error.code(), &[("path", Arg::Text(path))])
            .detailed(&error)
    };
    let read = |path: &PathBuf| {
        let pem = rules::read(path, KEY_LENGTH_MAX, output)?;
        let key = GatewayPublicKey::from_pem(&pem).and_then(|public| {
            GatewayKey::new(
                &arguments.gateway,
                public,
                Timestamp::MIN,
                Timestamp::MAX,
                material,
            )
        });
        key.map_err(|error| refused(error, &path.display().to_string()))
    };
    let keys = arguments
        .gateway_key
        .iter()
        .map(read)
        .collect::<Result<Vec<_>, _>>()?;
    GatewayKeys::new(keys).map_err(|error| refused(error, ""))
}

/// The one nonce that the caller issued, to the one session that it has.
struct Issued {
    client: Client,
    nonce: Mutex<Option<Nonce>>,
}

impl NonceStore for Issued {
    /// None is issued here.
    fn issue(&self, _: Client, _: [u8; 32], _: Timestamp) -> Result<Nonce, NonceError> {
        Err(NonceError::StoreFull)
    }

    fn take(&self, nonce: &Nonce, now: Timestamp) -> Result<NonceTaken, NonceError> {
        let mut outstanding = self.nonce.lock().unwrap_or_else(PoisonError::into_inner);
        match outstanding.take_if(|outstanding| outstanding == nonce) {
            Some(_) => Ok(NonceTaken {
                client: self.client,
                issued_at_s: now.as_second(),
            }),
            None => Err(NonceError::NotOutstanding),
        }
    }
}

fn tell(identity: &VerifiedIdentity, decision: Option<&Decision>, asked: Option<&Asked>, output: &Output) {
    match output.format() {
        Format::Json => output.json(json!({ "verified_hand_over": {
            "identity": to_json(identity),
            "decision": decision.map(|decision| decision::json(decision, output)),
        }})),
        Format::Text => {
            output.line(&output.say("hand-over-verified", &[]));
            let mut rows = login::identity_rows(identity, output);
            rows.push(("label-audience", identity.audience().to_string()));
            rows.push(("label-authenticated-at", identity.authenticated_at().to_string()));
            output.table(&rows);
            login::marks(identity.assurance(), output);
            output.line(&output.say("hand-over-limits", &[]));
            if let Some(decision) = decision {
                let wanted = asked.map(|asked| (&asked.policy, &asked.request));
                decision::tell(decision, wanted, output);
            }
        }
    }
}
