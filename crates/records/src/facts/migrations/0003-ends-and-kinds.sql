-- Ends that were written wrong can be mended, kinds are nobody's to change, and no birth date is kept that is none.

-- An end may be written again, but only earlier: what was taken away is never given back by it, and what never should have held
-- does not. It may lie before the fact was recorded, by a clock that ran ahead. The history keeps every end that was written.
DROP TRIGGER enablement_ends;
DROP TRIGGER delegation_ends;
DROP TRIGGER category_ends;
CREATE TRIGGER enablement_ends BEFORE UPDATE ON enablement
BEGIN
    SELECT RAISE(ABORT, 'varco:append-only') WHERE NEW.revoked_us IS NULL
        OR (OLD.id, OLD.holder, OLD.service, OLD.from_us, OLD.until_us, OLD.granted_who, OLD.granted_us, OLD.granted_act)
        IS NOT (NEW.id, NEW.holder, NEW.service, NEW.from_us, NEW.until_us, NEW.granted_who, NEW.granted_us, NEW.granted_act);
    SELECT RAISE(ABORT, 'varco:fact-already-ended') WHERE NEW.revoked_us >= OLD.ended_us;
END;
CREATE TRIGGER delegation_ends BEFORE UPDATE ON delegation
BEGIN
    SELECT RAISE(ABORT, 'varco:append-only') WHERE NEW.revoked_us IS NULL
        OR (OLD.id, OLD.delegator, OLD.delegate, OLD.kind, OLD.from_us, OLD.until_us, OLD.birth_date, OLD.channel,
            OLD.registered_who, OLD.registered_us, OLD.registered_act)
        IS NOT (NEW.id, NEW.delegator, NEW.delegate, NEW.kind, NEW.from_us, NEW.until_us, NEW.birth_date, NEW.channel,
            NEW.registered_who, NEW.registered_us, NEW.registered_act);
    SELECT RAISE(ABORT, 'varco:fact-already-ended') WHERE NEW.revoked_us >= OLD.ended_us;
END;
CREATE TRIGGER category_ends BEFORE UPDATE ON category
BEGIN
    SELECT RAISE(ABORT, 'varco:append-only') WHERE NEW.revoked_us IS NULL
        OR (OLD.id, OLD.person, OLD.category, OLD.from_us, OLD.until_us, OLD.recorded_who, OLD.recorded_us, OLD.recorded_act)
        IS NOT (NEW.id, NEW.person, NEW.category, NEW.from_us, NEW.until_us, NEW.recorded_who, NEW.recorded_us, NEW.recorded_act);
    SELECT RAISE(ABORT, 'varco:fact-already-ended') WHERE NEW.revoked_us >= OLD.ended_us;
END;

-- Kinds and their limits are those of the migrations: no other row, and none in the place of another (INSERT OR REPLACE). A
-- migration that adds one drops the trigger before and makes it again.
CREATE TRIGGER change_kind_new BEFORE INSERT ON change_kind BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER category_kind_new BEFORE INSERT ON category_kind BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;
CREATE TRIGGER delegation_kind_new BEFORE INSERT ON delegation_kind BEGIN SELECT RAISE(ABORT, 'varco:append-only'); END;

-- Also for programs that do not look at references.
CREATE TRIGGER change_of_a_kind BEFORE INSERT ON change
WHEN NOT EXISTS (SELECT 1 FROM change_kind WHERE name = NEW.what)
BEGIN SELECT RAISE(ABORT, 'varco:kind-unknown'); END;
CREATE TRIGGER category_of_a_kind BEFORE INSERT ON category
WHEN NOT EXISTS (SELECT 1 FROM category_kind WHERE name = NEW.category)
BEGIN SELECT RAISE(ABORT, 'varco:kind-unknown'); END;
DROP TRIGGER delegation_limits;
CREATE TRIGGER delegation_limits AFTER INSERT ON delegation
BEGIN
    -- Without its row every limit would be unknown, and none would be passed.
    SELECT RAISE(ABORT, 'varco:kind-unknown') WHERE NOT EXISTS (SELECT 1 FROM delegation_kind WHERE name = NEW.kind);
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

-- A day of the calendar. Adding nothing makes 30 February the day that it would be.
CREATE TRIGGER delegation_birth_date BEFORE INSERT ON delegation
WHEN NEW.birth_date IS NOT date(NEW.birth_date, '+0 days')
BEGIN SELECT RAISE(ABORT, 'varco:delegation-birth-date'); END;
