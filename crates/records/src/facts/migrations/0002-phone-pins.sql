-- Telephone PINs: hashes only. A new one takes the place of the former, of which nothing is kept but that it was issued.

INSERT INTO change_kind VALUES ('phone-pin-issued');

CREATE TABLE phone_pin (
    id          INTEGER PRIMARY KEY CHECK (id > 0),
    holder      TEXT    NOT NULL UNIQUE CHECK (octet_length(holder) = 16 AND holder NOT GLOB '*[^A-Z0-9]*'),
    -- Which one of this holder's it is, counted from 1.
    issue       INTEGER NOT NULL CHECK (issue > 0),
    -- How it was hashed, beside the hash, so that the cost can be raised: Argon2id of this version.
    version     INTEGER NOT NULL CHECK (version = 19),
    memory_kib  INTEGER NOT NULL CHECK (memory_kib BETWEEN 8 AND 262144),
    passes      INTEGER NOT NULL CHECK (passes BETWEEN 1 AND 64),
    lanes       INTEGER NOT NULL CHECK (lanes BETWEEN 1 AND 4 AND memory_kib >= 8 * lanes),
    salt        BLOB    NOT NULL CHECK (length(salt) = 16),
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    from_us     INTEGER NOT NULL,
    until_us    INTEGER NOT NULL CHECK (until_us > from_us),
    tries_wrong INTEGER NOT NULL DEFAULT 0 CHECK (tries_wrong BETWEEN 0 AND 5),
    -- The login that it rests on.
    evidence    TEXT    NOT NULL CHECK (octet_length(evidence) BETWEEN 1 AND 200)
) STRICT;

-- Where a wrong try is counted for somebody who has none, so that it takes as long.
CREATE TABLE phone_pin_of_nobody (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    tries_wrong INTEGER NOT NULL
) STRICT;
INSERT INTO phone_pin_of_nobody VALUES (1, 0);

CREATE TRIGGER phone_pin_new BEFORE INSERT ON phone_pin
WHEN NEW.issue <> 1 OR EXISTS (SELECT 1 FROM phone_pin WHERE id = NEW.id OR holder = NEW.holder)
BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER phone_pin_of_nobody_new BEFORE INSERT ON phone_pin_of_nobody
BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER phone_pin_changes BEFORE UPDATE ON phone_pin
BEGIN
    SELECT RAISE(ABORT, 'varco:append-only') WHERE (OLD.id, OLD.holder) IS NOT (NEW.id, NEW.holder)
        OR NOT (
            -- Another one is issued, or tries of this one are counted.
            NEW.issue = OLD.issue + 1 AND NEW.tries_wrong = 0
            OR (OLD.issue, OLD.version, OLD.memory_kib, OLD.passes, OLD.lanes, OLD.salt, OLD.hash,
                OLD.from_us, OLD.until_us, OLD.evidence)
            IS (NEW.issue, NEW.version, NEW.memory_kib, NEW.passes, NEW.lanes, NEW.salt, NEW.hash,
                NEW.from_us, NEW.until_us, NEW.evidence));
END;
CREATE TRIGGER phone_pin_is_kept BEFORE DELETE ON phone_pin BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER phone_pin_of_nobody_is_kept BEFORE DELETE ON phone_pin_of_nobody
BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;

CREATE TRIGGER phone_pin_first AFTER INSERT ON phone_pin
BEGIN INSERT INTO change (what, fact, who, at_us, act)
    VALUES ('phone-pin-issued', NEW.id, NEW.holder, NEW.from_us, NEW.evidence); END;
CREATE TRIGGER phone_pin_again AFTER UPDATE ON phone_pin WHEN NEW.issue <> OLD.issue
BEGIN INSERT INTO change (what, fact, who, at_us, act)
    VALUES ('phone-pin-issued', NEW.id, NEW.holder, NEW.from_us, NEW.evidence); END;
