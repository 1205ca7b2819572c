//! One fetch: redirects followed by the rules, the head judged, the body read up to its cap.
//!
//! Not here: the connection (`transport`), and fetches of the same at once (`flight`).

use std::io::Read as _;
use std::time::Instant;

use ureq::http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, LOCATION, RETRY_AFTER,
};
use ureq::http::{HeaderMap, Response};
use ureq::{Body, Error, Timeout};

use super::address::{FetchAddress, Scheme};
use super::cancel::Cancel;
use super::error::{FetchProblem, Phase, RedirectFault};
use super::look_up::LookUps;
use super::retry_after::RetryAfter;
use super::rules::{FetchKind, FetchRules, REDIRECTS_MAX};
use super::transport::{Line, Roots, agent};
use super::validators::Validators;
use super::{Answer, Progress};

/// Bytes read at once.
const PIECE_LENGTH: usize = 16 * 1024;
/// How much has to be here before the announced length is believed so far that room is made for it, in bytes.
const ROOM_AHEAD: usize = 1024 * 1024;
/// Type of an OCSP request and of its answer (RFC 6960 appendix A.1).
const OCSP_REQUEST: &str = "application/ocsp-request";
const OCSP_RESPONSE: &str = "application/ocsp-response";

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    pub(crate) address: FetchAddress,
    pub(crate) kind: FetchKind,
    /// What was said about the version at hand.
    pub(crate) validators: Option<Validators>,
    /// An OCSP request. None for what is only read.
    pub(crate) request: Option<Vec<u8>>,
}

/// What a fetch works with.
pub(crate) struct Means<'a> {
    pub(crate) rules: &'a FetchRules,
    pub(crate) look_ups: &'a LookUps,
    /// Asked only where TLS is.
    pub(crate) roots: &'a dyn Fn() -> Result<Roots, FetchProblem>,
    pub(crate) cancel: &'a Cancel,
    pub(crate) deadline: Instant,
}

/// What came of one request.
enum Step {
    New(Answer),
    NotModified,
    To(FetchAddress),
}

