//! Whether a card and the certificate on it speak of the same person and card. `[cns §6]`
//!
//! The certificate's common name holds the card's number and a SHA-1 over EF.Dati_personali. No source proves what the
//! hash is over, the whole file or its used bytes `[cns §11]`, so either reading counts.
//!
//! Not here: reading the card. A certificate that was not judged good says nothing about anybody.

use jiff::civil::Date;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

use crate::{BirthDate, BirthYear, CardId, ChainValid, CnsSubject};

/// The size of EF.Dati_personali where the card does not tell it, in bytes. `[cns §2.3]`
const FILE_BYTES: usize = 400;
/// No file is larger: READ BINARY reaches 32 KiB.
const FILE_MAX_BYTES: usize = 32_768;

/// What a comparison of card and certificate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// They say the same.
    Matches,
    /// They do not.
    Differs,
    /// One of the two does not say.
    Unknown,
}

impl Agreement {
    /// The stable name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Matches => "matches",
            Self::Differs => "differs",
            Self::Unknown => "unknown",
        }
    }

    fn from_equality(equal: bool) -> Self {
        if equal { Self::Matches } else { Self::Differs }
    }
}

/// EF.Dati_personali as far as it was read.
#[derive(Clone, Copy)]
pub struct PersonalDataFile<'f> {
    /// Its first bytes.
    pub bytes: &'f [u8],
    /// How many bytes the fields take, header included; no more than there are.
    pub used_bytes: usize,
    /// The size of the file, where the card told it.
    pub size_bytes: Option<usize>,
}

impl PersonalDataFile<'_> {
    /// Whether it is known that nothing of the file is missing.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.size_bytes == Some(self.bytes.len())
    }

    /// What the hash may be over. What was not read of the file is taken for filling: a hash that fits proves it.
    fn hashes(&self) -> Vec<[u8; 20]> {
        let used = self.bytes.get(..self.used_bytes).unwrap_or(self.bytes);
        let size = self.size_bytes.unwrap_or(FILE_BYTES).min(FILE_MAX_BYTES);
        [used, self.bytes]
            .into_iter()
            .flat_map(|bytes| [sha1(bytes, bytes.len()), sha1(bytes, size)])
            .flatten()
            .collect()
    }
}

/// SHA-1 of these bytes, filled up with zeros to a size where they are fewer.
fn sha1(bytes: &[u8], size: usize) -> Option<[u8; 20]> {
    const ZEROS: [u8; 64] = [0; 64];
    let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    context.update(bytes);
    let mut missing = size.saturating_sub(bytes.len());
    while let Some(zeros) = ZEROS
        .get(..missing.min(ZEROS.len()))
        .filter(|zeros| !zeros.is_empty())
    {
        context.update(zeros);
        missing -= zeros.len();
    }
    context.finish().as_ref().try_into().ok()
}

impl CnsSubject {
    /// Whether EF.Dati_personali is the file that the issuer hashed.
    #[must_use]
    pub fn agrees_on_personal_data(&self, file: PersonalDataFile<'_>) -> Agreement {
        self.personal_data_sha1().map_or(Agreement::Unknown, |hash| {
            Agreement::from_equality(file.hashes().contains(hash))
        })
    }

    /// Whether EF.ID_Carta holds the number that the certificate names.
    #[must_use]
    pub fn agrees_on_card_id(&self, read: &CardId) -> Agreement {
        self.card_id().map_or(Agreement::Unknown, |named| {
            Agreement::from_equality(named == read)
        })
    }
}

/// A birth date with its century: out of a file whose hash stands in a certificate that was judged good, and not against
/// that certificate's codice fiscale. Made by [`ChainValid::confirm_birth_date`] only.
#[derive(Clone, Copy)]
pub struct ConfirmedBirthDate {
    date: BirthDate,
    leaf_sha256: [u8; 32],
}

