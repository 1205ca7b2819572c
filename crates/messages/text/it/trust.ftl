# Il giudizio sul certificato e sulla prova della chiave (crate pki: Rejection, AnchorError, CertificateError;
# crate auth: AuthError), e le autorità di cui fidarsi.

certificate-not-trusted = { $reason ->
        [no-anchors] Non so ancora di quali autorità fidarmi, e non posso controllare la carta.
        [unknown-issuer] La carta è stata rilasciata da un'autorità che non è tra quelle di cui questo computer si fida.
        [bad-signature] La firma dell'autorità sul certificato della carta non è autentica.
        [weak-key] La carta usa una chiave di un tipo vecchio, che oggi non è più considerato sicuro.
        [weak-signature] Il certificato della carta ha una firma di un tipo vecchio, che oggi non è più considerato sicuro.
        [path-length] Tra la carta e un'autorità di cui ci si fida ci sono più autorità di quante una di loro permette.
        [issuer-no-authority] Il certificato della carta è stato rilasciato da chi non è un'autorità.
        [issuer-key-usage] Il certificato della carta è stato rilasciato con una chiave che non serve a rilasciare certificati.
        [name-constraints] Il certificato della carta nomina qualcuno che la sua autorità non può nominare.
        [policies] Le regole dichiarate nei certificati non soddisfano quelle richieste.
        [unknown-critical-extension] { $place ->
                [issuer] Il certificato di un'autorità tra la carta e una di cui ci si fida richiede qualcosa che il programma non conosce.
               *[card] Il certificato della carta richiede qualcosa che il programma non conosce.
            }
        [malformed-extension] { $place ->
                [issuer] Il certificato di un'autorità tra la carta e una di cui ci si fida ha una parte che non si può leggere.
               *[card] Il certificato della carta ha una parte che non si può leggere.
            }
        [anchor-use] L'autorità che ha rilasciato la carta è riconosciuta, ma non per carte di questo tipo, o non ancora a quella data.
        [too-many-intermediates] Con quello della carta sono stati indicati troppi certificati di autorità.
       *[bad-path] Il certificato della carta non porta a un'autorità di cui questo computer si fida.
    }
    .advice = { $reason ->
        [no-anchors] Indica i certificati delle autorità con --trust, oppure chiedi all'amministratore di installarli.
        [bad-signature] Non usare questa carta per accedere e rivolgiti all'ente che te l'ha data.
        [path-length] Rivolgiti all'ente che ti ha dato la carta.
        [issuer-no-authority] Non usare questa carta per accedere e rivolgiti all'ente che te l'ha data.
        [issuer-key-usage] Non usare questa carta per accedere e rivolgiti all'ente che te l'ha data.
        [name-constraints] Rivolgiti all'ente che ti ha dato la carta.
        [policies] Rivolgiti all'ente che ti ha dato la carta.
        [unknown-critical-extension] Rivolgiti all'ente che ti ha dato la carta, o chiedi se c'è una versione più nuova del programma.
        [malformed-extension] Rivolgiti all'ente che ti ha dato la carta.
        [anchor-use] Chiedi all'amministratore quali autorità sono riconosciute per quali carte (varco trust list).
        [too-many-intermediates] Indica al massimo 32 certificati con --intermediates.
        [weak-key] Chiedi una nuova carta all'ente che te l'ha data. Chi gestisce il computer può accettare le carte vecchie con --trust-legacy.
        [weak-signature] Chiedi una nuova carta all'ente che te l'ha data. Chi gestisce il computer può accettare le carte vecchie con --trust-legacy.
       *[other] Chiedi all'amministratore di aggiungere l'autorità che ha rilasciato la carta (--trust). Il suo nome è nel certificato: «varco cert».
    }
