# The verdict on the certificate and the proof of its key (crate pki: Rejection, AnchorError, CertificateError;
# crate auth: AuthError), and the authorities to trust.

certificate-not-trusted = { $reason ->
        [no-anchors] There is no list of authorities to trust yet, so the card cannot be checked.
        [unknown-issuer] The card was issued by an authority that is not among those this computer trusts.
        [bad-signature] The authority's signature on the card's certificate is not genuine.
        [weak-key] The card uses an old kind of key that is no longer considered safe.
        [weak-signature] The card's certificate has an old kind of signature that is no longer considered safe.
        [path-length] There are more authorities between the card and a trusted one than one of them permits.
        [issuer-no-authority] The card's certificate was issued by somebody who is not an authority.
        [issuer-key-usage] The card's certificate was issued with a key that is not for issuing certificates.
        [name-constraints] The card's certificate names somebody whom its authority may not name.
        [policies] The rules stated in the certificates do not meet what is demanded.
        [unknown-critical-extension] { $place ->
                [issuer] The certificate of an authority between the card and a trusted one demands something that the program does not know.
               *[card] The card's certificate demands something that the program does not know.
            }
        [malformed-extension] { $place ->
                [issuer] The certificate of an authority between the card and a trusted one has a part that cannot be read.
               *[card] The card's certificate has a part that cannot be read.
            }
        [anchor-use] The authority that issued the card is trusted, but not for cards of this kind, or not yet at that time.
        [too-many-intermediates] Too many certificates of authorities were given with the card's.
       *[bad-path] The card's certificate does not lead to an authority that this computer trusts.
    }
    .advice = { $reason ->
        [no-anchors] Name the authorities' certificates with --trust, or ask the administrator to install them.
        [bad-signature] Do not log in with this card and ask the body that gave it to you.
        [path-length] Ask the body that gave you the card.
        [issuer-no-authority] Do not log in with this card and ask the body that gave it to you.
        [issuer-key-usage] Do not log in with this card and ask the body that gave it to you.
        [name-constraints] Ask the body that gave you the card.
        [policies] Ask the body that gave you the card.
        [unknown-critical-extension] Ask the body that gave you the card, or whether there is a newer version of the program.
        [malformed-extension] Ask the body that gave you the card.
        [anchor-use] Ask the administrator which authorities are trusted for which cards (varco trust list).
        [too-many-intermediates] Name at most 32 certificates with --intermediates.
        [weak-key] Ask the body that gave you the card for a new one. Whoever runs the computer can accept old cards with --trust-legacy.
        [weak-signature] Ask the body that gave you the card for a new one. Whoever runs the computer can accept old cards with --trust-legacy.
       *[other] Ask the administrator to add the authority that issued the card (--trust). Its name is in the certificate: "varco cert".
    }
certificate-expired = { $in_path ->
        [issuer] The certificate of the authority that issued the card has expired (last valid day: { $not_after }).
       *[card] The card's certificate has expired (last valid day: { $not_after }).
    }
    .advice = { $in_path ->
        [issuer] Ask the administrator to update the authorities' certificates. If they are up to date, ask the body that gave you the card.
       *[card] Ask the body that gave you the card for a new one, for example your Region or the chamber of commerce. Meanwhile you can log in with the CIE or with SPID.
    }
certificate-not-yet-valid = { $in_path ->
        [issuer] The certificate of the authority that issued the card is not valid yet (first valid day: { $not_before }).
       *[card] The card's certificate is not valid yet (first valid day: { $not_before }).
    }
    .advice = Check that the computer's date is right. If it is, wait for that day and try again, or ask the body that gave you the card.
