//! The cards of the fixtures, made once for each thread and taken up again in the state of a new one.
//!
//! Not here: which card a journey has (`spec`).

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crypto_bigint::Resize as _;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;
use rsa::BoxedUint;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use varco_emulator::{Alteration, CardState, PlayedCard, PlayedKey, TimingModel};
use varco_pki::Timestamp;
use varco_roster::played::Profile;
use varco_sm::ROOT_PRIVATE_EXPONENT;

use super::entitled::Flaw;
use crate::cards::fixture;

const ROOT_BITS: usize = 1024;

/// What is known of a card of the fixtures.
pub(crate) struct About {
    pub(crate) name: String,
    pub(crate) is_document: bool,
    pub(crate) pin: u8,
    pub(crate) puk: u8,
    /// The search bit, where the card wants it.
    pub(crate) search: u8,
    pub(crate) pin_tries: u8,
    pub(crate) puk_tries: u8,
    /// The key that its holder has, to compute again what an identity card signs within its channel.
    pub(crate) holder: Option<PlayedKey>,
    /// Modulus and exponent of each key that may prove its holder.
    pub(crate) keys: Vec<(Vec<u8>, Vec<u8>)>,
    /// It answers a question for its counters with them.
    pub(crate) tells_tries: bool,
    /// What is wrong with it.
    pub(crate) flaw: Flaw,
    /// From when until when its certificate is valid, in seconds since 1970.
    pub(crate) valid_s: (i64, i64),
    /// Its certificate is below the authority of the fixtures that signs with SHA-1.
    pub(crate) is_legacy: bool,
}

/// A card, with what it is like when it is new.
pub(crate) struct Pooled {
    pub(crate) card: Box<dyn PlayedCard>,
    pub(crate) about: Arc<About>,
    pub(crate) fresh: CardState,
}

thread_local! {
    static POOL: RefCell<HashMap<String, Vec<Pooled>>> = RefCell::default();
    static ABOUT: RefCell<HashMap<String, Arc<About>>> = RefCell::default();
}

/// A card of this name, as new. Identity cards are made anew each time: their chance is in their seed.
pub(crate) fn take(name: &str, seed: [u8; 32]) -> Pooled {
    let known = POOL.with_borrow_mut(|pool| pool.get_mut(name)?.pop());
    if let Some(mut known) = known {
        known.card.restore(&known.fresh).unwrap();
        return known;
    }
    let text = String::from_utf8(fixture(&format!("cards/{name}/card.toml")).to_vec()).unwrap();
    let mut file = |file: &str| match file {
        "root-modulus.bin" => Ok(root_key().0.clone()),
        "root-exponent.bin" => Ok(root_key().1.clone()),
        file => Ok(fixture(&format!("cards/{name}/{file}")).to_vec()),
    };
    let mut card: Box<dyn PlayedCard> = match Profile::parse(&text, &mut file).unwrap() {
        Profile::Cns(profile) => Box::new(profile.into_card()),
        Profile::Cie(profile) => Box::new(profile.with_seed(seed).into_card()),
    };
    let about = ABOUT.with_borrow_mut(|known| {
        let about = known
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(about(name, &text)));
        Arc::clone(about)
    });
    card.set_timing(if about.is_document {
        TimingModel::named("contactless-106").unwrap_or(TimingModel::CONTACT_115200)
    } else {
        TimingModel::CONTACT_115200
    });
    Pooled {
        fresh: card.snapshot(),
        card,
        about,
    }
}

/// Puts a card back for the next journey.
pub(crate) fn give_back(mut card: Pooled) {
    // A fault may have cut it and another card been put in its place.
    card.card.alter(Alteration::WholeCertificate);
    if !card.about.is_document {
        POOL.with_borrow_mut(|pool| pool.entry(card.about.name.clone()).or_default().push(card));
    }
}

