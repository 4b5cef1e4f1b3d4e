//! Subscriptions and invoices to MRR, exactly and explained.
//!
//! Everything here is pure: no network, no clock, no environment; time comes in as an argument. Amounts are exact
//! [`Fraction`]s of the currency's minor unit and are rounded once, half-even, when they become [`Money`].
//!
//! The way of the data: [`Subscription`] and [`Invoice`] describe what Stripe says. A [`Catalog`] completes them with
//! prices and coupons. [`mrr`] turns a subscription into a [`Figure`] under a [`Policy`].

mod bridge;
mod catalog;
mod discount;
mod exchange;
mod explain;
mod figure;
mod fraction;
mod history;
mod ids;
mod interval;
mod invoice;
pub mod metrics;
mod money;
mod monthly;
mod movement;
mod mrr;
mod note;
mod policy;
mod price;
mod reconcile;
mod subscription;
mod timeline;

pub use bridge::{Bridge, BridgeSpan, Cause, bridges};
pub use catalog::Catalog;
pub use discount::{Coupon, Discount, Duration, Reduction};
pub use exchange::{ExchangeRates, ReportedChange, reported_change};
pub use explain::ExplainedRow;
pub use figure::{
    Base, Derivation, DiscountLevel, DiscountStep, Figure, ItemStep, Standing, TierStep,
};
pub use fraction::{Fraction, NotANumber};
pub use history::{Change, ChangeKind, History, Origin, Sighting, State};
pub use ids::{
    CouponId, CustomerId, DiscountId, EventId, InvoiceId, ItemId, LineId, PriceId, ProductId,
    SubscriptionId,
};
pub use interval::{Interval, IntervalUnit, Period};
pub use invoice::{Invoice, InvoiceLine, InvoiceStatus, LineDiscount};
pub use money::{Amount, Currency, Money, NotACurrency};
pub use monthly::{Month, MonthlyMrr, MonthlyRow, NotATable, monthly_mrr};
pub use movement::{ChangeType, Movement, MovementKind, Side, movements};
pub use mrr::mrr;
pub use note::Note;
pub use policy::{
    CancellationRule, DiscountRule, ExchangeRule, Factors, FirstInvoiceRule, Grain, MeteredRule,
    PauseRule, Policy, ReturningRule, ToZeroRule,
};
pub use price::{
    PackageRounding, Price, Recurring, Scheme, TaxBehavior, Tier, TransformQuantity, Usage,
};
pub use reconcile::{Difference, Finding, reconcile};
pub use subscription::{
    FirstPayment, InclusiveTax, PauseCollection, Status, Subscription, SubscriptionItem,
    UsageCharge,
};
pub use timeline::{Announcement, Segment, Timeline};
