# Il giudizio sul certificato e sulla prova della chiave (crate pki: Rejection, AnchorError, CertificateError;
# crate auth: AuthError), e le autorità di cui fidarsi.

certificate-not-trusted = { $reason ->
        [no-anchors] Non so ancora di quali autorità fidarmi, e non posso controllare la carta.
        [unknown-issuer] La carta è stata rilasciata da un'autorità che non è tra quelle di cui questo computer si fida.
        [bad-signature] La firma dell'autorità sul certificato della carta non è autentica.
        [weak-key] La carta usa una chiave di un tipo vecchio, che oggi non è più considerato sicuro.
        [weak-signature] Il certificato della carta ha una firma di un tipo vecchio, che oggi non è più considerato sicuro.
       *[other] Il certificato della carta non porta a un'autorità di cui questo computer si fida.
    }
    .advice = { $reason ->
        [no-anchors] Indica i certificati delle autorità con --trust, oppure chiedi all'amministratore di installarli.
        [bad-signature] Non usare questa carta per accedere e rivolgiti all'ente che te l'ha data.
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
        [document-signing] Il certificato trovato sulla carta serve per firmare documenti, non per accedere ai servizi.
        [no-holder] Il certificato della carta non indica il codice fiscale del titolare.
       *[other] Il certificato della carta non è fatto per accedere ai servizi come CNS.
    }
    .advice = Usa una Carta Nazionale dei Servizi o una tessera sanitaria con chip attivata. Se è già una di queste, rivolgiti all'ente che te l'ha data.
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
key-under-2048-bits = Una chiave di un tipo vecchio (RSA a 1024 bit) costa un livello.
revocation-not-known = Non si è potuto sapere se il certificato è stato revocato, e questo costa un livello.

# I codici di chi chiede l'accesso (crate auth: NonceError).
nonce-limits = I limiti dell'archivio dei codici non sono ragionevoli.
nonce-store-full = Ci sono troppi accessi in corso.
nonce-client-quota = Dallo stesso posto sono stati iniziati e non finiti troppi accessi.
nonce-repeated = La fonte dei numeri casuali è guasta.
nonce-not-outstanding = Il codice di questo accesso non è mai stato dato, è già stato usato o è troppo vecchio.
nonce-expired = Il codice di questo accesso non vale in questo momento.

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
codice-fiscale-length = Il codice fiscale non ha 16 caratteri.
codice-fiscale-structure = Il codice fiscale non ha la struttura prevista.
codice-fiscale-month = Il mese nel codice fiscale non esiste.
codice-fiscale-day = Il giorno nel codice fiscale non esiste.
codice-fiscale-check-letter = L'ultima lettera del codice fiscale non torna.
card-id-form = Il numero della carta non ha la forma prevista.
card-id-check-digit = L'ultima cifra del numero della carta non torna.
not_checked = Non è stato controllato se il certificato è stato revocato.
card-origin-unchecked = Non è stato controllato se la carta d'identità è autentica.
rsa-1024 = Accettata una chiave di un tipo vecchio (RSA a 1024 bit).
sha1-signature = Accettata una firma di un tipo vecchio (SHA-1).
