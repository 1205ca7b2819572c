# La richiesta di un PIN o di un PUK: sul terminale, in una finestra (pinentry), sulla tastiera del lettore.

ask-not-taken-form = Quello che hai scritto non ha la forma giusta: servono { $digits } cifre, senza lettere né spazi. Non è stato inviato e non si è perso nessun tentativo.
ask-not-taken-refused = Questa carta ha già rifiutato lo stesso codice. Non è stato inviato di nuovo e non si è perso nessun tentativo.
ask-not-taken-uniform = Un PIN di cifre tutte uguali si indovina subito: scegline un altro. Alla carta non è stato inviato nulla.
ask-not-taken-run = Un PIN di cifre in fila, come 23456 o 98765, si indovina subito: scegline un altro. Alla carta non è stato inviato nulla.
ask-not-taken-same = Il nuovo PIN è uguale a quello attuale: scegline un altro. Alla carta non è stato inviato nulla.
ask-not-taken-differ = Le due volte non hai scritto lo stesso PIN. Alla carta non è stato inviato nulla.

ask-audience = Chi chiede l'accesso: { $audience }
ask-service = Per il servizio: { $service }
ask-read-certificate = Si legge il certificato della carta, che la carta dà solo dopo il PIN.
ask-change-pin = { $secret ->
    [signature-pin] Si cambia il PIN di firma della carta.
   *[pin] Si cambia il PIN della carta.
}
ask-unblock-pin = { $secret ->
    [signature-pin] Si sblocca il PIN di firma della carta, con il PUK di firma e un nuovo PIN di firma.
   *[pin] Si sblocca il PIN della carta, con il PUK e un nuovo PIN.
}
ask-asker = Chi lo chiede: { $audience }
ask-card = Carta: { $card }
ask-reader = Lettore: { $reader }

ask-tries = { $most ->
    [unknown] Tentativi rimasti: { $tries }.
   *[known] Tentativi rimasti: { $tries } di { $most }.
}
ask-tries-unknown = Questa carta non dice quanti tentativi restano.
ask-tries-later = { $secret ->
    [puk] Questa carta dice quanti tentativi restano solo dopo che il PUK è stato scritto. Se ne resta uno solo, il PUK non viene inviato, a meno che non sia stato consentito.
    [signature-puk] Questa carta dice quanti tentativi restano solo dopo che il PUK di firma è stato scritto. Se ne resta uno solo, il PUK di firma non viene inviato, a meno che non sia stato consentito.
    [signature-pin] Questa carta dice quanti tentativi restano solo dopo che il PIN di firma è stato scritto. Se ne resta uno solo, il PIN di firma non viene inviato, a meno che non sia stato consentito.
   *[pin] Questa carta dice quanti tentativi restano solo dopo che il PIN è stato scritto. Se ne resta uno solo, il PIN non viene inviato, a meno che non sia stato consentito.
}
ask-last-try = { $secret ->
    [puk] Attenzione: è l'ultimo tentativo. Se il PUK è sbagliato, il PIN non si potrà più sbloccare e la carta andrà sostituita.
    [signature-puk] Attenzione: è l'ultimo tentativo. Se il PUK di firma è sbagliato, il PIN di firma non si potrà più sbloccare e per firmare servirà una carta nuova.
    [signature-pin] Attenzione: se il PIN di firma è sbagliato, si blocca e serve il PUK di firma.
   *[pin] Attenzione: se il PIN è sbagliato, la carta si blocca e serve il PUK.
}
ask-before-sending = { $tries ->
    [one] La carta dice: resta 1 tentativo.
    [other] La carta dice: restano { $tries } tentativi.
   *[unknown] La carta non dice quanti tentativi restano.
}

ask-what = { $secret ->
    [puk] il PUK della carta
    [signature-puk] il PUK di firma della carta
    [signature-pin] { $value ->
        [new] il nuovo PIN di firma
        [again] di nuovo il nuovo PIN di firma
        [current] il PIN di firma attuale della carta
       *[present] il PIN di firma della carta
    }
   *[pin] { $value ->
        [new] il nuovo PIN
        [again] di nuovo il nuovo PIN
        [current] il PIN attuale della carta
       *[present] il PIN della carta
    }
}
ask-halves = Le prime { $first } cifre sono sulla ricevuta della richiesta della carta, le altre { $second } nella lettera arrivata con la carta, se non le hai cambiate.
ask-halves-typed = Puoi scriverle tutte di seguito, oppure scrivere le prime { $first } e premere Invio: poi ti chiedo le altre.
ask-how = Scrivi { ask-what } ({ $digits } cifre) e premi Invio. Mentre scrivi non compare nulla. Per annullare premi Esc.
ask-how-window = Scrivi { ask-what } ({ $digits } cifre).
ask-how-pad = Scrivi { ask-what } ({ $digits } cifre) sulla tastiera del lettore, non su quella del computer, e conferma con il tasto verde o OK del lettore.
ask-pad-next = { $secret ->
    [signature-pin] Subito dopo il lettore ti chiede due volte il nuovo PIN di firma ({ $digits } cifre).
   *[pin] Subito dopo il lettore ti chiede due volte il nuovo PIN ({ $digits } cifre).
}
ask-pad-done = Il lettore ha finito: sulla sua tastiera non c'è altro da scrivere.
ask-time = Se per { $seconds } secondi non scrivi nulla, la richiesta finisce e non si perde nessun tentativo.
ask-time-window = Hai { $seconds } secondi: poi la richiesta finisce e non si perde nessun tentativo.
ask-time-pad = Il lettore aspetta per { $seconds } secondi: poi la richiesta finisce e non si perde nessun tentativo.
ask-prompt = { $secret ->
    [puk] PUK:
    [signature-puk] PUK di firma:
    [signature-pin] { $value ->
        [new] Nuovo PIN di firma:
        [again] Nuovo PIN di firma, di nuovo:
        [current] PIN di firma attuale:
       *[present] PIN di firma:
    }
   *[pin] { $value ->
        [new] Nuovo PIN:
        [again] Nuovo PIN, di nuovo:
        [current] PIN attuale:
       *[present] PIN:
    }
}
ask-prompt-second-half = Le altre { $digits } cifre:
ask-title = Richiesta di un codice della carta
ask-button-ok = OK
ask-button-cancel = Annulla
