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
deny-inps-pin-ended = Il PIN INPS non vale più per questo servizio (ultimo giorno: { $last_day }).
deny-inps-pin-ordinary = Il PIN INPS ordinario non basta per questo servizio.
deny-test-material = La carta usata è una carta di prova, o non è stata giudicata com'è oggi: qui non vale.
error-service-unknown = Il servizio «{ $service }» non esiste, quindi l'accesso è negato.
advice-check-card-origin = Chi gestisce questo computer deve far controllare le carte d'identità (--csca); poi accedi di nuovo. Intanto puoi accedere con SPID.
advice-check-revocation = Chi gestisce questo computer deve dargli liste di revoca aggiornate (--crl); poi accedi di nuovo. Intanto puoi accedere con SPID.
advice-renew-credential = Chiedi una nuova carta all'ente che te l'ha data, ad esempio la tua Regione o la Camera di commercio. Intanto puoi accedere con SPID o con la CIE.
advice-use-real-credential = Usa la tua carta vera, senza --at. Solo in un ambiente di prova, chi lo gestisce può permettere le carte di prova.

permit-inps-pin-abroad = Risiedi all'estero e non hai un documento d'identità italiano: per te il PIN INPS vale ancora.
permit-category-pin = Questo servizio è dedicato { category }: per chi ne fa parte il PIN INPS dispositivo vale ancora.
permit-phone-pin = Il PIN telefonico è valido.
permit-act = L'operazione è ammessa in questa data e in questo modo.
permit-excepted = La persona appartiene a una categoria che può ancora avere un PIN INPS.
permit-operator-rule = { $words }
deny-operator-rule = { $words }
deny-not-permitted = Nessuna regola lo permette.
deny-enablement-missing = Non hai l'abilitazione per questo servizio ({ $words }).
deny-enablement-ended = La tua abilitazione per questo servizio ({ $words }) è finita il { $day }.
deny-enablement-revoked = La tua abilitazione per questo servizio ({ $words }) è stata revocata il { $day }.
deny-enablement-not-yet = La tua abilitazione per questo servizio ({ $words }) comincia il { $day }.
deny-delegation-missing = Non risulta una delega che ti permetta di agire per questa persona.
deny-delegation-ended = La delega è finita il { $day }.
deny-delegation-revoked = La delega è stata revocata il { $day }.
deny-delegation-not-yet = La delega comincia il { $day }.
deny-child-of-age = La persona per cui agisci non è più minorenne: come genitore non puoi più agire per lei.
deny-child-age-unknown = Non si sa se la persona per cui agisci sia minorenne: il codice fiscale non dice il secolo di nascita.
deny-age-unknown = Non si sa se tu sia minorenne: il codice fiscale non dice il secolo di nascita.
deny-document-only = È stato letto solo il numero della carta, senza PIN: dice quale documento è, non chi sei.
deny-credential-of-another = La credenziale usata è di un'altra persona. È strettamente personale: nessuno può usarla al suo posto.
deny-pin-expired = Il PIN è scaduto: valeva fino al { $day }.
deny-inps-pin-issued-late = Il PIN INPS è stato dato dal { $day } in poi, quando se ne davano solo alle categorie eccettuate: vale solo nei servizi dedicati a loro.
deny-inps-pin-professional-ended = Il PIN INPS non vale più nei profili diversi da quello di cittadino (ultimo giorno: { $last_day }).
deny-inps-pin-never = Questo servizio non si apre con un PIN INPS.
deny-inps-pin-not-of-category = Questo servizio è dedicato { category }, e il PIN INPS vale ormai solo per chi ne fa parte: di te non risulta.
deny-inps-pin-for-another = Il PIN INPS di una categoria eccettuata vale solo per le proprie pratiche, non per quelle di un'altra persona.
deny-no-new-inps-pin = Dal { $day } non si danno nuovi PIN INPS, salvo alle categorie eccettuate.
deny-no-inps-pin-renewal = I PIN INPS non si rinnovano più (ultimo giorno: { $last_day }), salvo alle categorie eccettuate.
deny-phone-pin-only = I servizi telefonici si usano solo con un PIN telefonico non scaduto.
deny-phone-pin-elsewhere = Il PIN telefonico vale solo per i servizi telefonici.
deny-phone-pin-by-inps-pin = Con un PIN INPS non si può chiedere un PIN telefonico.
deny-spid-only = Questo servizio si usa solo con SPID.
deny-cns-not-notified = La CNS non vale per i servizi di altri Stati dell'Unione europea.
deny-cie-not-high = Per i servizi di altri Stati dell'Unione europea la CIE vale solo letta con il suo PIN, se la carta è stata riconosciuta autentica.
deny-not-before = Questo si può fare dal { $day }.
deny-revocation-online-not-yet = In rete la delega si può revocare dal { $day }, quando saranno passati 30 giorni dalla registrazione.
deny-ward-cannot-revoke = Chi ha un tutore, un curatore, un amministratore di sostegno o un genitore che lo rappresenta non può revocare chi agisce per lui.
deny-authority-at-office = L'atto di un giudice o di un ufficio si registra in una sede, non in rete.
error-acting-for-oneself = La persona per cui si agisce è la stessa che agisce, quindi l'accesso è negato.
error-credential-unknown = Le regole di accesso non conoscono questo tipo di credenziale, quindi l'accesso è negato.
error-facts-unavailable = Non si è potuto sapere che cosa risulta di questa persona, quindi l'accesso è negato. { why }
error-instant-out-of-range = Le regole di accesso non valgono per questo istante, quindi l'accesso è negato.
error-not-recorded = La decisione non si è potuta registrare, quindi l'accesso è negato. { why }
error-policy-failed = Una regola di accesso non ha funzionato, quindi l'accesso è negato.
advice-ask-enablement = Chiedi in sede l'abilitazione per questo servizio ({ $words }), con il suo modulo e i documenti.
advice-register-delegation = Fai registrare la delega: in una sede INPS, oppure in rete da chi delega. Tutori, curatori, amministratori di sostegno e genitori la chiedono in sede, con i documenti che lo provano.
advice-give-birth-date = Indica la data di nascita completa.
advice-citizen-profile = Scegli il profilo di cittadino.
advice-go-to-office = Rivolgiti a una sede INPS.
advice-ask-authority = Rivolgiti al giudice tutelare, o all'ufficio che ha nominato chi ti rappresenta.
advice-wait-until = Riprova dal { $day }.
advice-phone-pin = Entra in MyINPS con SPID di livello 2, CIE o CNS e chiedi un PIN telefonico.
advice-renew-inps-pin = Fai rinnovare il PIN INPS.
advice-log-in-as-yourself = Accedi con la tua credenziale. Se agisci per un'altra persona, indica per chi: serve una delega.
advice-log-in = Accedi con { $credentials }. Se non hai un lettore o un telefono adatto, usa SPID.

