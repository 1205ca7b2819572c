# Quello che scrive «varco»: etichette davanti a un valore, valori, frasi (edge: cli).

label-advice = Che cosa fare
label-detail = Dettaglio tecnico
label-reader = Lettore
label-card = Carta
label-profile = Modello
label-card-number = Numero della carta
label-audience = Fatta per
label-proven-at = Fatta il
label-reader-kind = Tipo di lettore
label-nis = Numero della carta (NIS)
label-pin = PIN
label-holder = Titolare
label-codice-fiscale = Codice fiscale
label-issuer = Rilasciato da
label-identity-provider = Gestore dell'identità
label-gateway = Ricevuto da
label-revocation = Revoca
label-evidence = Si sa da
label-evidence-due = Prossimo atteso
label-reason = Motivo
label-check = Controllo fallito
label-concerned = Certificato interessato
label-also = Inoltre
label-judged-at = Giudicato alla data
label-judged-as = Giudicato come
label-serial = Numero di serie
label-valid = Validità
label-credential = Accesso con
label-assurance = Livello di garanzia
label-exchanges = Messaggi scambiati con la carta
label-team-number = Numero della tessera sanitaria
label-card-class = Tipo di carta
label-recognised-by = Riconosciuta da
label-data-issuer = Codice emettitore
label-data-issued-on = Rilasciata il
label-data-expires-on = Scade il
label-data-surname = Cognome
label-data-given-name = Nome
label-data-birth-date = Data di nascita
label-data-sex = Sesso
label-data-height = Statura (cm)
label-data-citizenship = Cittadinanza
label-data-birth-municipality = Comune di nascita
label-data-birth-country = Stato di nascita
label-data-birth-certificate = Atto di nascita
label-data-residence-municipality = Comune di residenza
label-data-residence-address = Indirizzo di residenza
label-data-travel-notes = Annotazioni per l'espatrio

recognised-by-files = dai suoi file: il modello non è fra quelli noti
recognised-by-application = da un'applicazione che contiene
card-class-citizen-national = cittadino, emessa a livello nazionale
card-class-citizen-regional = cittadino, emessa da una Regione
card-class-citizen-other-body = cittadino, emessa da un altro ente
card-class-operator-national = operatore, emessa a livello nazionale
card-class-operator-regional = operatore, emessa da una Regione
card-class-unknown = non nota
data-day = { $day }

credential-cns = Carta Nazionale dei Servizi (CNS)
credential-cie = Carta d'identità elettronica (CIE)
credential-spid-l1 = SPID di livello 1
credential-spid-l2 = SPID di livello 2
credential-spid-l3 = SPID di livello 3
digits = { $digits } cifre
date = { $day ->
        [1] 1º
       *[other] { $day }
    } { $month ->
        [1] gennaio
        [2] febbraio
        [3] marzo
        [4] aprile
        [5] maggio
        [6] giugno
        [7] luglio
        [8] agosto
        [9] settembre
        [10] ottobre
        [11] novembre
       *[12] dicembre
    } { $year }

reader-empty = vuoto
reader-card-present = carta inserita
reader-card-mute = una carta che non risponde
reader-in-use = in uso da un altro programma
reader-busy-programs = Programmi che adesso usano le carte: { $programs }.
watch-started = Sto controllando i lettori. Per finire premi Ctrl-C.
watch-reader-added = Collegato il lettore { $reader }.
watch-reader-gone = Scollegato il lettore { $reader }.
watch-card-inserted = Inserita una carta in { $reader }.
watch-card-mute = La carta in { $reader } non risponde: controlla il verso.
watch-card-removed = Tolta la carta da { $reader }.

nis-verified = La carta è autentica e non è una copia: è stata emessa con questo numero.
nis-not-verified = Questo è ciò che dice la carta; nessuno lo ha verificato.
nis-is-no-person = Identifica una carta, non una persona: la può mostrare anche chi l'ha trovata o presa in prestito.
proof-verified = La prova regge: identità verificata.
proof-limits = Mostra che una carta di cui è stato accettato il PIN ha firmato per questa richiesta. Non mostra dove si trova la carta e, da sola, nemmeno che il titolare lo volesse.
proof-written = La prova è in «{ $path }». Contiene il numero della carta e il certificato con il codice fiscale: dalla solo a chi l'ha chiesta.
login-identified = Accesso riuscito: identità verificata.
login-permitted = Puoi usare il servizio «{ $service }».
login-denied = Non puoi usare il servizio «{ $service }».
login-test-material = ATTENZIONE: questa è una carta di prova, l'identità non è di una persona vera.
login-test-gateway = ATTENZIONE: è un accesso SPID di prova, l'identità non è di una persona vera.
login-downgraded = Attenzione: chi gestisce il computer ha scelto di accettare questo, che è meno sicuro:
login-trace-cut = Attenzione: la registrazione non è completa.
login-pin-not-sent = Il PIN non è stato inviato alla carta: non si è perso nessun tentativo.
login-card-not-reset = ATTENZIONE: non è stato possibile azzerare la carta. Toglila subito: finché resta lì, un altro programma potrebbe usarla senza PIN.
login-judged-at = Attenzione: il certificato è stato giudicato com'era il { $day }, come chiesto con --at, e non com'è oggi.
login-birth-date-not-confirmed = I dati della carta non confermano la data di nascita: il secolo resta ignoto.
data-notice = Attenzione: per leggere questi dati non serve il PIN. Li può leggere chiunque abbia la carta in mano.
data-agreement = { $agreement ->
    [matches] I dati corrispondono al certificato della carta.
    [differs] Attenzione: i dati non corrispondono al certificato della carta.
   *[unknown] I dati non sono stati confrontati con un certificato.
}
data-number-agreement = { $agreement ->
    [matches] Il numero della carta è quello del certificato.
    [differs] Attenzione: il numero della carta non è quello del certificato.
   *[unknown] Il numero della carta non è stato confrontato con un certificato.
}

