//! Currencies and amounts.

use std::{cmp::Ordering, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::fraction::{Fraction, decimal};

/// A currency by its three-letter ISO code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Currency([u8; 3]);

/// Why a text is no currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a currency code has three letters")]
pub struct NotACurrency;

impl Currency {
    /// The US dollar.
    pub const USD: Self = Self(*b"usd");

    /// The code as Stripe writes it, in lower case.
    #[must_use]
    pub fn code(&self) -> String {
        self.0.iter().copied().map(char::from).collect()
    }

    /// How many decimals Stripe's integer amounts carry: 0, 2 or 3.
    ///
    /// Stripe documents the zero-decimal and the three-decimal currencies, and that ISK and UGX are written with two
    /// decimals although they have none (<https://docs.stripe.com/currencies>).
    #[must_use]
    pub fn exponent(self) -> u32 {
        match &self.0 {
            b"bif" | b"clp" | b"djf" | b"gnf" | b"jpy" | b"kmf" | b"krw" | b"mga" | b"pyg"
            | b"rwf" | b"vnd" | b"vuv" | b"xaf" | b"xof" | b"xpf" => 0,
            b"bhd" | b"jod" | b"kwd" | b"omr" | b"tnd" => 3,
            _ => 2,
        }
    }

    /// The smallest step of real money in Stripe's minor units: 100 for ISK and UGX, whose two decimals are always
    /// zero, else 1.
    #[must_use]
    pub fn step(self) -> i64 {
        match &self.0 {
            b"isk" | b"ugx" => 100,
            _ => 1,
        }
    }

    /// The step in which Stripe bills: [`Self::step`], but 10 for three-decimal currencies, as Stripe documents.
    pub(crate) fn billed_step(self) -> i64 {
        if self.exponent() == 3 {
            10
        } else {
            self.step()
        }
    }

    fn shown_decimals(self) -> u32 {
        if self.step() == 1 { self.exponent() } else { 0 }
    }
}

impl FromStr for Currency {
    type Err = NotACurrency;

    fn from_str(code: &str) -> Result<Self, NotACurrency> {
        let letters: [u8; 3] = code.as_bytes().try_into().map_err(|_| NotACurrency)?;
        if letters.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(letters.map(|letter| letter.to_ascii_lowercase())))
        } else {
            Err(NotACurrency)
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = NotACurrency;

    fn try_from(code: String) -> Result<Self, NotACurrency> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code().to_ascii_uppercase())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An exact amount, in fractions of the currency's minor unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Amount {
    /// The exact number of minor units.
    pub minor: Fraction,
    /// Of which currency.
    pub currency: Currency,
}

impl Amount {
    /// `minor` units of `currency`.
    #[must_use]
    pub fn new(minor: Fraction, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing of `currency`.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self::new(Fraction::zero(), currency)
    }

    /// The nearest amount that can be paid: the one place where a figure is rounded, half-even.
    #[must_use]
    pub fn round(&self) -> Money {
        let step = self.currency.step();
        let steps = self.minor.checked_div(&Fraction::from(step));
        Money {
            amount_minor: steps
                .unwrap_or_default()
                .round_half_even()
                .saturating_mul(step),
            currency: self.currency,
        }
    }
}

/// A rounded amount in whole minor units, as it is shown and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Whole minor units: cents of a dollar, whole yen, fils of a Kuwaiti dinar.
    pub amount_minor: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl Money {
    /// The number in major units without the currency, such as `12.50`, `1250` (JPY) or `12.500` (KWD).
    #[must_use]
    pub fn to_decimal(&self) -> String {
        let shown = self.currency.shown_decimals();
        let hidden = self.currency.exponent() - shown;
        decimal(self.amount_minor / 10_i64.pow(hidden), shown)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal(), self.currency)
    }
}

impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.amount_minor.cmp(&other.amount_minor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn every_exponent_is_written_with_its_decimals() {
        let cases = [
            ("usd", "1250", "12.50 USD"),
            ("jpy", "1250", "1250 JPY"),
            ("kwd", "12500", "12.500 KWD"),
            ("isk", "125000", "1250 ISK"),
            ("ugx", "125000", "1250 UGX"),
            ("eur", "-5", "-0.05 EUR"),
            ("huf", "125000", "1250.00 HUF"),
        ];
        for (code, minor, text) in cases {
            let amount = Amount::new(minor.parse().unwrap(), currency(code));
            assert_eq!(amount.round().to_string(), text);
        }
    }

    #[test]
    fn a_currency_without_cents_is_rounded_to_whole_units() {
        // 1000 ISK a year: 100000 / 12 = 8333.33 hundredths, nearest whole króna 83.
        let amount = Amount::new("100000/12".parse().unwrap(), currency("isk"));
        assert_eq!(amount.round().amount_minor, 8300);
    }

    #[test]
    fn codes_are_read_in_any_case_and_nothing_else() {
        assert_eq!(currency("USD"), currency("usd"));
        for text in ["", "us", "usdt", "u$d", "€"] {
            assert_eq!(text.parse::<Currency>(), Err(NotACurrency), "{text}");
        }
    }

    #[test]
    fn amounts_of_one_currency_have_an_order() {
        let [one, two] = [1, 2].map(|amount_minor| Money {
            amount_minor,
            currency: Currency::USD,
        });
        assert!(one < two);
        assert_eq!(format!("{:?}", one.currency), "USD");
    }

    #[test]
    fn amounts_of_two_currencies_have_no_order() {
        let one = Money {
            amount_minor: 1,
            currency: currency("usd"),
        };
        let two = Money {
            amount_minor: 2,
            currency: currency("eur"),
        };
        assert_eq!(one.partial_cmp(&two), None);
    }
}