/// Fetches. None when the server says that nothing has changed.
///
/// # Errors
/// [`FetchProblem`].
pub(crate) fn fetch(
    wanted: &Wanted,
    means: &Means<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Option<Answer>, FetchProblem> {
    let mut at = wanted.address.clone();
    for redirects in 0..=REDIRECTS_MAX {
        let step = request(wanted, &at, means, progress).map_err(|problem| {
            if means.cancel.is_cancelled() {
                FetchProblem::Cancelled
            } else if redirects > 0 {
                problem.behind_redirect(&at)
            } else {
                problem
            }
        })?;
        match step {
            Step::New(answer) => return Ok(Some(answer)),
            Step::NotModified => return Ok(None),
            Step::To(next) => at = next,
        }
    }
    Err(FetchProblem::Redirected(RedirectFault::TooMany))
}

/// Asks once.
fn request(
    wanted: &Wanted,
    at: &FetchAddress,
    means: &Means<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Step, FetchProblem> {
    let reach = means.rules.check(at)?;
    let addresses = means
        .look_ups
        .addresses(at, reach, means.deadline, means.cancel)?;
    let roots = match at.scheme() {
        Scheme::Http => None,
        Scheme::Https => Some((means.roots)()?),
    };
    let left = means.deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(FetchProblem::TimedOut(Phase::Overall));
    }
    let line = Line {
        addresses,
        roots,
        left,
        connect: means.rules.connect(),
        idle: means.rules.idle(),
    };
    let validators = wanted
        .validators
        .as_ref()
        .filter(|validators| validators.are_for(at, &wanted.address));
    let response = send(wanted, at, validators, line, means.cancel).map_err(problem_of)?;
    let status = response.status().as_u16();
    let limit = means.rules.limits(wanted.kind).length_max;
    match status {
        200 => read(wanted, at, response, limit, means.cancel, progress).map(Step::New),
        // To what was not asked it is no answer.
        304 if validators.is_some() => Ok(Step::NotModified),
        301 | 302 | 303 | 307 | 308 => {
            let is_repeatable = wanted.request.is_none() || matches!(status, 307 | 308);
            redirect(at, response.headers(), is_repeatable)
                .map(Step::To)
                .map_err(FetchProblem::Redirected)
        }
        _ => Err(FetchProblem::Status {
            status,
            retry_after: text(response.headers(), &RETRY_AFTER).and_then(RetryAfter::parse),
        }),
    }
}

fn send(
    wanted: &Wanted,
    at: &FetchAddress,
    validators: Option<&Validators>,
    line: Line,
    cancel: &Cancel,
) -> Result<Response<Body>, Error> {
    let agent = agent(line, cancel);
    let url = at.to_url();
    if let Some(request) = &wanted.request {
        let post = agent.post(&url).header(CONTENT_TYPE, OCSP_REQUEST);
        return post.send(request.as_slice());
    }
    let mut get = agent.get(&url);
    if let Some(validators) = validators {
        if let Some(etag) = validators.etag() {
            get = get.header(IF_NONE_MATCH, etag);
        }
        if let Some(date) = validators.last_modified() {
            get = get.header(IF_MODIFIED_SINCE, date);
        }
    }
    get.call()
}

/// Where a redirect leads. Whether that may be asked is checked when it is.
fn redirect(
    at: &FetchAddress,
    headers: &HeaderMap,
    is_repeatable: bool,
) -> Result<FetchAddress, RedirectFault> {
    if !is_repeatable {
        return Err(RedirectFault::NotRepeatable);
    }
    // A location that is no text is one that cannot be read.
    let location = headers.get(LOCATION).ok_or(RedirectFault::Nowhere)?;
    let location = location.to_str().map_err(|_| RedirectFault::Nowhere)?;
    let next = at.join(location).map_err(RedirectFault::Address)?;
    if at.scheme() == Scheme::Https && next.scheme() == Scheme::Http {
        return Err(RedirectFault::Downgrade);
    }
    Ok(next)
}

/// Reads the body of a good answer.
fn read(
    wanted: &Wanted,
    at: &FetchAddress,
    response: Response<Body>,
    limit: u64,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Answer, FetchProblem> {
    let headers = response.headers();
    // What cannot be read as text is not the type that is wanted either.
    let is_plain = match headers.get(CONTENT_ENCODING) {
        Some(encoding) => encoding.as_bytes().eq_ignore_ascii_case(b"identity"),
        None => true,
    };
    if !is_plain {
        return Err(FetchProblem::Compressed);
    }
    if wanted.kind == FetchKind::Ocsp && !text(headers, &CONTENT_TYPE).is_some_and(is_ocsp) {
        return Err(FetchProblem::ContentType);
    }
    let total: Option<u64> = text(headers, &CONTENT_LENGTH).and_then(|length| length.parse().ok());
    if total.is_some_and(|total| total > limit) {
        return Err(FetchProblem::TooLarge { limit });
    }
    let validators =
        Validators::new(text(headers, &ETAG), text(headers, &LAST_MODIFIED)).told_by(at, &wanted.address);
    let mut body = Vec::new();
    let mut reader = response.into_body().into_reader();
    let mut piece = vec![0; PIECE_LENGTH];
    loop {
        if cancel.is_cancelled() {
            return Err(FetchProblem::Cancelled);
        }
        let length = match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) => return Err(problem_of(error.into())),
        };
        if body.len() >= ROOM_AHEAD {
            // The server meant it: room for the rest at once, instead of twice what is needed.
            let announced = usize::try_from(total.unwrap_or(0)).unwrap_or(0);
            body.reserve_exact(announced.saturating_sub(body.len()));
        }
        body.extend_from_slice(piece.get(..length).unwrap_or_default());
        let received = u64::try_from(body.len()).unwrap_or(u64::MAX);
        if received > limit {
            return Err(FetchProblem::TooLarge { limit });
        }
        progress(Progress { received, total });
    }
    Ok(Answer {
        body,
        validators,
        from: at.clone(),
    })
}

/// The one value of a header. One that is there twice is none: it is not for us to choose.
fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// The type of an OCSP answer, with parameters or without.
fn is_ocsp(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(OCSP_RESPONSE)
}

/// What the client's error means.
fn problem_of(error: Error) -> FetchProblem {
    match error {
        Error::Timeout(timeout) => FetchProblem::TimedOut(match timeout {
            Timeout::Resolve => Phase::Name,
            Timeout::Connect => Phase::Connect,
            Timeout::SendRequest | Timeout::SendBody | Timeout::PerWrite => Phase::Send,
            Timeout::PerRead => Phase::Idle,
            _ => Phase::Overall,
        }),
        Error::HostNotFound => FetchProblem::NameNotFound,
        Error::LargeResponseHeader(..) => FetchProblem::HeadTooLarge,
        Error::Rustls(error) => tls(&error),
        Error::Tls(_) | Error::TlsRequired => FetchProblem::Tls,
        Error::Io(error) => io(&error),
        _ => FetchProblem::NotHttp,
    }
}

fn tls(error: &rustls::Error) -> FetchProblem {
    match error {
        rustls::Error::InvalidCertificate(_) => FetchProblem::ServerNotTrusted,
        _ => FetchProblem::Tls,
    }
}

fn io(error: &std::io::Error) -> FetchProblem {
    use std::io::ErrorKind;
    if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return tls(inner);
    }
    match error.kind() {
        kind @ (ErrorKind::ConnectionRefused
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable
        | ErrorKind::PermissionDenied) => FetchProblem::NotConnected(kind),
        kind => FetchProblem::CutShort(kind),
    }
}
