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
deny-inps-pin-ended = The INPS PIN is no longer good for logging in (last day: { $last_day }).
deny-inps-pin-ordinary = The ordinary INPS PIN is not enough for this service.
deny-test-material = The card that was used is a test card, or was not judged as it is today: that is not good here.
error-service-unknown = The service "{ $service }" does not exist, so access is denied.
advice-log-in = { $level ->
    [low] Log in with SPID, the CIE or the CNS.
    [high] Log in with the CIE, using reader and PIN, or with SPID level 3.
   *[substantial] Log in with SPID level 2, the CIE or the CNS. If you have no reader and no suitable phone, use SPID.
}
advice-check-card-origin = Whoever runs this computer must have it check identity cards (--csca), then log in again. Meanwhile you can log in with SPID.
advice-check-revocation = Whoever runs this computer must give it current revocation lists (--crl), then log in again. Meanwhile you can log in with SPID.
advice-renew-credential = Ask the body that gave you the card for a new one, for example your Region or the chamber of commerce. Meanwhile you can log in with SPID or the CIE.
advice-use-real-credential = Use your real card, without --at. Only in a test environment, whoever runs it can permit test cards.

level = { $level ->
    [low] low
    [substantial] substantial
    [high] high
   *[other] unknown
}
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
