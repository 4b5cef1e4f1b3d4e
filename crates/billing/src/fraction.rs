//! Exact fractions.

use std::{
    fmt,
    iter::Sum,
    num::NonZeroU32,
    ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign},
    str::FromStr,
};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An exact number without bounds: nothing is rounded and nothing overflows.
///
/// Amounts are fractions of the currency's minor unit until they reach the edge, where [`Fraction::round_half_even`]
/// turns them into whole units once. As text it reads `7`, `-7` or `7/3`, and is serialised so.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fraction(BigRational);

/// Why a text is not a number ClearSync can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number")]
pub struct NotANumber;

/// No number Stripe sends is longer. The bound keeps a hostile text from becoming a huge number.
const LONGEST_TEXT: usize = 64;
const LARGEST_EXPONENT: u32 = 40;

impl Fraction {
    /// Nothing.
    #[must_use]
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// One.
    #[must_use]
    pub fn one() -> Self {
        Self(BigRational::one())
    }

    /// `numerator / denominator`.
    #[must_use]
    pub fn ratio(numerator: i64, denominator: NonZeroU32) -> Self {
        Self(BigRational::new(
            numerator.into(),
            BigInt::from(denominator.get()),
        ))
    }

    /// Reads a decimal such as `12`, `-0.25` or `1.5e-3`, as Stripe writes `unit_amount_decimal` and percentages.
    ///
    /// # Errors
    /// [`NotANumber`] for anything else, and for numbers of more than 64 characters.
    pub fn from_decimal(text: &str) -> Result<Self, NotANumber> {
        if text.len() > LONGEST_TEXT {
            return Err(NotANumber);
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            None => (text, 0),
            Some((mantissa, exponent)) => (mantissa, exponent.parse().map_err(|_| NotANumber)?),
        };
        let (sign, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let all = [whole, decimals].concat();
        if !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotANumber);
        }
        let digits: BigInt = all.parse().map_err(|_| NotANumber)?;
        let places = i32::try_from(decimals.len()).map_err(|_| NotANumber)?;
        let number = BigRational::from_integer(digits * sign);
        Ok(Self(number * power_of_ten(exponent, places)?))
    }

    /// Whether this is nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether this is more than nothing.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    /// Whether this is less than nothing.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// Whether no part is left after the point.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.0.is_integer()
    }

    /// The distance from nothing.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self(self.0.abs())
    }

    /// The quotient, or nothing to tell when `divisor` is zero.
    #[must_use]
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        (!divisor.is_zero()).then(|| Self(&self.0 / &divisor.0))
    }

    /// Numerator and denominator as text, lowest terms, denominator positive.
    #[must_use]
    pub fn parts(&self) -> (String, String) {
        (self.0.numer().to_string(), self.0.denom().to_string())
    }

    /// The nearest whole number; a half goes to the even neighbour. Beyond `i64` the nearest `i64`.
    #[must_use]
    pub fn round_half_even(&self) -> i64 {
        let whole = self.0.floor();
        let rest = Self(&self.0 - &whole);
        let half = Self(BigRational::new(1.into(), 2.into()));
        let whole = whole.to_integer();
        let is_odd = whole.bit(0);
        let up = rest > half || (rest == half && is_odd);
        let rounded = if up { whole + 1 } else { whole };
        let limit = if rounded.is_negative() {
            i64::MIN
        } else {
            i64::MAX
        };
        rounded.to_i64().unwrap_or(limit)
    }

    /// Rounded half-even to `places` decimals and written out, such as `33.33`.
    #[must_use]
    pub fn to_decimal(&self, places: u32) -> String {
        let scaled = Self(&self.0 * BigRational::from_integer(BigInt::from(10).pow(places)));
        decimal(scaled.round_half_even(), places)
    }
}

/// `digits` with a point before the last `places`.
pub(crate) fn decimal(digits: i64, places: u32) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let places = places as usize;
    let text = format!("{:0>width$}", digits.unsigned_abs(), width = places + 1);
    let (whole, rest) = text.split_at(text.len() - places);
    if places == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest}")
    }
}

fn power_of_ten(exponent: i32, places: i32) -> Result<BigRational, NotANumber> {
    let shift = exponent.checked_sub(places).ok_or(NotANumber)?;
    let size = shift.unsigned_abs();
    if exponent.unsigned_abs() > LARGEST_EXPONENT {
        return Err(NotANumber);
    }
    let power = BigRational::from_integer(BigInt::from(10).pow(size));
    Ok(if shift < 0 { power.recip() } else { power })
}

impl Default for Fraction {
    fn default() -> Self {
        Self::zero()
    }
}

impl From<i64> for Fraction {
    fn from(whole: i64) -> Self {
        Self(BigRational::from_integer(whole.into()))
    }
}

impl From<u64> for Fraction {
    fn from(whole: u64) -> Self {
        Self(BigRational::from_integer(whole.into()))
    }
}

impl From<u32> for Fraction {
    fn from(whole: u32) -> Self {
        Self(BigRational::from_integer(whole.into()))
    }
}