certificate-wrong-purpose = { $reason ->
        [non-repudiation] The certificate found on the card is for signing documents, not for logging in.
        [subject] The card's certificate does not state the codice fiscale of its holder.
        [leaf-is-authority] The certificate is that of an authority, not that of a card.
        [no-cns-policy] The card's certificate does not state that it is a CNS's.
        [no-cie-policy] The card's certificate does not state that it is an identity card's.
        [no-digital-signature] The key of the card's certificate is not for logging in (it may not sign).
        [no-client-authentication] The card's certificate is not for logging in (client authentication is not among its uses).
        [key-kind] The card's key is of a kind that such cards do not have.
        [small-exponent] The card's key has a weakness (a small public exponent) that such keys must not have.
       *[other] The card's certificate is not made for logging in.
    }
    .advice = Use a Carta Nazionale dei Servizi or an activated health card with a chip. If it is one already, ask the body that gave it to you.
certificate-revoked = { $in_path ->
        [issuer] The certificate of the authority that issued the card was revoked on { $since }.
       *[card] The card's certificate was revoked on { $since }: the card can no longer be used to log in.
    }
    .advice = { $in_path ->
        [issuer] Ask the administrator to update the authorities' certificates, or the body that gave you the card.
       *[card] Ask the body that gave you the card for a new one. Meanwhile you can log in with another credential, such as SPID.
    }
certificate-suspended = { $in_path ->
        [issuer] The certificate of the authority that issued the card has been suspended since { $since }.
       *[card] The card's certificate has been suspended since { $since }. It may come back.
    }
    .advice = Ask the body that gave you the card why, and whether it can be reactivated.
revocation-unknown = { $reason ->
        [revocation-stale] { revocation-unknown-whose }: what is at hand was due to be renewed on { $due }.
        [revocation-not-signed] { revocation-unknown-whose }: what is at hand was not signed by its authority.
        [revocation-weak-signature] { revocation-unknown-whose }: what is at hand has an old kind of signature.
        [revocation-future] { revocation-unknown-whose }: what is at hand was made later than the instant asked.
        [revocation-unknown-critical] { revocation-unknown-whose }: what is at hand demands something that the program does not know.
        [revocation-reasons-uncovered] { revocation-unknown-whose }: what is at hand covers some reasons only.
        [revocation-unsupported] { revocation-unknown-whose }: what is at hand is of a kind that the program does not use.
        [revocation-too-much] { revocation-unknown-whose }: there is more about it at hand than the program looks at.
        [revocation-out-of-scope] { revocation-unknown-whose }: what is at hand speaks of other certificates.
        [revocation-unreadable] { revocation-unknown-whose }: what was kept about it cannot be read any more.
        [revocation-not-fetched] { revocation-unknown-whose }: the authority could not be asked.
        [revocation-responder-refused] { revocation-unknown-whose }: the authority did not answer.
        [revocation-responder-unchecked] { revocation-unknown-whose }: whoever answered for the authority may have been dismissed.
        [revocation-responder-unknown] { revocation-unknown-whose }: the authority does not know the certificate.
       *[revocation-no-evidence] { revocation-unknown-whose }: nothing about it is at hand.
    }
    .advice = { $reason ->
        [revocation-future] Check that the computer's date is right.
        [revocation-not-signed] Do not use these lists. Ask the administrator to fetch them anew.
       *[other] Ask the administrator for current revocation lists (--crl). Whoever runs the computer can choose how sure one must be with --revocation.
    }
key-not-proven = The card did not prove that it holds the key of its certificate. The login is not safe and stops here.
    .advice = Try once more. If it happens again, do not use this card and ask the body that gave it to you: it may be faulty or not genuine.
challenge-expired = Too much time passed between the request and the card's answer.
    .advice = Check that the computer's time is right and start over.
proof-format = This file is no proof of identity in the prescribed form.
    .advice = See the technical detail, and ask whoever sent the proof to make another.
proof-audience = The proof was made for somebody else, not for whom it is being verified.
    .advice = Check what was given with --audience. If it is right, do not believe the proof: it may have been passed on.
proof-nonce = The proof does not answer the code that was given for this login.
    .advice = Check what was given with --nonce. If it is right, do not believe the proof: it may have been used before.
