//! The journey: card seen, trust judged, PIN, challenge, identity, decision.
