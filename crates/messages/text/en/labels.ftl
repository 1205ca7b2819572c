# What "varco" writes: labels before a value, values, sentences (edge: cli).

label-advice = What to do
label-detail = Technical detail
label-reader = Reader
label-card = Card
label-profile = Model
label-card-number = Card number
label-audience = Made for
label-proven-at = Made at
label-reader-kind = Kind of reader
label-nis = Number of the card (NIS)
label-pin = PIN
label-holder = Holder
label-codice-fiscale = Codice fiscale
label-issuer = Issued by
label-identity-provider = Identity provider
label-gateway = Received from
label-revocation = Revocation
label-evidence = Known from
label-evidence-due = Next one due
label-reason = Reason
label-check = Check that failed
label-concerned = Certificate concerned
label-also = Also
label-judged-at = Judged as of
label-judged-as = Judged as
label-serial = Serial number
label-valid = Validity
label-credential = Logged in with
label-assurance = Level of assurance
label-exchanges = Messages exchanged with the card
label-team-number = Health card number
label-card-class = Class of card
label-recognised-by = Recognised by
label-data-issuer = Issuer code
label-data-issued-on = Issued on
label-data-expires-on = Expires on
label-data-surname = Surname
label-data-given-name = Given name
label-data-birth-date = Date of birth
label-data-sex = Sex
label-data-height = Height (cm)
label-data-citizenship = Citizenship
label-data-birth-municipality = Municipality of birth
label-data-birth-country = Country of birth
label-data-birth-certificate = Certificate of birth
label-data-residence-municipality = Municipality of residence
label-data-residence-address = Address of residence
label-data-travel-notes = Notes on travel abroad

recognised-by-files = its files: the model is none of those known
recognised-by-application = an application that it holds
card-class-citizen-national = citizen, issued nationally
card-class-citizen-regional = citizen, issued by a Region
card-class-citizen-other-body = citizen, issued by another body
card-class-operator-national = operator, issued nationally
card-class-operator-regional = operator, issued by a Region
card-class-unknown = not known
data-day = { $day }

credential-cns = Carta Nazionale dei Servizi (CNS)
credential-cie = Electronic identity card (CIE)
credential-spid-l1 = SPID level 1
credential-spid-l2 = SPID level 2
credential-spid-l3 = SPID level 3
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
reader-in-use = in use by another program
reader-busy-programs = Programs that use cards now: { $programs }.
watch-started = Watching the readers. Press Ctrl-C to end.
watch-reader-added = Reader { $reader } connected.
watch-reader-gone = Reader { $reader } disconnected.
watch-card-inserted = Card inserted in { $reader }.
watch-card-mute = The card in { $reader } does not answer: check which way round it goes.
watch-card-removed = Card taken out of { $reader }.

nis-verified = The card is genuine and no copy: it was issued with this number.
nis-not-verified = This is what the card says; nobody verified it.
nis-is-no-person = It identifies a card, not a person: whoever has found or borrowed the card can show it.
proof-verified = The proof holds: identity verified.
proof-limits = It shows that a card whose PIN was accepted signed for this request. It does not show where the card is, and on its own not that its holder wanted this.
proof-written = The proof is in "{ $path }". It holds the card's number and the certificate with the codice fiscale: give it only to whoever asked for it.
login-identified = Logged in: identity verified.
login-permitted = You may use the service "{ $service }".
login-denied = You may not use the service "{ $service }".
login-test-material = CAREFUL: this is a test card, the identity is not that of a real person.
login-test-gateway = CAREFUL: this is a test login by SPID, the identity is not that of a real person.
login-downgraded = Careful: whoever runs the computer chose to accept this, which is less safe:
login-trace-cut = Careful: the recording is not complete.
login-pin-not-sent = The PIN was not sent to the card: no try was lost.
login-card-not-reset = CAREFUL: the card could not be reset. Take it out now: as long as it is inserted, another program might use it without a PIN.
login-judged-at = Careful: the certificate was judged as it was on { $day }, as asked with --at, and not as it is today.
login-birth-date-not-confirmed = The card's data do not confirm the date of birth: the century stays unknown.
data-notice = Careful: no PIN is needed to read these data. Whoever holds the card can read them.
data-agreement = { $agreement ->
    [matches] The data fit the certificate of the card.
    [differs] Careful: the data do not fit the certificate of the card.
   *[unknown] The data were not compared with a certificate.
}
data-number-agreement = { $agreement ->
    [matches] The number of the card is that of the certificate.
    [differs] Careful: the number of the card is not that of the certificate.
   *[unknown] The number of the card was not compared with a certificate.
}

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
pin-pad-absent = no keypad for the PIN
pin-pad-verify = has a keypad for the PIN
pin-pad-verify-and-modify = has a keypad for the PIN, also to change it
pin-pad-without-keys = claims a keypad for the PIN, but readers of this kind have none: the PIN is typed on the computer
pin-pad-tells-the-value = has a keypad for the PIN that tells the computer what is typed, so it is not used: the PIN is typed on the computer
pin-pad-unknown = is in use and does not say whether it has a keypad for the PIN
doctor-nfcd = Program for NFC readers
doctor-nfc-readers = Configured NFC readers
doctor-nfc-kernel = The kernel's driver { $driver } is loaded and takes USB readers of this kind for itself. Remove it with "sudo modprobe -r { $driver }" and add the line "blacklist { $driver }" to a file in /etc/modprobe.d.
doctor-nfc-refused = this user may not open the port: he must be added to the group that owns it (on Debian and Ubuntu usually dialout), then log out and in again
doctor-nfc-mute = nothing on this port answers as an NFC reader: check cable, power, and that it is set to HSU (serial port)
doctor-nfc-no-port = this port does not exist: connect the reader, or correct the configuration file
nfcd-absent = The program is not at { $path }: install it, or name it as nfcd in the configuration file.
nfcd-not-executable = What is at { $path } cannot be run: install it again.
nfcd-not-loaded = { $path } does not start: the library libnfc is missing. On Debian and Ubuntu: sudo apt install libnfc6.
nfcd-strange = { $path } does not answer as it should: it is another program, or of another version. Install it again.
nfcd-fine = { $path } answers.
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
emulate-reader-entry = Entry for pcscd, as a file in /etc/reader.conf.d:
emulate-entry-asked = The reader asks for { $digits } digits on its keypad.
emulate-entry-ended = The reader's keypad is no longer waiting.
emulate-removed = Virtual card taken out.
label-source = Source
label-file = File
label-expected = Expected
label-answered = Answered
