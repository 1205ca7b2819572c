# Why a service is permitted or denied, and what to do (crate access-policy: CODES, PolicyError).

-substantial = level substantial (SPID level 2, CIE or CNS)
-high = level high (CIE with reader and PIN, or SPID level 3)

permit-public = These pages are open to everybody: there is no need to log in.
permit-level = You logged in at level { level }, which is enough for this service.
permit-inps-pin = The INPS PIN is still good for this service (last day: { $last_day }).
deny-not-authenticated = For this service you must first log in at { needed }.
deny-assurance-too-low = You logged in at level { level }, but this service asks for a login at { needed }.
deny-credential-downgraded = { $weaknesses ->
    [rsa-1024] Your card uses an old kind of key, which is no longer enough for this service.
    [sha1-signature] Your card uses an old kind of signature, which is no longer enough for this service.
    [revocation-not-known] Whether your card was revoked is not known, and this service asks for that.
    [card-origin-unchecked] It was not checked whether your identity card is genuine, and this service asks for that.
   *[other] Your card has more than one weakness that this service does not accept, such as an old kind of key or signature.
}
deny-inps-pin-ended = The INPS PIN is no longer good for this service (last day: { $last_day }).
deny-inps-pin-ordinary = The ordinary INPS PIN is not enough for this service.
deny-test-material = The card that was used is a test card, or was not judged as it is today: that is not good here.
error-service-unknown = The service "{ $service }" does not exist, so access is denied.
advice-check-card-origin = Whoever runs this computer must have it check identity cards (--csca), then log in again. Meanwhile you can log in with SPID.
advice-check-revocation = Whoever runs this computer must give it current revocation lists (--crl), then log in again. Meanwhile you can log in with SPID.
advice-renew-credential = Ask the body that gave you the card for a new one, for example your Region or the chamber of commerce. Meanwhile you can log in with SPID or the CIE.
advice-use-real-credential = Use your real card, without --at. Only in a test environment, whoever runs it can permit test cards.