/// The key by which identity cards verify terminals, of 1024 bits: a terminal's certificate is signed anew for each channel, by
/// the private exponent that is published, which costs most of a login with 2048 bits. Modulus and public exponent fit it.
fn root_key() -> &'static (Vec<u8>, Vec<u8>) {
    static KEY: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    KEY.get_or_init(|| {
        let private = BoxedUint::from_be_slice(&ROOT_PRIVATE_EXPONENT, 2048).unwrap();
        let mut random = ChaCha8Rng::from_seed([1; 32]);
        loop {
            let key = rsa::PrivateKey::new(&mut random, ROOT_BITS).unwrap();
            let wide = |number: &BoxedUint| number.resize(2048);
            let [p, q] = key.primes() else { continue };
            // (p - 1)(q - 1) = n - p - q + 1
            let order = wide(key.n())
                .wrapping_sub(wide(p))
                .wrapping_sub(wide(q))
                .wrapping_add(wide(&BoxedUint::one()));
            let inverse: Option<BoxedUint> = order
                .to_nz()
                .into_option()
                .and_then(|order| private.rem(&order).invert_mod(&order).into_option());
            if let Some(exponent) = inverse {
                return (bytes(key.n()), bytes(&exponent));
            }
        }
    })
}

/// Without zeros in front.
fn bytes(number: &BoxedUint) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes[zeros..].to_vec()
}

fn about(name: &str, text: &str) -> About {
    let table: toml::Table = text.parse().unwrap();
    let number = |section: &str, key: &str| {
        let value = table[section][key].as_integer().unwrap();
        u8::try_from(value).unwrap()
    };
    let file = |name_of: &toml::Value| {
        let file = name_of.as_str().unwrap();
        fixture(&format!("cards/{name}/{file}"))
    };
    let is_document = table["kind"].as_str() == Some("cie");
    let files: Vec<Arc<Vec<u8>>> = if is_document {
        vec![file(&table["keys"]["holder"])]
    } else {
        let keys = table["key"].as_array().unwrap();
        keys.iter().map(|key| file(&key["file"])).collect()
    };
    let searches = table["behaviour"]
        .get("reference_search_bit")
        .and_then(toml::Value::as_str);
    let made = made(name);
    About {
        name: name.to_owned(),
        is_document,
        pin: number("pin", "reference"),
        puk: number("puk", "reference"),
        search: if searches == Some("required") { 0x80 } else { 0x00 },
        pin_tries: number("pin", "tries_max"),
        puk_tries: number("puk", "tries_max"),
        holder: files
            .first()
            .filter(|_| is_document)
            .map(|file| PlayedKey::from_pkcs8_der(file).unwrap()),
        keys: files.iter().map(|file| public_key(file)).collect(),
        tells_tries: table["behaviour"]
            .get("tells_tries")
            .is_none_or(|tells| tells.as_bool() == Some(true)),
        flaw: Flaw::of(name),
        valid_s: made.valid_s,
        is_legacy: made.is_legacy,
    }
}

/// What the recipe of the fixtures made of a card's certificate.
struct Made {
    valid_s: (i64, i64),
    is_legacy: bool,
}

fn made(card: &str) -> Made {
    static RECIPE: OnceLock<toml::Table> = OnceLock::new();
    let recipe = RECIPE.get_or_init(|| {
        let text = String::from_utf8(fixture("recipe.toml").to_vec()).unwrap();
        text.parse().unwrap()
    });
    let named = |list: &toml::Value, name: &str| -> Option<toml::Value> {
        let mut all = list.as_array().unwrap().iter();
        all.find(|one| one["name"].as_str() == Some(name)).cloned()
    };
    let of = named(&recipe["card"], card).or_else(|| named(&recipe["identity"]["card"], card));
    let certificate = of.unwrap()["certificate"].as_str().unwrap().to_owned();
    let certificate = named(&recipe["certificate"], &certificate).unwrap();
    // What a certificate does not say it has of the one that it is like.
    let like = certificate
        .get("like")
        .map(|like| named(&recipe["certificate"], like.as_str().unwrap()).unwrap());
    let said = |key: &str| {
        let said = certificate.get(key);
        said.or_else(|| like.as_ref()?.get(key))
            .unwrap()
            .as_str()
            .unwrap()
    };
    let second = |key: &str| said(key).parse::<Timestamp>().unwrap().as_second();
    Made {
        valid_s: (second("not_before"), second("not_after")),
        is_legacy: said("issuer") == "ca-cns-legacy",
    }
}

fn public_key(pkcs8: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let key = rsa::PrivateKey::from_pkcs8_der(pkcs8).unwrap();
    (bytes(key.n()), bytes(key.e()))
}
