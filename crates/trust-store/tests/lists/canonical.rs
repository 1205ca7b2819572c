//! Documents as odd as XML allows, signed by xmlsec1: both must mean the same canonical bytes.
//!
//! Not here: what is read out of them.

use std::fmt::Write as _;

use super::maker::List;
use super::signer::{RSA_SHA256, signature, with_signature};
use super::{RSA, open};

/// A source of numbers that is the same on every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

const TEXTS: &[&str] = &[
    " ",
    "\n\t",
    "testo",
    "è €\u{1F600}",
    "&amp;&lt;&gt;&quot;&apos;",
    "&#13;",
    "&#x9;&#xA;",
    "]]&gt;",
    "a\r\nb\rc",
    "<![CDATA[]]>",
    "<![CDATA[<&\r\n>]]>",
    "<!-- c -->",
    "<!---->",
    "<?p?>",
    "<?p  d  ?>",
    "<?p d\r\ne\rf?>",
    "\u{85}\u{2028}",
    "&#x85;",
];
const VALUES: &[&str] = &[
    "",
    "v",
    " a  b ",
    "&quot;'",
    "&#9;&#10;&#13;",
    "\t\n",
    "\r\n",
    "&lt;&gt;&amp;",
    "è",
    "&#x1F600;",
];
/// Without ampersands: libxml2 writes those of a namespace as a number, which canonical XML does not.
const SPACES: &[&str] = &["urn:a", "urn:b", "http://uri.etsi.org/02231/v2#", "urn:c?x=1"];
const PREFIXES: &[&str] = &["p", "q", "r", "ds"];

/// An element whose prefixes are those declared around it or by itself.
fn element(dice: &mut Dice, xml: &mut String, depth: usize, declared: &[&str]) {
    let mut declared = declared.to_vec();
    let mut attributes = Vec::new();
    for prefix in PREFIXES {
        if dice.roll(4) == 0 {
            attributes.push(format!("xmlns:{prefix}=\"{}\"", dice.pick(SPACES)));
            declared.push(prefix);
        }
    }
    match dice.roll(8) {
        0 => attributes.push("xmlns=\"\"".to_owned()),
        1 => attributes.push(format!("xmlns='{}'", dice.pick(SPACES))),
        _ => {}
    }
    for name in ["b", "a", "C", "xml:lang", "xml:space"] {
        if dice.roll(3) == 0 {
            attributes.push(format!("{name}=\"{}\"", dice.pick(VALUES)));
        }
    }
    if !declared.is_empty() && dice.roll(2) == 0 {
        attributes.push(format!(
            "{}:{}=\"{}\"",
            dice.pick(&declared),
            dice.pick(&["b", "z"]),
            dice.pick(VALUES)
        ));
    }
    // In any order.
    for place in (1..attributes.len()).rev() {
        attributes.swap(place, dice.roll(place + 1));
    }
    let name = if declared.is_empty() || dice.roll(2) == 0 {
        dice.pick(&["x", "y"]).to_owned()
    } else {
        format!("{}:{}", dice.pick(&declared), dice.pick(&["x", "y"]))
    };
    let gap = dice.pick(&[" ", "\n", "  "]);
    write!(xml, "<{name}").unwrap();
    for attribute in attributes {
        write!(xml, "{gap}{attribute}").unwrap();
    }
    if dice.roll(5) == 0 {
        xml.push_str("/>");
        return;
    }
    xml.push('>');
    for _ in 0..dice.roll(5) {
        if depth > 0 && dice.roll(2) == 0 {
            element(dice, xml, depth - 1, &declared);
        } else {
            xml.push_str(dice.pick(TEXTS));
        }
    }
    write!(xml, "</{name}>").unwrap();
}

#[test]
fn odd_documents_mean_the_same_to_xmlsec1() {
    for seed in 0..30 {
        let mut inside = String::new();
        let mut dice = Dice(seed);
        for _ in 0..12 {
            element(&mut dice, &mut inside, 5, &[]);
        }
        let xml = List::small().xml();
        let xml = xml.replacen("<SchemeInformation>", &format!("<SchemeInformation>{inside}"), 1);
        let signed = RSA.sign(&xml, RSA_SHA256);
        // xmlsec1 writes the document anew; the second is as it was written here, with the same signature.
        let written = with_signature(&xml, signature(&signed));
        assert!(RSA.xmlsec1_accepts(written.as_bytes()), "seed {seed}");
        for document in [written, signed] {
            if let Err(error) = open(&document) {
                panic!("seed {seed}: {error}\n{inside}");
            }
        }
    }
}
