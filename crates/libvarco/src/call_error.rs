//! What a program can do wrong with a call, or in the functions that it is called back by.
//!
//! Not here: what can go wrong with readers, cards, trust and persons (crate `varco`).

/// Misuse by the caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// A pointer that must lead somewhere is NULL.
    #[error("`{0}` is NULL")]
    Null(&'static str),
    /// A string is not UTF-8.
    #[error("`{0}` is not UTF-8")]
    NotUtf8(&'static str),
    /// A value is none of those that there are.
    #[error("`{0}` has a value that does not exist")]
    Value(&'static str),
    /// No such handle lives: it was never given out, is of another kind, or was freed.
    #[error("`{0}` is no handle, or one that was freed")]
    Handle(&'static str),
    /// The handle is in use by a call that has not ended: of another thread, or the one that calls back.
    #[error("`{0}` is in use by another call")]
    Busy(&'static str),
    /// The question has an answer already.
    #[error("the question was answered before")]
    Answered,
    /// A proof came of this nonce before.
    #[error("a proof came of this nonce before")]
    NonceSpent,
    /// A function of the caller's, in Rust, panicked.
    #[error("the prompt panicked")]
    PromptPanicked,
    /// A function of the caller's says that it gave an answer, and gave none.
    #[error("the prompt gave no answer")]
    PromptWithoutAnswer,
    /// A function of the caller's returned a value that does not exist.
    #[error("the prompt returned a value that does not exist")]
    PromptValue,
}

impl CallError {
    /// A stable name for messages and programs.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Null(_) => "call-null",
            Self::NotUtf8(_) => "call-not-utf8",
            Self::Value(_) => "call-value",
            Self::Handle(_) => "call-handle",
            Self::Busy(_) => "call-busy",
            Self::Answered => "call-answered",
            Self::NonceSpent => "call-nonce-spent",
            Self::PromptPanicked => "prompt-panicked",
            Self::PromptWithoutAnswer => "prompt-without-answer",
            Self::PromptValue => "prompt-value",
        }
    }

    /// The argument that it is about, if it is about one.
    pub(crate) fn argument(self) -> &'static str {
        match self {
            Self::Null(name)
            | Self::NotUtf8(name)
            | Self::Value(name)
            | Self::Handle(name)
            | Self::Busy(name) => name,
            _ => "",
        }
    }
}