level = { $level ->
    [none] nessuno
    [low] basso
    [substantial] significativo
    [high] elevato
   *[other] sconosciuto
}
category = { $category ->
    [minor] ai minorenni
    [ward] a chi è sotto tutela, curatela o amministrazione di sostegno
    [no-italian-document] a chi non ha un documento d'identità italiano
   *[other] a una categoria
}
why = { $why ->
    [records-locked] Un altro programma sta usando i dati.
    [records-full] Non c'è più spazio.
    [records-read-only] Non si può scrivere.
    [records-corrupt] I dati sono danneggiati.
    [records-too-new] I dati sono di una versione più recente.
    [records-too-many] Contengono sulla persona più di quanto una decisione possa esaminare.
    [records-absent] I dati non ci sono.
   *[other] L'archivio non si può usare.
}
by-spid-l2 = SPID di livello 2
by-spid-l3 = SPID di livello 3
by-cie = la CIE
by-cns = la CNS
list-or = { $first } o { $last }
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
policy-dedication = Un servizio nelle regole di accesso è dedicato a una categoria senza dirla, o la dice senza esserlo.
    .advice = Chiedi a chi gestisce il servizio di correggere il file delle regole.
policy-text = Una regola di accesso non è scritta in Cedar ({ $place }).
    .advice = Correggi la regola nel punto indicato.
