-- Facts about persons. Rows are added and never taken away; what ends a fact is written once.
--
-- Instants are microseconds since 1970-01-01T00:00:00Z; `until_us` and `ended_us` are the first at which a fact
-- holds no more. Codes after `varco:` in RAISE are read by the program.

-- What may happen, and what may be said of persons: tables, so that a later migration adds a row.
CREATE TABLE change_kind (name TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO change_kind VALUES
    ('enablement-granted'), ('enablement-revoked'),
    ('delegation-registered'), ('delegation-revoked'),
    ('category-recorded'), ('category-ended'),
    ('delegation-limit-set');

CREATE TABLE category_kind (name TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO category_kind VALUES ('ward'), ('no-italian-document'), ('resident-abroad');

CREATE TABLE delegation_kind (
    name           TEXT    NOT NULL PRIMARY KEY,
    -- How many may act so for one person at an instant.
    per_person_max INTEGER NOT NULL CHECK (per_person_max >= 1),
    -- Whether the number of persons for whom one may act so is limited.
    is_limited     INTEGER NOT NULL CHECK (is_limited IN (0, 1))
) STRICT, WITHOUT ROWID;
INSERT INTO delegation_kind VALUES
    ('delegate', 1, 1), ('guardian', 1, 0), ('curator', 1, 0), ('administrator', 1, 0), ('parent', 2, 0);

-- Everything that was changed, in its order. Written by the triggers below.
CREATE TABLE change (
    id    INTEGER PRIMARY KEY CHECK (id > 0),
    what  TEXT    NOT NULL REFERENCES change_kind (name),
    fact  INTEGER NOT NULL CHECK (fact > 0),
    who   TEXT    NOT NULL CHECK (octet_length(who) BETWEEN 1 AND 200),
    at_us INTEGER NOT NULL,
    act   TEXT    NOT NULL CHECK (octet_length(act) BETWEEN 1 AND 200)
) STRICT;
-- Without a gap: what is missing would be seen.
CREATE TRIGGER change_has_no_gap AFTER INSERT ON change
WHEN NEW.id > 1 AND NOT EXISTS (SELECT 1 FROM change WHERE id = NEW.id - 1)
BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;

CREATE TABLE enablement (
    id           INTEGER PRIMARY KEY CHECK (id > 0),
    holder       TEXT    NOT NULL CHECK (octet_length(holder) = 16 AND holder NOT GLOB '*[^A-Z0-9]*'),
    service      TEXT    NOT NULL CHECK (octet_length(service) BETWEEN 1 AND 64),
    from_us      INTEGER NOT NULL,
    until_us     INTEGER CHECK (until_us > from_us),
    granted_who  TEXT    NOT NULL CHECK (octet_length(granted_who) BETWEEN 1 AND 200),
    granted_us   INTEGER NOT NULL,
    granted_act  TEXT    NOT NULL CHECK (octet_length(granted_act) BETWEEN 1 AND 200),
    revoked_who  TEXT    CHECK (octet_length(revoked_who) BETWEEN 1 AND 200),
    revoked_us   INTEGER,
    revoked_act  TEXT    CHECK (octet_length(revoked_act) BETWEEN 1 AND 200),
    ended_us     INTEGER NOT NULL GENERATED ALWAYS AS
        (min(coalesce(until_us, 9223372036854775807), coalesce(revoked_us, 9223372036854775807))) STORED,
    CHECK ((revoked_who IS NULL) = (revoked_us IS NULL) AND (revoked_act IS NULL) = (revoked_us IS NULL))
) STRICT;
CREATE INDEX enablement_of ON enablement (holder, service);

CREATE TABLE delegation (
    id             INTEGER PRIMARY KEY CHECK (id > 0),
    delegator      TEXT    NOT NULL CHECK (octet_length(delegator) = 16 AND delegator NOT GLOB '*[^A-Z0-9]*'),
    delegate       TEXT    NOT NULL CHECK (octet_length(delegate) = 16 AND delegate NOT GLOB '*[^A-Z0-9]*'),
    kind           TEXT    NOT NULL REFERENCES delegation_kind (name),
    from_us        INTEGER NOT NULL,
    until_us       INTEGER CHECK (until_us > from_us),
    birth_date     TEXT    CHECK (birth_date GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
    channel        TEXT    NOT NULL CHECK (channel IN ('office', 'online')),
    registered_who TEXT    NOT NULL CHECK (octet_length(registered_who) BETWEEN 1 AND 200),
    registered_us  INTEGER NOT NULL,
    registered_act TEXT    NOT NULL CHECK (octet_length(registered_act) BETWEEN 1 AND 200),
    revoked_who    TEXT    CHECK (octet_length(revoked_who) BETWEEN 1 AND 200),
    revoked_us     INTEGER,
    revoked_act    TEXT    CHECK (octet_length(revoked_act) BETWEEN 1 AND 200),
    ended_us       INTEGER NOT NULL GENERATED ALWAYS AS
        (min(coalesce(until_us, 9223372036854775807), coalesce(revoked_us, 9223372036854775807))) STORED,
    CHECK (kind <> 'parent' OR birth_date IS NOT NULL),
    CHECK ((revoked_who IS NULL) = (revoked_us IS NULL) AND (revoked_act IS NULL) = (revoked_us IS NULL))
) STRICT;
CREATE INDEX delegation_of ON delegation (delegator, delegate);
CREATE INDEX delegation_by_delegator ON delegation (delegator, kind, ended_us);
CREATE INDEX delegation_by_delegate ON delegation (delegate, kind, ended_us);

CREATE TABLE category (
    id           INTEGER PRIMARY KEY CHECK (id > 0),
    person       TEXT    NOT NULL CHECK (octet_length(person) = 16 AND person NOT GLOB '*[^A-Z0-9]*'),
    category     TEXT    NOT NULL REFERENCES category_kind (name),
    from_us      INTEGER NOT NULL,
    until_us     INTEGER CHECK (until_us > from_us),
    recorded_who TEXT    NOT NULL CHECK (octet_length(recorded_who) BETWEEN 1 AND 200),
    recorded_us  INTEGER NOT NULL,
    recorded_act TEXT    NOT NULL CHECK (octet_length(recorded_act) BETWEEN 1 AND 200),
    revoked_who  TEXT    CHECK (octet_length(revoked_who) BETWEEN 1 AND 200),
    revoked_us   INTEGER,
    revoked_act  TEXT    CHECK (octet_length(revoked_act) BETWEEN 1 AND 200),
    ended_us     INTEGER NOT NULL GENERATED ALWAYS AS
        (min(coalesce(until_us, 9223372036854775807), coalesce(revoked_us, 9223372036854775807))) STORED,
    CHECK ((revoked_who IS NULL) = (revoked_us IS NULL) AND (revoked_act IS NULL) = (revoked_us IS NULL))
) STRICT;
CREATE INDEX category_of ON category (person);

-- For how many persons one may act in a kind that is limited. The last row counts; five where there is none.
CREATE TABLE delegation_limit (
    id      INTEGER PRIMARY KEY CHECK (id > 0),
    persons INTEGER NOT NULL CHECK (persons BETWEEN 1 AND 255),
    who     TEXT    NOT NULL CHECK (octet_length(who) BETWEEN 1 AND 200),
    at_us   INTEGER NOT NULL,
    act     TEXT    NOT NULL CHECK (octet_length(act) BETWEEN 1 AND 200)
) STRICT;

-- A new fact: not in the place of another (INSERT OR REPLACE), and not ended from the beginning.
CREATE TRIGGER enablement_new BEFORE INSERT ON enablement
WHEN NEW.revoked_us IS NOT NULL OR EXISTS (SELECT 1 FROM enablement WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER delegation_new BEFORE INSERT ON delegation
WHEN NEW.revoked_us IS NOT NULL OR EXISTS (SELECT 1 FROM delegation WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER category_new BEFORE INSERT ON category
WHEN NEW.revoked_us IS NOT NULL OR EXISTS (SELECT 1 FROM category WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER delegation_limit_new BEFORE INSERT ON delegation_limit
WHEN EXISTS (SELECT 1 FROM delegation_limit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER change_new BEFORE INSERT ON change
WHEN EXISTS (SELECT 1 FROM change WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;

-- Not twice in a part of the same time.
CREATE TRIGGER enablement_once AFTER INSERT ON enablement
WHEN EXISTS (
    SELECT 1 FROM enablement AS other
    WHERE other.holder = NEW.holder AND other.service = NEW.service AND other.id <> NEW.id
        AND other.ended_us > other.from_us AND other.ended_us > NEW.from_us AND other.from_us < NEW.ended_us)
BEGIN SELECT RAISE(ABORT, 'varco:fact-already-there'); END;
CREATE TRIGGER category_once AFTER INSERT ON category
WHEN EXISTS (
    SELECT 1 FROM category AS other
    WHERE other.person = NEW.person AND other.category = NEW.category AND other.id <> NEW.id
        AND other.ended_us > other.from_us AND other.ended_us > NEW.from_us AND other.from_us < NEW.ended_us)
BEGIN SELECT RAISE(ABORT, 'varco:fact-already-there'); END;

-- The limits of delegations. How many hold at once can only rise where one begins: it is enough to count there.
CREATE TRIGGER delegation_limits AFTER INSERT ON delegation
BEGIN
    SELECT RAISE(ABORT, 'varco:delegation-same-person') WHERE NEW.delegator = NEW.delegate;
    SELECT RAISE(ABORT, 'varco:fact-already-there') WHERE EXISTS (
        SELECT 1 FROM delegation AS other
        WHERE other.delegator = NEW.delegator AND other.delegate = NEW.delegate AND other.kind = NEW.kind
            AND other.id <> NEW.id AND other.ended_us > other.from_us
            AND other.ended_us > NEW.from_us AND other.from_us < NEW.ended_us);
    SELECT RAISE(ABORT, 'varco:delegation-delegator-has-one') WHERE EXISTS (
        SELECT 1 FROM delegation AS start
        WHERE start.delegator = NEW.delegator AND start.kind = NEW.kind AND start.ended_us > NEW.from_us
            AND start.from_us >= NEW.from_us AND start.from_us < NEW.ended_us
            AND (SELECT count(*) FROM delegation AS other
                 WHERE other.delegator = NEW.delegator AND other.kind = NEW.kind
                    AND other.ended_us > start.from_us AND other.from_us <= start.from_us)
                > (SELECT per_person_max FROM delegation_kind WHERE name = NEW.kind));
    SELECT RAISE(ABORT, 'varco:delegation-limit-reached')
    WHERE (SELECT is_limited FROM delegation_kind WHERE name = NEW.kind) AND EXISTS (
        SELECT 1 FROM delegation AS start
        WHERE start.delegate = NEW.delegate AND start.kind = NEW.kind AND start.ended_us > NEW.from_us
            AND start.from_us >= NEW.from_us AND start.from_us < NEW.ended_us
            AND (SELECT count(*) FROM delegation AS other
                 WHERE other.delegate = NEW.delegate AND other.kind = NEW.kind
                    AND other.ended_us > start.from_us AND other.from_us <= start.from_us)
                > coalesce((SELECT persons FROM delegation_limit ORDER BY id DESC LIMIT 1), 5));
END;

-- What ends a fact is written once, not before the fact was known, and nothing else of it changes.
CREATE TRIGGER enablement_ends BEFORE UPDATE ON enablement
BEGIN
    SELECT RAISE(ABORT, 'varco:fact-already-ended') WHERE OLD.revoked_us IS NOT NULL;
    SELECT RAISE(ABORT, 'varco:append-only') WHERE NEW.revoked_us IS NULL
        OR (OLD.id, OLD.holder, OLD.service, OLD.from_us, OLD.until_us, OLD.granted_who, OLD.granted_us, OLD.granted_act)
        IS NOT (NEW.id, NEW.holder, NEW.service, NEW.from_us, NEW.until_us, NEW.granted_who, NEW.granted_us, NEW.granted_act);
    SELECT RAISE(ABORT, 'varco:fact-before-beginning') WHERE NEW.revoked_us < OLD.granted_us;
END;
CREATE TRIGGER delegation_ends BEFORE UPDATE ON delegation
BEGIN
    SELECT RAISE(ABORT, 'varco:fact-already-ended') WHERE OLD.revoked_us IS NOT NULL;
    SELECT RAISE(ABORT, 'varco:append-only') WHERE NEW.revoked_us IS NULL
        OR (OLD.id, OLD.delegator, OLD.delegate, OLD.kind, OLD.from_us, OLD.until_us, OLD.birth_date, OLD.channel,
            OLD.registered_who, OLD.registered_us, OLD.registered_act)
        IS NOT (NEW.id, NEW.delegator, NEW.delegate, NEW.kind, NEW.from_us, NEW.until_us, NEW.birth_date, NEW.channel,
            NEW.registered_who, NEW.registered_us, NEW.registered_act);
    SELECT RAISE(ABORT, 'varco:fact-before-beginning') WHERE NEW.revoked_us < OLD.registered_us;
END;
CREATE TRIGGER category_ends BEFORE UPDATE ON category
BEGIN
    SELECT RAISE(ABORT, 'varco:fact-already-ended') WHERE OLD.revoked_us IS NOT NULL;
    SELECT RAISE(ABORT, 'varco:append-only') WHERE NEW.revoked_us IS NULL
        OR (OLD.id, OLD.person, OLD.category, OLD.from_us, OLD.until_us, OLD.recorded_who, OLD.recorded_us, OLD.recorded_act)
        IS NOT (NEW.id, NEW.person, NEW.category, NEW.from_us, NEW.until_us, NEW.recorded_who, NEW.recorded_us, NEW.recorded_act);
    SELECT RAISE(ABORT, 'varco:fact-before-beginning') WHERE NEW.revoked_us < OLD.recorded_us;
END;
CREATE TRIGGER change_stays BEFORE UPDATE ON change BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER delegation_limit_stays BEFORE UPDATE ON delegation_limit BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER change_kind_stays BEFORE UPDATE ON change_kind BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER category_kind_stays BEFORE UPDATE ON category_kind BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER delegation_kind_stays BEFORE UPDATE ON delegation_kind BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;

-- Nothing is taken away.
CREATE TRIGGER enablement_is_kept BEFORE DELETE ON enablement BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER delegation_is_kept BEFORE DELETE ON delegation BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER category_is_kept BEFORE DELETE ON category BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER delegation_limit_is_kept BEFORE DELETE ON delegation_limit BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER change_is_kept BEFORE DELETE ON change BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER change_kind_is_kept BEFORE DELETE ON change_kind BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER category_kind_is_kept BEFORE DELETE ON category_kind BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER delegation_kind_is_kept BEFORE DELETE ON delegation_kind BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;

-- The history.
CREATE TRIGGER enablement_granted AFTER INSERT ON enablement
BEGIN INSERT INTO change (what, fact, who, at_us, act)
    VALUES ('enablement-granted', NEW.id, NEW.granted_who, NEW.granted_us, NEW.granted_act); END;
CREATE TRIGGER enablement_revoked AFTER UPDATE ON enablement
BEGIN INSERT INTO change (what, fact, who, at_us, act)
    VALUES ('enablement-revoked', NEW.id, NEW.revoked_who, NEW.revoked_us, NEW.revoked_act); END;
CREATE TRIGGER delegation_registered AFTER INSERT ON delegation
BEGIN INSERT INTO change (what, fact, who, at_us, act)
    VALUES ('delegation-registered', NEW.id, NEW.registered_who, NEW.registered_us, NEW.registered_act); END;
CREATE TRIGGER delegation_revoked AFTER UPDATE ON delegation
BEGIN INSERT INTO change (what, fact, who, at_us, act)
    VALUES ('delegation-revoked', NEW.id, NEW.revoked_who, NEW.revoked_us, NEW.revoked_act); END;
CREATE TRIGGER category_recorded AFTER INSERT ON category
BEGIN INSERT INTO change (what, fact, who, at_us, act)
    VALUES ('category-recorded', NEW.id, NEW.recorded_who, NEW.recorded_us, NEW.recorded_act); END;
CREATE TRIGGER category_ended AFTER UPDATE ON category
BEGIN INSERT INTO change (what, fact, who, at_us, act)
    VALUES ('category-ended', NEW.id, NEW.revoked_who, NEW.revoked_us, NEW.revoked_act); END;
CREATE TRIGGER delegation_limit_set AFTER INSERT ON delegation_limit
BEGIN INSERT INTO change (what, fact, who, at_us, act)
    VALUES ('delegation-limit-set', NEW.id, NEW.who, NEW.at_us, NEW.act); END;
