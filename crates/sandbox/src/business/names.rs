//! Believable people and companies. None of them is meant to exist.

use super::dice::Dice;

const FIRST: [&str; 40] = [
    "Anna", "Ben", "Chiara", "David", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jonas", "Keiko",
    "Liam", "Mariam", "Noah", "Olivia", "Pedro", "Quinn", "Rosa", "Samir", "Tara", "Uwe", "Vera",
    "Wei", "Ximena", "Yusuf", "Zoe", "Amira", "Bram", "Clara", "Dario", "Emma", "Finn", "Greta",
    "Hassan", "Ivy", "Jack", "Kofi", "Lena", "Mateo", "Nadia",
];
const LAST: [&str; 40] = [
    "Albers",
    "Brandt",
    "Costa",
    "Dupont",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Hayashi",
    "Ivanova",
    "Jansen",
    "Khan",
    "Larsen",
    "Moreau",
    "Nakamura",
    "Okafor",
    "Petrov",
    "Quist",
    "Rossi",
    "Sato",
    "Tanaka",
    "Ueda",
    "Vargas",
    "Weber",
    "Xu",
    "Young",
    "Zimmer",
    "Almutairi",
    "Bennett",
    "Carter",
    "Dawson",
    "Evans",
    "Foster",
    "Grant",
    "Hughes",
    "Keller",
    "Lindqvist",
    "Mertens",
    "Novak",
    "Olsen",
    "Parker",
];
const COMPANY: [&str; 48] = [
    "Amberfield",
    "Birchway",
    "Cedarline",
    "Dovetail",
    "Eastmoor",
    "Fernhollow",
    "Glasswing",
    "Harborlight",
    "Ironbark",
    "Juniper",
    "Kestrel",
    "Lanternhill",
    "Maplecrest",
    "Northwind",
    "Oakridge",
    "Pinegrove",
    "Quarrystone",
    "Riverbend",
    "Silverbirch",
    "Thornbury",
    "Umberland",
    "Valewood",
    "Westering",
    "Yarrow",
    "Zephyr",
    "Brightfern",
    "Copperleaf",
    "Driftwood",
    "Emberton",
    "Foxglove",
    "Goldcrest",
    "Highmeadow",
    "Inkwell",
    "Larkspur",
    "Moonstone",
    "Nightjar",
    "Orchard",
    "Pebblebrook",
    "Redwater",
    "Saltmarsh",
    "Tidewater",
    "Uplands",
    "Violetta",
    "Willowmere",
    "Windrush",
    "Elmstead",
    "Marigold",
    "Stonebridge",
];
const TRADE: [&str; 16] = [
    "Analytics",
    "Robotics",
    "Studio",
    "Logistics",
    "Software",
    "Health",
    "Foods",
    "Energy",
    "Design",
    "Labs",
    "Media",
    "Systems",
    "Travel",
    "Textiles",
    "Partners",
    "Learning",
];
const FREE_MAIL: [&str; 5] = [
    "gmail.com",
    "outlook.com",
    "yahoo.com",
    "icloud.com",
    "proton.me",
];

/// Somebody who buys.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) company: Option<String>,
}

/// A person at a company, or one with a free-mail address.
pub(super) fn person(dice: &mut Dice) -> Person {
    let (first, last) = (dice.pick(&FIRST, "Anna"), dice.pick(&LAST, "Albers"));
    if dice.percent(12) {
        let host = dice.pick(&FREE_MAIL, "gmail.com");
        let number = dice.between(1, 99);
        return Person {
            name: format!("{first} {last}"),
            email: Some(format!("{}.{}{number}@{host}", lower(first), lower(last))),
            company: None,
        };
    }
    let (name, trade) = (dice.pick(&COMPANY, "Juniper"), dice.pick(&TRADE, "Labs"));
    let ending = dice.pick(
        &["com", "io", "co.uk", "de", "eu", "co.jp", "com.kw"],
        "com",
    );
    let domain = format!("{}-{}.{ending}", lower(name), lower(trade));
    at_company(first, last, &format!("{name} {trade}"), &domain)
}

/// The customers that make a demonstration interesting: colleagues of one company, two accounts of one address, an
/// address no mail server would take, one in odd capitals, and one without any.
pub(super) fn specials() -> Vec<Person> {
    let free = |name: &str, email: &str| Person {
        name: name.to_owned(),
        email: Some(email.to_owned()),
        company: None,
    };
    vec![
        at_company("Ada", "Winter", "Juniper Labs", "juniper-labs.com"),
        at_company("Bela", "Horn", "Juniper Labs", "juniper-labs.com"),
        at_company("Cleo", "Marsh", "Juniper Labs", "juniper-labs.com"),
        free("Dora Feld", "dora.feld@gmail.com"),
        at_company("Egon", "Blum", "Windrush Media", "windrush-media.io"),
        at_company(
            "Egon",
            "Blum",
            "Windrush Media (Events)",
            "windrush-media.io",
        ),
        free("Bob Stone", "bob@ggmail"),
        free("Fay Lindt", "Fay.Lindt@Copperleaf-Design.com"),
        Person {
            name: "Tidewater Travel".to_owned(),
            email: None,
            company: Some("Tidewater Travel".to_owned()),
        },
    ]
}

fn at_company(first: &str, last: &str, company: &str, domain: &str) -> Person {
    Person {
        name: format!("{first} {last}"),
        email: Some(format!("{}.{}@{domain}", lower(first), lower(last))),
        company: Some(company.to_owned()),
    }
}

fn lower(word: &str) -> String {
    word.to_lowercase()
}
