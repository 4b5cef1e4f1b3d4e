-- How a subscription was found where nothing else told of it, so that what has no date keeps the one it was first seen on.
CREATE TABLE sighting (
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  subscription TEXT NOT NULL,
  customer TEXT NOT NULL,
  seen_at_ms INTEGER NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (account, subscription, seen_at_ms)
) STRICT;
CREATE INDEX sighting_customer ON sighting (account, customer, seen_at_ms);
