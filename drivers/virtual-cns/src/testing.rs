//! A small profile made in code, for the tests of this crate.

use std::collections::BTreeMap;
use std::io;
use std::sync::OnceLock;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::PrivateKey;
use rsa::pkcs8::EncodePrivateKey;

use crate::{Profile, ProfileError};

/// A key of 1024 bits, the same on every run.
pub(crate) fn key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| PrivateKey::new(&mut ChaCha8Rng::from_seed([3; 32]), 1024).unwrap())
}

/// The text of a profile in which every replacement is made; each must occur.
pub(crate) fn text(replacements: &[(&str, &str)]) -> String {
    let mut text = TEXT.to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "{from} is not in the profile");
        text = text.replace(from, to);
    }
    text
}

/// The profile of such a text.
pub(crate) fn profile(replacements: &[(&str, &str)]) -> Result<Profile, ProfileError> {
    let der = key().to_pkcs8_der().unwrap().as_bytes().to_vec();
    let files = BTreeMap::from([
        ("key.p8", der),
        ("certificate.bin", (0..=255).cycle().take(1400).collect()),
        ("number.bin", b"6090000000000016".to_vec()),
        ("large.bin", vec![0; 65_537]),
    ]);
    Profile::parse(&text(replacements), &mut |name| {
        files
            .get(name)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    })
}

const TEXT: &str = r#"
format = 1
kind = "cns"
name = "cns-small"
title_en = "small"
title_it = "piccola"
atr = "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80 8C"
[behaviour]
wrong_pin = "6300"
empty_verify = "count"
reference_search_bit = "required"
chaining = true
extended_length = true
short_read = "9000"
security_environment = 3
[pin]
reference = 0x10
value = "12345"
tries_max = 3
tries_left = 3
length_min = 5
length_max = 8
[puk]
reference = 0x11
value = "12345678"
tries_max = 10
tries_left = 10
length_min = 8
length_max = 8
[[key]]
reference = 0x01
file = "key.p8"
[[file]]
path = "1000/1003"
size = 16
content = "number.bin"
read = "always"
update = "never"
[[file]]
path = "1100/1101"
size = 2048
content = "certificate.bin"
read = "always"
[[file]]
path = "1100/1102"
size = 400
read = "pin"
[[file]]
path = "1200"
aid = "A0 00 00 05 30"
"#;
