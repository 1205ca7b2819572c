//! A response as RFC 6960 §4.2 has it, read strictly and not believed yet.
//!
//! Not here: whose answer it is (`responder`), and what it says to a question (`judge`).

use super::OcspError::{self, Malformed};
use super::read::{self, Single};
use super::{OcspRefusal, oid};
use crate::der_reader::{DerReader, NotDer, tag};
use crate::{Certificate, Timestamp};

/// Longest response read, in bytes. Real ones measure 0.5 to 4 kB.
pub const OCSP_RESPONSE_LENGTH_MAX: usize = 64 * 1024;

/// Most answers in one response.
const ANSWERS_MAX: usize = 256;
/// Most certificates that a response brings.
const CERTIFICATES_MAX: usize = 8;

/// How a responder calls itself (RFC 6960 §4.2.1, ResponderID).
#[derive(Clone, PartialEq, Eq)]
pub(super) enum ResponderId {
    /// By its subject, a Name in DER.
    Name(Vec<u8>),
    /// By SHA-1 of its key's bits.
    Key(Vec<u8>),
}

impl ResponderId {
    /// Whether it means the holder of this certificate.
    pub(super) fn fits(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Name(name) => name == certificate.subject_der(),
            Self::Key(hash) => *hash == certificate.key_sha1(),
        }
    }
}

/// A response that a responder gave, read and not believed yet.
///
/// ```
/// use std::time::Duration;
/// use varco_pki::{Certificate, Legacy, OcspQuestion, OcspRequest, OcspResponse, OcspStatus};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/");
/// # let card_bytes = std::fs::read(format!("{fixtures}pki/leaf-good.der"))?;
/// # let ca_bytes = std::fs::read(format!("{fixtures}pki/ca-cns.der"))?;
/// # let response_bytes = std::fs::read(format!("{fixtures}pki/ocsp-good-delegated.ors"))?;
/// let certificate = Certificate::parse(&card_bytes)?;
/// let issuer = Certificate::parse(&ca_bytes)?;
/// // Thirty-two random bytes.
/// let nonce = Some([0x5A; 32]);
/// let request = OcspRequest::new(&certificate, &issuer, nonce).to_der();
/// // It goes to one of `certificate.ocsp_addresses()`, and these bytes come back.
/// let response = OcspResponse::parse(&response_bytes)?;
/// let at = "2026-06-01T00:00:00Z".parse()?;
/// let answer = response.judge(&OcspQuestion {
///     certificate: &certificate,
///     issuer: &issuer,
///     at,
///     nonce,
///     max_age_without_next_update: Duration::from_secs(86_400),
///     skew: Duration::from_secs(300),
///     legacy: Legacy::Refused,
/// })?;
/// assert_eq!(answer.status(), OcspStatus::Good);
/// assert!(answer.is_fresh_at(at) && !answer.is_nonce_echoed() && !answer.is_responder_unchecked());
/// # assert!(request.len() > 100);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OcspResponse {
    /// ResponseData as it is signed.
    pub(super) signed: Vec<u8>,
    pub(super) algorithm: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) responder: ResponderId,
    pub(super) produced_at: Timestamp,
    pub(super) answers: Vec<Single>,
    /// The value of the nonce extension.
    pub(super) nonce: Option<Vec<u8>>,
    pub(super) certificates: Vec<Certificate>,
}

/// Serial numbers in it tell whose certificates it speaks of.
impl core::fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OcspResponse({} answers)", self.answers.len())
    }
}

impl OcspResponse {
    /// Reads one response that fills `der` exactly.
    ///
    /// # Errors
    /// [`OcspError::Refused`] where the responder did not answer; [`OcspError::TooLarge`], [`OcspError::Malformed`],
    /// [`OcspError::UnknownType`] or [`OcspError::UnknownCritical`] where this is no response that is read here.
    pub fn parse(der: &[u8]) -> Result<Self, OcspError> {
        if der.len() > OCSP_RESPONSE_LENGTH_MAX {
            return Err(OcspError::TooLarge);
        }
        let frame = |NotDer| Malformed("its frame");
        let mut outer = DerReader::new(der);
        let mut inside = outer.enter(tag::SEQUENCE).map_err(frame)?;
        outer.end().map_err(frame)?;
        let code = match *inside.expect(tag::ENUMERATED).map_err(frame)?.content {
            [code] => code,
            _ => return Err(Malformed("its status")),
        };
        if code != 0 {
            inside.end().map_err(frame)?;
            let refusal = OcspRefusal::from_code(code).ok_or(Malformed("its status"))?;
            return Err(OcspError::Refused(refusal));
        }
        let mut explicit = inside.enter(tag::CONTEXT_0).map_err(frame)?;
        inside.end().map_err(frame)?;
        let mut bytes = explicit.enter(tag::SEQUENCE).map_err(frame)?;
        explicit.end().map_err(frame)?;
        if bytes.expect(tag::OBJECT_IDENTIFIER).map_err(frame)?.content != oid::BASIC {
            return Err(OcspError::UnknownType);
        }
        let basic = bytes.expect(tag::OCTET_STRING).map_err(frame)?.content;
        bytes.end().map_err(frame)?;
        Self::basic(basic)
    }