proof-not-yet = The proof was made after the instant at which it is being verified.
    .advice = Check that the computers' dates and times are right.
proof-expired = The proof is too old.
    .advice = Ask for another login. Whoever looks back on a kept proof says with --max-age how old it may be.
proof-signature = The proof was not signed by the card whose certificate it holds, or was altered.
    .advice = Do not believe the proof, and ask for another login.
key-unsupported = The card uses a kind of key that the program cannot use.
    .advice = Log in with the CIE or with SPID, or ask the body that gave you the card whether there is a newer one.
signature-scheme-unsupported = The card's key is too short for a signature of the kind that was asked for (PSS). The PIN was not asked and no try was spent.
    .advice = Log in again without asking for this kind of signature.
ocsp-file-not-an-answer = "{ $path }" holds no answer of an OCSP responder.
    .advice = Name a file with the answer in DER (often .ors).
trust-anchors-missing = The certificates of the authorities to trust are missing: without them no card can be checked.
    .advice = Name a file or folder with --trust, or ask the administrator to install the authorities' certificates.
country-signers-missing = The certificates of the country signer (CSCA) are missing: without them no identity card can be checked. The PIN was not asked.
    .advice = Name a file or folder with --csca, or ask the administrator to install them. With --card-origin unchecked the login goes on, and is worth less.
trust-file-not-found = "{ $path }", which should hold the authorities' certificates, was not found.
    .advice = Check the path and repeat the command.
trust-file-unreadable = "{ $path }", which should hold the authorities' certificates, cannot be read.
    .advice = Check that you may read it.
trust-file-not-a-file = "{ $path }" is neither a file nor a folder.
    .advice = Name a file of certificates or a folder that holds some.
trust-file-too-large = "{ $path }" is too large for a list of authorities.
    .advice = Name only the authorities that issue the cards.
trust-folder-empty = The folder "{ $path }" holds no certificates.
    .advice = Put the authorities' certificates there (.pem, .crt, .cer or .der files), or name the file itself.
trust-file-not-certificates = "{ $path }" holds no readable certificates.
    .advice = Get the authority's certificate again, as PEM or DER.
trust-file-bad-certificate = "{ $path }" holds a damaged certificate.
    .advice = Get the authority's certificate again, as PEM or DER.
trust-file-test-material = "{ $path }" holds a test authority, which is not good for real logins.
    .advice = Remove that file from --trust. For tests only, use --trust-test.
trust-file-not-an-authority = "{ $path }" holds a certificate that is not that of an authority.
    .advice = Name the certificate of the authority that issued the card, not the card's own.

# Why a level of assurance is what it is: sentences of their own.
cns-with-pin = CNS whose PIN was accepted.
cie-with-pin = CIE whose PIN was accepted.
no-pin = No PIN was accepted.
origin-not-proven = Nobody showed that the identity card is genuine: the level is substantial at most.
spid-l1 = SPID level 1: one factor, the password.
spid-l2 = SPID level 2: two factors.
spid-l3 = SPID level 3: two factors, one of them a key in a device.
revocation-unknown-whose = { $in_path ->
        [issuer] Whether the authority between the card and a trusted one was itself revoked is not known
       *[card] Whether the card was revoked is not known
    }
weak-revocation-evidence = An old kind of signature was accepted on what shows that the certificate was not revoked.
revocation-not-known = Whether the certificate was revoked is not known.

# A relying party's nonces (crate auth: NonceError).
nonce-limits = The bounds of the store of nonces are not sensible.
nonce-store-full = Too many logins are going on at once.
nonce-client-quota = Too many logins were begun from the same place and not ended.
nonce-repeated = The source of random numbers is broken.
nonce-not-outstanding = The code of this login was never given, was used before or is too old.
    .advice = Do not accept this login: have it done again with a new code.
