//! Care of PIN and PUK: what the counters say, a change, an unblocking.
//!
//! Not here: what is said to the card (drivers) and when a try may be spent (`credential`). The certificate of a CNS is not
//! judged: nothing is proven to anybody here. A document is judged before a person types, as for a login: it gets the values
//! through a channel to the key that was signed for it.

mod new_pin;

pub(crate) use new_pin::Renewal;

use core::time::Duration;

use varco_card::{CardLink, Trace};
use varco_credential::{
    CardDescription, CardDriver, CardError, CardSecret, PinId, PinRules, PinWays, Tries, TriesLeft,
};
use zeroize::Zeroizing;

use crate::document::DocumentTrusted;
use crate::{CardSeen, Companion, Conversation, LoginError, Origin, PinEntry, Trust};

/// All that the care of a PIN needs besides the values.
pub struct PinCare<'a> {
    /// The connected card.
    pub link: &'a mut dyn CardLink,
    /// How long each transaction waits for another program.
    pub wait: Duration,
    /// The kinds of card that are known.
    pub drivers: &'a [Box<dyn CardDriver>],
    /// Whom to believe about documents.
    pub trust: Trust<'a>,
    /// Who asks: shown to the person.
    pub asker: &'a str,
    /// Which PIN is changed or unblocked.
    pub pin: PinId,
    /// The PIN rules of this insertion.
    pub rules: &'a mut PinRules,
    /// Fresh randomness for the channels to a document, whose keys follow from it: for the one that tells the counters, and for the
    /// one that takes the values.
    pub seeds: [Zeroizing<[u8; 32]>; 2],
    /// Where to record what is said.
    pub trace: Option<Trace<'a>>,
    /// Who walks along; [`Alone`](crate::Alone) where nobody does.
    pub companion: &'a dyn Companion,
}

/// The counters of a PIN and of its PUK.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PinCounters {
    /// Which PIN.
    pub id: PinId,
    /// Its counter.
    pub pin: Tries,
    /// That of its PUK; `None` where cards of this make have none that is known.
    pub puk: Option<Tries>,
    /// How it is changed and unblocked, as far as that is known.
    pub ways: PinWays,
}

/// How the care of a PIN went.
#[derive(Debug)]
pub struct CareReport<T> {
    /// What came of it.
    pub outcome: Result<T, LoginError>,
    /// Which PIN it was about, where it was about one.
    pub pin: Option<PinId>,
    /// The card, once recognised.
    pub card: Option<CardDescription>,
    /// The administration that issued it, as the certificate of a CNS names it: whoever holds the codes in doubt.
    pub issuer: Option<String>,
    /// The counters as the card last told them, once asked about.
    pub counters: Option<PinCounters>,
    /// The secret of which a value went to the card, if one did.
    pub sent: Option<CardSecret>,
    /// Number of C-APDUs that were sent.
    pub exchanges: u32,
    /// Whether a recording was asked for and is cut.
    pub trace_failed: bool,
    /// A value was sent and the card could not be reset afterwards.
    pub reset_failed: bool,
}

/// What is known on the way, whether or not it reaches its end.
#[derive(Default)]
struct Seen {
    card: Option<CardDescription>,
    at_stake: Option<CardSecret>,
    issuer: Option<String>,
    counters: Option<PinCounters>,
}

struct Way<'a> {
    drivers: &'a [Box<dyn CardDriver>],
    trust: Trust<'a>,
    asker: &'a str,
    pin: PinId,
    rules: &'a mut PinRules,
    seeds: [Zeroizing<[u8; 32]>; 2],
}

