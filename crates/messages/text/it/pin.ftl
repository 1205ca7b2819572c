# Il PIN: quello che dice la carta, quello che non è stato inviato, la richiesta (crate credential: NotSent;
# crate session: LoginError, EntryError). Un numero di tentativi che non si conosce non si legge mai come zero.

pin-wrong = Il PIN non è giusto. { tries-left }
    .advice = { $tries ->
        [one] Non tirare a indovinare: se lo sbagli ancora, la carta si blocca e serve il PUK. { codes-where }
        [other] Controlla il PIN, poi riprova. { codes-where }
       *[unknown] Controlla il PIN prima di riprovare: dopo pochi errori la carta si blocca e serve il PUK. { codes-where }
    }
pin-blocked = Il PIN di questa carta è bloccato.
    .advice = Si sblocca con il PUK: «varco pin unblock{ $which ->
        [signature] {" "}--signature-pin
       *[user] {""}
    }». Anche il PUK ha pochi tentativi: non tirare a indovinare. { codes-where }
pin-wrong-form = Il PIN non ha la forma giusta: { $form ->
        [known] questa carta vuole { $digits } cifre, senza lettere né spazi.
       *[unknown] ha più caratteri di qualsiasi PIN.
    } Non è stato inviato e non si è perso nessun tentativo.
    .advice = Riprova con le cifre del PIN. Il PUK è un altro codice. { codes-where }
pin-last-try = Resta un solo tentativo: per proteggere la carta, il PIN non è stato inviato.
    .advice = Se sei sicuro del PIN, ripeti il comando con --allow-last-try. Se sbagli, la carta si blocca e serve il PUK. { codes-where }
pin-tries-unknown = Questa carta non dice quanti tentativi restano: il PIN non è stato inviato.
    .advice = Se vuoi provare lo stesso, togli --require-known-tries e ripeti il comando. Prima controlla il PIN nella busta che ti ha dato l'ente.
pin-once-per-insertion = Questa carta non dice quanti tentativi restano, e un PIN è già stato inviato da quando è inserita. Il nuovo PIN non è stato inviato.
    .advice = Togli la carta, controlla il PIN nella busta che ti ha dato l'ente, poi rimetti la carta e riprova.
entry-cancelled = Hai annullato la richiesta del codice. Non si è perso nessun tentativo.
    .advice = Quando vuoi riprovare, ripeti il comando.
entry-timed-out = Il codice non è stato scritto in tempo. Non si è perso nessun tentativo.
    .advice = Tieni il codice a portata di mano e ripeti il comando.
entry-unavailable = Non c'è modo di chiederti il PIN da qui.
    .advice = Ripeti il comando da un terminale, oppure fai arrivare il PIN da un altro programma con --entry stdin o --entry fd:N.
entry-not-remembered = Questa carta non dice quanti tentativi restano, e qui non posso segnarmi che un PIN è stato inviato: per non rischiare di bloccare la carta, non l'ho inviato.
    .advice = Se un altro programma sta usando la carta, aspetta che finisca e riprova. Altrimenti scrivi il PIN tu stesso da un terminale.

tries-left = { $tries ->
    [0] Non resta nessun tentativo: il PIN è bloccato.
    [one] Resta 1 tentativo.
    [other] Restano { $tries } tentativi.
   *[unknown] Questa carta non dice quanti tentativi restano.
}

puk-tries-left = { $tries ->
    [0] Anche il PUK è bloccato: il PIN non si può più sbloccare e la carta va sostituita.
    [one] Al PUK resta 1 tentativo.
   *[other] Al PUK restano { $tries } tentativi.
}
tries-later = Quanti tentativi restano lo dice «varco pin status».