certificate-expired = { $in_path ->
        [issuer] Il certificato dell'autorità che ha rilasciato la carta è scaduto (ultimo giorno valido: { $not_after }).
       *[card] Il certificato della carta è scaduto (ultimo giorno valido: { $not_after }).
    }
    .advice = { $in_path ->
        [issuer] Chiedi all'amministratore di aggiornare i certificati delle autorità. Se sono aggiornati, rivolgiti all'ente che ti ha dato la carta.
       *[card] Chiedi una nuova carta all'ente che te l'ha data, ad esempio la tua Regione o la Camera di commercio. Intanto puoi accedere con la CIE o con SPID.
    }
certificate-not-yet-valid = { $in_path ->
        [issuer] Il certificato dell'autorità che ha rilasciato la carta non è ancora valido (primo giorno valido: { $not_before }).
       *[card] Il certificato della carta non è ancora valido (primo giorno valido: { $not_before }).
    }
    .advice = Controlla che la data del computer sia giusta. Se lo è, aspetta quel giorno e riprova, oppure rivolgiti all'ente che ti ha dato la carta.
certificate-wrong-purpose = { $reason ->
        [non-repudiation] Il certificato trovato sulla carta serve per firmare documenti, non per accedere ai servizi.
        [subject] Il certificato della carta non indica il codice fiscale del titolare.
        [leaf-is-authority] Il certificato è quello di un'autorità, non quello di una carta.
        [no-cns-policy] Il certificato della carta non dichiara di essere quello di una CNS.
        [no-cie-policy] Il certificato della carta non dichiara di essere quello di una carta d'identità.
        [no-digital-signature] La chiave del certificato della carta non serve per accedere (non può firmare).
        [no-client-authentication] Il certificato della carta non serve per accedere (l'autenticazione non è tra i suoi usi).
        [key-kind] La chiave della carta è di un tipo che queste carte non hanno.
        [small-exponent] La chiave della carta ha una debolezza (un esponente pubblico piccolo) che queste chiavi non devono avere.
       *[other] Il certificato della carta non è fatto per accedere ai servizi.
    }
    .advice = Usa una Carta Nazionale dei Servizi o una tessera sanitaria con chip attivata. Se è già una di queste, rivolgiti all'ente che te l'ha data.
certificate-revoked = { $in_path ->
        [issuer] Il certificato dell'autorità che ha rilasciato la carta è stato revocato il { $since }.
       *[card] Il certificato della carta è stato revocato il { $since }: la carta non serve più per accedere.
    }
    .advice = { $in_path ->
        [issuer] Chiedi all'amministratore di aggiornare i certificati delle autorità, oppure rivolgiti all'ente che ti ha dato la carta.
       *[card] Chiedi una nuova carta all'ente che te l'ha data. Intanto puoi accedere con un'altra credenziale, ad esempio SPID.
    }
certificate-suspended = { $in_path ->
        [issuer] Il certificato dell'autorità che ha rilasciato la carta è sospeso dal { $since }.
       *[card] Il certificato della carta è sospeso dal { $since }. Può essere riattivato.
    }
    .advice = Chiedi all'ente che ti ha dato la carta perché, e se può essere riattivata.
revocation-unknown = { $reason ->
        [revocation-stale] { revocation-unknown-whose }: quello che c'è andava rinnovato il { $due }.
        [revocation-not-signed] { revocation-unknown-whose }: quello che c'è non è firmato dalla sua autorità.
        [revocation-weak-signature] { revocation-unknown-whose }: quello che c'è ha una firma di un tipo vecchio.
        [revocation-future] { revocation-unknown-whose }: quello che c'è è stato fatto dopo l'istante richiesto.
        [revocation-unknown-critical] { revocation-unknown-whose }: quello che c'è richiede qualcosa che il programma non conosce.
        [revocation-reasons-uncovered] { revocation-unknown-whose }: quello che c'è riguarda solo alcuni motivi.
        [revocation-unsupported] { revocation-unknown-whose }: quello che c'è è di un tipo che il programma non usa.
        [revocation-too-much] { revocation-unknown-whose }: c'è più di quanto il programma guardi.
        [revocation-out-of-scope] { revocation-unknown-whose }: quello che c'è parla di altri certificati.
        [revocation-unreadable] { revocation-unknown-whose }: quello che era stato conservato non si legge più.
        [revocation-not-fetched] { revocation-unknown-whose }: non si è potuto chiedere all'autorità.
        [revocation-responder-refused] { revocation-unknown-whose }: l'autorità non ha risposto.
        [revocation-responder-unchecked] { revocation-unknown-whose }: chi ha risposto per l'autorità potrebbe non averne più l'incarico.
        [revocation-responder-unknown] { revocation-unknown-whose }: l'autorità non conosce il certificato.
       *[revocation-no-evidence] { revocation-unknown-whose }: non c'è nulla che ne parli.
    }
    .advice = { $reason ->
        [revocation-future] Controlla che la data del computer sia giusta.
        [revocation-not-signed] Non usare queste liste. Chiedi all'amministratore di scaricarle di nuovo.
       *[other] Chiedi all'amministratore liste di revoca aggiornate (--crl). Chi gestisce il computer può scegliere quanto essere sicuri con --revocation.
    }
key-not-proven = La carta non ha dimostrato di possedere la chiave del suo certificato. L'accesso non è sicuro e si ferma qui.
    .advice = Riprova una volta. Se succede ancora, non usare questa carta e rivolgiti all'ente che te l'ha data: può essere guasta o non autentica.
challenge-expired = È passato troppo tempo tra la richiesta di accesso e la risposta della carta.
    .advice = Controlla che l'ora del computer sia giusta e ricomincia.
proof-format = Questo file non è una prova d'identità nella forma prevista.
    .advice = Guarda il dettaglio tecnico e chiedi un'altra prova a chi l'ha mandata.
proof-audience = La prova è stata fatta per qualcun altro, non per chi la sta verificando.
    .advice = Controlla che cosa hai indicato con --audience. Se è giusto, non fidarti della prova: qualcuno può averla girata.
proof-nonce = La prova non risponde al codice che è stato dato per questo accesso.
    .advice = Controlla che cosa hai indicato con --nonce. Se è giusto, non fidarti della prova: può essere già stata usata.
proof-not-yet = La prova è stata fatta dopo l'istante in cui la si sta verificando.
    .advice = Controlla che data e ora dei computer siano giuste.
proof-expired = La prova è troppo vecchia.
    .advice = Chiedi un altro accesso. Chi riguarda una prova conservata indica con --max-age quanto può essere vecchia.
proof-signature = La prova non è stata firmata dalla carta di cui contiene il certificato, oppure è stata modificata.
    .advice = Non fidarti della prova e chiedi un altro accesso.
key-unsupported = La carta usa una chiave di un tipo che il programma non sa usare.
    .advice = Accedi con la CIE o con SPID, oppure chiedi all'ente che ti ha dato la carta se ne esiste una più recente.
signature-scheme-unsupported = La chiave della carta è troppo corta per il tipo di firma richiesto (PSS). Il PIN non è stato chiesto e non si è perso nessun tentativo.
    .advice = Accedi di nuovo senza chiedere questo tipo di firma.
ocsp-file-not-an-answer = «{ $path }» non contiene la risposta di un servizio OCSP.
    .advice = Indica un file con la risposta in DER (spesso .ors).
trust-anchors-missing = Mancano i certificati delle autorità di cui fidarsi: senza, nessuna carta può essere controllata.
    .advice = Indica un file o una cartella con --trust, oppure chiedi all'amministratore di installare i certificati delle autorità.
country-signers-missing = Mancano i certificati dell'autorità nazionale (CSCA): senza, nessuna carta d'identità può essere controllata. Il PIN non è stato chiesto.
    .advice = Indica un file o una cartella con --csca, o chiedi all'amministratore di installarli. Con --card-origin unchecked l'accesso prosegue, e vale meno.
trust-file-not-found = Non trovo «{ $path }», che dovrebbe contenere i certificati delle autorità.
    .advice = Controlla il percorso e ripeti il comando.
trust-file-unreadable = Non riesco a leggere «{ $path }», che dovrebbe contenere i certificati delle autorità.
    .advice = Controlla di avere il permesso di leggerlo.
trust-file-not-a-file = «{ $path }» non è un file né una cartella.
    .advice = Indica un file di certificati o una cartella che ne contiene.
trust-file-too-large = «{ $path }» è troppo grande per un elenco di autorità.
    .advice = Indica solo le autorità che rilasciano le carte.
trust-folder-empty = Nella cartella «{ $path }» non ci sono certificati.
    .advice = Mettici i certificati delle autorità (file .pem, .crt, .cer o .der), oppure indica direttamente il file.
trust-file-not-certificates = «{ $path }» non contiene certificati leggibili.
    .advice = Procurati di nuovo il certificato dell'autorità, in formato PEM o DER.
trust-file-bad-certificate = «{ $path }» contiene un certificato danneggiato.
    .advice = Procurati di nuovo il certificato dell'autorità, in formato PEM o DER.
trust-file-test-material = «{ $path }» contiene un'autorità di prova, che non vale per accessi veri.
    .advice = Togli quel file da --trust. Solo per le prove, usa --trust-test.
trust-file-not-an-authority = «{ $path }» contiene un certificato che non è di un'autorità.
    .advice = Indica il certificato dell'autorità che ha rilasciato la carta, non quello della carta.

# Perché un livello di garanzia è quello che è: frasi a sé.
cns-with-pin = CNS di cui è stato accettato il PIN.
cie-with-pin = CIE di cui è stato accettato il PIN.
no-pin = Non è stato accettato nessun PIN.
origin-not-proven = Nessuno ha dimostrato che la carta d'identità è autentica: il livello è al massimo significativo.
spid-l1 = SPID di livello 1: un solo fattore, la password.
spid-l2 = SPID di livello 2: due fattori.
spid-l3 = SPID di livello 3: due fattori, di cui uno è una chiave su un dispositivo.
revocation-unknown-whose = { $in_path ->
        [issuer] Non si sa se l'autorità tra la carta e una di cui ci si fida sia stata revocata
       *[card] Non si sa se la carta sia stata revocata
    }
weak-revocation-evidence = È stata accettata una firma di un tipo vecchio su ciò che mostra che il certificato non è stato revocato.
revocation-not-known = Non si sa se il certificato sia stato revocato.

# I codici di chi chiede l'accesso (crate auth: NonceError).
nonce-limits = I limiti dell'archivio dei codici non sono ragionevoli.
nonce-store-full = Ci sono troppi accessi in corso.
nonce-client-quota = Dallo stesso posto sono stati iniziati e non finiti troppi accessi.
nonce-repeated = La fonte dei numeri casuali è guasta.
nonce-not-outstanding = Il codice di questo accesso non è mai stato dato, è già stato usato o è troppo vecchio.
    .advice = Non accettare questo accesso: fallo ripetere con un codice nuovo.
nonce-expired = Il codice di questo accesso non vale in questo momento.
    .advice = Fai ripetere l'accesso con un codice nuovo.

# Il motivo preciso, per chi fa assistenza: una frase che completa un messaggio.
certificate-not-der = Al posto del certificato c'è altro contenuto.
certificate-truncated = Il certificato è tagliato.
certificate-trailing-bytes = Dopo il certificato ci sono altri dati.
certificate-too-large = Il certificato è troppo grande.
certificate-malformed = Il certificato non rispetta la forma prevista.
certificate-ambiguous = Il certificato si può leggere in due modi diversi.
anchor-test-material-refused = È un certificato di prova.
anchor-not-an-authority = Non è il certificato di un'autorità.
signature-mismatch = La firma non è stata fatta dalla chiave del certificato.
ocsp-too-large = La risposta sulla revoca è troppo grande.
ocsp-malformed = La risposta sulla revoca non rispetta la forma prevista.
ocsp-refused-malformed-request = Il servizio di revoca non ha capito la domanda.
ocsp-refused-internal-error = Il servizio di revoca ha un guasto.
ocsp-refused-try-later = Il servizio di revoca ora non può rispondere.
ocsp-refused-signature-required = Il servizio di revoca risponde solo a domande firmate.
ocsp-refused-unauthorized = Il servizio di revoca non risponde su questo certificato.
ocsp-unknown-type = La risposta sulla revoca è di un tipo sconosciuto.
ocsp-unknown-critical = La risposta sulla revoca contiene una condizione sconosciuta.
ocsp-unknown-responder = Non si sa chi ha firmato la risposta sulla revoca.
ocsp-responder-not-appointed = Chi ha firmato la risposta sulla revoca non è stato incaricato dall'autorità che ha rilasciato la carta.
ocsp-responder-not-entitled = Chi ha firmato la risposta sulla revoca non ha un certificato che lo permetta.
ocsp-responder-outside-validity = Chi ha firmato la risposta sulla revoca ha un certificato scaduto o non ancora valido.
ocsp-unsupported-algorithm = La risposta sulla revoca ha una firma di un tipo non ammesso.
ocsp-not-signed = La firma della risposta sulla revoca è sbagliata.
ocsp-weak = La risposta sulla revoca ha una firma di un tipo vecchio.
ocsp-other-nonce = La risposta sulla revoca è stata data a un'altra domanda.
ocsp-not-answered = La risposta sulla revoca non riguarda questo certificato.
ocsp-contradictory = La risposta sulla revoca si contraddice.
ocsp-from-the-future = La risposta sulla revoca viene dal futuro: forse l'orologio è sbagliato.
codice-fiscale-length = Il codice fiscale non ha 16 caratteri.
codice-fiscale-structure = Il codice fiscale non ha la struttura prevista.
codice-fiscale-month = Il mese nel codice fiscale non esiste.
codice-fiscale-day = Il giorno nel codice fiscale non esiste.
codice-fiscale-check-letter = L'ultima lettera del codice fiscale non torna.
card-id-form = Il numero della carta non ha la forma prevista.
card-id-check-digit = L'ultima cifra del numero della carta non torna.
good = Il certificato non è stato revocato.
good_in_grace = Il certificato non è stato revocato, secondo dati in ritardo.
unknown = Non si è potuto sapere se il certificato sia stato revocato.
not_checked = Non è stato controllato se il certificato è stato revocato.
card-origin-unchecked = Non è stato controllato se la carta d'identità è autentica.
rsa-1024 = Accettata una chiave di un tipo vecchio (RSA a 1024 bit).
sha1-signature = Accettata una firma di un tipo vecchio (SHA-1).

# Il giudizio su un certificato in un file, e ciò che si sa della revoca (varco cert verify, varco login).
verdict-valid = Il certificato è valido.
verdict-invalid = Il certificato non è valido.
verdict-test-material = ATTENZIONE: è materiale di prova, non ne segue nulla di vero.
evidence-crl = { $days ->
        [0] una lista di revoca del { $made } (oggi)
        [one] una lista di revoca del { $made } (1 giorno prima)
       *[other] una lista di revoca del { $made } ({ $days } giorni prima)
    }
evidence-ocsp = { $days ->
        [0] la risposta dell'autorità del { $made } (oggi)
        [one] la risposta dell'autorità del { $made } (1 giorno prima)
       *[other] la risposta dell'autorità del { $made } ({ $days } giorni prima)
    }
in-path-leaf = quello della carta
in-path-intermediate = quello di un'autorità tra la carta e una di cui ci si fida
in-path-anchor = quello dell'autorità di cui ci si fida
profile-cns = di una CNS
profile-cie = di una carta d'identità
profile-none = qualsiasi (solo RFC 5280)
