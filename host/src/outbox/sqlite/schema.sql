-- The outbox, schema 1. docs/outbox.md is the contract; a change here is a change there.
-- Other programs run these triggers with the SQLite they have: nothing here is younger than 3.38.

CREATE TABLE outbox_lane (
  tenant         TEXT    NOT NULL,
  target         TEXT    NOT NULL,
  generation     INTEGER NOT NULL DEFAULT 0,  -- the newest that was ever enqueued
  pending_id     INTEGER,                     -- the message that waits
  running_id     INTEGER,                     -- the message that is claimed
  dead_id        INTEGER,                     -- the dead message that still has its key
  fence          INTEGER NOT NULL DEFAULT 0,  -- counts claims, never goes back
  attempts       INTEGER NOT NULL DEFAULT 0,  -- failures of the running message, else of the waiting one
  claims         INTEGER NOT NULL DEFAULT 0,  -- how often that message was handed out
  run_at_ms      INTEGER NOT NULL DEFAULT 0,  -- the waiting message is not tried before this
  owner          TEXT,
  lease_until_ms INTEGER,
  deadline_ms    INTEGER,                     -- no heartbeat extends the lease beyond this
  note           TEXT    NOT NULL DEFAULT '', -- the latest failure of that message
  PRIMARY KEY (tenant, target),
  CHECK ((running_id IS NULL) = (lease_until_ms IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_lane_ready ON outbox_lane (tenant, run_at_ms, target)
  WHERE running_id IS NULL AND pending_id IS NOT NULL;
CREATE INDEX outbox_lane_leased ON outbox_lane (lease_until_ms) WHERE running_id IS NOT NULL;

-- Few columns change before a message is finished, so that its payload is not written again and again:
-- what moves is in the lane. The view outbox_status puts both together.
CREATE TABLE outbox_message (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id    TEXT    NOT NULL UNIQUE,
  tenant      TEXT    NOT NULL,
  target      TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  generation  INTEGER,
  fingerprint TEXT    NOT NULL,
  not_after   INTEGER NOT NULL,
  created_ms  INTEGER NOT NULL
              DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)),
  state       TEXT    NOT NULL DEFAULT 'pending'
              CHECK (state IN ('pending', 'done', 'superseded', 'dead', 'cancelled')),
  outcome     TEXT,
  changed     INTEGER,
  attempts    INTEGER NOT NULL DEFAULT 0,
  claims      INTEGER NOT NULL DEFAULT 0,
  finished_ms INTEGER,
  reference   TEXT    NOT NULL DEFAULT '',
  note        TEXT    NOT NULL DEFAULT '',
  payload     TEXT    NOT NULL,
  FOREIGN KEY (tenant, target) REFERENCES outbox_lane (tenant, target) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE outbox_attempt (
  target   TEXT    NOT NULL,
  tenant   TEXT    NOT NULL,
  message  INTEGER NOT NULL,
  fence    INTEGER NOT NULL,
  attempt  INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  outcome  TEXT    NOT NULL,
  note     TEXT    NOT NULL,
  PRIMARY KEY (target, tenant, message, fence),
  FOREIGN KEY (tenant, target) REFERENCES outbox_lane (tenant, target)
) STRICT, WITHOUT ROWID;

CREATE VIEW outbox_status AS
SELECT m.id, m.event_id, m.tenant, m.target, m.generation, m.fingerprint, m.not_after, m.created_ms,
       CASE WHEN l.running_id = m.id THEN 'running' ELSE m.state END AS state,
       m.outcome, m.changed,
       CASE WHEN COALESCE(l.running_id, l.pending_id) = m.id THEN l.attempts ELSE m.attempts END AS attempts,
       CASE WHEN COALESCE(l.running_id, l.pending_id) = m.id THEN l.claims ELSE m.claims END AS claims,
       CASE WHEN l.pending_id = m.id THEN l.run_at_ms END AS due_ms,
       m.finished_ms, m.reference,
       CASE WHEN COALESCE(l.running_id, l.pending_id) = m.id THEN l.note ELSE m.note END AS note
FROM outbox_message AS m LEFT JOIN outbox_lane AS l ON l.tenant = m.tenant AND l.target = m.target;

-- Checks only: it also runs for a row that ON CONFLICT DO NOTHING then leaves out.
CREATE TRIGGER outbox_message_check BEFORE INSERT ON outbox_message
BEGIN
  SELECT CASE
    WHEN IFNULL(NEW.event_id, '') = '' THEN
      RAISE(ABORT, 'lastmile: event_id is empty; write an id of your own that is the same when you send the event again, such as a UUID')
    WHEN IFNULL(NEW.tenant, '') = '' THEN
      RAISE(ABORT, 'lastmile: tenant is empty; write the tenant of the target as in plugins.toml, or ''default''')
    WHEN IFNULL(NEW.target, '') = '' THEN
      RAISE(ABORT, 'lastmile: target is empty; write the name of a target in plugins.toml')
    WHEN NEW.kind IS NOT 'connector.deploy' THEN
      RAISE(ABORT, 'lastmile: unknown kind; write ''connector.deploy''')
    WHEN NEW.generation IS NOT NULL AND (typeof(NEW.generation) <> 'integer' OR NEW.generation < 1) THEN
      RAISE(ABORT, 'lastmile: generation is not a whole number from 1; write one that grows with each certificate of the target, or leave it out')
    WHEN length(IFNULL(NEW.fingerprint, '')) <> 64 OR NEW.fingerprint GLOB '*[^0-9a-f]*' THEN
      RAISE(ABORT, 'lastmile: fingerprint is not a SHA-256; write the 64 lower-case hex digits of the digest of the leaf certificate''s DER')
    WHEN typeof(NEW.not_after) <> 'integer' OR NEW.not_after < 0 THEN
      RAISE(ABORT, 'lastmile: not_after is not a time; write the end of the certificate in Unix seconds')
    WHEN NEW.state IS NOT 'pending' OR NEW.finished_ms IS NOT NULL OR NEW.outcome IS NOT NULL THEN
      RAISE(ABORT, 'lastmile: state, outcome and finished_ms belong to lastmile; leave them out')
    WHEN typeof(NEW.payload) <> 'text' OR NOT json_valid(NEW.payload) THEN
      RAISE(ABORT, 'lastmile: payload is not JSON text; write {"version":1,"certificate":...,"chain":...,"key":...,"not_after":...}')
  END;
  -- One pass over the payload: a path for each member would parse it as often.
  SELECT CASE
    WHEN version <> 1 THEN
      RAISE(ABORT, 'lastmile: unknown payload version; write {"version":1,...}')
    WHEN certificate <> 1 THEN
      RAISE(ABORT, 'lastmile: payload.certificate is not PEM; write the text that begins with -----BEGIN CERTIFICATE-----')
    WHEN chain <> 1 THEN
      RAISE(ABORT, 'lastmile: payload.chain is missing; write the issuing certificates as PEM text, or ""')
    WHEN sealed <> 1 THEN
      RAISE(ABORT, 'lastmile: payload.key is not sealed; write what `lastmile seal` or `age -a -r RECIPIENT` prints for the private key')
    WHEN not_after <> 1 THEN
      RAISE(ABORT, 'lastmile: payload.not_after differs from not_after; write the same Unix seconds in both')
    WHEN members <> 5 THEN
      RAISE(ABORT, 'lastmile: payload has members that are not known; write version, certificate, chain, key and not_after only, each once')
  END
  FROM (SELECT count(*) AS members,
               total(key = 'version' AND type = 'integer' AND atom = 1) AS version,
               total(key = 'certificate' AND type = 'text' AND instr(atom, '-----BEGIN CERTIFICATE-----') > 0) AS certificate,
               total(key = 'chain' AND type = 'text') AS chain,
               total(key = 'key' AND type = 'text'
                     AND substr(atom, 1, 34) = '-----BEGIN AGE ENCRYPTED FILE-----') AS sealed,
               total(key = 'not_after' AND type = 'integer' AND atom = NEW.not_after) AS not_after
        FROM json_each(NEW.payload));
END;

-- No OR IGNORE and no upsert in here: the caller's own OR REPLACE would take their place.
CREATE TRIGGER outbox_message_arrive AFTER INSERT ON outbox_message
BEGIN
  INSERT INTO outbox_lane (tenant, target)
    SELECT NEW.tenant, NEW.target
    WHERE NOT EXISTS (SELECT 1 FROM outbox_lane WHERE tenant = NEW.tenant AND target = NEW.target);
  UPDATE outbox_message
    SET generation = (SELECT generation + 1 FROM outbox_lane WHERE tenant = NEW.tenant AND target = NEW.target)
    WHERE NEW.generation IS NULL AND id = NEW.id;
  -- Older than what the lane has seen: finished before it began.
  UPDATE outbox_message
    SET state = 'superseded', outcome = 'superseded', finished_ms = created_ms,
        note = 'a newer generation was enqueued before', payload = json_set(payload, '$.key', '')
    WHERE id = NEW.id AND NEW.generation
          < (SELECT generation FROM outbox_lane WHERE tenant = NEW.tenant AND target = NEW.target);
  -- Newer: the one that waits is finished, and one that is dead can no longer be wanted.
  UPDATE outbox_message
    SET state = 'superseded', outcome = 'superseded',
        finished_ms = CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER),
        note = 'message ' || NEW.id || ' brings a newer generation', payload = json_set(payload, '$.key', '')
    WHERE id = (SELECT pending_id FROM outbox_lane WHERE tenant = NEW.tenant AND target = NEW.target
                AND generation <= IFNULL(NEW.generation, generation));
  UPDATE outbox_message SET payload = json_set(payload, '$.key', '')
    WHERE id = (SELECT dead_id FROM outbox_lane WHERE tenant = NEW.tenant AND target = NEW.target
                AND generation <= IFNULL(NEW.generation, generation));
  -- A waiting lane keeps its place in the queue; its attempts begin anew.
  UPDATE outbox_lane
    SET run_at_ms = CASE
          WHEN running_id IS NULL AND pending_id IS NOT NULL
            THEN MIN(run_at_ms, CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER))
          ELSE CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER) END,
        attempts = CASE WHEN running_id IS NULL THEN 0 ELSE attempts END,
        claims = CASE WHEN running_id IS NULL THEN 0 ELSE claims END,
        note = CASE WHEN running_id IS NULL THEN '' ELSE note END,
        generation = IFNULL(NEW.generation, generation + 1), pending_id = NEW.id, dead_id = NULL
    WHERE tenant = NEW.tenant AND target = NEW.target AND generation <= IFNULL(NEW.generation, generation);
END;

CREATE TRIGGER outbox_message_keep BEFORE DELETE ON outbox_message WHEN OLD.state = 'pending'
BEGIN
  SELECT RAISE(ABORT, 'lastmile: the message is not finished; run `lastmile outbox cancel` before you delete it');
END;

CREATE TRIGGER outbox_message_forget AFTER DELETE ON outbox_message
BEGIN
  DELETE FROM outbox_attempt WHERE target = OLD.target AND tenant = OLD.tenant AND message = OLD.id;
  UPDATE outbox_lane SET dead_id = NULL WHERE tenant = OLD.tenant AND target = OLD.target AND dead_id = OLD.id;
END;

PRAGMA user_version = 1;
