# Il comando, i file, il programma stesso (edge: cli).

usage = Il comando non è scritto nel modo giusto: { $what }.
    .advice = Con «varco help» vedi i comandi e le opzioni.
audience-invalid = Il nome di chi chiede l'accesso deve avere da 1 a 255 byte di testo leggibile.
    .advice = Indica un nome più corto, senza caratteri speciali.
nonce-invalid = Il codice casuale di chi chiede l'accesso deve avere da 16 a 64 byte.
    .advice = Chi chiede l'accesso deve generare un codice di 16-64 byte casuali per ogni accesso.
trace-unwritable = Non riesco a scrivere la registrazione in «{ $path }».
    .advice = Scegli un'altra posizione per --trace, oppure fai spazio sul disco.
file-unreadable = Non riesco a leggere «{ $path }».
    .advice = Controlla che il file esista e che tu possa leggerlo.
file-unwritable = Non riesco a scrivere «{ $path }».
    .advice = Controlla che la cartella esista, che tu possa scriverci e che ci sia spazio.
profile-unknown = Non conosco una carta virtuale di nome «{ $profile }».
    .advice = Con «varco emulate --list» vedi le carte virtuali disponibili, oppure indica un file.
profile-invalid = Il file della carta virtuale «{ $profile }» non ha la forma prevista.
    .advice = Parti da uno dei profili forniti con il programma e controlla le righe che hai cambiato.
vpcd-unreachable = Il lettore virtuale non risponde a { $address }.
    .advice = Controlla che pcscd sia attivo con il lettore virtuale vpcd e che l'indirizzo sia giusto.
defect = Il programma ha trovato un errore suo.
    .advice = Non dipende da te. Segnalalo a chi cura il programma, con il comando che hai usato e senza il PIN.
