# Che cosa deve andare storto con una carta virtuale (varco emulate --fault, e i suoi comandi).

fault-form = Non è un guasto che conosco, oppure il suo valore o il suo momento non è tra quelli possibili.
    .advice = Scrivi NOME, NOME=VALORE o NOME@QUANDO, per esempio remove@verify; docs/faults.md li elenca tutti.
fault-not-here = Questo lettore virtuale non può riprodurre questo guasto, o non con questa carta.
    .advice = Il dettaglio tecnico dice dove lo si può avere.
emulate-fault = Guasto: { $fault }
