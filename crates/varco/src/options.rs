//! What an application wants of a login.
//!
//! Not here: the login itself (`login`).

use core::fmt;
use core::time::Duration;

use std::sync::Arc;

use varco_access_policy::{
    AccessPolicy, DecisionLog, Deployment, FactSource, Gate, Request, ServiceId, TestMaterial,
};
use varco_auth::{Audience, Flow, JUDGED_NOW_S, Nonce};
use varco_card::WAIT_DEFAULT;
use varco_credential::{LastTry, UnknownTries};
use varco_messages::Locale;
use varco_pki::{
    AnchorKind, Certificate, CertvalValidator, NoEvidence, RevocationCheck, RevocationMode, RevocationSource,
    SignatureScheme, Timestamp, TrustAnchor, TrustAnchors,
};
use varco_session::{BirthDateSource, Origin, Trust};

use crate::choose::StartError;

/// What an application wants of a login. Everything has a safe default but the audience and the trust.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use varco::{AccessPolicy, Audience, KeepCard, LoginOptions, ServiceId};
///
/// let mut options = LoginOptions::new(Audience::parse("kiosk-7.example")?);
/// options
///     .service(AccessPolicy::builtin(), ServiceId::parse("inps.estratto-conto")?)
///     .login_within(Duration::from_secs(90))
///     .logged_in_for(Duration::from_secs(600))
///     .keep_card(KeepCard::Exclusively);
/// // Whom to believe: files, a trust store, or for played cards:
/// varco::played::believe(&mut options)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct LoginOptions {
    pub(crate) audience: Audience,
    pub(crate) nonce: Option<Nonce>,
    pub(crate) flow: Flow,
    pub(crate) scheme: SignatureScheme,
    pub(crate) birth_date: BirthDateSource,
    pub(crate) reader: Option<String>,
    pub(crate) wanted: Option<(AccessPolicy, Request)>,
    pub(crate) facts: Option<Arc<dyn FactSource>>,
    pub(crate) log: Option<Arc<dyn DecisionLog>>,
    pub(crate) is_cns_high: bool,
    pub(crate) access_at: Option<Timestamp>,
    pub(crate) anchors: TrustAnchors,
    pub(crate) intermediates: Vec<Certificate>,
    pub(crate) revocation: RevocationMode,
    pub(crate) evidence: Arc<dyn RevocationSource + Send + Sync>,
    pub(crate) country_signers: TrustAnchors,
    pub(crate) origin: OriginCheck,
    pub(crate) at: Option<Timestamp>,
    pub(crate) last_try: LastTry,
    pub(crate) unknown_tries: UnknownTries,
    pub(crate) wait: Duration,
    pub(crate) within: Duration,
    pub(crate) stay: Option<Duration>,
    pub(crate) grace: Duration,
    pub(crate) card: KeepCard,
    pub(crate) locale: Locale,
}

/// What becomes of the card once somebody is logged in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum KeepCard {
    /// It is reset at once and free for other programs. To sign again the PIN is asked for again.
    #[default]
    ResetNow,
    /// It stays held by this program alone, its PIN verified, until the login ends: it signs again without the PIN, and no other
    /// program gets to it meanwhile. Then it is reset.
    Exclusively,
}

/// How long a whole login may take where nobody says otherwise: time to read a question and find a letter with a PIN.
const WITHIN_DEFAULT: Duration = Duration::from_secs(300);

/// The longest that a contactless card may be out of the field.
const GRACE_MAX: Duration = Duration::from_secs(3600);

/// How long a contactless card may be out of the field where nobody says otherwise.
const GRACE_DEFAULT: Duration = Duration::from_secs(3);

/// Whether an identity card must be shown to be genuine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OriginCheck {
    Required,
    Waived,
}

/// Shows who asks, and from which reader.
impl fmt::Debug for LoginOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginOptions")
            .field("audience", &self.audience)
            .field("reader", &self.reader)
            .field("card", &self.card)
            .finish_non_exhaustive()
    }
}

impl LoginOptions {
    /// For this asker, who is shown to the person and signed by the card. Nobody is trusted yet, and revocation must be
    /// known for every certificate.
    #[must_use]
    pub fn new(audience: Audience) -> Self {
        Self {
            audience,
            nonce: None,
            flow: Flow::Local,
            scheme: SignatureScheme::default(),
            birth_date: BirthDateSource::default(),
            reader: None,
            wanted: None,
            facts: None,
            log: None,
            is_cns_high: false,
            access_at: None,
            anchors: TrustAnchors::default(),
            intermediates: Vec::new(),
            revocation: RevocationMode::Hard,
            evidence: Arc::new(NoEvidence),
            country_signers: TrustAnchors::default(),
            origin: OriginCheck::Required,
            at: None,
            last_try: LastTry::Refuse,
            unknown_tries: UnknownTries::OneVerify,
            wait: WAIT_DEFAULT,
            within: WITHIN_DEFAULT,
            stay: None,
            grace: GRACE_DEFAULT,
            card: KeepCard::default(),
            locale: Locale::Italian,
        }
    }

