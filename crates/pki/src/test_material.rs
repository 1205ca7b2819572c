//! The keys of the fixture CAs: whoever has this source can issue under them, so they never earn real trust.
//!
//! The values are the SHA-256 of each CA's SubjectPublicKeyInfo in DER. `cargo xtask fixtures --check` compares
//! them with what the recipe yields. This module holds no certificate and no private key.

/// A fixture CA that [`crate::TrustAnchor`] recognises as test material.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixtureCa {
    /// The CA's name in `fixtures/recipe.toml`.
    pub name: &'static str,
    /// SHA-256 of its SubjectPublicKeyInfo in DER.
    pub key_sha256: [u8; 32],
    /// Whether leaves with RSA-1024 keys or SHA-1 signatures pass below it, as below a legacy anchor.
    pub legacy: bool,
}

/// All fixture CAs and what claims to be one, in the order of the recipe.
pub const FIXTURE_CAS: &[FixtureCa] = &[
    FixtureCa {
        name: "ca-cns",
        key_sha256: hex("b9499f28ea08d6954c72988f1cb5979f39248a651bfb057d748982fd76d113c6"),
        legacy: false,
    },
    FixtureCa {
        name: "ca-cns-legacy",
        key_sha256: hex("c81583ffaf263096c3d5b7d141ff10fca7ec3170477cb60f7df3ce57ebed2604"),
        legacy: true,
    },
    FixtureCa {
        name: "ca-untrusted",
        key_sha256: hex("8ac7e17c371965a036ffa5bdebc666b2b528d763e156cf69f3019db8c94dfb9f"),
        legacy: false,
    },
    FixtureCa {
        name: "ca-cie-root",
        key_sha256: hex("7e104eb94884df3d82ddd499747bf79a16785927460dad7d3f86eca998032c52"),
        legacy: false,
    },
    FixtureCa {
        name: "ca-cie-sub",
        key_sha256: hex("df494e99164ce811016cf37ca28f9e9192d62eabde97e3551b0045177fce12f8"),
        legacy: false,
    },
    FixtureCa {
        name: "csca",
        key_sha256: hex("3e8621392fb2f716933559d746ba43ea73a0ab3e691e1e40848976d5f746ae96"),
        legacy: false,
    },
    FixtureCa {
        name: "csca-old",
        key_sha256: hex("de0296e759e627844f07fae42654f32aba4b95ae486cedf7bc98703d438464e9"),
        legacy: false,
    },
    FixtureCa {
        name: "ca-deep",
        key_sha256: hex("fecac80cbc70bb21b7d720a7df3c7eb4fac3fbfa2007fd3097c57422d3b15edd"),
        legacy: false,
    },
    FixtureCa {
        name: "ca-too-deep",
        key_sha256: hex("95527970aa313fd1d63d73c40d7c253c5d236ea8b81f10af471cbbd700ecdf18"),
        legacy: false,
    },
    FixtureCa {
        name: "ca-loop-a",
        key_sha256: hex("cbf8f76f7d96924a71d9a97ccfc47b033595f990ab0ee51cf1f81c3f34645246"),
        legacy: false,
    },
    FixtureCa {
        name: "ca-loop-b",
        key_sha256: hex("72eaf674706e9c43c25707f93c67e0b0404069e750e087b025d13b6fcc3c7343"),
        legacy: false,
    },
    FixtureCa {
        name: "ca-without-keycertsign",
        key_sha256: hex("bc0266225e1713bef32cc2bce9b5be49970a15e9f5ec08c0bee4ce3622077725"),
        legacy: false,
    },
    FixtureCa {
        name: "ca-cns-rekeyed",
        key_sha256: hex("5b1cbcb0e51e784435e96de384bf29ffc4eff0d86847e6de9dbd3a151b5feb2e"),
        legacy: false,
    },
    FixtureCa {
        name: "ca-ec",
        key_sha256: hex("0589993fd0630eb6974a982ee55be9ee38759d714cb86140b7ab7e351e1fe232"),
        legacy: false,
    },
    // A card's certificate that claims to be an authority.
    FixtureCa {
        name: "leaf-of-an-authority",
        key_sha256: hex("30f6c37de7d358300a8dcbbe71fcc54a2d350a2e02296ec02d796ed49556b0cc"),
        legacy: false,
    },
];

/// The fixture CA with this key, if it is one.
#[must_use]
pub fn fixture_ca(key_sha256: &[u8; 32]) -> Option<&'static FixtureCa> {
    FIXTURE_CAS.iter().find(|ca| ca.key_sha256 == *key_sha256)
}

/// 32 bytes from 64 hexadecimal digits, at compile time.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated at compile time only, where a wrong index stops the build"
)]
const fn hex(digits: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut index = 0;
    while index < 64 {
        let digit = digits.as_bytes()[index];
        let value = if digit.is_ascii_digit() {
            digit - b'0'
        } else {
            digit - b'a' + 10
        };
        bytes[index / 2] = bytes[index / 2] << 4 | value;
        index += 1;
    }
    bytes
}