nonce-expired = The code of this login is not valid at this moment.
    .advice = Have the login done again with a new code.

# The precise reason, for those who give support: a sentence that completes a message.
certificate-not-der = There is other content in the certificate's place.
certificate-truncated = The certificate is cut short.
certificate-trailing-bytes = Other data follow the certificate.
certificate-too-large = The certificate is too large.
certificate-malformed = The certificate does not have the prescribed form.
certificate-ambiguous = The certificate can be read in two different ways.
anchor-test-material-refused = It is a test certificate.
anchor-not-an-authority = It is not the certificate of an authority.
signature-mismatch = The signature was not made by the certificate's key.
ocsp-too-large = The answer about revocation is too large.
ocsp-malformed = The answer about revocation does not have the prescribed form.
ocsp-refused-malformed-request = The revocation service could not read the question.
ocsp-refused-internal-error = The revocation service has a fault.
ocsp-refused-try-later = The revocation service cannot answer now.
ocsp-refused-signature-required = The revocation service answers signed questions only.
ocsp-refused-unauthorized = The revocation service does not answer about this certificate.
ocsp-unknown-type = The answer about revocation is of an unknown kind.
ocsp-unknown-critical = The answer about revocation has a condition that is not known.
ocsp-unknown-responder = It cannot be told who signed the answer about revocation.
ocsp-responder-not-appointed = Whoever signed the answer about revocation was not appointed by the authority that issued the card.
ocsp-responder-not-entitled = Whoever signed the answer about revocation has no certificate for that.
ocsp-responder-outside-validity = Whoever signed the answer about revocation has an expired certificate, or one that is not valid yet.
ocsp-unsupported-algorithm = The answer about revocation has a signature of a kind that is not accepted.
ocsp-not-signed = The signature on the answer about revocation is wrong.
ocsp-weak = The answer about revocation has a signature of an old kind.
ocsp-other-nonce = The answer about revocation was given to another question.
ocsp-not-answered = The answer about revocation does not speak of this certificate.
ocsp-contradictory = The answer about revocation contradicts itself.
ocsp-from-the-future = The answer about revocation is from the future: perhaps the clock is wrong.
codice-fiscale-length = The codice fiscale does not have 16 characters.
codice-fiscale-structure = The codice fiscale does not have the prescribed structure.
codice-fiscale-month = The month in the codice fiscale does not exist.
codice-fiscale-day = The day in the codice fiscale does not exist.
codice-fiscale-check-letter = The last letter of the codice fiscale does not match.
card-id-form = The card's number does not have the prescribed form.
card-id-check-digit = The last digit of the card's number does not match.
good = The certificate was not revoked.
good_in_grace = The certificate was not revoked, as of evidence that is late.
unknown = Whether the certificate was revoked could not be found out.
not_checked = Whether the certificate was revoked was not checked.
card-origin-unchecked = Whether the identity card is genuine was not checked.
rsa-1024 = An old kind of key was accepted (RSA with 1024 bits).
sha1-signature = An old kind of signature was accepted (SHA-1).

# The verdict on a certificate in a file, and what is known of revocation (varco cert verify, varco login).
verdict-valid = The certificate is valid.
verdict-invalid = The certificate is not valid.
verdict-test-material = CAREFUL: this is test material, nothing real follows from it.
evidence-crl = { $days ->
        [0] a revocation list made on { $made } (today)
        [one] a revocation list made on { $made } (1 day before)
       *[other] a revocation list made on { $made } ({ $days } days before)
    }
evidence-ocsp = { $days ->
        [0] the authority's answer of { $made } (today)
        [one] the authority's answer of { $made } (1 day before)
       *[other] the authority's answer of { $made } ({ $days } days before)
    }
in-path-leaf = the card's
in-path-intermediate = that of an authority between the card and a trusted one
in-path-anchor = that of the trusted authority
profile-cns = a CNS's
profile-cie = an identity card's
profile-none = any (RFC 5280 alone)
