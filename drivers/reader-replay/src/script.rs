//! A trace as a script: what is expected next, and what is answered.
//!
//! Not here: lines and their bounds (`varco-trace`).

use varco_apdu::{Atr, AtrError};
use varco_card::trace::{Capture, Line, Recipe};
use varco_card::{LinkError, PinPad, ReaderKind};
use varco_trace::lines::{self, ReadError, unhex};
use varco_trace::said::Field;
use zeroize::Zeroizing;

use crate::matching::{Heard, Match, Mode, Recorded, difference, match_bytes};
use crate::{Difference, Outcome, What};

/// Where a card that left comes back, in an exact trace.
const REJOIN: &str = "rejoin";

/// What a link says where a trace goes on without the keys that it was said under.
const NEEDS_KEYS: LinkError = LinkError::Protocol {
    what: "from here on the recording tells what went under secure messaging, and has no keys to play it",
};

/// Why a trace cannot be played.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// It is none.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Its answer to reset is none, or is not told.
    #[error("the trace has no answer to reset: {0}")]
    Atr(#[from] AtrError),
}

/// One thing of a trace, with its line.
#[derive(Debug)]
struct Step {
    line: usize,
    event: Event,
}

#[derive(Debug)]
enum Event {
    Connect(Connected),
    Command(Recorded),
    Pad([u8; 4]),
    Answer(Zeroizing<Vec<u8>>),
    NoAnswer(String),
    Reset,
    Removed,
    Control(String),
}

/// What a conversation begins with.
#[derive(Clone, Debug)]
pub(crate) struct Connected {
    pub(crate) atr: Atr,
    pub(crate) kind: ReaderKind,
    pub(crate) pin_pad: PinPad,
}

/// A trace that can be played.
#[derive(Debug)]
pub struct Script {
    steps: Vec<Step>,
    atr: Atr,
    capture: Capture,
    recipe: Option<Recipe>,
}

impl Script {
    /// Reads a trace.
    ///
    /// # Errors
    /// [`ScriptError`] names the line.
    pub fn parse(text: &[u8]) -> Result<Self, ScriptError> {
        let lines = lines::numbered(text)?;
        let is_typed_at_pad = lines
            .iter()
            .any(|(_, line)| matches!(line, Line::PadEntry { .. }));
        let pin_pad = if is_typed_at_pad {
            PinPad::VerifyAndModify
        } else {
            PinPad::Absent
        };
        let (mut steps, mut first) = (Vec::with_capacity(lines.len()), None);
        for (line, text) in lines {
            if let Line::Connect { capture, recipe, .. } = &text
                && first.is_none()
            {
                first = Some((*capture, recipe.clone()));
            }
            let event = event(text, line, pin_pad)?;
            steps.push(Step { line, event });
        }
        let atr = steps.iter().find_map(|step| match &step.event {
            Event::Connect(connected) => Some(connected.atr.clone()),
            _ => None,
        });
        let (Some(atr), Some((capture, recipe))) = (atr, first) else {
            return Err(malformed(1, "a trace begins with the event `connect`").into());
        };
        Ok(Self {
            steps,
            atr,
            capture,
            recipe,
        })
    }

    /// The answer to reset of the first conversation.
    #[must_use]
    pub fn atr(&self) -> &Atr {
        &self.atr
    }

    /// How the trace was taken.
    #[must_use]
    pub fn capture(&self) -> Capture {
        self.capture
    }

    /// Whether any of it went under secure messaging, and stands there as it was meant.
    #[must_use]
    pub fn is_above_secure_messaging(&self) -> bool {
        self.secured() > 0
    }

    /// How many commands that are.
    fn secured(&self) -> usize {
        let is_secured = |step: &&Step| matches!(&step.event, Event::Command(recorded) if recorded.secured);
        self.steps.iter().filter(is_secured).count()
    }