/// Tells the counters of all PINs and PUKs that the card has, without a PIN and without spending a try; unknown where asking
/// could cost one.
///
/// A document tells its counters through a channel only. It is not judged for that: nothing secret goes to it, and what it
/// tells is as good as it.
pub fn pin_status(care: PinCare<'_>) -> CareReport<Vec<PinCounters>> {
    walk(care, |mut way, conversation, seen| {
        let mut card = CardSeen::recognise(conversation, way.drivers)?;
        seen.card = Some(card.description());
        if card.card().as_document().is_some() {
            let unchecked = Trust {
                origin: Origin::Unchecked,
                ..way.trust
            };
            let [seed, _] = way.seeds;
            let told = DocumentTrusted::judge(card, conversation, unchecked)?.status(conversation, seed)?;
            seen.counters = Some(told);
            return Ok(vec![told]);
        }
        // A card that tells no certificate has counters all the same.
        let certificate = conversation.hold(|channel| new_pin::known_by(card.card(), channel))?;
        seen.issuer = certificate.as_deref().and_then(new_pin::issuer);
        let mut all = Vec::new();
        for id in PinId::ALL {
            match way.counters(&mut card, conversation, id) {
                // A folder may be there without its PIN, which only a counter shows.
                Ok(told) if id != PinId::User && told.pin.left == TriesLeft::Unknown => {}
                Ok(told) => all.push(told),
                Err(LoginError::Card(CardError::SecretAbsent { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        seen.counters = all.iter().copied().find(|told| told.id == way.pin);
        Ok(all)
    })
}

/// Changes a PIN: asks for the present one and the new one, and brings both to the card, once.
pub fn change_pin(care: PinCare<'_>, entry: &mut dyn PinEntry) -> CareReport<()> {
    walk(care, |way, conversation, seen| {
        way.renew(conversation, entry, seen, Renewal::Change)
    })
}

/// Unblocks a PIN, or gives a forgotten one a new value: asks for the PUK and the new PIN, and brings both to the card, once.
pub fn unblock_pin(care: PinCare<'_>, entry: &mut dyn PinEntry) -> CareReport<()> {
    walk(care, |way, conversation, seen| {
        way.renew(conversation, entry, seen, Renewal::Unblock)
    })
}

fn walk<T>(
    care: PinCare<'_>,
    work: impl FnOnce(Way<'_>, &mut Conversation<'_>, &mut Seen) -> Result<T, LoginError>,
) -> CareReport<T> {
    let mut conversation = Conversation::new(care.link, care.wait)
        .recorded(care.trace)
        .accompanied(care.companion);
    let mut seen = Seen::default();
    let before = care.rules.permits();
    let way = Way {
        drivers: care.drivers,
        trust: care.trust,
        asker: care.asker,
        pin: care.pin,
        rules: &mut *care.rules,
        seeds: care.seeds,
    };
    let outcome = work(way, &mut conversation, &mut seen);
    CareReport {
        outcome,
        pin: seen.at_stake.map(CardSecret::id),
        card: seen.card,
        issuer: seen.issuer,
        counters: seen.counters,
        sent: seen.at_stake.filter(|_| care.rules.permits() > before),
        exchanges: conversation.exchanges(),
        trace_failed: conversation.trace_failed(),
        reset_failed: conversation.reset_failed(),
    }
}

impl Way<'_> {
    /// The counters of one PIN of a card that tells them in clear, where asking is free.
    fn counters(
        &mut self,
        card: &mut CardSeen,
        conversation: &mut Conversation<'_>,
        id: PinId,
    ) -> Result<PinCounters, LoginError> {
        let (pin, puk) = (CardSecret::Pin(id), CardSecret::Puk(id));
        if card.card().secret(pin).is_none() {
            return Err(CardError::SecretAbsent { secret: pin.name() }.into());
        }
        if id != PinId::User {
            // Whether it is there, which costs nothing, where asking for its counter could.
            conversation.hold(|channel| card.card().approach(channel, pin))?;
        }
        Ok(PinCounters {
            id,
            pin: card.tries_by(conversation, pin, self.rules)?,
            puk: match card.card().secret(puk) {
                Some(_) => some_puk(card.tries_by(conversation, puk, self.rules))?,
                None => None,
            },
            ways: card.card().pin_ways(id),
        })
    }
}

/// A card whose make has a PUK may have none all the same.
fn some_puk(told: Result<Tries, LoginError>) -> Result<Option<Tries>, LoginError> {
    match told {
        Ok(tries) => Ok(Some(tries)),
        Err(LoginError::Card(CardError::SecretAbsent { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}