impl From<i32> for Fraction {
    fn from(whole: i32) -> Self {
        Self(BigRational::from_integer(whole.into()))
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident) => {
        impl $trait<&Fraction> for &Fraction {
            type Output = Fraction;
            fn $method(self, other: &Fraction) -> Fraction {
                Fraction((&self.0).$method(&other.0))
            }
        }
        impl $trait for Fraction {
            type Output = Fraction;
            fn $method(self, other: Fraction) -> Fraction {
                Fraction(self.0.$method(other.0))
            }
        }
        impl $trait<&Fraction> for Fraction {
            type Output = Fraction;
            fn $method(self, other: &Fraction) -> Fraction {
                Fraction(self.0.$method(&other.0))
            }
        }
    };
}

operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);

impl Neg for Fraction {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign<&Self> for Fraction {
    fn add_assign(&mut self, other: &Self) {
        self.0 += &other.0;
    }
}

impl SubAssign<&Self> for Fraction {
    fn sub_assign(&mut self, other: &Self) {
        self.0 -= &other.0;
    }
}

impl Sum for Fraction {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::zero(), Add::add)
    }
}

impl<'a> Sum<&'a Self> for Fraction {
    fn sum<I: Iterator<Item = &'a Self>>(all: I) -> Self {
        all.fold(Self::zero(), |sum, one| sum + one)
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Fraction {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let ratio: BigRational = text.parse().map_err(|_| NotANumber)?;
        Ok(Self(ratio))
    }
}

impl Serialize for Fraction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fraction(text: &str) -> Fraction {
        text.parse().unwrap()
    }

    #[test]
    fn a_half_goes_to_the_even_neighbour() {
        let cases = [
            ("1/2", 0),
            ("3/2", 2),
            ("5/2", 2),
            ("-1/2", 0),
            ("-3/2", -2),
            ("-5/2", -2),
            ("7/3", 2),
            ("8/3", 3),
            ("-7/3", -2),
            ("-8/3", -3),
            ("4", 4),
        ];
        for (exact, rounded) in cases {
            assert_eq!(fraction(exact).round_half_even(), rounded, "{exact}");
        }
    }

    #[test]
    fn rounding_beyond_i64_stops_at_its_ends() {
        assert_eq!(fraction("99999999999999999999").round_half_even(), i64::MAX);
        assert_eq!(
            fraction("-99999999999999999999").round_half_even(),
            i64::MIN
        );
    }

    #[test]
    fn decimals_are_read_exactly() {
        let cases = [
            ("12", "12"),
            ("12.50", "25/2"),
            ("-0.25", "-1/4"),
            ("+3", "3"),
            (".5", "1/2"),
            ("1.5e-3", "3/2000"),
            ("2E3", "2000"),
            ("0.000000000001", "1/1000000000000"),
        ];
        for (text, exact) in cases {
            assert_eq!(Fraction::from_decimal(text), Ok(fraction(exact)), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        let long = "1".repeat(65);
        for text in [
            "", ".", "-", "1.2.3", "NaN", "inf", "1e99", "1e", "٣", "1 000", &long,
        ] {
            assert_eq!(Fraction::from_decimal(text), Err(NotANumber), "{text}");
        }
    }

    #[test]
    fn numbers_as_long_and_as_large_as_stripe_may_send_are_read() {
        let longest = "1".repeat(64);
        assert_eq!(Fraction::from_decimal(&longest), Ok(fraction(&longest)));
        let largest = format!("1{}", "0".repeat(40));
        assert_eq!(Fraction::from_decimal("1e40"), Ok(fraction(&largest)));
        assert_eq!(Fraction::from_decimal("1e41"), Err(NotANumber));
        let least = Ok(fraction(&format!("1/{largest}")));
        assert_eq!(Fraction::from_decimal("1e-40"), least);
    }

    #[test]
    fn a_fraction_is_told_in_lowest_terms() {
        let parts = (String::from("-2"), String::from("3"));
        assert_eq!(fraction("4/-6").parts(), parts);
        assert_eq!(format!("{:?}", fraction("6/4")), "3/2");
        assert_eq!(Fraction::from(7_u32), fraction("7"));
    }

    #[test]
    fn decimals_are_written_with_their_places() {
        assert_eq!(fraction("10/3").to_decimal(2), "3.33");
        assert_eq!(fraction("-1/100").to_decimal(2), "-0.01");
        assert_eq!(fraction("1/8").to_decimal(2), "0.12");
        assert_eq!(fraction("5").to_decimal(0), "5");
    }

    proptest! {
        #[test]
        fn text_there_and_back(numerator: i64, denominator in 1..u32::MAX) {
            let exact = Fraction::ratio(numerator, NonZeroU32::new(denominator).unwrap());
            prop_assert_eq!(exact.to_string().parse(), Ok(exact));
        }

        #[test]
        fn rounding_is_within_a_half(numerator in -1_000_000_i64..1_000_000, denominator in 1_u32..5000) {
            let exact = Fraction::ratio(numerator, NonZeroU32::new(denominator).unwrap());
            let distance = (Fraction::from(exact.round_half_even()) - &exact).abs();
            prop_assert!(distance <= Fraction::ratio(1, NonZeroU32::new(2).unwrap()));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = Fraction::from_decimal(&text);
        }
    }
}
