# What is to go wrong with a virtual card (varco emulate --fault, and its control socket).

fault-form = This is no fault that is known, or its value or time is not one that it takes.
    .advice = Write NAME, NAME=VALUE or NAME@WHEN, as remove@verify; docs/faults.md has all of them.
fault-not-here = This fault cannot be played by this virtual reader, or not with this card.
    .advice = The technical detail says where it can be had.
emulate-fault = Fault: { $fault }
