//! MRR per subscriber per month, as a table to write and read.
//!
//! The layout is one row for each subscriber and one column for each month, amounts in major units. Reading takes any
//! table whose header names a customer id and months, so that Stripe's own export can be read too.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Amount, Currency, CustomerId, Fraction, Money, Timeline};

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Month {
    /// The year.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: i8,
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = NotATable;

    /// Reads `2026-01`, and `2026-01-31` or `2026-01-31 00:00:00` as their month.
    fn from_str(text: &str) -> Result<Self, NotATable> {
        let mut parts = text.trim().splitn(3, '-');
        let year = parts
            .next()
            .filter(|year| year.len() == 4)
            .and_then(|year| year.parse().ok());
        let month = parts
            .next()
            .filter(|month| month.len() == 2)
            .and_then(|month| month.parse().ok());
        match (year, month) {
            (Some(year), Some(month @ 1..=12)) => Ok(Self { year, month }),
            _ => Err(NotATable::NotAMonth {
                text: text.to_owned(),
            }),
        }
    }
}

/// MRR per subscriber per month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthlyMrr {
    /// The months, one for each column.
    pub months: Vec<Month>,
    /// The subscribers.
    pub rows: Vec<MonthlyRow>,
}

/// One subscriber's MRR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthlyRow {
    /// Who.
    pub customer: CustomerId,
    /// In which currency.
    pub currency: Currency,
    /// At the end of each month.
    pub mrr: Vec<Money>,
}

/// Why a text is no table of MRR.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotATable {
    /// The text is no CSV.
    #[error("line {line} is not CSV")]
    NotCsv {
        /// Which line, from 1.
        line: u64,
    },
    /// No column holds customer ids.
    #[error("no column is named like “Customer ID”")]
    NoCustomers,
    /// No column is named by a month.
    #[error("no column is named by a month such as 2026-01")]
    NoMonths,
    /// A name that should be a month is none.
    #[error("“{text}” is not a month")]
    NotAMonth {
        /// The name.
        text: String,
    },
    /// A cell holds no currency.
    #[error("line {line} holds “{text}” where a currency should be")]
    NotACurrency {
        /// Which line, from 1.
        line: u64,
        /// What it holds.
        text: String,
    },
    /// A line names no customer.
    #[error("line {line} names no customer")]
    NoCustomer {
        /// Which line, from 1.
        line: u64,
    },
    /// A cell holds no amount.
    #[error("line {line} holds “{text}” where an amount should be")]
    NotAnAmount {
        /// Which line, from 1.
        line: u64,
        /// What it holds.
        text: String,
    },
}

/// The MRR of every customer at the end of each of `months`, given with its last moment. Customers without any are left
/// out; one with several currencies has a row for each.
#[must_use]
pub fn monthly_mrr(timelines: &[Timeline], months: &[(Month, Timestamp)]) -> MonthlyMrr {
    let mut rows: BTreeMap<(&CustomerId, Currency), Vec<Fraction>> = BTreeMap::new();
    for timeline in timelines {
        let row = rows
            .entry((&timeline.customer, timeline.currency))
            .or_insert_with(|| vec![Fraction::zero(); months.len()]);
        for (sum, (_, end)) in row.iter_mut().zip(months) {
            *sum += &timeline.mrr_at(*end);
        }
    }
    let rows = rows
        .into_iter()
        .filter(|(_, row)| row.iter().any(|mrr| !mrr.is_zero()))
        .map(|((customer, currency), row)| MonthlyRow {
            customer: customer.clone(),
            currency,
            mrr: row
                .into_iter()
                .map(|mrr| Amount::new(mrr, currency).round())
                .collect(),
        })
        .collect();
    MonthlyMrr {
        months: months.iter().map(|(month, _)| *month).collect(),
        rows,
    }
}

impl MonthlyMrr {
    /// The table as CSV.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut lines = vec![["Customer ID".to_owned(), "Currency".to_owned()].to_vec()];
        lines[0].extend(self.months.iter().map(Month::to_string));
        lines.extend(self.rows.iter().map(|row| {
            let mut line = vec![row.customer.to_string(), row.currency.code()];
            line.extend(row.mrr.iter().map(Money::to_decimal));
            line
        }));
        let mut writer = csv::Writer::from_writer(Vec::new());
        for line in lines {
            // Writing into memory cannot fail.
            let _ = writer.write_record(line);
        }
        let bytes = writer.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// Reads a table. A row without a currency column, or with an empty one, is taken in `currency`.
    ///
    /// # Errors
    /// [`NotATable`] says what is wrong with the text and where.
    pub fn from_csv(text: &str, currency: Currency) -> Result<Self, NotATable> {
        let (table, unread) = Self::read_csv(text, currency)?;
        match unread.into_iter().next() {
            None => Ok(table),
            Some(first) => Err(first),
        }
    }

