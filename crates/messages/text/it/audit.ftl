# Il registro delle decisioni e i suoi comandi (crate records: AuditError, Fault; varco audit).

audit-absent = In «{ $path }» non c'è un registro delle decisioni.
    .advice = Controlla --audit. Il registro si crea una volta sola, con varco audit init.
audit-exists = «{ $path }» non è vuota, e un registro delle decisioni si crea solo in una cartella nuova o vuota.
    .advice = Indica un'altra cartella. Un registro la cui creazione è stata interrotta va cancellato a mano.
audit-unsafe = «{ $path }» è di qualcun altro, oppure altri ci possono mettere mano.
    .advice = Rendilo tuo o di root. Nella cartella e nei file nessun altro deve poter scrivere; le chiavi segrete nessun altro le deve poter leggere (chmod 600).
audit-unreadable = «{ $path }» non si può leggere.
    .advice = Controlla che ci sia e di avere il permesso di leggerlo.
audit-no-room = Non c'è spazio per «{ $path }».
    .advice = Libera spazio sul disco e riprova: finché il registro non si può scrivere, niente viene permesso.
audit-not-written = «{ $path }» non si può scrivere.
    .advice = Controlla di avere il permesso di scriverci: finché il registro non si può scrivere, niente viene permesso.
audit-locked = Il registro delle decisioni è occupato da un altro programma.
    .advice = Riprova tra un momento.
audit-altered = Il registro delle decisioni non è quello che è stato scritto: qualcuno lo ha alterato, o il disco lo ha guastato.
    .advice = Non correggerlo e non scriverci più: conservane una copia com'è, guarda tutto con varco audit verify e confrontalo con le copie e i punti di controllo conservati altrove.
audit-other-format = Il registro delle decisioni è stato scritto da un'altra versione del programma.
    .advice = Usa quella versione.
audit-other-key = Il registro delle decisioni usa altre chiavi.
    .advice = Indica con --audit-keys la cartella delle chiavi in uso. Per cambiarle serve varco audit rotate.
audit-key-invalid = «{ $path }» non contiene la chiave che serve qui.
    .advice = Controlla di non aver scambiato i file: checkpoint.pub per verificare, auditor.key per aprire, pseudonym.key per cercare, la cartella di varco audit keys per scrivere.
audit-no-randomness = Il sistema non ha dato i numeri casuali che servono per chiudere le registrazioni.
    .advice = Riavvia il computer e riprova; se succede ancora, avvisa l'amministratore.
audit-not-sealed = La registrazione non si è potuta chiudere con la chiave del revisore.
    .advice = Controlla auditor.pub nella cartella delle chiavi.
audit-too-long = Una registrazione non può contenere un testo così lungo.
    .advice = Accorcia gli identificativi delle regole e dei servizi.
audit-person-in-clear = Quello che verrebbe scritto in chiaro nomina la persona.
    .advice = Gli identificativi delle regole e dei servizi non devono contenere un codice fiscale: correggili.
audit-broken = Il disco ha avuto un guasto: non si sa che cosa sia stato scritto.
    .advice = Controlla il disco, poi verifica il registro con varco audit verify.
audit-export-not-written = Le decisioni non si sono potute scrivere tutte.
    .advice = Controlla che ci sia spazio e che tu possa scrivere lì, e riprova.
audit-checkpoint-invalid = In «{ $path }» non ci sono punti di controllo di un registro delle decisioni.
    .advice = Indica il file in cui hai conservato quello che scrive varco audit checkpoint, una riga per ciascuno.
audit-file-exists = «{ $path }» esiste già, e non viene mai sovrascritto.
    .advice = Indica un altro posto.
audit-keys-together = La chiave privata del revisore non può stare con le chiavi del programma.
    .advice = Indica con --auditor-dir una cartella altrove, meglio se su un altro supporto o di un'altra persona.
audit-no-such-record = Nel registro la registrazione { $record } non è una decisione, oppure non c'è.
    .advice = Controlla --sequence: varco audit export elenca le decisioni con il loro numero.
audit-not-opened = Nessuna decisione si apre con le chiavi indicate.
    .advice = Indica con --auditor-key la chiave privata del revisore che era in uso. Quali chiavi servono lo dice varco audit verify.

