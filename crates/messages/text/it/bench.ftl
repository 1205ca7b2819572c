# Il banco di prova: gli scenari e il loro esito.

scenario-malformed = Lo scenario { $path } non si può usare.
    .advice = Correggi ciò che il dettaglio tecnico indica, con file e riga; il formato è in docs/bench.md. Non è stato eseguito nulla.
scenarios-failed = Almeno uno scenario non è andato come previsto.
    .advice = Confronta ciò che era previsto con ciò che è accaduto: le righe qui sopra indicano file, riga e bersaglio.
scenarios-rig-error = Nessuno scenario è fallito, ma almeno uno non si è potuto eseguire fino in fondo.
    .advice = Il difetto è in ciò che sta intorno alle carte, non in ciò che si prova. Ripara ciò che le righe qui sopra indicano ed esegui di nuovo.

bench-passed = riuscito
bench-failed = FALLITO
bench-rig-error = GUASTO DEL BANCO
bench-not-applicable = non applicabile
bench-summary = { $passed } riusciti, { $failed } falliti, { $rig } guasti del banco, { $skipped } non applicabili.

bench-insert = Inserisci questa carta in { $reader }: { $card }.
bench-remove = Togli la carta da { $reader }.

bench-otherwise = Qualcosa non è andato come previsto.
bench-overspent = Ciò che si prova ha speso più tentativi della carta di quanti valori ha ricevuto. Quanto è costato è tolto dal limite permesso.
bench-late = Non è finito in tempo. Se non dipende da ciò che si prova, concedi di più con --timeout.
bench-crashed = Ciò che si prova si è interrotto per un errore interno in questo passo. Il dettaglio riporta le sue ultime parole; segnalalo.
bench-fault-unmet = Il guasto previsto dallo scenario non è avvenuto: l'azione è finita prima di arrivarci. Correggi il piano, o ammetti che manchi (may_miss = true).
bench-na-counts = La carta non rivela questo contatore.
bench-na-fault = Questo bersaglio non si può guastare in questo modo.
bench-na-hook = Il meccanismo dice di non avere una carta così.
bench-na-kind = La carta inserita è di un tipo diverso da quello di cui tratta lo scenario.
bench-na-played = Lo scenario tratta di una carta che esiste solo simulata.
bench-na-spend = Questo può costare tentativi di una carta vera, o cambiarne i codici, oltre ciò che il file del banco permette per questa esecuzione (spend_tries, spend_puk_tries, destructive). Non è stato inviato nulla.
bench-na-interface = Nessuna carta dello scenario è adatta all'interfaccia di questo lettore.
bench-na-keys = La tastiera di questo lettore non può scrivere questo valore.
bench-na-literal = Lo scenario scrive cifre sue, che vanno solo a carte simulate.
bench-na-program = Qui i programmi che parlano PC/SC non raggiungono la carta.
bench-na-reset = Qui nessun altro programma può azzerare la carta.
bench-rig-card-stays = La carta doveva essere fuori, ma il lettore ne segnala ancora una. Toglila, o controlla il meccanismo che lo fa.
bench-rig-card-unseen = La carta è stata inserita, ma il lettore non la segnala. Controlla il lettore, il suo servizio e il meccanismo.
bench-rig-card-unread = La carta inserita non si è potuta riconoscere.
bench-rig-counts = La carta non ha detto quanti tentativi restano.
bench-rig-gone = Il lettore o il suo servizio è venuto meno durante la prova, e nello scenario nulla doveva guastarsi.
bench-rig-hook = Il comando del meccanismo non è riuscito. Prova a eseguirlo a mano: COMANDO insert NOME, COMANDO remove, COMANDO press COSA.
bench-rig-person = Non c'è un terminale su cui chiedere a una persona. Avvia il comando da un terminale, o indica un programma nel file del banco: kind = "hook".
bench-rig-reader = Il lettore non c'è. `varco readers` elenca quelli che ci sono.
bench-rig-login = Lo scenario chiede un accesso che non può cominciare. Correggi richiedente o servizio.
bench-rig-nfcd = Il programma che pilota i lettori NFC non è dove dovrebbe. Installa varco-nfcd, o indicalo nel file di configurazione (--config).
bench-rig-place = Il lettore virtuale non si è potuto aprire.
bench-rig-process = Questa macchina non ha dato ciò che serve a ogni programma.
bench-rig-profile = La carta simulata non si è potuta caricare. `varco emulate --list` elenca quelle incluse.
bench-rig-program = Il programma indicato dallo scenario non si è potuto eseguire. Installalo, o correggi il nome.
bench-rig-reset = Un altro programma non ha potuto azzerare la carta.
bench-rig-secret = C'è da scrivere un valore che nessuno ha comunicato. Dai i codici con --codes fd:N.
bench-rig-service = Il servizio PC/SC non si è potuto avviare. Installa pcscd, vsmartcard-vpcd, libccid, util-linux e iproute2, e controlla se i namespace sono permessi.
bench-rig-trust = Le autorità o le liste indicate dallo scenario non si sono potute leggere.
bench-rig-worker = Il processo che eseguiva lo scenario è finito prima di aver detto tutto.
