# Perché un servizio è permesso o negato, e che cosa fare (crate access-policy: CODES, PolicyError).

-substantial = livello significativo (SPID di livello 2, CIE o CNS)
-high = livello elevato (CIE con lettore e PIN, oppure SPID di livello 3)

permit-public = Queste pagine sono aperte a tutti: non serve identificarsi.
permit-level = Hai fatto un accesso di livello { level }: per questo servizio basta.
permit-inps-pin = Il PIN INPS è ancora valido per questo servizio (ultimo giorno: { $last_day }).
deny-not-authenticated = Per questo servizio devi prima identificarti con un accesso di { needed }.
deny-assurance-too-low = Hai fatto un accesso di livello { level }, ma per questo servizio serve un accesso di { needed }.
deny-credential-downgraded = { $weaknesses ->
    [rsa-1024] La tua carta usa una chiave di un tipo vecchio, che per questo servizio non basta più.
    [sha1-signature] La tua carta usa una firma di un tipo vecchio, che per questo servizio non basta più.
    [revocation-not-known] Non si sa se la tua carta sia stata revocata, e questo servizio lo richiede.
    [card-origin-unchecked] Non è stato controllato se la tua carta d'identità è autentica, e questo servizio lo richiede.
   *[other] La tua carta ha più di una debolezza che questo servizio non accetta, ad esempio una chiave o una firma di un tipo vecchio.
}
deny-inps-pin-ended = Il PIN INPS non vale più per accedere (ultimo giorno: { $last_day }).
deny-inps-pin-ordinary = Il PIN INPS ordinario non basta per questo servizio.
deny-test-material = La carta usata è una carta di prova, o non è stata giudicata com'è oggi: qui non vale.
error-service-unknown = Il servizio «{ $service }» non esiste, quindi l'accesso è negato.
advice-log-in = { $level ->
    [low] Accedi con SPID, con la CIE o con la CNS.
    [high] Accedi con la CIE, usando il lettore e il PIN, oppure con SPID di livello 3.
   *[substantial] Accedi con SPID di livello 2, con la CIE o con la CNS. Se non hai un lettore o un telefono adatto, usa SPID.
}
advice-check-card-origin = Chi gestisce questo computer deve far controllare le carte d'identità (--csca); poi accedi di nuovo. Intanto puoi accedere con SPID.
advice-check-revocation = Chi gestisce questo computer deve dargli liste di revoca aggiornate (--crl); poi accedi di nuovo. Intanto puoi accedere con SPID.
advice-renew-credential = Chiedi una nuova carta all'ente che te l'ha data, ad esempio la tua Regione o la Camera di commercio. Intanto puoi accedere con SPID o con la CIE.
advice-use-real-credential = Usa la tua carta vera, senza --at. Solo in un ambiente di prova, chi lo gestisce può permettere le carte di prova.

level = { $level ->
    [low] basso
    [substantial] significativo
    [high] elevato
   *[other] sconosciuto
}
needed = { $needed ->
    [low] livello basso (SPID, CIE o CNS)
    [high] { -high }
   *[substantial] { -substantial }
}

service-id-invalid = «{ $service }» non è il nome di un servizio: si scrive con lettere minuscole, cifre, punti e trattini.
    .advice = Controlla il nome del servizio e ripeti il comando.
service-unknown = Le regole di accesso non conoscono il servizio «{ $service }».
    .advice = I servizi conosciuti sono: { $services }. «varco services» li descrive.
policy-malformed = Le regole di accesso non sono scritte nella forma prevista.
    .advice = Chiedi a chi gestisce il servizio di correggere il file delle regole.
policy-duplicate = Le regole di accesso contengono due volte la stessa voce.
    .advice = Chiedi a chi gestisce il servizio di correggere il file delle regole.
policy-date-invalid = Una data nelle regole di accesso è incompleta o rimanda a una data che non c'è.
    .advice = Chiedi a chi gestisce il servizio di correggere il file delle regole.
policy-date-not-unique = Nelle regole di accesso una data manca o è indicata più volte.
    .advice = Chiedi a chi gestisce il servizio di correggere il file delle regole.
