# What "varco" writes: labels before a value, values, sentences (edge: cli).

label-advice = What to do
label-detail = Technical detail
label-reader = Reader
label-card = Card
label-profile = Model
label-card-number = Card number
label-pin = PIN
label-codice-fiscale = Codice fiscale
label-issuer = Issued by
label-revocation = Revocation
label-credential = Logged in with
label-assurance = Level of assurance
label-exchanges = Messages exchanged with the card

credential-cns = Carta Nazionale dei Servizi (CNS)
digits = { $digits } digits
date = { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }

reader-empty = empty
reader-card-present = card inserted
reader-card-mute = a card that does not answer
watch-started = Watching the readers. Press Ctrl-C to end.
watch-reader-added = Reader { $reader } connected.
watch-reader-gone = Reader { $reader } disconnected.
watch-card-inserted = Card inserted in { $reader }.
watch-card-mute = The card in { $reader } does not answer: check which way round it goes.
watch-card-removed = Card taken out of { $reader }.

login-identified = Logged in: identity verified.
login-permitted = You may use the service "{ $service }".
login-denied = You may not use the service "{ $service }".
login-test-material = CAREFUL: this is a test card, the identity is not that of a real person.
login-downgraded = Careful: the card uses an old kind of protection, accepted by choice of whoever runs the computer.
login-trace-cut = Careful: the recording is not complete.
login-pin-not-sent = The PIN was not sent to the card: no try was lost.
login-card-not-reset = CAREFUL: the card could not be reset. Take it out now: as long as it is inserted, another program might use it without a PIN.
login-judged-at = Careful: the certificate was judged as it was on { $day }, as asked with --at, and not as it is today.

doctor-ready = All is ready: reader and card can be used.
doctor-service = Smart card service
doctor-access = Permission to use it
doctor-readers = Connected readers
doctor-card = Inserted card
doctor-fine = fine
doctor-problem = to be fixed
doctor-not-tried = not checked
doctor-service-install = On Debian and Ubuntu: sudo apt install pcscd, then sudo systemctl enable --now pcscd.socket.
doctor-service-refused = The system (polkit) lets only those who work at the computer itself use the reader. For a service or a remote login the administrator can authorise the user for org.debian.pcsc-lite.access_pcsc and org.debian.pcsc-lite.access_card.
doctor-no-reader = Connect the reader. If it is connected, its driver may be missing: on Debian and Ubuntu, sudo apt install libccid.
doctor-driver = Reader drivers
doctor-no-driver = There is no driver for readers. On Debian and Ubuntu: sudo apt install libccid.
doctor-service-restart = Restart the service: sudo systemctl restart pcscd.socket pcscd.service.
doctor-usb-reader-unseen = A USB reader is connected that the service does not see: its driver is missing, or it must be disconnected and connected again.
socket-absent = The service is not installed or not started.
socket-refused = The service is there, but this user may not use it.
socket-deserted = The service has stopped.
socket-open = The service answers.
daemon-running = The program pcscd is running.
daemon-not-seen = The program pcscd is not running: it may start by itself when first used.
daemon-unknown = The system does not show whether the program pcscd is running.

emulate-listening = The virtual card { $profile } is in the reader at { $address }. Press Ctrl-C to end.
emulate-codes = PIN { $pin }, PUK { $puk }
emulate-inserted = Virtual card inserted.
emulate-removed = Virtual card taken out.