impl ConfirmedBirthDate {
    /// The date, if the certificate is the one it was confirmed by.
    #[must_use]
    pub fn for_holder_of(&self, chain: &ChainValid) -> Option<BirthDate> {
        (chain.leaf().sha256() == self.leaf_sha256).then_some(self.date)
    }
}

impl ChainValid {
    /// Takes a birth date that stands in the file, where the file is the one that the issuer hashed and the date fits the
    /// codice fiscale.
    #[must_use]
    pub fn confirm_birth_date(&self, file: PersonalDataFile<'_>, stated: Date) -> Option<ConfirmedBirthDate> {
        let holder = self.holder().cns()?;
        if holder.agrees_on_personal_data(file) != Agreement::Matches {
            return None;
        }
        let date = holder.codice_fiscale().birth_date(Some(stated.year()));
        let same_day = (i16::from(date.month), i16::from(date.day))
            == (i16::from(stated.month()), i16::from(stated.day()));
        let is_full = matches!(date.year, BirthYear::Known(_));
        (same_day && is_full).then(|| ConfirmedBirthDate {
            date,
            leaf_sha256: self.leaf().sha256(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use ring::digest::digest;

    fn subject(hashed: &[u8]) -> CnsSubject {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, hashed);
        let hash = base64::engine::general_purpose::STANDARD.encode(hash);
        CnsSubject::parse(&format!("RSSMRA80A01H501U/6090000000000016.{hash}")).unwrap()
    }

    fn file(bytes: &[u8], used_bytes: usize, size_bytes: Option<usize>) -> PersonalDataFile<'_> {
        PersonalDataFile {
            bytes,
            used_bytes,
            size_bytes,
        }
    }

    #[test]
    fn either_reading_of_the_hash_matches_however_much_was_read() {
        let mut whole = vec![0xA5; 100];
        whole.resize(400, 0x00);
        for hashed in [&whole[..], &whole[..100]] {
            let subject = subject(hashed);
            for (read, size) in [(400, Some(400)), (256, Some(400)), (256, None), (100, None)] {
                let agreement = subject.agrees_on_personal_data(file(&whole[..read], 100, size));
                assert_eq!(agreement, Agreement::Matches, "{read} of {size:?}");
            }
        }
    }

    #[test]
    fn filling_that_is_none_differs_until_it_was_read() {
        let mut whole = vec![0xA5; 100];
        whole.resize(400, 0xFF);
        let subject = subject(&whole);
        let part = file(&whole[..256], 100, Some(400));
        assert_eq!(subject.agrees_on_personal_data(part), Agreement::Differs);
        assert!(!part.is_whole());
        let all = file(&whole, 100, Some(400));
        assert_eq!(subject.agrees_on_personal_data(all), Agreement::Matches);
        assert!(all.is_whole());
    }

    #[test]
    fn a_certificate_without_hash_or_number_says_nothing() {
        let silent = CnsSubject::parse("RSSMRA80A01H501U").unwrap();
        let number = CardId::parse("6090000000000016").unwrap();
        assert_eq!(
            silent.agrees_on_personal_data(file(b"x", 1, None)),
            Agreement::Unknown
        );
        assert_eq!(silent.agrees_on_card_id(&number), Agreement::Unknown);
        let named = subject(b"");
        assert_eq!(named.agrees_on_card_id(&number), Agreement::Matches);
        let other = CardId::parse("5030000000000011").unwrap();
        assert_eq!(named.agrees_on_card_id(&other), Agreement::Differs);
    }

    #[test]
    fn a_size_that_is_a_lie_is_not_filled_up_without_limit() {
        let lie = file(b"x", 1, Some(usize::MAX));
        assert_eq!(subject(b"y").agrees_on_personal_data(lie), Agreement::Differs);
        assert_eq!(
            subject(b"y").agrees_on_personal_data(file(b"y", usize::MAX, Some(0))),
            Agreement::Matches
        );
    }
}
