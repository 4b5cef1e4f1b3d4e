//! The way from Stripe to HubSpot: import, derive, match, plan, push.