# Che cosa c'è che non va, e dove.
audit-line-too-long = Una riga è più lunga di qualsiasi registrazione.
audit-line-form = Una riga non è una registrazione nella forma prevista.
audit-hash = Una registrazione è stata modificata: non corrisponde alla sua impronta.
audit-chain = Una registrazione non segue quella che la precede: in mezzo qualcosa è stato tolto, aggiunto o cambiato.
audit-sequence = Il numero di una registrazione non è quello che viene dopo: ne manca una, o una c'è due volte.
audit-other-log = Un segmento è di un altro registro.
audit-segment-line = Un segmento non comincia come deve.
audit-segment-missing = Manca un segmento.
audit-signature = La firma di un punto di controllo non è valida.
audit-key-unknown = Una chiave dei punti di controllo non è tra quelle indicate con --key.
audit-record-other-key = Una registrazione nomina chiavi diverse da quelle in uso.
audit-head-missing = Manca la testa firmata.
audit-head-damaged = La testa firmata è danneggiata.
audit-head-signature = La firma della testa non è valida.
audit-head-differs = La testa è stata firmata per un registro diverso: questo è stato riscritto.
audit-head-behind = Dietro la testa firmata c'è più di quanto un'interruzione possa lasciare.
audit-truncated = Mancano registrazioni in fondo, che erano state confermate.
audit-kept-other-log = Il punto di controllo conservato è di un altro registro.
audit-kept-signature = La firma del punto di controllo conservato non è valida, o è di una chiave non indicata con --key.
audit-kept-not-reached = Il registro finisce prima del punto di controllo conservato: è stato tagliato o riportato indietro.
audit-kept-differs = Il registro non è quello del punto di controllo conservato: è stato riscritto.
audit-torn-file = Quello che era stato messo da parte dopo un'interruzione manca o è stato modificato.
audit-place = { $kind ->
        [line] Dove: segmento { $segment }, riga { $line } (byte { $byte }), registrazione { $record }.
        [segment] Dove: segmento { $segment }, registrazione { $record }.
       *[log] Dove: registrazione { $record }.
    }

# Quello che dicono i comandi.
audit-keys-made = Le chiavi sono pronte. Il programma che decide usa la cartella «{ $path }» (--audit-keys).
audit-keys-auditor = La chiave privata del revisore è «{ $path }»: portala via da questo computer. Chi la ha legge chi è entrato; se si perde, nessuno lo può più leggere.
audit-keys-public = Chi verifica usa «{ $path }», che non è segreta.
audit-made = In «{ $path }» c'è un registro delle decisioni nuovo.
audit-rotated = D'ora in poi il registro usa le chiavi nuove. Conserva anche quelle di prima: servono per le registrazioni di prima.
audit-keep-checkpoint = Conserva altrove la riga che segue: mostra se il registro viene riscritto o riportato indietro.
audit-recovered = L'ultima scrittura nel registro delle decisioni era stata interrotta: è stato sistemato, e la registrazione { $record } lo dice.
audit-verified = Il registro delle decisioni è quello che è stato scritto.
audit-nothing-kept = Senza punti di controllo conservati altrove (--checkpoint) non si vede se è stato rimesso al suo posto un intero registro di un giorno passato.
audit-is-more = E altro ancora.
audit-unacknowledged = { $count ->
        [one] In fondo c'è una registrazione intera, ma non confermata: l'ha lasciata un'interruzione, e non è un'alterazione.
       *[other] In fondo ci sono { $count } registrazioni intere, ma non confermate: le ha lasciate un'interruzione, e non è un'alterazione.
    }
audit-torn = In fondo al segmento { $segment }, dal byte { $byte }, ci sono { $count } byte che non fanno una registrazione: li ha lasciati un'interruzione, e non è un'alterazione.
audit-effect = { $effect ->
        [permit] permesso
       *[deny] negato
    }
audit-for = per { $person }
audit-as-acted-for = tramite un'altra persona
audit-nobody = nessuna persona
audit-sealed-to-another = chiusa con un'altra chiave ({ $key })
audit-does-not-open = NON SI APRE: quello che è chiuso lì non è di questa registrazione
audit-counted = { $count ->
        [one] Una decisione.
       *[other] { $count } decisioni.
    }
audit-out-of-reach = { $count ->
        [one] Una decisione ha pseudonimi di un'altra chiave: lì non si è potuto cercare.
       *[other] { $count } decisioni hanno pseudonimi di altre chiavi: lì non si è potuto cercare.
    }
audit-exported = { $count ->
        [one] Una decisione è in «{ $path }».
       *[other] { $count } decisioni sono in «{ $path }».
    }
label-audit-log = Registro
label-audit-records = Registrazioni
label-audit-decisions = Decisioni
label-audit-first = Prima registrazione
label-audit-last = Ultima registrazione
label-audit-segments = Segmenti
label-audit-checkpoints = Punti di controllo
label-audit-acknowledged = Confermato fino alla registrazione
label-audit-recoveries = Interruzioni sistemate
label-audit-pseudonym-keys = Chiavi degli pseudonimi
label-audit-auditor-keys = Chiavi del revisore
label-audit-kept = Punti di controllo conservati che corrispondono
audit-head-old-key = La testa firmata è stata fatta con una chiave di checkpoint poi sostituita: il registro può essere stato riportato a prima del cambio di chiavi. Va confrontato con il checkpoint conservato al cambio; la chiave attuale si indica per ultima.
audit-lock-replaced = Il file di blocco del registro delle decisioni è stato tolto o sostituito durante l'uso, quindi nulla è stato confermato.
    .advice = Riapri il registro, e non cancellare quel file.