    /// Ends a login that runs on its reader's thread ([`Varco::begin_login`](crate::Varco::begin_login)) after this long at the latest,
    /// typing included; five minutes otherwise. A PIN that is on its way then is waited for.
    pub fn login_within(&mut self, within: Duration) -> &mut Self {
        self.within = within;
        self
    }

    /// Ends what comes of it, the [`LoggedIn`](crate::LoggedIn), this long after the login.
    pub fn logged_in_for(&mut self, stay: Duration) -> &mut Self {
        self.stay = Some(stay);
        self
    }

    /// How long an identity card may be out of the field of a contactless reader before the login ends, an hour at most; three
    /// seconds otherwise.
    /// A card that comes back must prove that it is the same and no copy. Cards with contacts have no grace.
    pub fn contactless_grace(&mut self, grace: Duration) -> &mut Self {
        self.grace = grace.min(GRACE_MAX);
        self
    }

    /// What becomes of the card once somebody is logged in.
    pub fn keep_card(&mut self, card: KeepCard) -> &mut Self {
        self.card = card;
        self
    }

    /// The language of what people are told of this login; Italian otherwise.
    pub fn locale(&mut self, locale: Locale) -> &mut Self {
        self.locale = locale;
        self
    }

    /// Has the card sign a nonce of the asker's too.
    pub fn nonce(&mut self, nonce: Nonce) -> &mut Self {
        self.nonce = Some(nonce);
        self
    }

    /// Answers a relying party elsewhere: the card signs its nonce, and [`Report::proof`](crate::Report::proof) is what it can
    /// check for itself. The proof names the holder.
    pub fn prove_to(&mut self, nonce: Nonce) -> &mut Self {
        self.flow = Flow::Remote;
        self.nonce(nonce)
    }

    /// Has the card sign by this scheme. RSASSA-PSS needs a key of 2048 bits and a card that leaves the padding to the
    /// host; others are refused before the PIN is asked.
    pub fn signature_scheme(&mut self, scheme: SignatureScheme) -> &mut Self {
        self.scheme = scheme;
        self
    }

    /// Also reads the century of birth, which the certificate does not tell, from the card's own data; it counts only
    /// where they fit the certificate. The person must have agreed: the data are read without a PIN.
    pub fn birth_date_from_card(&mut self) -> &mut Self {
        self.birth_date = BirthDateSource::Card;
        self
    }

    /// Takes the card in this reader: its name, or a part of it that fits no other.
    pub fn reader(&mut self, name: &str) -> &mut Self {
        self.reader = Some(name.to_owned());
        self
    }

    /// Decides about this service, by these rules, for a citizen in his own affairs.
    pub fn service(&mut self, policy: AccessPolicy, service: ServiceId) -> &mut Self {
        self.request(policy, Request::new(service))
    }

    /// Decides about this request, by these rules.
    pub fn request(&mut self, policy: AccessPolicy, request: Request) -> &mut Self {
        self.wanted = Some((policy, request));
        self
    }

    /// Decides with what is known here of persons: enablements, delegations, categories. Where that cannot be had, nothing is
    /// permitted.
    pub fn facts(&mut self, facts: Arc<dyn FactSource>) -> &mut Self {
        self.facts = Some(facts);
        self
    }

    /// Records every decision here. Where that cannot be done, nothing is permitted.
    pub fn decision_log(&mut self, log: Arc<dyn DecisionLog>) -> &mut Self {
        self.log = Some(log);
        self
    }

    /// Decides about access as of this instant, whatever the instant of trust: to replay how it was or will be. Only where test
    /// material is permitted; a login is refused otherwise.
    pub fn access_at(&mut self, at: Timestamp) -> &mut Self {
        self.access_at = Some(at);
        self
    }

    /// Takes a CNS that is worth `substantial` as `high`.
    pub fn cns_is_high(&mut self) -> &mut Self {
        self.is_cns_high = true;
        self
    }

    /// Believes these anchors, besides those given before. Anchors of kind [`AnchorKind::Test`] also permit
    /// that access is given to an identity that is marked as test material.
    pub fn trust(&mut self, anchors: impl IntoIterator<Item = TrustAnchor>) -> &mut Self {
        anchors.into_iter().for_each(|anchor| self.anchors.add(anchor));
        self
    }

