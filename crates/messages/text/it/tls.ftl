# TLS con il certificato di una carta (crate tls: TlsError, AcceptError, ClientTrustError).

tls-needs-1-2 = Il servizio accetta solo TLS 1.3, per il quale questa carta non sa firmare.
    .advice = Accedi con un'altra carta o con SPID. Chi gestisce il servizio può ammettere le carte d'identità offrendo anche TLS 1.2.
tls-no-common-scheme = Il servizio non accetta nessuno dei tipi di firma che questa carta sa fare.
    .advice = Accedi con un'altra carta o con SPID, e avvisa chi gestisce il servizio.
tls-not-asked = Il servizio non ha chiesto il certificato della carta, quindi l'accesso non è avvenuto.
    .advice = Controlla l'indirizzo: quello per accedere con la carta può essere un altro.
tls-no-certificate = Il client non ha mandato nessun certificato.
    .advice = Inserisci la carta e ripeti l'accesso.
tls-card-refused = Il servizio non ha accettato il certificato della carta.
    .advice = Controlla che la carta non sia scaduta e che il servizio accetti carte di questo tipo. Altrimenti rivolgiti a chi gestisce il servizio.
tls-server-not-trusted = Il certificato del servizio non è affidabile. Della carta non è stato mandato niente.
    .advice = Non proseguire. Controlla l'indirizzo e la data di questo computer, poi rivolgiti a chi gestisce il servizio.
tls-no-roots = Non è stato indicato nessun certificato con cui riconoscere i servizi affidabili.
    .advice = Avvisa chi gestisce questo programma.
tls-test-material = Tra le autorità ritenute affidabili ce n'è una di prova.
    .advice = Toglila. Solo per le prove, la configurazione del server può ammetterla.
tls-intermediates = Sono configurati troppi certificati intermedi tra le carte e le autorità ritenute affidabili.
    .advice = Tieni quelli che servono alle carte degli utenti, al massimo 24.
tls-failed = Non è stato possibile stabilire un collegamento protetto.
    .advice = Riprova. Se succede ancora, rivolgiti a chi gestisce il servizio.
tls-connection = Il collegamento con l'altra parte si è interrotto.
    .advice = Controlla la rete e riprova.