    /// When the responder signed it, as it says itself.
    #[must_use]
    pub fn produced_at(&self) -> Timestamp {
        self.produced_at
    }

    /// Reads a BasicOCSPResponse.
    fn basic(der: &[u8]) -> Result<Self, OcspError> {
        let frame = |NotDer| Malformed("the basic response's frame");
        let mut outer = DerReader::new(der);
        let mut inside = outer.enter(tag::SEQUENCE).map_err(frame)?;
        outer.end().map_err(frame)?;
        let data = inside.expect(tag::SEQUENCE).map_err(frame)?;
        let algorithm = inside.expect(tag::SEQUENCE).map_err(frame)?.raw.to_vec();
        let signature = match inside.expect(tag::BIT_STRING).map_err(frame)?.content {
            [0, signature @ ..] => signature.to_vec(),
            _ => return Err(Malformed("signature")),
        };
        let certificates = match inside.optional(tag::CONTEXT_0).map_err(frame)? {
            Some(explicit) => certificates(explicit.content)?,
            None => Vec::new(),
        };
        inside.end().map_err(frame)?;

        let mut inside = DerReader::new(data.content);
        version(&mut inside)?;
        let responder = responder(&mut inside).map_err(|NotDer| Malformed("responder"))?;
        let produced_at = read::instant(&mut inside).map_err(|NotDer| Malformed("producedAt"))?;
        let answers = answers(&mut inside)?;
        let nonce = match inside.optional(tag::CONTEXT_1).map_err(frame)? {
            Some(explicit) => read::extensions(explicit.content)?,
            None => None,
        };
        inside
            .end()
            .map_err(|NotDer| Malformed("what follows the answers"))?;
        Ok(Self {
            signed: data.raw.to_vec(),
            algorithm,
            signature,
            responder,
            produced_at,
            answers,
            nonce,
            certificates,
        })
    }
}

/// Version 1 is all there is. It is the default, and not to be written; there are responders that do.
fn version(reader: &mut DerReader<'_>) -> Result<(), OcspError> {
    let malformed = |NotDer| Malformed("version");
    let Some(explicit) = reader.optional(tag::CONTEXT_0).map_err(malformed)? else {
        return Ok(());
    };
    if explicit.content == [tag::INTEGER, 1, 0] {
        Ok(())
    } else {
        Err(Malformed("version"))
    }
}

fn responder(reader: &mut DerReader<'_>) -> Result<ResponderId, NotDer> {
    let explicit = reader.object()?;
    let mut inside = DerReader::new(explicit.content);
    let responder = match explicit.tag {
        tag::CONTEXT_1 => ResponderId::Name(inside.expect(tag::SEQUENCE)?.raw.to_vec()),
        tag::CONTEXT_2 => ResponderId::Key(inside.expect(tag::OCTET_STRING)?.content.to_vec()),
        _ => return Err(NotDer),
    };
    inside.end()?;
    Ok(responder)
}

fn answers(reader: &mut DerReader<'_>) -> Result<Vec<Single>, OcspError> {
    let mut list = reader
        .enter(tag::SEQUENCE)
        .map_err(|NotDer| Malformed("answers"))?;
    let mut answers = Vec::new();
    while !list.is_empty() {
        if answers.len() == ANSWERS_MAX {
            return Err(Malformed("more than 256 answers"));
        }
        answers.push(read::single(&mut list)?);
    }
    Ok(answers)
}

/// The certificates that can be read: one that cannot be is nobody's, and the others may still do.
fn certificates(content: &[u8]) -> Result<Vec<Certificate>, OcspError> {
    let malformed = |NotDer| Malformed("certificates");
    let mut outer = DerReader::new(content);
    let mut list = outer.enter(tag::SEQUENCE).map_err(malformed)?;
    outer.end().map_err(malformed)?;
    let mut certificates = Vec::new();
    let mut count = 0;
    while !list.is_empty() {
        if count == CERTIFICATES_MAX {
            return Err(Malformed("more than 8 certificates"));
        }
        count += 1;
        let der = list.expect(tag::SEQUENCE).map_err(malformed)?.raw;
        certificates.extend(Certificate::parse(der).ok());
    }
    Ok(certificates)
}