permit-inps-pin-abroad = You reside abroad and have no Italian identity document: for you the INPS PIN is still good.
permit-category-pin = This service is dedicated to { category }: for them the INPS PIN dispositivo is still good.
permit-phone-pin = The telephone PIN is good.
permit-act = This may be done on this date and in this way.
permit-excepted = The person is of a category that may still have an INPS PIN.
permit-operator-rule = { $words }
deny-operator-rule = { $words }
deny-not-permitted = No rule permits it.
deny-enablement-missing = You have no enablement for this service ({ $words }).
deny-enablement-ended = Your enablement for this service ({ $words }) ended on { $day }.
deny-enablement-revoked = Your enablement for this service ({ $words }) was revoked on { $day }.
deny-enablement-not-yet = Your enablement for this service ({ $words }) begins on { $day }.
deny-delegation-missing = No delegation is known by which you may act for this person.
deny-delegation-ended = The delegation ended on { $day }.
deny-delegation-revoked = The delegation was revoked on { $day }.
deny-delegation-not-yet = The delegation begins on { $day }.
deny-child-of-age = The person for whom you act is a minor no more: as a parent you can no longer act for that person.
deny-child-age-unknown = Whether the person for whom you act is a minor is not known: a codice fiscale does not tell the century of birth.
deny-age-unknown = Whether you are a minor is not known: a codice fiscale does not tell the century of birth.
deny-document-only = Only the card's number was read, without its PIN: it tells which document it is, not who you are.
deny-credential-of-another = The credential that was used is another person's. It is strictly personal: nobody may use it in that person's place.
deny-pin-expired = The PIN has expired: its last day was { $day }.
deny-inps-pin-issued-late = The INPS PIN was given on or after { $day }, when only the excepted categories were given one: it is good only in the services dedicated to them.
deny-inps-pin-professional-ended = The INPS PIN is no longer good in profiles other than that of citizen (last day: { $last_day }).
deny-inps-pin-never = This service does not open with an INPS PIN.
deny-inps-pin-not-of-category = This service is dedicated to { category }, and by now the INPS PIN is good only for them: you are not known to be one.
deny-inps-pin-for-another = The INPS PIN of an excepted category is good only for one's own affairs, not for another person's.
deny-no-new-inps-pin = Since { $day } no new INPS PIN is given, save to the excepted categories.
deny-no-inps-pin-renewal = INPS PINs are no longer renewed (last day: { $last_day }), save for the excepted categories.
deny-phone-pin-only = Telephone services are used only with a telephone PIN that has not expired.
deny-phone-pin-elsewhere = A telephone PIN is good for telephone services only.
deny-phone-pin-by-inps-pin = A telephone PIN cannot be asked for with an INPS PIN.
deny-spid-only = This service is used with SPID only.
deny-cns-not-notified = The CNS is not good for services of other states of the European Union.
deny-cie-not-high = For services of other states of the European Union the CIE is good only when read with its PIN, where the card was shown to be genuine.
deny-not-before = This can be done from { $day } on.
deny-revocation-online-not-yet = Online the delegation can be revoked from { $day } on, when 30 days have passed since its registration.
deny-ward-cannot-revoke = A person who is represented by a tutor, curator, amministratore di sostegno or parent cannot revoke who acts for that person.
deny-authority-at-office = The act of a court or office is entered at an office, not online.
error-acting-for-oneself = The person acted for is the person who acts, so access is denied.
error-credential-unknown = The access rules do not know this kind of credential, so access is denied.
error-facts-unavailable = What is known of this person could not be had, so access is denied. { why }
error-instant-out-of-range = The access rules cannot be asked about that instant, so access is denied.
error-not-recorded = The decision could not be recorded, so access is denied. { why }
error-policy-failed = An access rule failed, so access is denied.
advice-ask-enablement = Ask your office for the enablement for this service ({ $words }), with its form and documents.
advice-register-delegation = Have the delegation registered: at an INPS office, or online by the person who delegates. Tutors, curators, amministratori di sostegno and parents ask for it at an office, with the documents that prove it.
advice-give-birth-date = Give the full birth date.
advice-citizen-profile = Choose the profile of citizen.
advice-go-to-office = Go to an INPS office.
advice-ask-authority = Apply to the court, or to the office that appointed your representative.
advice-wait-until = Try again from { $day } on.
advice-phone-pin = Log in to MyINPS with SPID level 2, CIE or CNS and ask for a telephone PIN.
advice-renew-inps-pin = Have the INPS PIN renewed.
advice-log-in-as-yourself = Log in with your own credential. If you act for another person, say for whom: a delegation is needed.
advice-log-in = Log in with { $credentials }. If you have no reader and no suitable phone, use SPID.

level = { $level ->
    [none] none
    [low] low
    [substantial] substantial
    [high] high
   *[other] unknown
}
category = { $category ->
    [minor] minors
    [ward] persons under tutela, curatela or amministrazione di sostegno
    [no-italian-document] persons without an Italian identity document
   *[other] a category
}
why = { $why ->
    [records-locked] Another program is using the records.
    [records-full] No room is left.
    [records-read-only] They may not be written.
    [records-corrupt] The records are damaged.
    [records-too-new] The records are of a later version.
    [records-too-many] They hold more about the person than a decision looks at.
    [records-absent] There are no records.
   *[other] The records cannot be used.
}
by-spid-l2 = SPID level 2
by-spid-l3 = SPID level 3
by-cie = the CIE
by-cns = the CNS
list-or = { $first } or { $last }
needed = { $needed ->
    [low] level low (SPID, CIE or CNS)
    [high] { -high }
   *[substantial] { -substantial }
}

service-id-invalid = "{ $service }" is not the name of a service: it is written with lower-case letters, digits, dots and hyphens.
    .advice = Check the service's name and repeat the command.
