# TLS with a certificate on a card (crate tls: TlsError, AcceptError, ClientTrustError).

tls-needs-1-2 = The service accepts TLS 1.3 only, for which this card cannot sign.
    .advice = Log in with another card or with SPID. Whoever runs the service can let identity cards in by offering TLS 1.2 too.
tls-no-common-scheme = The service accepts none of the kinds of signature that this card makes.
    .advice = Log in with another card or with SPID, and tell whoever runs the service.
tls-not-asked = The service did not ask for the card's certificate, so you are not logged in.
    .advice = Check the address: the one for logging in with a card may be another.
tls-no-certificate = The client sent no certificate.
    .advice = Insert the card, and log in again.
tls-card-refused = The service did not accept the card's certificate.
    .advice = Check that the card has not expired, and that the service takes cards of this kind. Otherwise ask whoever runs the service.
tls-server-not-trusted = The certificate of the service is not trusted. Nothing of the card was sent.
    .advice = Do not go on. Check the address and the date of this computer, then ask whoever runs the service.
tls-no-roots = No certificates were given by which services are trusted.
    .advice = Tell whoever runs this program.
tls-test-material = An authority for tests stands among those that are trusted.
    .advice = Take it out. For tests only, the server's configuration can permit it.
tls-intermediates = Too many certificates are configured between clients and the authorities that are trusted.
    .advice = Keep those that clients' cards need, 24 at most.
tls-failed = No protected connection was made.
    .advice = Try again. If it happens again, ask whoever runs the service.
tls-connection = The connection to the other side broke.
    .advice = Check the network, and try again.
