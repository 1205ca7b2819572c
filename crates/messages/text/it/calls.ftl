# Chiamate dell'interfaccia C, per chi scrive il programma che chiama (bordo: libvarco).

call-null = "{ $argument }" è NULL, e lì occorre indicare qualcosa.
    .advice = Guarda in varco.h che cosa prende la funzione.
call-not-utf8 = "{ $argument }" non è testo in UTF-8.
    .advice = Indica tutti i testi e i percorsi in UTF-8, chiusi da un byte zero.
call-value = "{ $argument }" ha un valore che non esiste.
    .advice = Guarda in varco.h quali valori ci sono.
call-handle = "{ $argument }" non è un riferimento di quel tipo, oppure è già stato liberato, oppure la sua domanda è finita.
    .advice = Usa ogni riferimento solo tra la chiamata che lo dà e quella che lo libera.
call-busy = "{ $argument }" è in uso da parte di un'altra chiamata che non è finita.
    .advice = Usa un riferimento in una chiamata alla volta, e non nella funzione che chiede il PIN.
call-answered = La domanda del PIN ha già una risposta.
    .advice = Rispondi una volta sola a ogni domanda, oppure annullala.
call-nonce-spent = Per questo codice casuale (nonce) è già stata fatta una prova.
    .advice = Fatti dare un codice nuovo da chi chiede l'accesso, e impostalo prima del prossimo.
prompt-panicked = La funzione che chiede il PIN è finita con un errore interno.
    .advice = Correggi quella funzione. Nessun tentativo è stato consumato.
prompt-without-answer = La funzione che chiede il PIN dice di aver risposto, e non ha dato nulla.
    .advice = Correggi quella funzione: deve consegnare le cifre, annullare, oppure dire che la risposta arriva dopo. Nessun tentativo è stato consumato.
prompt-value = La funzione che chiede il PIN ha restituito un valore che non esiste.
    .advice = Guarda in varco.h quali valori ci sono. Nessun tentativo è stato consumato.
access-denied = La persona è identificata, e le regole di accesso non permettono il servizio.
    .advice = La decisione ne dice i motivi.
access-undecided = La persona è identificata, e le regole di accesso non hanno potuto decidere sul servizio: non è permesso.
    .advice = La decisione ne dice gli errori.