doctor-ready = Tutto pronto: il lettore e la carta si possono usare.
doctor-service = Servizio per le smart card
doctor-access = Permesso di usarlo
doctor-readers = Lettori collegati
doctor-card = Carta inserita
doctor-fine = va bene
doctor-problem = da sistemare
doctor-not-tried = non controllato
doctor-service-install = Su Debian e Ubuntu: sudo apt install pcscd, poi sudo systemctl enable --now pcscd.socket.
doctor-service-refused = Il sistema (polkit) lascia usare il lettore solo a chi lavora davanti al computer. Per un servizio o un accesso da lontano, l'amministratore può autorizzare l'utente per org.debian.pcsc-lite.access_pcsc e org.debian.pcsc-lite.access_card.
doctor-no-reader = Collega il lettore. Se è già collegato, può mancare il suo driver: su Debian e Ubuntu, sudo apt install libccid.
doctor-driver = Driver dei lettori
doctor-no-driver = Non c'è nessun driver per i lettori. Su Debian e Ubuntu: sudo apt install libccid.
doctor-service-restart = Riavvia il servizio: sudo systemctl restart pcscd.socket pcscd.service.
doctor-usb-reader-unseen = È collegato un lettore USB che il servizio non vede: manca il suo driver, oppure va scollegato e ricollegato.
pin-pad-absent = senza tastiera per il PIN
pin-pad-verify = ha una tastiera per il PIN
pin-pad-verify-and-modify = ha una tastiera per il PIN, anche per cambiarlo
pin-pad-without-keys = dice di avere una tastiera per il PIN, ma i lettori di questo tipo non ce l'hanno: il PIN si scrive sul computer
pin-pad-tells-the-value = ha una tastiera per il PIN che passa al computer ciò che si digita, perciò non si usa: il PIN si scrive sul computer
pin-pad-unknown = è in uso e non dice se ha una tastiera per il PIN
doctor-nfcd = Programma per i lettori NFC
doctor-nfc-readers = Lettori NFC configurati
doctor-nfc-kernel = Il kernel ha caricato il driver { $driver }, che tiene per sé i lettori USB di questo tipo. Toglilo con «sudo modprobe -r { $driver }» e aggiungi a un file in /etc/modprobe.d la riga «blacklist { $driver }».
doctor-nfc-refused = questo utente non può aprire la porta: va aggiunto al gruppo a cui appartiene (su Debian e Ubuntu di solito dialout), poi deve uscire e accedere di nuovo
doctor-nfc-mute = su questa porta non risponde nessun lettore NFC: controlla il cavo, l'alimentazione e che il modulo sia impostato su HSU (porta seriale)
doctor-nfc-no-port = questa porta non esiste: collega il lettore, oppure correggi il file di configurazione
nfcd-absent = Il programma non si trova in { $path }: installalo, oppure indicane il percorso alla voce «nfcd» del file di configurazione.
nfcd-not-executable = Quello che c'è in { $path } non si può eseguire: installalo di nuovo.
nfcd-not-loaded = { $path } non parte: manca la libreria libnfc. Su Debian e Ubuntu: sudo apt install libnfc6.
nfcd-strange = { $path } non risponde come dovrebbe: è un altro programma o un'altra versione. Installalo di nuovo.
nfcd-fine = { $path } risponde.
socket-absent = Il servizio non è installato o non è avviato.
socket-refused = Il servizio c'è, ma questo utente non può usarlo.
socket-deserted = Il servizio si è fermato.
socket-open = Il servizio risponde.
daemon-running = Il programma pcscd è attivo.
daemon-not-seen = Il programma pcscd non è attivo: può partire da solo al primo uso.
daemon-unknown = Il sistema non mostra se il programma pcscd è attivo.

emulate-listening = La carta virtuale { $profile } è nel lettore a { $address }. Per finire premi Ctrl-C.
emulate-codes = PIN { $pin }, PUK { $puk }
emulate-inserted = Carta virtuale inserita.
emulate-reader-entry = Voce per pcscd, come file in /etc/reader.conf.d:
emulate-entry-asked = Il lettore chiede { $digits } cifre sulla sua tastiera.
emulate-entry-ended = La tastiera del lettore non attende più.
emulate-removed = Carta virtuale tolta.
label-source = Fonte
label-file = File
label-expected = Attesa
label-answered = Risposta
