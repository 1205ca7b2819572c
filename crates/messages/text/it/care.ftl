# La cura di PIN e PUK: quanti tentativi restano, il cambio, lo sblocco.

codes-where = { $kind ->
    [cie] PIN e PUK della carta d'identità hanno otto cifre: le prime quattro sono sulla ricevuta della richiesta, le altre nella lettera arrivata con la carta. Se non li trovi, li ristampa l'ufficio anagrafe del Comune che ha rilasciato la carta.
   *[cns] PIN e PUK sono nella busta che ti ha dato chi ha emesso la carta{ $issuer ->
        [unknown] {""}
       *[other] {" "}({ $issuer })
    }. Se non la trovi, chiedi lì: è ad esempio la tua Regione o la Camera di commercio.
}
pin-refused-before = Questa carta ha già rifiutato lo stesso PIN: non è stato inviato di nuovo e non si è perso nessun tentativo.
    .advice = { codes-where } Se nel frattempo il PIN è stato cambiato con un altro programma, avvia di nuovo questo.
pin-not-by-pad = Questa carta non prende questi codici dalla tastiera di un lettore: una carta d'identità li vuole cifrati, altre in due passi o con lunghezze diverse. Non è stato inviato nulla.
    .advice = Scrivi i codici sulla tastiera del computer: togli --entry pad.
puk-wrong = Il PUK non è giusto. { $tries ->
        [0] Non resta nessun tentativo.
        [one] Resta 1 tentativo.
        [other] Restano { $tries } tentativi.
       *[unknown] Questa carta non dice quanti tentativi restano.
    }
    .advice = Non tirare a indovinare: senza PUK una carta bloccata va sostituita. { codes-where }
puk-blocked = { $which ->
        [signature] Il PUK di firma di questa carta è bloccato: il PIN di firma non si può più sbloccare.
       *[user] Il PUK di questa carta è bloccato: il PIN non si può più sbloccare. Un PIN che non è bloccato funziona ancora.
    }
    .advice = { $which ->
        [signature] Per firmare serve una carta nuova: chiedila a chi l'ha emessa. Per accedere ai servizi la carta funziona ancora.
       *[user] { $kind ->
            [cie] La carta vale ancora come documento. Se il PIN è bloccato, per accedere ai servizi ne serve una nuova: chiedila al tuo Comune. Nel frattempo usa SPID o la CNS.
           *[cns] Se il PIN è bloccato serve una carta nuova: chiedila a chi l'ha emessa{ $issuer ->
                [unknown] {""}
               *[other] {" "}({ $issuer })
            }. Nel frattempo usa SPID o la carta d'identità elettronica.
        }
    }
puk-wrong-form = Il PUK non ha la forma giusta: questa carta vuole { $digits } cifre, senza lettere né spazi. Non è stato inviato e non si è perso nessun tentativo.
    .advice = Riprova con le cifre del PUK. Il PIN è un altro codice.
puk-last-try = Al PUK resta un solo tentativo: per proteggere la carta, non è stato inviato.
    .advice = Se sbagli anche questo, la carta va sostituita. { codes-where } Se sei sicuro, ripeti il comando con --allow-last-try.
puk-tries-unknown = Questa carta non dice quanti tentativi restano al PUK: non è stato inviato.
    .advice = Se vuoi provare lo stesso, togli --require-known-tries e ripeti il comando. Prima controlla il PUK: ha pochi tentativi.
puk-refused-before = Questa carta ha già rifiutato lo stesso PUK: non è stato inviato di nuovo e non si è perso nessun tentativo.
    .advice = { codes-where }
new-pin-wrong-form = Il nuovo PIN non ha la forma giusta: questa carta vuole { $digits } cifre, senza lettere né spazi. Alla carta non è stato inviato nulla.
    .advice = Scegli un altro PIN.
new-pin-uniform = Un PIN di cifre tutte uguali si indovina subito. Alla carta non è stato inviato nulla.
    .advice = Scegli un altro PIN.
new-pin-run = Un PIN di cifre in fila, come 23456 o 98765, si indovina subito. Alla carta non è stato inviato nulla.
    .advice = Scegli un altro PIN.
new-pin-same = Il nuovo PIN è uguale a quello attuale. Alla carta non è stato inviato nulla.
    .advice = Scegli un altro PIN.
new-pin-differs = Le due volte non hai scritto lo stesso nuovo PIN. Alla carta non è stato inviato nulla.
    .advice = Ripeti il comando e scrivi il nuovo PIN con calma.
change-in-doubt = Il nuovo PIN può essere arrivato alla carta, ma la risposta non è arrivata: vale il PIN di prima oppure quello nuovo.
    .advice = { $counter ->
        [told] Guarda con «varco pin status» quanti tentativi restano. Se sono almeno due, { $which ->
            [signature] usa il PIN di firma nuovo nel tuo programma di firma
           *[user] fai un accesso con il PIN nuovo
        }: se la carta lo rifiuta vale quello di prima, che le restituisce tutti i tentativi. Se ne resta uno solo, non provare: con il PUK e «varco pin unblock{ $which ->
            [signature] {" "}--signature-pin
           *[user] {""}
        }» imposti un PIN certo.
       *[untold] Questa carta non dice quanti tentativi restano: non provare i PIN. Con il PUK e «varco pin unblock{ $which ->
            [signature] {" "}--signature-pin
           *[user] {""}
        }» imposti un PIN certo. Anche il PUK ha pochi tentativi: prima controllalo.
    }
unblock-in-doubt = PUK e nuovo PIN possono essere arrivati alla carta, ma la risposta non è arrivata: il PIN è rimasto com'era, oppure vale quello nuovo.
    .advice = Controlla il PUK, poi ripeti lo sblocco con lo stesso PUK e lo stesso nuovo PIN: se il PUK è giusto, la carta gli restituisce tutti i tentativi.
card-secret-absent = Questa carta non ha il codice richiesto.
    .advice = Molte carte non hanno un PIN di firma. Per il PIN che serve ad accedere, togli --signature-pin.

label-puk = PUK
label-signature-pin = PIN di firma
label-signature-puk = PUK di firma
label-issued-by = Emessa da
tries-of = { $tries ->
    [0] bloccato: non resta nessun tentativo
    [one] resta 1 tentativo{ $most ->
        [unknown] {""}
       *[other] {" "}su { $most }
    }
    [other] restano { $tries } tentativi{ $most ->
        [unknown] {""}
       *[other] {" "}su { $most }
    }
   *[unknown] la carta non dice quanti tentativi restano{ $most ->
        [unknown] {""}
       *[other] {" "}(al massimo { $most })
    }
}
puk-unknown = non si sa se questa carta ne ha uno
pin-changed = Il PIN è stato cambiato. Da adesso vale quello nuovo.
pin-unblocked = Il PIN è sbloccato. Da adesso vale quello nuovo.
pin-status-blocked = { $which ->
    [signature] Per sbloccare il PIN di firma serve il PUK di firma: «varco pin unblock --signature-pin».
   *[user] Per sbloccare il PIN serve il PUK: «varco pin unblock».
}
pin-status-unchecked = Non è stato verificato che la carta d'identità sia autentica.
