# Il banco di prova: lettori e carte per le prove di altri programmi.

bench-stands = Il banco di prova è pronto. Per smontarlo premi Ctrl-C. In un'altra shell:
bench-installing = Installo ciò che manca: apt-get install --no-install-recommends { $packages }
bench-not-installed = Mancano programmi necessari al banco di prova.
    .advice = Installali, su Debian o Ubuntu con «sudo apt-get install --no-install-recommends { $packages }».
bench-no-name-spaces = Questo sistema non permette gli spazi dei nomi in cui gira un pcscd privato.
    .advice = Esegui il comando come root, oppure permetti gli spazi dei nomi agli utenti: su Ubuntu «sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0», in un container «--privileged» o «--cap-add SYS_ADMIN --security-opt apparmor=unconfined».
bench-service = Il pcscd privato non parte.
    .advice = I dettagli dicono di che cosa si è lamentato. Riprova; se non cambia, installa di nuovo pcscd e vsmartcard-vpcd.
bench-card-not-played = { $what } La carta virtuale { $card } non è stata messa nel suo lettore.
    .advice = Con «varco emulate --list» vedi le carte virtuali disponibili. Un lettore NFC accetta una carta d'identità o una carta senza contatti, un lettore con tastiera una carta a contatti.
bench-card-not-seen = pcscd non vede la carta nel lettore { $card }.
    .advice = Riprova. Se non cambia, i dettagli mostrano che cosa ha detto pcscd.
bench-fault = Il lettore della carta virtuale { $card } non conosce il guasto «{ $what }».
    .advice = docs/faults.md elenca i guasti e i lettori che li hanno.
bench-folder = Non è stato possibile scrivere i file del banco di prova.
    .advice = Controlla che ci sia spazio nella cartella temporanea e che tu possa scriverci. TMPDIR ne indica un'altra.
bench-command = Non è stato possibile avviare il comando { $command }.
    .advice = Controlla il nome e che sia nel PATH. Va scritto dopo «--», per esempio «varco bench up -- pkcs11-tool -L».
bench-system = Il sistema ha rifiutato ciò che serve al banco di prova.
    .advice = I dettagli dicono che cosa. Riprova.
bench-not-inside = Intorno a questo comando non c'è un banco di prova con una carta numero { $card }, oppure è finito.
    .advice = Eseguilo dentro «varco bench up -- …», o in una shell che ha le righe scritte da «varco bench up --print-env».
bench-told-in-vain = { $said } La carta non ha eseguito «{ $words }».
    .advice = docs/bench.md elenca che cosa si può dire a una carta, e in quali lettori.