    /// What was said: bytes where the trace has them, else shapes.
    pub(crate) fn said(&self) -> impl Iterator<Item = Said<'_>> {
        self.steps.iter().filter_map(|step| match &step.event {
            Event::Command(recorded) => Some(match &recorded.apdu {
                Some(apdu) => Said::Command(apdu),
                None => Said::Shape(recorded),
            }),
            Event::Pad(header) => Some(Said::Pad(*header)),
            _ => None,
        })
    }

    /// What every byte of it follows from; of exact traces.
    #[must_use]
    pub fn recipe(&self) -> Option<&Recipe> {
        self.recipe.as_ref()
    }
}

fn malformed(line: usize, what: &str) -> ReadError {
    ReadError {
        line,
        what: what.to_owned(),
    }
}

fn event(text: Line, line: usize, pin_pad: PinPad) -> Result<Event, ScriptError> {
    let four = |header: &str| {
        unhex(header)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| malformed(line, "`header` is not four bytes"))
    };
    Ok(match text {
        Line::Connect { reader, atr, .. } => Event::Connect(Connected {
            atr: Atr::new(&unhex(&atr).unwrap_or_default())?,
            kind: ReaderKind::from_name(&reader).unwrap_or_default(),
            pin_pad,
        }),
        Line::Command {
            header,
            data,
            expected,
            apdu,
            secured,
            ..
        } => Event::Command(Recorded {
            header: four(&header)?,
            data: lines::field(data).map_err(|what| malformed(line, what))?,
            expected,
            apdu: apdu.and_then(|apdu| unhex(&apdu)),
            secured,
        }),
        Line::PadEntry { header, .. } => Event::Pad(four(&header)?),
        Line::Response { data, status, .. } => {
            let data = lines::field(data).map_err(|what| malformed(line, what))?;
            let mut answer = Zeroizing::new(match data {
                Field::Known(bytes) => bytes,
                // A placeholder: zeros of the same number.
                Field::Withheld { length_bytes, .. } => vec![0; length_bytes],
            });
            answer.extend(unhex(&status).unwrap_or_default());
            Event::Answer(answer)
        }
        Line::NoAnswer { code, .. } => Event::NoAnswer(code.into_owned()),
        Line::Reset { .. } => Event::Reset,
        Line::Removed { .. } => Event::Removed,
        Line::Control { what, .. } => Event::Control(what.into_owned()),
    })
}

/// A script that is being played.
pub(crate) struct Player {
    script: Script,
    mode: Mode,
    at: usize,
    said: usize,
    difference: Option<Difference>,
    needs_keys: bool,
}

impl Player {
    pub(crate) fn new(script: Script, mode: Mode) -> Self {
        Self {
            script,
            mode,
            at: 0,
            said: 0,
            difference: None,
            needs_keys: false,
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        let is_command = |step: &&Step| matches!(step.event, Event::Command(_) | Event::Pad(_));
        Outcome {
            said: self.said,
            commands: self.script.steps.iter().filter(is_command).count(),
            difference: self.difference,
            next_line: self.script.steps.get(self.at).map(|step| step.line),
            secured: self.script.secured(),
            needs_keys: self.needs_keys,
        }
    }

    /// Whether nothing is answered any more.
    pub(crate) fn is_over(&self) -> bool {
        self.difference.is_some() || self.needs_keys
    }

    fn step(&self) -> Option<&Step> {
        self.script.steps.get(self.at)
    }

    /// Notes the first difference; what follows is none of its own.
    fn differs(&mut self, what: What) -> LinkError {
        let last = self.script.steps.last().map_or(1, |step| step.line);
        let (line, what) = match self.step() {
            Some(step) => (step.line, what),
            None => (last, What::More),
        };
        self.difference.get_or_insert(Difference { line, what });
        LinkError::Protocol {
            what: "what is said is not what was recorded",
        }
    }

    /// What was left out at the reader is passed over where something else is expected.
    fn pass_controls(&mut self) {
        while self
            .step()
            .is_some_and(|step| matches!(step.event, Event::Control(_)))
        {
            self.at += 1;
        }
    }

    pub(crate) fn connect(&mut self) -> Result<Connected, LinkError> {
        if self.needs_keys {
            return Err(NEEDS_KEYS);
        }
        self.pass_controls();
        match self.step().map(|step| &step.event) {
            Some(Event::Connect(connected)) => {
                let connected = connected.clone();
                self.at += 1;
                Ok(connected)
            }
            Some(_) => Err(self.differs(What::Less)),
            None => Err(LinkError::NoCard),
        }
    }

    /// A command by its bytes, or one typed at the reader by its header.
    pub(crate) fn command(&mut self, said: Said<'_>) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        if self.difference.is_some() {
            return Err(self.differs(What::More));
        }
        if self.needs_keys {
            return Err(NEEDS_KEYS);
        }
        self.pass_controls();
        // Above the link, the resets that end a transaction are not recorded; below it, they are.
        while self.mode == Mode::Tolerant
            && self.step().is_some_and(|step| matches!(step.event, Event::Reset))
        {
            self.at += 1;
        }
        let different = match (self.step().map(|step| &step.event), said) {
            (Some(Event::Command(recorded)), Said::Command(bytes)) => {
                match match_bytes(bytes, recorded, self.mode) {
                    Match::Same => None,
                    Match::Differs(what) => Some(what),
                    Match::NeedsKeys => {
                        self.needs_keys = true;
                        return Err(NEEDS_KEYS);
                    }
                }
            }
            (Some(Event::Command(recorded)), Said::Shape(line)) => {
                difference(&Heard::from(line), recorded, self.mode)
            }
            (Some(Event::Pad(recorded)), Said::Pad(header)) => (*recorded != header).then_some(What::Header),
            (Some(Event::Command(_) | Event::Pad(_)), _) => Some(What::Pad),
            _ => Some(What::Command),
        };
        if let Some(what) = different {
            return Err(self.differs(what));
        }
        self.at += 1;
        self.said += 1;
        self.answer()
    }

