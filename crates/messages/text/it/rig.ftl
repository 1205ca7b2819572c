# Il banco di prova: chi muove le carte, registrare una carta, confrontarne due.

bench-file-malformed = Il file del banco { $path } non si può usare.
    .advice = Correggi ciò che il dettaglio tecnico nomina, con la riga; il formato è in docs/bench.md. Nessuna carta è stata toccata.
bench-budget-spent = Potrebbe costare un tentativo alla carta, e il file del banco non lo permette.
    .advice = Se lo vuoi davvero, nel file del banco indica la carta con il suo numero e quanti tentativi si possono spendere. Non è stato inviato nulla.
bench-another-card = La carta nel lettore non è quella che il file del banco nomina.
    .advice = Inserisci quella carta e riprova. A questa non è stato inviato nulla che potesse costare un tentativo.
bench-card-unread = Il numero della carta nel lettore non si è potuto leggere: non si sa se è quella giusta.
    .advice = Controlla che la carta sia inserita bene e, con `varco card`, che sia conosciuta. Nessun tentativo è stato speso.
bench-card-held = Un'altra esecuzione del banco sta usando questa carta.
    .advice = Aspetta che finisca, o terminala: il dettaglio tecnico dice quale è.
bench-lock-folder = Non è stato possibile riservare la carta a questa esecuzione.
    .advice = La cartella nominata nel dettaglio tecnico deve appartenere a questo utente, e nessun altro deve potervi scrivere.
rig-failed = Chi muove le carte non ha fatto ciò che gli è stato chiesto.
    .advice = La colpa è di ciò che sta intorno alla carta, non della carta. Sistema ciò che il dettaglio tecnico nomina e riprova.
recording-exists = { $path } esiste già.
    .advice = Indica una cartella che non esiste ancora. Non è stato scritto nulla.
recording-malformed = { $path } non dice che cosa è stato registrato.
    .advice = Indica la cartella scritta da `varco bench record-card`, così come l'ha scritta. Il dettaglio tecnico dice che cosa non va. Nessuna carta è stata toccata.
recording-unplayable = La carta è stata letta, ma ciò che è stato registrato non si può riprodurre.
    .advice = Il dettaglio tecnico dice perché. Faccelo sapere con la risposta al reset; non contiene nulla del titolare.
cards-differ = Le due carte non rispondono allo stesso modo.
    .advice = Le righe sopra dicono che cosa è diverso. Una differenza è un fatto su questo tipo di carta: correggi il profilo, o faccelo sapere.

rig-give-up = (q e Invio per rinunciare)
rig-press-pin = Digita il PIN sui tasti di { $reader }.
rig-press-wrong-pin = Digita sui tasti di { $reader } un PIN sbagliato, lungo come quello giusto.
rig-press-new-pin = Digita il nuovo PIN sui tasti di { $reader }.
rig-press-puk = Digita il PUK sui tasti di { $reader }.
rig-press-wrong-puk = Digita sui tasti di { $reader } un PUK sbagliato, lungo come quello giusto.
rig-press-cancel = Premi su { $reader } il tasto che annulla.
bench-rig-cancelled = La persona al lettore ha rinunciato.

recorded = { $path }: { $files } file scritti. Nessun PIN è stato chiesto e nessun tentativo è stato speso.
recorded-play = Per riprodurla: varco emulate --profile { $path }
recorded-like-same-answer-to-reset = Ciò che la carta non ha mostrato è di { $card }, che ha la stessa risposta al reset.
recorded-like-same-maker = Ciò che la carta non ha mostrato è di { $card }, che è dello stesso produttore.
recorded-like-none-of-this-maker = Ciò che la carta non ha mostrato è di { $card }: nessuna carta simulata è di questo produttore.
recorded-observed = Osservato:
recorded-replaced = Sostituito con materiale di prova inventato, perché non vi resti nulla del titolare:
recorded-assumed = Non si può scoprire senza PIN, quindi supposto:
recorded-timing = Le risposte più lente, all'incirca:

compared-here = Qui: { $reader }, { $kind } ({ $maker })
compared-there = Là: { $reader }, { $kind } ({ $maker })
compared-there-unknown = Là: { $reader }, di nessun tipo conosciuto
compared-answer = { $status }, { $bytes } byte
compared-answer-hashed = { $status }, { $bytes } byte, SHA-256 { $hash }
compared-differ = { $probe }, passo { $step } ({ $sent }): qui { $here }; là { $there }
compared-untried = { $probe }, passo { $step } ({ $sent }): non provato, un lettore non lo trasporta
compared-slower = { $probe }, passo { $step } ({ $sent }): qui { $here }, là { $there }; i tempi non contano
compared = { $equal } uguali, { $differ } diversi, { $replaced } diversi dove la registrazione ha avuto altro al loro posto, { $untried } non provati.
compared-alike = Le due carte rispondono allo stesso modo.