    /// Reads the lines of a table that can be read, and says of each other one why it cannot.
    ///
    /// # Errors
    /// [`NotATable`] when the header is not one of a table of MRR.
    pub fn read_csv(text: &str, currency: Currency) -> Result<(Self, Vec<NotATable>), NotATable> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| not_csv(&error))?.clone();
        let columns = Columns::of(&header)?;
        let (mut rows, mut unread) = (Vec::new(), Vec::new());
        for record in reader.records() {
            let record = record.map_err(|error| not_csv(&error));
            match record.and_then(|record| columns.row(&record, currency)) {
                Ok(row) => rows.push(row),
                Err(why) => unread.push(why),
            }
        }
        let table = Self {
            months: columns.months.iter().map(|(_, month)| *month).collect(),
            rows,
        };
        Ok((table, unread))
    }
}

struct Columns {
    customer: usize,
    currency: Option<usize>,
    months: Vec<(usize, Month)>,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, NotATable> {
        let plain: Vec<String> = header
            .iter()
            .map(|name| {
                name.trim_start_matches('\u{feff}')
                    .to_ascii_lowercase()
                    .replace([' ', '-'], "_")
            })
            .collect();
        let named = |names: &[&str]| plain.iter().position(|name| names.contains(&name.as_str()));
        let months: Vec<_> = header
            .iter()
            .enumerate()
            .filter_map(|(column, name)| Some((column, name.parse().ok()?)))
            .collect();
        if months.is_empty() {
            return Err(NotATable::NoMonths);
        }
        Ok(Self {
            customer: named(&["customer_id", "customer", "subscriber_id", "subscriber"])
                .ok_or(NotATable::NoCustomers)?,
            currency: named(&["currency"]),
            months,
        })
    }

    fn row(&self, record: &csv::StringRecord, currency: Currency) -> Result<MonthlyRow, NotATable> {
        let line = record.position().map_or(0, csv::Position::line);
        let named = self
            .currency
            .and_then(|column| record.get(column))
            .unwrap_or_default();
        let currency = match named.trim() {
            "" => currency,
            code => code.parse().map_err(|_| NotATable::NotACurrency {
                line,
                text: code.to_owned(),
            })?,
        };
        let customer = record.get(self.customer).unwrap_or_default().trim();
        if customer.is_empty() {
            return Err(NotATable::NoCustomer { line });
        }
        let mrr = self
            .months
            .iter()
            .map(|(column, _)| money(record.get(*column).unwrap_or_default(), currency, line))
            .collect::<Result<_, _>>()?;
        Ok(MonthlyRow {
            customer: customer.into(),
            currency,
            mrr,
        })
    }
}

/// An amount in major units; an empty cell is 0.
fn money(text: &str, currency: Currency, line: u64) -> Result<Money, NotATable> {
    let major = match text.trim() {
        "" => Some(Fraction::zero()),
        number => without_groups(number).and_then(|number| Fraction::from_decimal(&number).ok()),
    };
    let major = major.ok_or_else(|| NotATable::NotAnAmount {
        line,
        text: text.to_owned(),
    })?;
    let scale = Fraction::from(10_i64.pow(currency.exponent()));
    Ok(Amount::new(&major * &scale, currency).round())
}

/// The number without commas between thousands. A comma anywhere else may be a decimal point, so it is refused.
fn without_groups(number: &str) -> Option<String> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?.trim_start_matches('-');
    let is_grouped = groups.clone().next().is_none() || (1..=3).contains(&first.len());
    let holds = is_grouped && groups.all(|group| group.len() == 3) && !decimals.contains(',');
    holds.then(|| number.replace(',', ""))
}

fn not_csv(error: &csv::Error) -> NotATable {
    NotATable::NotCsv {
        line: error.position().map_or(0, csv::Position::line),
    }
}
