//! Every code that a decision may carry, with the arguments that come with it.

/// All codes of reasons, advice and errors, sorted; `messages` holds an Italian and an English sentence for each.
///
/// | code | arguments | when |
/// |---|---|---|
/// | `advice-ask-authority` |  | a court or office may end the delegation by an act of its own |
/// | `advice-ask-enablement` | `service`, `it`, `en` | the enablement for the service would do |
/// | `advice-check-card-origin` |  | whether the card is genuine must be checked |
/// | `advice-check-revocation` |  | whether the card was revoked must be known |
/// | `advice-citizen-profile` |  | as a citizen it would be permitted |
/// | `advice-give-birth-date` |  | the full birth date would tell the age |
/// | `advice-go-to-office` |  | at an office it would be permitted |
/// | `advice-log-in` | `credentials` | a login by one of these would do |
/// | `advice-log-in-as-yourself` |  | a login by one's own credential would do |
/// | `advice-phone-pin` |  | a telephone PIN, asked for in MyINPS, would do |
/// | `advice-register-delegation` |  | a delegation that holds would do |
/// | `advice-renew-credential` |  | a card with today's algorithms would do |
/// | `advice-renew-inps-pin` |  | the PIN renewed would do |
/// | `advice-use-real-credential` |  | test material is not taken here |
/// | `advice-wait-until` | `day` | from that day on it would be permitted |
/// | `deny-age-unknown` |  | whether the person is a minor turns on the century of birth |
/// | `deny-assurance-too-low` | `level`, `needed` | the login is of a lower level than the service asks |
/// | `deny-authority-at-office` |  | an authority's act is entered at an office |
/// | `deny-child-age-unknown` |  | whether the child is a minor turns on the century of birth |
/// | `deny-child-of-age` |  | the child is a minor no more |
/// | `deny-cie-not-high` |  | across borders only a CIE read with its PIN and shown to be genuine counts |
/// | `deny-cns-not-notified` |  | a CNS does not count across borders |
/// | `deny-credential-downgraded` | `weaknesses` | the card's certificate rests on outdated algorithms, or something about the card is not known |
/// | `deny-credential-of-another` |  | the credential is somebody else's |
/// | `deny-delegation-ended` | `day` | the delegation's last day is past |
/// | `deny-delegation-missing` |  | there is no delegation |
/// | `deny-delegation-not-yet` | `day` | the delegation begins on a day to come |
/// | `deny-delegation-revoked` | `day` | the delegation was revoked |
/// | `deny-document-only` |  | a number read without PIN identifies a document, not a person |
/// | `deny-enablement-ended` | `service`, `it`, `en`, `day` | the enablement's last day is past |
/// | `deny-enablement-missing` | `service`, `it`, `en` | the person has no enablement for the service |
/// | `deny-enablement-not-yet` | `service`, `it`, `en`, `day` | the enablement begins on a day to come |
/// | `deny-enablement-revoked` | `service`, `it`, `en`, `day` | the enablement was revoked |
/// | `deny-inps-pin-ended` | `last_day` | INPS PINs are no longer taken |
/// | `deny-inps-pin-for-another` |  | an excepted category's PIN is for the person's own affairs |
/// | `deny-inps-pin-issued-late` | `day` | the PIN was given after new ones ended, and counts only in the services of an excepted category |
/// | `deny-inps-pin-never` |  | the service never took an INPS PIN |
/// | `deny-inps-pin-not-of-category` | `category` | INPS PINs are taken of persons of this category only |
/// | `deny-inps-pin-ordinary` |  | an ordinary INPS PIN does not open this service |
/// | `deny-inps-pin-professional-ended` | `last_day` | INPS PINs are no longer taken in this profile |
/// | `deny-no-inps-pin-renewal` | `last_day` | INPS PINs are no longer renewed |
/// | `deny-no-new-inps-pin` | `day` | no new INPS PINs since that day |
/// | `deny-not-authenticated` | `needed` | nobody logged in |
/// | `deny-not-before` | `day` | the register opens on a day to come |
/// | `deny-not-permitted` |  | no rule permits it |
/// | `deny-operator-rule` | `it`, `en` | a rule of the operator forbids it, in his words |
/// | `deny-phone-pin-by-inps-pin` |  | an INPS PIN obtains no telephone PIN |
/// | `deny-phone-pin-elsewhere` |  | a telephone PIN is for telephone services |
/// | `deny-phone-pin-for-another` |  | a telephone PIN is asked for oneself only |
/// | `deny-phone-pin-only` |  | telephone services ask for a telephone PIN |
/// | `deny-pin-expired` | `day` | the PIN's last day is past |
/// | `deny-representative-at-office` |  | who represents another by law is registered at an office |
/// | `deny-revocation-online-not-yet` | `day` | it can be revoked online from that day on |
/// | `deny-spid-only` |  | the service takes SPID only |
/// | `deny-test-material` |  | the identity rests on test material |
/// | `deny-ward-cannot-revoke` |  | a ward cannot revoke |
/// | `error-act` |  | what was asked for is not decided here |
/// | `error-acting-for-oneself` |  | the person acted for is the person who acts |
/// | `error-birth-date-contradicts` |  | the birth date that was told is not the registered one |
/// | `error-credential-unknown` |  | the policy knows no such kind of credential |
/// | `error-facts-unavailable` | `why` | what is known of the person could not be had; the code says why |
/// | `error-instant-out-of-range` |  | the rules cannot be asked about that instant |
/// | `error-not-recorded` | `why` | the decision could not be recorded; the code says why |
/// | `error-policy-failed` |  | a rule could not be evaluated |
/// | `error-service-unknown` | `service` | the policy knows no such service |
/// | `permit-act` |  | the register may be changed so |
/// | `permit-category-pin` | `category` | INPS PINs of persons of this category are taken here |
/// | `permit-excepted` |  | the person is of an excepted category |
/// | `permit-inps-pin` | `last_day` | INPS PINs are still taken |
/// | `permit-inps-pin-abroad` |  | the person resides abroad without an Italian document, and keeps the PIN |
/// | `permit-level` | `level`, `needed` | the login is of a level that the service takes |
/// | `permit-operator-rule` | `it`, `en` | a rule of the operator permits it, in his words |
/// | `permit-phone-pin` |  | the telephone PIN holds |
/// | `permit-public` |  | the service asks for nothing |
pub const CODES: &[&str] = &[
    "advice-ask-authority",
    "advice-ask-enablement",
    "advice-check-card-origin",
    "advice-check-revocation",
    "advice-citizen-profile",
    "advice-give-birth-date",
    "advice-go-to-office",
    "advice-log-in",
    "advice-log-in-as-yourself",
    "advice-phone-pin",
    "advice-register-delegation",
    "advice-renew-credential",
    "advice-renew-inps-pin",
    "advice-use-real-credential",
    "advice-wait-until",
    "deny-age-unknown",
    "deny-assurance-too-low",
    "deny-authority-at-office",
    "deny-child-age-unknown",
    "deny-child-of-age",
    "deny-cie-not-high",
    "deny-cns-not-notified",
    "deny-credential-downgraded",
    "deny-credential-of-another",
    "deny-delegation-ended",
    "deny-delegation-missing",
    "deny-delegation-not-yet",
    "deny-delegation-revoked",
    "deny-document-only",
    "deny-enablement-ended",
    "deny-enablement-missing",
    "deny-enablement-not-yet",
    "deny-enablement-revoked",
    "deny-inps-pin-ended",
    "deny-inps-pin-for-another",
    "deny-inps-pin-issued-late",
    "deny-inps-pin-never",
    "deny-inps-pin-not-of-category",
    "deny-inps-pin-ordinary",
    "deny-inps-pin-professional-ended",
    "deny-no-inps-pin-renewal",
    "deny-no-new-inps-pin",
    "deny-not-authenticated",
    "deny-not-before",
    "deny-not-permitted",
    "deny-operator-rule",
    "deny-phone-pin-by-inps-pin",
    "deny-phone-pin-elsewhere",
    "deny-phone-pin-for-another",
    "deny-phone-pin-only",
    "deny-pin-expired",
    "deny-representative-at-office",
    "deny-revocation-online-not-yet",
    "deny-spid-only",
    "deny-test-material",
    "deny-ward-cannot-revoke",
    "error-act",
    "error-acting-for-oneself",
    "error-birth-date-contradicts",
    "error-credential-unknown",
    "error-facts-unavailable",
    "error-instant-out-of-range",
    "error-not-recorded",
    "error-policy-failed",
    "error-service-unknown",
    "permit-act",
    "permit-category-pin",
    "permit-excepted",
    "permit-inps-pin",
    "permit-inps-pin-abroad",
    "permit-level",
    "permit-operator-rule",
    "permit-phone-pin",
    "permit-public",
];
