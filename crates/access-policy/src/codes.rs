//! Every code that a decision may carry, with the arguments that come with it.

/// All codes of reasons, advice and errors, sorted; `messages` holds an Italian and an English sentence for each.
///
/// | code | arguments | when |
/// |---|---|---|
/// | `advice-check-card-origin` | | whether the card is genuine must be checked |
/// | `advice-check-revocation` | | whether the card was revoked must be known |
/// | `advice-log-in` | `level` | a login of this level would do |
/// | `advice-renew-credential` | | a card with today's algorithms would do |
/// | `advice-use-real-credential` | | test material is not taken here |
/// | `deny-assurance-too-low` | `level`, `needed` | the login is of a lower level than the service asks |
/// | `deny-credential-downgraded` | `weaknesses` | the card's certificate rests on outdated algorithms, or nobody asked whether the card is genuine |
/// | `deny-inps-pin-ended` | `last_day` | INPS PINs are no longer taken |
/// | `deny-inps-pin-ordinary` | | an ordinary INPS PIN does not open this service |
/// | `deny-not-authenticated` | `needed` | nobody logged in |
/// | `deny-test-material` | | the identity rests on test material |
/// | `error-service-unknown` | `service` | the policy knows no such service |
/// | `permit-inps-pin` | `last_day` | INPS PINs are still taken |
/// | `permit-level` | `level`, `needed` | the login is of a level that the service takes |
/// | `permit-public` | | the service asks for nothing |
pub const CODES: &[&str] = &[
    "advice-check-card-origin",
    "advice-check-revocation",
    "advice-log-in",
    "advice-renew-credential",
    "advice-use-real-credential",
    "deny-assurance-too-low",
    "deny-credential-downgraded",
    "deny-inps-pin-ended",
    "deny-inps-pin-ordinary",
    "deny-not-authenticated",
    "deny-test-material",
    "error-service-unknown",
    "permit-inps-pin",
    "permit-level",
    "permit-public",
];
