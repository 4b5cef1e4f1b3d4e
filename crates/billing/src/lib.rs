//! Subscriptions and invoices to MRR, exactly and explained.
