# L'archivio di fiducia su disco e i suoi comandi (crate trust-store: StoreError, BundleError; varco trust).

store-not-found = In «{ $path }» non c'è un archivio di fiducia.
    .advice = Controlla --store. Il primo varco trust import ne crea uno.
store-other-folder = «{ $path }» è una cartella di altro, oppure non è una cartella.
    .advice = Indica una cartella vuota, o che non c'è ancora.
store-unsafe = «{ $path }» è di qualcun altro, oppure altri ci possono scrivere: chi ci scrive decide di chi ci si fida.
    .advice = Rendilo tuo o di root e togli a tutti gli altri il permesso di scriverci (chmod go-w).
store-file-missing = Manca «{ $path }», che serve all'archivio di fiducia.
    .advice = Importalo di nuovo. Se manca molto, rifai l'archivio o riprendi l'ultimo pacchetto.
store-unreadable = «{ $path }» non si può leggere.
    .advice = Controlla di avere il permesso di leggerlo.
store-no-room = Non c'è spazio per «{ $path }». L'archivio di fiducia è come prima.
    .advice = Libera spazio sul disco e riprova.
store-not-written = «{ $path }» non si può scrivere. L'archivio di fiducia è come prima.
    .advice = Controlla di avere il permesso di scriverci; per l'archivio della macchina devi essere root.
store-locked = L'archivio di fiducia «{ $path }» viene cambiato in questo momento da un altro programma.
    .advice = Riprova tra un momento.
store-other-format = «{ $path }» è stato scritto da un'altra versione del programma.
    .advice = Usa quella versione, oppure rifai l'archivio.
store-damaged = «{ $path }», che serve all'archivio di fiducia, è danneggiato.
    .advice = Spostalo e importalo di nuovo. Se è danneggiato molto, rifai l'archivio o riprendi l'ultimo pacchetto.
store-full = L'archivio di fiducia non può contenere altro di questo tipo.
    .advice = Togli quello che non serve (varco trust remove).
store-test-material = È un'autorità di prova, che non vale per accessi veri.
    .advice = Solo per le prove, importala con --kind test.
store-not-an-authority = Questo certificato non è di un'autorità.
    .advice = Indica il certificato dell'autorità che ha rilasciato la carta. Chi firma gli elenchi di fiducia si importa con --as signer.
store-bad-certificate = Il certificato è danneggiato.
    .advice = Procuratelo di nuovo, in formato PEM o DER.
store-no-signer = Non è stato indicato chi può firmare l'elenco di fiducia di { $territory }.
    .advice = Importa prima il certificato del firmatario (--as signer --territory { $territory }), oppure l'elenco degli elenchi dell'Unione.
store-territory = Un territorio è di due lettere maiuscole, come IT.
    .advice = Controlla --territory.
store-crl-no-issuer = Nessuna delle autorità nell'archivio di fiducia ha firmato questa lista di revoca.
    .advice = Importa prima il certificato dell'autorità, oppure indicalo con --issuer.
store-crl-future = La lista di revoca viene dal futuro.
    .advice = Controlla che data e ora del computer siano giuste.
store-unknown = Niente nell'archivio di fiducia ha questa impronta, e nessun server vi ha questo nome.
    .advice = Cercala con varco trust list.
store-ambiguous = Più cose nell'archivio di fiducia hanno un'impronta che comincia così.
    .advice = Indicane più cifre.
store-stale = Qualcosa nell'archivio di fiducia è scaduto, danneggiato o mancante.
    .advice = Guarda sopra che cosa. Scaricalo (varco trust update) oppure importalo.
store-not-updated = Non è stato possibile scaricare tutto quello che serviva. Resta in uso quello che c'è.
    .advice = Guarda sopra che cosa, e riprova più tardi.
store-nowhere = Non si sa dove sia il tuo archivio di fiducia.
    .advice = Indicane la cartella con --store.
store-file-kind = Non si capisce che cosa sia «{ $path }».
    .advice = Dillo con --as: anchor, signer, list, crl o bundle.
bundle-not-a-bundle = Il file non è un pacchetto.
    .advice = Indica il file che ha scritto varco trust bundle.
bundle-other-format = Il pacchetto è stato scritto da un'altra versione del programma.
    .advice = Scrivilo con la versione che lo deve leggere.
bundle-too-large = Il pacchetto supera 256 MiB.
    .advice = Lascia fuori le liste di revoca che non servono.
bundle-cut = Il pacchetto è tagliato.
    .advice = Copialo di nuovo.
