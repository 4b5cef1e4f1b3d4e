//! Invoices and their lines, in either API shape.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Currency, CustomerId, DiscountId, Fraction, InvoiceId, ItemId, LineId, Note, Period, PriceId,
    ProductId, SubscriptionId,
};

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// Its id.
    pub id: InvoiceId,
    /// Who is billed, when the data says it.
    pub customer: Option<CustomerId>,
    /// The subscription it bills, if any.
    pub subscription: Option<SubscriptionId>,
    /// Whether it stands.
    pub status: InvoiceStatus,
    /// Whether it opens its subscription and is charged automatically: Stripe keeps such a subscription incomplete until it
    /// is paid.
    pub is_first_charge: bool,
    /// In which currency.
    pub currency: Currency,
    /// When it was made.
    pub created: Timestamp,
    /// When it was finalized, if it was.
    pub finalized_at: Option<Timestamp>,
    /// When it was paid, if it was.
    pub paid_at: Option<Timestamp>,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// What decoding had to assume or leave out.
    pub notes: Vec<Note>,
}

/// Whether an invoice stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// Not sent yet.
    Draft,
    /// Sent and not paid.
    Open,
    /// Paid.
    Paid,
    /// Given up, but owed.
    Uncollectible,
    /// Taken back.
    Void,
    /// A word of Stripe's that ClearSync does not know.
    Unknown(String),
}

impl From<&str> for InvoiceStatus {
    fn from(word: &str) -> Self {
        match word {
            "draft" => Self::Draft,
            "open" => Self::Open,
            "paid" => Self::Paid,
            "uncollectible" => Self::Uncollectible,
            "void" => Self::Void,
            unknown => Self::Unknown(unknown.to_owned()),
        }
    }
}

/// One line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// Its id.
    pub id: LineId,
    /// The subscription it belongs to, if any.
    pub subscription: Option<SubscriptionId>,
    /// The subscription item it bills; `None` for one-time charges.
    pub item: Option<ItemId>,
    /// The price it bills.
    pub price: Option<PriceId>,
    /// What was sold.
    pub product: Option<ProductId>,
    /// How many.
    pub quantity: Option<u64>,
    /// Minor units before discounts; below zero for credits. Holds tax when the price includes it.
    pub amount: Fraction,
    /// Minor units of one unit, when the line says it.
    pub unit_amount: Option<Fraction>,
    /// What each discount took off, in minor units.
    pub discounts: Vec<LineDiscount>,
    /// Tax that is part of `amount`, in minor units.
    pub inclusive_tax: Fraction,
    /// The service period.
    pub period: Period,
    /// Whether it corrects a change within a period.
    pub proration: bool,
}

impl InvoiceLine {
    /// Minor units after discounts and without tax.
    #[must_use]
    pub fn net(&self) -> Fraction {
        let off: Fraction = self.discounts.iter().map(|discount| &discount.amount).sum();
        &(&self.amount - &off) - &self.inclusive_tax
    }
}

/// What one discount took off one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineDiscount {
    /// The discount.
    pub discount: DiscountId,
    /// Minor units.
    pub amount: Fraction,
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn net_is_without_discounts_and_tax() {
        let line = InvoiceLine {
            id: "il_1".into(),
            subscription: None,
            item: None,
            price: None,
            product: None,
            quantity: None,
            amount: Fraction::from(1000),
            unit_amount: None,
            discounts: vec![LineDiscount {
                discount: "di_1".into(),
                amount: Fraction::from(100),
            }],
            inclusive_tax: Fraction::from(50),
            period: Period {
                start: Timestamp::MIN,
                end: Timestamp::MAX,
            },
            proration: false,
        };
        // 1000 − 100 − 50.
        assert_eq!(line.net(), Fraction::from(850));
    }
}
