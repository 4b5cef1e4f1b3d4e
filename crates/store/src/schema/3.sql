-- Since when an object has been as it is, as far as fetches tell. NULL in rows that no fetch has brought since.
ALTER TABLE object ADD COLUMN changed_at_ms INTEGER;

-- What events told of subscriptions, for good: Stripe itself keeps events for thirty days.
CREATE TABLE subscription_event (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  id TEXT NOT NULL,
  subscription TEXT NOT NULL,
  customer TEXT NOT NULL,
  created_s INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  json TEXT NOT NULL
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
