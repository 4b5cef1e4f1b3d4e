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
