# Accessi in corso: perché sono finiti, e che cosa può andare storto (crate varco: Ended, StartError, NotSigned).

session-card-removed = L'accesso è finito perché la carta è stata tolta.
session-reader-gone = L'accesso è finito perché il lettore non è più collegato.
session-time-over = L'accesso è finito perché è scaduto il tempo.
session-logged-out = L'accesso è stato chiuso.
session-card-lost = L'accesso è finito perché la carta non risponde più, o un altro programma l'ha presa.

cancelled = L'operazione è stata annullata.
    .advice = Se vuoi, ricomincia.
deadline-passed = È passato troppo tempo e l'operazione è stata interrotta.
    .advice = Ricomincia, tenendo a portata di mano la carta e il suo PIN.
abandoned = L'operazione è stata interrotta perché il programma non ne aspettava più l'esito.
    .advice = Ricomincia. Se succede ancora, segnalalo a chi cura il programma.
too-many-logins = Troppe richieste stanno già aspettando questo lettore.
    .advice = Aspetta che finiscano e riprova.
called-back = Il programma ha aspettato sé stesso: una sua funzione, chiamata durante un accesso, ne ha aspettato un altro.
    .advice = Non dipende da te. Segnalalo a chi cura il programma.
no-thread = Il sistema non ha più risorse per avviare l'operazione.
    .advice = Chiudi i programmi che non servono e riprova; se non basta, riavvia il computer.
thread-ended = L'operazione si è interrotta per un errore del programma.
    .advice = Togli la carta, inseriscila di nuovo e riprova. Segnala l'errore a chi cura il programma, senza il PIN.
card-not-kept = La carta non firma più: dopo l'accesso è stata liberata.
    .advice = Ripeti l'accesso. Se serve firmare più volte, il programma deve chiedere di tenere la carta.
