//! Card login for Italian cards: the face that applications depend on.