    /// Knows these certificates that may stand between a card and an anchor, besides those given before.
    pub fn intermediates(&mut self, certificates: impl IntoIterator<Item = Certificate>) -> &mut Self {
        self.intermediates.extend(certificates);
        self
    }

    /// How sure one must be that no certificate was revoked. Without this, fresh evidence is needed for each.
    pub fn revocation(&mut self, mode: RevocationMode) -> &mut Self {
        self.revocation = mode;
        self
    }

    /// Where evidence about revocation comes from. Without this there is none.
    pub fn evidence(&mut self, source: impl RevocationSource + Send + Sync + 'static) -> &mut Self {
        self.evidence_shared(Arc::new(source))
    }

    /// The same, of a source that others use too.
    pub fn evidence_shared(&mut self, source: Arc<dyn RevocationSource + Send + Sync>) -> &mut Self {
        self.evidence = source;
        self
    }

    /// Believes these country signers about identity cards. Those of the fixtures are known by their keys, and what rests on
    /// them is marked as test material.
    pub fn country_signers(&mut self, signers: impl IntoIterator<Item = TrustAnchor>) -> &mut Self {
        signers
            .into_iter()
            .for_each(|signer| self.country_signers.add(signer));
        self
    }

    /// Takes identity cards without asking whether they are genuine: the identity is marked as downgraded.
    pub fn unchecked_origin(&mut self) -> &mut Self {
        self.origin = OriginCheck::Waived;
        self
    }

    /// Judges trust and access as of this instant, instead of now.
    pub fn at(&mut self, at: Timestamp) -> &mut Self {
        self.at = Some(at);
        self
    }

    /// Lets the last try be spent.
    pub fn allow_last_try(&mut self) -> &mut Self {
        self.last_try = LastTry::Allow;
        self
    }

    /// Refuses to send a PIN where the card does not tell how many tries are left.
    pub fn require_known_tries(&mut self) -> &mut Self {
        self.unknown_tries = UnknownTries::Refuse;
        self
    }

    /// Waits at most so long for a card that another program holds.
    pub fn wait(&mut self, wait: Duration) -> &mut Self {
        self.wait = wait;
        self
    }

    pub(crate) fn trusted(&self) -> Trust<'_> {
        Trust {
            anchors: &self.anchors,
            intermediates: &self.intermediates,
            validator: &CertvalValidator,
            revocation: RevocationCheck {
                mode: self.revocation,
                source: &*self.evidence,
            },
            at: self.at.unwrap_or_else(Timestamp::now),
            origin: match self.origin {
                OriginCheck::Required => Origin::CountrySigners(&self.country_signers),
                OriginCheck::Waived => Origin::Unchecked,
            },
        }
    }

    /// Where it is decided, and what is asked for.
    pub(crate) fn gate(&self) -> Option<(Gate<'_>, Request)> {
        let (policy, request) = self.wanted.as_ref()?;
        let mut gate = Gate::new(policy.clone(), self.deployment());
        if let Some(facts) = &self.facts {
            gate = gate.with_facts(&**facts);
        }
        if let Some(log) = &self.log {
            gate = gate.with_log(&**log);
        }
        Some((gate, request.clone()))
    }

    /// The instant of trust, where it is so far from now that the identity is marked. Nearer ones are no replay: access is decided
    /// as of the end of the dialogue then.
    pub(crate) fn judged_elsewhen(&self) -> Option<Timestamp> {
        let now_s = Timestamp::now().as_second();
        self.at.filter(|at| at.as_second().abs_diff(now_s) > JUDGED_NOW_S)
    }

    /// Refuses what cannot end well, before a card is asked anything.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        if self.is_replay_refused() {
            return Err(StartError::ReplayRefused);
        }
        if let Some((policy, request)) = &self.wanted
            && let Some(service) = request.act.service()
            && policy.service(service).is_none()
        {
            let known = policy.services().iter();
            return Err(StartError::UnknownService {
                service: service.as_str().to_owned(),
                known: known.map(|service| service.id.as_str().to_owned()).collect(),
            });
        }
        Ok(())
    }

    /// Whether another instant is asked for where that is not permitted.
    fn is_replay_refused(&self) -> bool {
        self.access_at.is_some() && self.deployment().test_material == TestMaterial::Refused
    }

    fn deployment(&self) -> Deployment {
        let testing = self
            .anchors
            .iter()
            .any(|anchor| anchor.kind() == AnchorKind::Test);
        let deployment = Deployment::new(if testing {
            TestMaterial::Permitted
        } else {
            TestMaterial::Refused
        });
        if self.is_cns_high {
            deployment.with_cns_high()
        } else {
            deployment
        }
    }
}
