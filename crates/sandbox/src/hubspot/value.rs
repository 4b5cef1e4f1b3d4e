//! Property values: what each type accepts and how it is kept.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::property::{Property, PropertyType};

/// Why a value was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ValueRefusal {
    pub(super) property: String,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl ValueRefusal {
    pub(super) fn new(property: &str, code: &'static str, message: String) -> Self {
        Self {
            property: property.to_owned(),
            code,
            message,
        }
    }

    pub(super) fn unknown_property(name: &str) -> Self {
        Self::new(
            name,
            "PROPERTY_DOESNT_EXIST",
            format!("Property \"{name}\" does not exist"),
        )
    }

    pub(super) fn read_only(name: &str) -> Self {
        Self::new(
            name,
            "READ_ONLY_VALUE",
            format!("\"{name}\" is a read only property; its value cannot be set."),
        )
    }

    pub(super) fn not_an_option(name: &str, value: &str, allowed: &[String]) -> Self {
        Self::new(
            name,
            "INVALID_OPTION",
            format!(
                "{value} was not one of the allowed options: [{}]",
                allowed.join(", ")
            ),
        )
    }
}

/// The value as the portal keeps it. `held` is the value it replaces, which a list of options can extend.
pub(super) fn kept(
    property: &Property,
    value: &str,
    held: Option<&str>,
) -> Result<String, ValueRefusal> {
    match property.name.as_str() {
        "email" | "hs_additional_emails" => return emails(&property.name, value),
        "domain" => return Ok(domain(value)),
        _ => {}
    }
    match property.kind {
        PropertyType::String | PropertyType::PhoneNumber => string(property, value),
        PropertyType::Number => number(property, value),
        PropertyType::Bool | PropertyType::Enumeration => options(property, value, held),
        PropertyType::Date => date(property, value),
        PropertyType::Datetime => datetime(property, value),
    }
}

fn string(property: &Property, value: &str) -> Result<String, ValueRefusal> {
    if value.chars().count() > 65_536 {
        return Err(ValueRefusal::new(
            &property.name,
            "PROPERTY_VALUE_TOO_LONG",
            format!("{} was longer than 65536 characters", property.name),
        ));
    }
    Ok(value.to_owned())
}

fn number(property: &Property, value: &str) -> Result<String, ValueRefusal> {
    if Decimal::parse(value).is_some() {
        return Ok(value.to_owned());
    }
    Err(ValueRefusal::new(
        &property.name,
        "INVALID_INTEGER",
        format!("{} was not a valid number", property.name),
    ))
}

fn options(property: &Property, value: &str, held: Option<&str>) -> Result<String, ValueRefusal> {
    let allowed: Vec<String> = property
        .options
        .iter()
        .map(|option| option.value.clone())
        .collect();
    let many = property.field_type == "checkbox";
    let (extends, listed) = match value.strip_prefix(';') {
        Some(rest) if many => (true, rest),
        _ => (false, value),
    };
    let chosen: Vec<&str> = if many {
        listed.split(';').filter(|part| !part.is_empty()).collect()
    } else {
        vec![listed]
    };
    if let Some(unknown) = chosen
        .iter()
        .find(|part| !allowed.iter().any(|option| option == *part))
    {
        return Err(ValueRefusal::not_an_option(
            &property.name,
            unknown,
            &allowed,
        ));
    }
    let mut kept: Vec<&str> = match held {
        Some(held) if extends => held.split(';').collect(),
        _ => Vec::new(),
    };
    for part in chosen {
        if !kept.contains(&part) {
            kept.push(part);
        }
    }
    Ok(kept.join(";"))
}

fn date(property: &Property, value: &str) -> Result<String, ValueRefusal> {
    if let Ok(at_ms) = value.parse::<i64>() {
        let at = Timestamp::from_millisecond(at_ms)
            .map_err(|_| not_a_date(property, value))?
            .to_zoned_datetime(TimeZone::UTC);
        if at.time() != jiff::civil::Time::midnight() {
            return Err(ValueRefusal::new(
                &property.name,
                "INVALID_DATE",
                format!(
                    "{value} is at {} UTC, not midnight!",
                    at.strftime("%-H:%-M:%S.%3f")
                ),
            ));
        }
        return Ok(at.date().to_string());
    }
    let dashed = value.len() == 10;
    match value.parse::<Date>() {
        Ok(date) if dashed => Ok(date.to_string()),
        _ => Err(not_a_date(property, value)),
    }
}

fn datetime(property: &Property, value: &str) -> Result<String, ValueRefusal> {
    let at = match value.parse::<i64>() {
        Ok(at_ms) => Timestamp::from_millisecond(at_ms),
        Err(_) => value.parse::<Timestamp>(),
    };
    let at = at.map_err(|_| not_a_date(property, value))?;
    Ok(at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())
}

fn not_a_date(property: &Property, value: &str) -> ValueRefusal {
    ValueRefusal::new(
        &property.name,
        "INVALID_DATE",
        format!("{value} was not a valid date."),
    )
}

/// One address, or several parted by semicolons, in lower case.
fn emails(property: &str, value: &str) -> Result<String, ValueRefusal> {
    let lower = value.trim().to_lowercase();
    let separate = property == "hs_additional_emails";
    let parts: Vec<&str> = if separate {
        lower.split(';').filter(|part| !part.is_empty()).collect()
    } else {
        vec![lower.as_str()]
    };
    for part in &parts {
        if !is_email(part) {
            return Err(ValueRefusal::new(
                property,
                "INVALID_EMAIL",
                format!("Email address {part} is invalid"),
            ));
        }
    }
    Ok(parts.join(";"))
}

/// Domains that are nearly a mail provider's and refused as a slip of the hand.
const MISTYPED_DOMAINS: [&str; 8] = [
    "ggmail.com",
    "gmial.com",
    "gmai.com",
    "gmail.con",
    "hotmial.com",
    "hotmail.con",
    "yaho.com",
    "outlok.com",
];

fn is_email(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let local_holds = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local
            .chars()
            .all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c));
    let labels: Vec<&str> = domain.split('.').collect();
    let domain_holds = labels.len() >= 2
        && labels.iter().all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
        && labels
            .last()
            .is_some_and(|top| top.len() >= 2 && top.chars().all(char::is_alphabetic));
    local_holds && domain_holds && !MISTYPED_DOMAINS.contains(&domain)
}

fn domain(value: &str) -> String {
    let lower = value.trim().to_lowercase();
    let bare = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"))
        .unwrap_or(&lower);
    bare.split('/').next().unwrap_or(bare).to_owned()
}

/// A decimal number that compares exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Decimal {
    /// The number times 10^9.
    nano: i128,
}

impl Decimal {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
            return None;
        }
        let nine: String = fraction
            .chars()
            .chain("000000000".chars())
            .take(9)
            .collect();
        let nano: i128 = format!("0{whole}{nine}").parse().ok()?;
        Some(Self {
            nano: if negative { -nano } else { nano },
        })
    }
}