policy-validation = Una regola di accesso non si accorda con lo schema ({ $place }).
    .advice = Correggi la regola nel punto indicato: lo schema dice quali nomi e tipi ci sono.
policy-annotation = A una regola di accesso manca l'annotazione @{ $annotation }, o non va bene ({ $place }).
    .advice = Ogni regola porta @id (come il nome di un servizio), @it, @en e @source, al più 500 byte ciascuna.
policy-permits-too-much = Una regola del gestore permette più dei suoi servizi ({ $place }).
    .advice = Una regola del gestore può permettere solo l'uso di un suo servizio: action == Action::"use", resource == Service::"il suo". Vietare può tutto.
policy-template = Le regole di accesso contengono un modello (template): si accettano solo regole complete.
    .advice = Chiedi a chi gestisce il servizio di correggere il file delle regole.
policy-too-large = Un file delle regole di accesso è troppo grande, o i file sono troppi.
    .advice = Al più 64 file, di 256 KiB ciascuno.
policy-file-kind = Un file delle regole di accesso non è né .cedar né .toml.
    .advice = Le regole stanno in file .cedar, i servizi in file .toml.
policy-defect = Le regole di accesso non si possono usare, per un difetto di questo programma.
    .advice = Segnala il difetto con il dettaglio indicato.
corpus-failed = Le regole di accesso non rispondono come dicono i casi, o a una regola manca un caso che permette o che nega.
    .advice = Correggi le regole o i casi elencati.
corpus-malformed = «{ $path }» non è un file di casi.
    .advice = Il dettaglio dice che cosa non va; la forma è descritta in fixtures/policy/README.md.
corpus-empty = In «{ $path }» non ci sono file di casi (.json).
    .advice = Indica una cartella di file di casi, come fixtures/policy.
records-locked = Un altro programma sta usando l'archivio dei dati.
    .advice = Aspetta che finisca e riprova. Niente è andato perso.
records-full = Non c'è più spazio per l'archivio dei dati.
    .advice = Fai spazio sul disco e riprova. Quello che c'era è intatto.
records-read-only = L'archivio dei dati non si può scrivere.
    .advice = Controlla i permessi del file e della sua cartella.
records-corrupt = L'archivio dei dati è danneggiato, o il file non è un archivio di varco.
    .advice = Non scriverci: rimetti una copia, o chiedi aiuto a chi gestisce questo computer.
records-too-new = L'archivio dei dati è di una versione più recente di questo programma.
    .advice = Aggiorna il programma. L'archivio non è stato toccato.
records-too-many = L'archivio contiene su una persona più dati di quanti una decisione possa esaminare.
    .advice = Avvisa chi gestisce il servizio: più di 64 dello stesso tipo difficilmente sono giusti, e l'accesso resta negato.
records-absent = L'archivio dei dati non c'è.
    .advice = Indicalo con --records, oppure crealo registrando qualcosa (varco enablement grant).
records-unusable = L'archivio dei dati non si può usare.
    .advice = Il dettaglio dice perché.
records-nowhere = Non si sa dove stia l'archivio dei dati.
    .advice = Indica il file con --records.
fact-already-there = Risulta già per quel periodo.
    .advice = Revoca prima quello che c'è, oppure scegli un altro periodo.
fact-not-there = Non risulta niente del genere.
    .advice = Controlla il codice fiscale e il servizio, o il numero («list»).
fact-already-ended = Per allora risulta già finito.
    .advice = Non serve fare altro. La fine si può anticipare, mai posticipare.
fact-before-beginning = La fine non è successiva all'inizio.
    .advice = Controlla gli istanti indicati.
delegation-delegator-has-one = Per questa persona agisce già qualcun altro in quella veste.
    .advice = Revoca prima la delega che c'è: ognuno ha un solo delegato.
delegation-limit-reached = Il delegato agisce già per il numero massimo di persone ({ $limit }).
    .advice = Scegli un altro delegato, o attendi che una sua delega finisca.
delegation-same-person = Delegante e delegato sono la stessa persona.
    .advice = Nessuno ha bisogno di una delega per sé.
delegation-birth-date = La data di nascita manca, o non è quella del codice fiscale.
    .advice = Per un genitore serve la data di nascita del figlio (--birth-date).