service-unknown = The access rules do not know the service "{ $service }".
    .advice = The services known are: { $services }. "varco services" describes them.
policy-malformed = The access rules do not have the prescribed form.
    .advice = Ask whoever runs the service to correct the file of the rules.
policy-duplicate = The access rules hold the same entry twice.
    .advice = Ask whoever runs the service to correct the file of the rules.
policy-date-invalid = A date in the access rules is incomplete or refers to one that is not there.
    .advice = Ask whoever runs the service to correct the file of the rules.
policy-date-not-unique = A date in the access rules is missing or stands more than once.
    .advice = Ask whoever runs the service to correct the file of the rules.
policy-dedication = A service in the access rules is dedicated to a category without naming it, or names one without being dedicated.
    .advice = Ask whoever runs the service to correct the file of the rules.
policy-text = An access rule is not written in Cedar ({ $place }).
    .advice = Correct the rule at the place shown.
policy-validation = An access rule does not fit the schema ({ $place }).
    .advice = Correct the rule at the place shown: the schema says which names and types there are.
policy-annotation = An access rule lacks its annotation @{ $annotation }, or the annotation is not fit ({ $place }).
    .advice = Each rule bears @id (written as a service's name), @it, @en and @source, 500 bytes each at most.
policy-permits-too-much = An operator's rule permits more than his own services ({ $place }).
    .advice = An operator's rule may permit only the use of a service of his own: action == Action::"use", resource == Service::"his own". It may forbid anything.
policy-template = The access rules hold a template: only whole rules are taken.
    .advice = Ask whoever runs the service to correct the file of the rules.
policy-too-large = A file of the access rules is too large, or there are too many files.
    .advice = At most 64 files of 256 KiB each.
policy-file-kind = A file of the access rules is neither .cedar nor .toml.
    .advice = Rules stand in .cedar files, services in .toml files.
policy-defect = The access rules cannot be used, by a defect of this program.
    .advice = Report the defect with the detail shown.
corpus-failed = The access rules do not answer as the cases say, or a rule lacks a case that permits or one that denies.
    .advice = Correct the rules or cases that are listed.
corpus-malformed = "{ $path }" is not a file of cases.
    .advice = The detail says what is wrong; the form is described in fixtures/policy/README.md.
corpus-empty = In "{ $path }" there are no files of cases (.json).
    .advice = Name a folder of such files, as fixtures/policy.
records-locked = Another program is using the records.
    .advice = Wait until it has finished and try again. Nothing was lost.
records-full = No room is left for the records.
    .advice = Make room on the disk and try again. What was there is intact.
records-read-only = The records may not be written.
    .advice = Check the rights of the file and of its folder.
records-corrupt = The records are damaged, or the file is no store of varco.
    .advice = Do not write to it: put back a copy, or ask whoever runs this computer.
records-too-new = The records are of a later version than this program.
    .advice = Update the program. The records were not touched.
records-too-many = The records hold more facts about one person than a decision looks at.
    .advice = Tell whoever runs the service: more than 64 of one sort are hardly right, and access stays denied.
records-absent = There are no records there.
    .advice = Name them with --records, or make them by entering something (varco enablement grant).
records-unusable = The records cannot be used.
    .advice = The detail says why.
records-nowhere = It is not known where the records are.
    .advice = Name the file with --records.
fact-already-there = It is there already for that time.
    .advice = Revoke first what is there, or choose another time.
fact-not-there = There is nothing of that kind.
    .advice = Check the codice fiscale and the service, or the number ("list").
fact-already-ended = It ends by then already.
    .advice = Nothing more needs to be done. An end can be moved to an earlier instant, never to a later one.
fact-before-beginning = The end is not after the beginning.
    .advice = Check the instants given.
delegation-delegator-has-one = Somebody else acts for this person in that quality already.
    .advice = Revoke the delegation that is there first: a person has one delegate.
delegation-limit-reached = The delegate acts for the greatest number of persons already ({ $limit }).
    .advice = Choose another delegate, or wait until one of the delegations ends.
delegation-same-person = Delegator and delegate are the same person.
    .advice = Nobody needs a delegation for himself.
delegation-birth-date = The birth date is missing, or is not that of the codice fiscale.
    .advice = For a parent the child's birth date is needed (--birth-date).
codice-fiscale-malformed = "{ $value }" is not a codice fiscale.
    .advice = Check it: there are 16 characters, and the last verifies the others.
credential-unknown = "{ $value }" is not a kind of credential.
    .advice = The kinds known are: { $known }.
birth-date-contradicts = The birth date is not that of the codice fiscale.
    .advice = Check the one and the other.
facts-contradict = What was given contradicts itself: { $what }.
    .advice = Correct it and repeat the command.
identity-malformed = "{ $path }" is not an identity as "varco login --json" writes one.
    .advice = The detail says what is wrong.
phone-pin-form = A telephone PIN is eight digits.
    .advice = Repeat the command with the eight digits.
change-malformed = Who enters it and the act must be told: 1 to 200 bytes each, without control characters.
    .advice = Give --who and --act.
period-malformed = The end is not after the beginning.
    .advice = Check --from and --until.
policy-simulated = Simulation: nobody logged in, and nothing is permitted by this.
policy-valid = The rules are well written and fit the schema.
policy-rule-counted = { $rule }: { $permits } cases that permit, { $denies } that deny
policy-tested = Cases: { $cases }. Answered otherwise: { $failed }.
act-use = use of a service
act-issue-pin = issue of an INPS PIN
act-renew-pin = renewal of an INPS PIN
act-register-delegation = registration of a delegation
act-revoke-delegation = revocation of a delegation
ask-phone-pin = Telephone PIN (eight digits) that the caller tells; it does not show while you type it.
phone-pin-issued = Telephone PIN: { $pin }. It holds until { $until }. Write it down: it cannot be shown again.
phone-pin-accepted = The telephone PIN is right and holds until { $until }.
phone-pin-refused = The telephone PIN is not right, or there is none for this person.
phone-pin-expired = The telephone PIN expired on { $until }.
phone-pin-blocked = Too many wrong tries: a new telephone PIN is needed.
enablement-not-needed = There are no enablements for the service "{ $service }".
    .advice = Enablements are needed for professional services only ("varco services --json" tells the class).
policy-unsafe = "{ $path }" may be written by others, and it decides who may use what.
    .advice = Make the file yours or root's, writable by nobody else.
policy-rule-unknown = "{ $id }" is neither a rule nor a service.
    .advice = "varco policy explain" lists the rules, "varco services" the services.
access-at-refused = Access can be decided as of another instant only where test material is permitted.
    .advice = Leave out --access-at, or use a test card with --trust-test.
policy-too-complex = An access rule is too large, or nests too deep ({ $place }).
    .advice = A rule has at most 8 KiB, 24 brackets within brackets and 24 "if": divide it into several rules.
delegation-limit = A delegate acts for { $limit } persons at a time at most.
deny-phone-pin-for-another = A telephone PIN is personal: one asks for it for oneself only.
deny-representative-at-office = Tutors, curators, amministratori di sostegno and parents are registered at an office, not online.
error-act = This is not decided here, so it is denied: registers are changed by commands of their own.
error-birth-date-contradicts = The birth date that was given is not the one registered with the delegation, so access is denied.
policy-title = A service in the access rules has no fit name in both languages.
    .advice = A name has 1 to 200 bytes, without control characters.
facts-future = The instant given with --at lies in the future.
    .advice = Enter it when it happens; for a beginning or end to come use --from and --until.
act-permitted = This may be done: { $act }.
act-denied = This may not be done: { $act }.
