//! What one unit costs, and how often.

use std::{collections::BTreeMap, num::NonZeroU64};

use serde::{Deserialize, Serialize};

use crate::{Currency, Fraction, Interval, PriceId, ProductId};

/// A price, or a plan of the older API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Its id.
    pub id: PriceId,
    /// What is sold.
    pub product: Option<ProductId>,
    /// The name the account's owner gave it.
    pub nickname: Option<String>,
    /// The price's main currency.
    pub currency: Currency,
    /// How often it is billed; `None` for a one-time price.
    pub recurring: Option<Recurring>,
    /// What a quantity costs in the main currency.
    pub scheme: Scheme,
    /// What a quantity costs in further currencies (`currency_options`).
    pub currency_options: BTreeMap<Currency, Scheme>,
    /// How the quantity is turned into billed packages.
    pub transform_quantity: Option<TransformQuantity>,
    /// Whether the amount holds tax already.
    pub tax_behavior: TaxBehavior,
}

impl Price {
    /// What a quantity costs in `currency`, if the price is sold in it.
    #[must_use]
    pub fn scheme_in(&self, currency: Currency) -> Option<&Scheme> {
        if currency == self.currency {
            Some(&self.scheme)
        } else {
            self.currency_options.get(&currency)
        }
    }

    /// Whether it is billed by measured usage.
    #[must_use]
    pub fn is_metered(&self) -> bool {
        self.recurring
            .is_some_and(|recurring| recurring.usage == Usage::Metered)
    }
}

/// How often a price is billed and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurring {
    /// The billing interval.
    pub interval: Interval,
    /// Whether the quantity is agreed or measured.
    pub usage: Usage,
}

/// Whether the quantity is agreed or measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Usage {
    /// The quantity stands on the subscription item.
    Licensed,
    /// The quantity is measured during the period and billed after it.
    Metered,
}

/// How a quantity becomes an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Each unit costs this many minor units, which may be a fraction of one (`unit_amount_decimal`).
    PerUnit(Fraction),
    /// Each unit costs what the tier it falls into says.
    Graduated(Vec<Tier>),
    /// All units cost what the tier the whole quantity falls into says.
    Volume(Vec<Tier>),
    /// The amount is not in the data, for example tiers that were not expanded.
    Unknown,
}

/// One step of a tiered price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// The last quantity in the tier; `None` for the last tier.
    pub up_to: Option<u64>,
    /// Minor units per unit.
    pub unit: Fraction,
    /// Minor units once, when the tier is used.
    pub flat: Fraction,
}

/// Packages: the quantity is divided, and rounded to whole packages, before it is multiplied by the unit amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransformQuantity {
    /// How many units make one package.
    pub divide_by: NonZeroU64,
    /// What happens to a package begun.
    pub round: PackageRounding,
}

impl TransformQuantity {
    /// How many packages are billed for `quantity`.
    #[must_use]
    pub fn packages(self, quantity: u64) -> u64 {
        match self.round {
            PackageRounding::Up => quantity.div_ceil(self.divide_by.get()),
            PackageRounding::Down => quantity / self.divide_by,
        }
    }
}

/// What happens to a package begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackageRounding {
    /// It is billed whole.
    Up,
    /// It is not billed.
    Down,
}

/// Whether a price's amount holds tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxBehavior {
    /// Tax comes on top.
    Exclusive,
    /// Tax is in the amount.
    Inclusive,
    /// Not said: decided by the tax rates, or by the account's default.
    #[default]
    Unspecified,
}