bundle-other-signer = Il pacchetto è stato firmato con una chiave diversa da quella indicata.
    .advice = Controlla --key. Se è giusta, non usare questo pacchetto.
bundle-altered = Il pacchetto è stato modificato dopo la firma.
    .advice = Non usarlo. Procuratelo di nuovo da chi fa i tuoi pacchetti.
bundle-malformed = Il pacchetto non rispetta la forma prevista.
    .advice = Non usarlo. Procuratelo di nuovo da chi fa i tuoi pacchetti.
bundle-older = Il pacchetto è più vecchio di quello preso prima, che resta in uso.
    .advice = Procurati il pacchetto più recente.
bundle-key = «{ $path }» non contiene una chiave per i pacchetti.
    .advice = Per fare pacchetti indica la chiave privata, per prenderli quella pubblica (.pub).
bundle-key-exists = «{ $path }» esiste già, e una chiave non viene mai sovrascritta.
    .advice = Indica un altro file.

# Quello che dicono i comandi.
store-import-new = «{ $path }» è stato preso come { $what ->
        [anchor] un'autorità
        [signer] un firmatario di elenchi di fiducia
        [list] un elenco di fiducia
        [crl] una lista di revoca
       *[bundle] un pacchetto
    }.
store-import-known = «{ $path }» è { $what ->
        [anchor] un'autorità
        [signer] un firmatario di elenchi di fiducia
        [list] un elenco di fiducia
        [crl] una lista di revoca
       *[bundle] un pacchetto
    } che c'era già.
store-import-older = { $count ->
        [one] Una lista del pacchetto è più vecchia di quella che c'è, che resta.
       *[other] { $count } liste del pacchetto sono più vecchie di quelle che ci sono, che restano.
    }
store-anchor = { $sha256 } { $name }: { $kind ->
        [production] fiducia vera
        [legacy] fiducia vera con algoritmi vecchi
       *[test] PROVA
    }, { $purpose ->
        [cns] per CNS
        [cie] per carte d'identità
       *[any] per ogni carta
    }, { $origin ->
        [operator] indicata qui
        [bundle] da un pacchetto
       *[list] dall'elenco di { $territory }
    }, fino al { $until }
store-signer = { $sha256 } { $name }: può firmare l'elenco di fiducia di { $territory }
store-list = { $sha256 } elenco di fiducia di { $territory }, numero { $number }, emesso il { $issued }, prossimo entro il { $due }
store-crl = { $sha256 } lista di revoca di { $name }, fatta il { $made } ({ $days ->
        [0] oggi
        [one] 1 giorno fa
       *[other] { $days } giorni fa
    }), prossima entro il { $due }, { $entries } voci
store-host = { $host } si può interrogare{ $reach ->
        [private] , anche dentro la rete
       *[public] {""}
    }
store-empty = L'archivio di fiducia «{ $path }» è vuoto.
store-removed = { $name } è stato tolto.
store-state = { $what ->
        [anchor] autorità
        [list] elenco di fiducia di
       *[crl] lista di revoca di
    } { $name }: { $state ->
        [fresh] buono fino al { $until }
        [due] buono fino al { $until }, ne è atteso uno più recente
        [in_grace] in ritardo dal { $until }, entro la tolleranza
        [stale] SCADUTO dal { $until }
       *[broken] GUASTO
    }
store-left-aside = l'elenco di fiducia di { $name } riconosce { $count } certificati di cui non ci si fida così come sono (autorità di prova, o non autorità)
store-without-crl = { $name } qui non ha una lista di revoca: per le sue carte serve --online, --crl o un altro --revocation.
store-clock = L'orologio deve segnare almeno { $at }.
store-good = È tutto a posto.
store-nothing-due = Non c'è niente da scaricare.
update-new = { $name }: è arrivata una lista più recente da { $address }.
update-not-modified = { $name }: { $address } non ha niente di più recente.
update-not-fetched = { $name }: non è stato scaricato niente.
update-refused = { $name }: quello che è arrivato da { $address } non è stato preso.
fetch-asking = Chiedo a { $address } …
fetch-coming = { $address }: { $kilobytes } kB
fetch-not-kept = Quello che è stato scaricato vale adesso, ma l'archivio di fiducia non ha potuto conservarlo.
bundle-made = Il pacchetto è in «{ $path }», numero { $number }.
bundle-key-made = La chiave è in «{ $path }»: conservala. Alle macchine che prendono i pacchetti va data «{ $public }».
