# La carta e il suo contenuto (crate credential: CardError; crate session: LoginError).

card-not-recognised = Questa carta non è di un tipo che il programma conosce.
    .advice = Usa una Carta Nazionale dei Servizi (CNS) o una tessera sanitaria con chip (TS-CNS). Se lo è già, inseriscila con il chip rivolto verso il lettore e riprova.
card-foreign = Questa carta non serve per accedere con questo programma: { $card }.
    .advice = Usa una Carta Nazionale dei Servizi (CNS) o una tessera sanitaria con chip (TS-CNS).
several-cards = C'è più di una carta inserita: { $readers }.
    .advice = Lascia inserita solo la carta che vuoi usare, oppure scegli il lettore con --reader e il suo nome.
card-changed = Mentre scrivevi il PIN la carta è stata tolta o cambiata, oppure un altro programma ne ha interrotto l'uso. Il PIN non è stato inviato e non si è perso nessun tentativo.
    .advice = Inserisci la tua carta, ricomincia e lasciala nel lettore fino alla fine.
card-status = La carta ha rifiutato un'operazione.
    .advice = Estrai la carta, inseriscila di nuovo e ricomincia. Se succede ancora, rivolgiti all'ente che te l'ha data, ad esempio la tua Regione o la Camera di commercio.
card-misbehaved = La carta ha dato una risposta che non ha senso.
    .advice = Estrai la carta, inseriscila di nuovo e ricomincia. Se succede ancora, la carta può essere guasta: rivolgiti all'ente che te l'ha data.
card-unsupported = Questa carta non sa fare quello che serve per l'accesso.
    .advice = Accedi con un'altra carta, con la CIE o con SPID, oppure chiedi una nuova carta all'ente che te l'ha data.
grant-lost = Dopo il controllo del PIN la carta è stata tolta, oppure un altro programma ne ha interrotto l'uso.
    .advice = Ricomincia e lascia la carta nel lettore fino alla fine. Chiudi gli altri programmi che usano la carta.
personal-data-absent = La carta non contiene i dati della persona.
    .advice = Se ti serve solo accedere, puoi farlo lo stesso. Altrimenti rivolgiti all'ente che ti ha dato la carta.
personal-data-unreadable = I dati della persona sulla carta non hanno la forma prevista e non si possono leggere.
    .advice = Se ti serve solo accedere, puoi farlo lo stesso. Altrimenti pulisci il chip, riprova e, se non basta, rivolgiti all'ente che ti ha dato la carta.
personal-data-consent = Nome, nascita, codice fiscale e residenza sulla carta si leggono senza PIN: lo può fare chiunque abbia la carta in mano. Non è stato letto nulla.
    .advice = Se il titolare è d'accordo, ripeti il comando con --yes-personal-data.
certificate-absent = Sulla carta non c'è il certificato che serve per l'accesso.
    .advice = Una tessera sanitaria nuova va prima attivata presso uno sportello della tua Regione, ad esempio alla ASL. Se la carta è già attiva, questo modello può tenere il certificato in un posto o in una forma che il programma non legge ancora: prima di andare a uno sportello, prova la carta con il programma dell'ente che te l'ha data.
certificate-unreadable = Il certificato sulla carta è danneggiato o incompleto e non si può leggere.
    .advice = Pulisci il chip con un panno asciutto e riprova. Se non basta, questo modello può tenere il certificato in un posto o in una forma che il programma non legge ancora: prima di chiedere una nuova carta, prova questa con il programma dell'ente che te l'ha data.