codice-fiscale-malformed = «{ $value }» non è un codice fiscale.
    .advice = Controllalo: sono 16 caratteri, e l'ultimo verifica gli altri.
credential-unknown = «{ $value }» non è un tipo di credenziale.
    .advice = I tipi conosciuti sono: { $known }.
birth-date-contradicts = La data di nascita non è quella del codice fiscale.
    .advice = Controlla l'una e l'altro.
facts-contradict = Le indicazioni si contraddicono: { $what }.
    .advice = Correggile e ripeti il comando.
identity-malformed = «{ $path }» non è un'identità come la scrive «varco login --json».
    .advice = Il dettaglio dice che cosa non va.
phone-pin-form = Un PIN telefonico sono otto cifre.
    .advice = Ripeti il comando con le otto cifre.
change-malformed = Chi registra e l'atto sono obbligatori: da 1 a 200 byte ciascuno, senza caratteri di controllo.
    .advice = Indica --who e --act.
period-malformed = La fine non è dopo l'inizio.
    .advice = Controlla --from e --until.
policy-simulated = Simulazione: nessuno si è identificato, e niente è permesso in base a questo.
policy-valid = Le regole sono scritte bene e si accordano con lo schema.
policy-rule-counted = { $rule }: { $permits } casi che permettono, { $denies } che negano
policy-tested = Casi: { $cases }. Con una risposta diversa: { $failed }.
act-use = uso di un servizio
act-issue-pin = rilascio di un PIN INPS
act-renew-pin = rinnovo di un PIN INPS
act-register-delegation = registrazione di una delega
act-revoke-delegation = revoca di una delega
ask-phone-pin = PIN telefonico (otto cifre) detto da chi chiama; mentre lo scrivi non si vede.
phone-pin-issued = PIN telefonico: { $pin }. Vale fino al { $until }. Annotalo: non si può rivedere.
phone-pin-accepted = Il PIN telefonico è giusto e vale fino al { $until }.
phone-pin-refused = Il PIN telefonico non è giusto, o per questa persona non ce n'è uno.
phone-pin-expired = Il PIN telefonico è scaduto il { $until }.
phone-pin-blocked = Troppi tentativi sbagliati: serve un nuovo PIN telefonico.
enablement-not-needed = Per il servizio «{ $service }» non ci sono abilitazioni.
    .advice = Le abilitazioni servono solo per i servizi professionali («varco services --json» dice la classe).
policy-unsafe = «{ $path }» può essere scritto da altri, e decide chi può usare che cosa.
    .advice = Fai che il file sia tuo o di root e che nessun altro possa scriverlo.
policy-rule-unknown = «{ $id }» non è né una regola né un servizio.
    .advice = «varco policy explain» elenca le regole, «varco services» i servizi.
access-at-refused = L'accesso si può decidere per un altro istante solo dove è ammesso il materiale di prova.
    .advice = Togli --access-at, o usa una carta di prova con --trust-test.
policy-too-complex = Una regola di accesso è troppo lunga, o troppo annidata ({ $place }).
    .advice = Una regola ha al più 8 KiB, 24 parentesi una dentro l'altra e 24 «if»: dividila in più regole.
delegation-limit = Un delegato agisce al massimo per { $limit } persone insieme.
deny-phone-pin-for-another = Il PIN telefonico è personale: si chiede solo per sé.
deny-representative-at-office = Tutori, curatori, amministratori di sostegno e genitori si registrano in una sede, non in rete.
error-act = Questo non si decide così, quindi è negato: i registri si cambiano con i comandi loro.
error-birth-date-contradicts = La data di nascita indicata non è quella registrata con la delega, quindi l'accesso è negato.
policy-title = Un servizio nelle regole di accesso non ha un nome adatto in entrambe le lingue.
    .advice = Un nome ha da 1 a 200 byte, senza caratteri di controllo.
facts-future = L'istante indicato con --at è nel futuro.
    .advice = Registra il fatto quando avviene; per un inizio o una fine futuri usa --from e --until.
act-permitted = Si può fare: { $act }.
act-denied = Non si può fare: { $act }.