    fn answer(&mut self) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        self.pass_controls();
        let answer = match self.step().map(|step| &step.event) {
            Some(Event::Answer(answer)) => Ok(answer.clone()),
            Some(Event::NoAnswer(code)) => Err(why(code)),
            // The trace is cut here: nobody knows what the card said.
            _ => {
                return Err(LinkError::Protocol {
                    what: "the recording has no answer here",
                });
            }
        };
        self.at += 1;
        if self
            .step()
            .is_some_and(|step| matches!(step.event, Event::Removed))
        {
            self.at += 1;
        }
        answer
    }

    pub(crate) fn reset(&mut self) -> Result<(), LinkError> {
        if self.difference.is_some() {
            return Err(self.differs(What::More));
        }
        if self.needs_keys {
            return Ok(());
        }
        self.pass_controls();
        match self.step().map(|step| &step.event) {
            Some(Event::Reset) => {
                self.at += 1;
                Ok(())
            }
            // A redacted trace has not every reset.
            _ if self.mode == Mode::Tolerant || self.script.capture == Capture::Redacted => Ok(()),
            _ => Err(self.differs(What::Reset)),
        }
    }

    /// Whether the card came back here.
    pub(crate) fn rejoin(&mut self) -> bool {
        let is_back = !self.needs_keys
            && matches!(self.step().map(|step| &step.event), Some(Event::Control(what)) if what == REJOIN);
        self.at += usize::from(is_back);
        is_back
    }
}

/// What is said to the reader.
#[derive(Clone, Copy)]
pub(crate) enum Said<'s> {
    Command(&'s [u8]),
    Pad([u8; 4]),
    /// A line of another trace.
    Shape(&'s Recorded),
}

/// The error of this code, as far as a card can cause it.
fn why(code: &str) -> LinkError {
    let known = [
        LinkError::ReaderGone,
        LinkError::ReaderBusy,
        LinkError::NoCard,
        LinkError::CardMute,
        LinkError::CardRemoved,
        LinkError::CardReset,
        LinkError::DriverCrashed,
        LinkError::PinPadUnsupported,
        LinkError::PinPadFailed,
        LinkError::TimedOut {
            command: "the recorded command",
        },
    ];
    known
        .into_iter()
        .find(|error| error.code() == code)
        .unwrap_or(LinkError::Protocol {
            what: "the recording has another error of the link here",
        })
}
