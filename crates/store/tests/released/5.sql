-- Times: names that end in _ms are milliseconds since 1970 (UTC), _s are seconds.
-- Every row below an account goes with it when the account is forgotten.

CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stripe_account TEXT,
  mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  name TEXT,
  country TEXT,
  currency TEXT,
  portal INTEGER,
  added_at_ms INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,
  derived_revision INTEGER NOT NULL DEFAULT 0,
  fetch_clock_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX account_identity ON account (stripe_account, mode) WHERE stripe_account IS NOT NULL;

-- scope is an account's id, or 0 for the whole app.
CREATE TABLE setting (
  scope INTEGER NOT NULL,
  name TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER setting_of_forgotten_account AFTER DELETE ON account
BEGIN
  DELETE FROM setting WHERE scope = OLD.id;
END;

CREATE TABLE "object" (
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
CREATE UNIQUE INDEX object_identity ON object (account, kind, id);
CREATE INDEX object_revision ON object (account, revision);
CREATE INDEX object_customer ON object (account, customer, kind) WHERE customer IS NOT NULL;
CREATE INDEX object_subscription ON object (account, subscription, kind) WHERE subscription IS NOT NULL;

CREATE TABLE import_cursor (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  list TEXT NOT NULL,
  shard INTEGER NOT NULL,
  created_from_s INTEGER,
  created_before_s INTEGER,
  after_id TEXT,
  read_count INTEGER NOT NULL,
  done INTEGER NOT NULL CHECK (done IN (0, 1)),
  PRIMARY KEY (account, list, shard)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed (
  account INTEGER PRIMARY KEY REFERENCES account ON DELETE CASCADE,
  cursor_s INTEGER NOT NULL,
  import_started_ms INTEGER NOT NULL,
  import_done_ms INTEGER,
  read_at_ms INTEGER
) STRICT;

CREATE TABLE event_seen (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  id TEXT NOT NULL,
  created_s INTEGER NOT NULL,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE figure (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  subscription TEXT NOT NULL,
  customer TEXT NOT NULL,
  currency TEXT NOT NULL,
  exact TEXT NOT NULL,
  rounded_minor INTEGER NOT NULL,
  status TEXT NOT NULL,
  explanation TEXT NOT NULL,
  notes TEXT NOT NULL,
  facts TEXT NOT NULL,
  revision INTEGER NOT NULL,
  due_at_ms INTEGER,
  PRIMARY KEY (account, subscription)
) STRICT;
CREATE INDEX figure_customer ON figure (account, customer);
CREATE INDEX figure_due ON figure (account, due_at_ms) WHERE due_at_ms IS NOT NULL;

CREATE TABLE rollup (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  grain TEXT NOT NULL CHECK (grain IN ('customer', 'company')),
  id TEXT NOT NULL,
  company TEXT,
  facts TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (account, grain, id)
) STRICT;
CREATE INDEX rollup_company ON rollup (account, company) WHERE company IS NOT NULL;

CREATE TABLE link (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  portal INTEGER NOT NULL,
  object TEXT NOT NULL,
  subject TEXT NOT NULL,
  record TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at_ms INTEGER NOT NULL,
  PRIMARY KEY (account, portal, object, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_record ON link (account, portal, object, record);

CREATE TABLE written (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  portal INTEGER NOT NULL,
  object TEXT NOT NULL,
  subject TEXT NOT NULL,
  properties TEXT NOT NULL,
  written_at_ms INTEGER NOT NULL,
  PRIMARY KEY (account, portal, object, subject)
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  kind TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  outcome TEXT,
  counts TEXT NOT NULL
) STRICT;
CREATE INDEX run_recent ON run (account, started_at_ms);

CREATE TABLE plan (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  portal INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  made_at_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('shown', 'approved', 'done', 'dropped')),
  counts TEXT NOT NULL
) STRICT;

CREATE TABLE plan_row (
  plan INTEGER NOT NULL REFERENCES plan ON DELETE CASCADE,
  number INTEGER NOT NULL,
  object TEXT NOT NULL,
  subject TEXT NOT NULL,
  action TEXT NOT NULL,
  label TEXT NOT NULL,
  details TEXT NOT NULL,
  PRIMARY KEY (plan, number)
) STRICT;
CREATE INDEX plan_row_action ON plan_row (plan, action, number);

CREATE TABLE journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  portal INTEGER NOT NULL,
  run INTEGER REFERENCES run ON DELETE SET NULL,
  plan INTEGER,
  plan_row INTEGER,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  subject TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  write_key TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'done', 'failed')),
  receipt TEXT,
  noted_at_ms INTEGER NOT NULL,
  settled_at_ms INTEGER
) STRICT;
CREATE INDEX journal_open ON journal (account, portal, id) WHERE state IN ('pending', 'sent');
CREATE INDEX journal_run ON journal (run, id);
CREATE INDEX journal_subject ON journal (account, portal, object, subject, id);

CREATE TABLE attention (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  area TEXT NOT NULL,
  subject TEXT NOT NULL,
  code TEXT NOT NULL,
  params TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (account, area, subject, code)
) STRICT, WITHOUT ROWID;

-- A plan either brings the portal to what Stripe says, or takes back what was written.
ALTER TABLE plan ADD COLUMN purpose TEXT NOT NULL DEFAULT 'sync' CHECK (purpose IN ('sync', 'undo'));

-- Records that a plan may not write before the user says so.
CREATE TABLE hold (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  portal INTEGER NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('sync', 'undo')),
  object TEXT NOT NULL,
  subject TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (account, portal, purpose, object, subject)
) STRICT, WITHOUT ROWID;

-- The user's word on which record stands for a customer or company.
CREATE TABLE decision (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  portal INTEGER NOT NULL,
  object TEXT NOT NULL,
  subject TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('link', 'create', 'leave_out')),
  record TEXT,
  label TEXT NOT NULL,
  decided_at_ms INTEGER NOT NULL,
  PRIMARY KEY (account, portal, object, subject),
  CHECK ((verdict = 'link') = (record IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Records that HubSpot holds otherwise than they were last written.
CREATE TABLE drift (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  portal INTEGER NOT NULL,
  object TEXT NOT NULL,
  subject TEXT NOT NULL,
  record TEXT NOT NULL,
  finding TEXT NOT NULL CHECK (finding IN ('changed', 'merged', 'gone')),
  differences TEXT NOT NULL,
  seen_at_ms INTEGER NOT NULL,
  PRIMARY KEY (account, portal, object, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX journal_plan ON journal (plan, id) WHERE plan IS NOT NULL;

-- What a file of this version may hold.
INSERT INTO account VALUES (1, 'acct_1', 'live', 'Acme', 'US', 'usd', 77, 1700000000000, 2, 1, 1700000000000);
INSERT INTO setting VALUES (0, 'interval_s', '300'), (1, 'policy', '"clearsync"');
-- Packed: {"id":"cus_1"}, {"id":"sub_1"}.
INSERT INTO object VALUES
  (1, 'customer', 'cus_1', NULL, NULL, 1690000000, '2026-05-27.dahlia', 1700000000000, NULL, NULL, 1,
    x'28b52ffd23d80ec8730e7100007b226964223a226375735f31227d'),
  (1, 'subscription', 'sub_1', 'cus_1', NULL, 1690000000, '2026-05-27.dahlia', 1700000000000, NULL, 1700000001000, 2,
    x'28b52ffd23d80ec8730e7100007b226964223a227375625f31227d');
INSERT INTO import_cursor VALUES (1, 'customers', 0, 0, 1700000000, 'cus_1', 1, 1);
INSERT INTO feed VALUES (1, 1700000000, 1700000000000, 1700000060000, 1700000100000);
INSERT INTO event_seen VALUES (1, 'evt_1', 1700000050);
INSERT INTO figure VALUES (1, 'sub_1', 'cus_1', 'usd', '10000/3', 3333, 'active', '{}', '[]', '{}', 1, 1800000000000);
INSERT INTO rollup VALUES (1, 'customer', 'cus_1', 'acme.com', '{}', 1), (1, 'company', 'acme.com', NULL, '{}', 1);
INSERT INTO link VALUES (1, 77, 'contacts', 'cus_1', '501', 'email', 1700000000000);
INSERT INTO written VALUES (1, 77, 'contacts', 'cus_1', '{"clearsync_mrr":"33.33"}', 1700000000000);
INSERT INTO run VALUES (1, 1, 'push', 1700000000000, 1700000001000, 'done', '{"created":1}');
INSERT INTO plan VALUES (1, 1, 77, 1, 1700000000000, 'done', '{"create":1}', 'sync');
INSERT INTO plan_row VALUES (1, 0, 'contacts', 'cus_1', 'create', 'jane@acme.com', '{}');
INSERT INTO journal VALUES (1, 1, 77, 1, 1, 0, 'create', 'contacts', 'cus_1', 'null', '{}', 'key-1', 'done', '{"record":"501"}', 1700000000000, 1700000001000);
INSERT INTO attention VALUES (1, 'derive', 'sub_1', 'tiers_missing', '{}', 1700000000000);
INSERT INTO plan VALUES (2, 1, 77, 1, 1700000000000, 'shown', '{"archive":1}', 'undo');
INSERT INTO hold VALUES (1, 77, 'sync', 'contacts', 'cus_1', 1700000000000);
INSERT INTO decision VALUES (1, 77, 'companies', 'acme.com', 'link', '601', 'acme.com', 1700000000000);
INSERT INTO drift VALUES (1, 77, 'contacts', 'cus_1', '501', 'changed', '{"clearsync_mrr":["33.33","44.00"]}', 1700000000000);

-- What events told of subscriptions, for good: Stripe itself keeps events for thirty days.
CREATE TABLE "subscription_event" (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  id TEXT NOT NULL,
  subscription TEXT NOT NULL,
  customer TEXT NOT NULL,
  created_s INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  json BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX subscription_event_identity ON subscription_event (account, id);
CREATE INDEX subscription_event_customer ON subscription_event (account, customer, created_s, id);
CREATE INDEX subscription_event_revision ON subscription_event (account, revision);

-- One subscription's MRR over time: steps from one amount to the next, and how the subscription stands at their end.
CREATE TABLE life (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  subscription TEXT NOT NULL,
  customer TEXT NOT NULL,
  currency TEXT NOT NULL,
  steps TEXT NOT NULL,
  present TEXT NOT NULL,
  PRIMARY KEY (account, subscription)
) STRICT;
CREATE INDEX life_customer ON life (account, customer);

-- owner is the customer, or the company where movements are told by company; number puts its movements in order.
-- Amounts are exact fractions of the minor unit, n or n/d.
CREATE TABLE movement (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  owner TEXT NOT NULL,
  number INTEGER NOT NULL,
  subscription TEXT NOT NULL,
  customer TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  change_type TEXT NOT NULL,
  currency TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  change TEXT NOT NULL,
  effective_ms INTEGER,
  origin TEXT NOT NULL,
  origin_id TEXT,
  exact INTEGER NOT NULL CHECK (exact IN (0, 1)),
  sides TEXT NOT NULL,
  PRIMARY KEY (account, owner, number)
) STRICT;
CREATE INDEX movement_at ON movement (account, at_ms);
CREATE INDEX movement_subscription ON movement (account, subscription, at_ms);

INSERT INTO subscription_event VALUES (1, 'evt_1', 'sub_1', 'cus_1', 1700000050, 2, x'28b52ffd23d80ec8730e7100007b226964223a226576745f31227d');
INSERT INTO life VALUES (1, 'sub_1', 'cus_1', 'usd', '[]', '{}');
INSERT INTO movement VALUES (1, 'cus_1', 0, 'sub_1', 'cus_1', 1690000000000, 'new', 'plan', 'usd', '0', '10000/3', '10000/3', NULL, 'event', 'evt_1', 1, '{}');

-- How a subscription was found where nothing else told of it, so that what has no date keeps the one it was first seen on.
CREATE TABLE "sighting" (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  subscription TEXT NOT NULL,
  customer TEXT NOT NULL,
  seen_at_ms INTEGER NOT NULL,
  json BLOB NOT NULL,
  PRIMARY KEY (account, subscription, seen_at_ms)
) STRICT;
CREATE INDEX sighting_customer ON sighting (account, customer, seen_at_ms);

INSERT INTO sighting VALUES (1, 'sub_1', 'cus_1', 1700000060000, x'28b52ffd23d80ec8730e7100007b226964223a227375625f31227d');
PRAGMA user_version = 5;
