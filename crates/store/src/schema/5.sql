-- What Stripe answered is packed from here on. A column's type stays what it was made with, so its tables are made anew.

CREATE TABLE object_packed (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  customer TEXT,
  subscription TEXT,
  created_s INTEGER,
  api_version TEXT NOT NULL,
  fetched_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER,
  deleted_at_ms INTEGER,
  revision INTEGER NOT NULL,
  json BLOB NOT NULL
) STRICT;
INSERT INTO object_packed
  SELECT account, kind, id, customer, subscription, created_s, api_version, fetched_at_ms, changed_at_ms, deleted_at_ms,
    revision, packed(json)
  FROM object ORDER BY rowid;
DROP TABLE object;
ALTER TABLE object_packed RENAME TO object;
CREATE UNIQUE INDEX object_identity ON object (account, kind, id);
CREATE INDEX object_revision ON object (account, revision);
CREATE INDEX object_customer ON object (account, customer, kind) WHERE customer IS NOT NULL;
CREATE INDEX object_subscription ON object (account, subscription, kind) WHERE subscription IS NOT NULL;

CREATE TABLE subscription_event_packed (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  id TEXT NOT NULL,
  subscription TEXT NOT NULL,
  customer TEXT NOT NULL,
  created_s INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  json BLOB NOT NULL
) STRICT;
INSERT INTO subscription_event_packed
  SELECT account, id, subscription, customer, created_s, revision, packed(json) FROM subscription_event ORDER BY rowid;
DROP TABLE subscription_event;
ALTER TABLE subscription_event_packed RENAME TO subscription_event;
CREATE UNIQUE INDEX subscription_event_identity ON subscription_event (account, id);
CREATE INDEX subscription_event_customer ON subscription_event (account, customer, created_s, id);
CREATE INDEX subscription_event_revision ON subscription_event (account, revision);

CREATE TABLE sighting_packed (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  subscription TEXT NOT NULL,
  customer TEXT NOT NULL,
  seen_at_ms INTEGER NOT NULL,
  json BLOB NOT NULL,
  PRIMARY KEY (account, subscription, seen_at_ms)
) STRICT;
INSERT INTO sighting_packed SELECT account, subscription, customer, seen_at_ms, packed(json) FROM sighting ORDER BY rowid;
DROP TABLE sighting;
ALTER TABLE sighting_packed RENAME TO sighting;
CREATE INDEX sighting_customer ON sighting (account, customer, seen_at_ms);
