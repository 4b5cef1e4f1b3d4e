//! The way to a key, made from the catalogue: the prefilled link, the written steps, the note for a teammate.

use serde::Serialize;
use url::Url;

use crate::{
    catalog::{CHECKLIST, CONNECT_LINK_TOKEN, Level, Preset, Row, Section, SectionRule, wanted},
    key::Mode,
};

/// The name that the key gets in the dashboard.
pub const KEY_NAME: &str = "ClearSync Integration";
/// The answer to the dashboard's question who the key is for.
pub const THIRD_PARTY_NAME: &str = "ClearSync";
/// The website that the dashboard asks for beside the name.
pub const THIRD_PARTY_URL: &str = "https://www.clearsync.ai";

/// How a list stands in the link's query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brackets {
    /// `permissions[0]=…`, as in links of Stripe's own documentation.
    Indexed,
    /// `permissions[]=…`, as many other links have it.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the one other form, kept ready to switch to")
    )]
    Empty,
}

const BRACKETS: Brackets = Brackets::Indexed;

/// The link that opens the dashboard's form with every row of `preset` ticked. Stripe publishes such links but does not
/// document them, so that the written steps always stand beside it.
#[must_use]
pub fn prefilled_link(preset: Preset, mode: Mode) -> String {
    link_with(BRACKETS, preset, mode)
}

fn link_with(brackets: Brackets, preset: Preset, mode: Mode) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("name", KEY_NAME);
    for (index, token) in link_tokens(preset).enumerate() {
        match brackets {
            Brackets::Indexed => query.append_pair(&format!("permissions[{index}]"), token),
            Brackets::Empty => query.append_pair("permissions[]", token),
        };
    }
    query
        .append_pair("thirdparty_integration_name", THIRD_PARTY_NAME)
        .append_pair("thirdparty_integration_url", THIRD_PARTY_URL);
    // A space must read `%20`: the dashboard is a web page, not a form's receiver.
    format!(
        "{}/create?{}",
        keys_page(mode),
        query.finish().replace('+', "%20")
    )
}

fn link_tokens(preset: Preset) -> impl Iterator<Item = &'static str> {
    let connect = wanted(preset)
        .any(|row| row.section == Section::Connect)
        .then_some(CONNECT_LINK_TOKEN);
    wanted(preset)
        .filter_map(|row| row.link_token)
        .chain(connect)
}

/// The dashboard's page of keys.
#[must_use]
pub fn keys_page(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "https://dashboard.stripe.com/apikeys",
        Mode::Test => "https://dashboard.stripe.com/test/apikeys",
    }
}

/// One thing to do in the dashboard. The words are the reader's language; the names are the dashboard's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum Step {
    /// Open the page of keys.
    OpenKeysPage {
        /// Its address.
        url: &'static str,
    },
    /// Choose to create a restricted key.
    CreateRestrictedKey,
    /// Choose that the key is for another website, and fill in which.
    ProvideToAnotherWebsite {
        /// The name to fill in.
        name: &'static str,
        /// The address to fill in.
        url: &'static str,
    },
    /// Name the key.
    NameKey {
        /// The name.
        name: &'static str,
    },
    /// Tick "Customize permissions for this key".
    CustomizePermissions,
    /// Set a whole section.
    SetSection {
        /// Its name in the dashboard.
        section: &'static str,
        /// The level.
        level: Level,
    },
    /// Set one row.
    SetRow {
        /// The section's name in the dashboard.
        section: &'static str,
        /// The row's name in the dashboard.
        row: &'static str,
        /// The row's name in newer dashboards.
        renamed: Option<&'static str>,
        /// The level.
        level: Level,
    },
    /// Where the dashboard has a second column named Connect, leave it at None throughout.
    LeaveConnectColumnAtNone,
    /// Leave everything that was not named at None.
    LeaveTheRestAtNone,
    /// Create the key.
    CreateKey,
    /// Copy the key. Stripe shows a live key only once.
    CopyKey,
}

/// Every step to a key of `preset`, for someone whose link came up empty.
#[must_use]
pub fn steps(preset: Preset, mode: Mode) -> Vec<Step> {
    let mut steps = vec![
        Step::OpenKeysPage {
            url: keys_page(mode),
        },
        Step::CreateRestrictedKey,
        Step::ProvideToAnotherWebsite {
            name: THIRD_PARTY_NAME,
            url: THIRD_PARTY_URL,
        },
        Step::NameKey { name: KEY_NAME },
        Step::CustomizePermissions,
    ];
    steps.extend(permission_steps(preset));
    steps.extend([Step::CreateKey, Step::CopyKey]);
    steps
}

fn permission_steps(preset: Preset) -> Vec<Step> {
    let mut steps = Vec::new();
    for (section, rule) in CHECKLIST {
        let Some(name) = section.name() else {
            steps.push(Step::LeaveTheRestAtNone);
            continue;
        };
        let level = match rule {
            SectionRule::NoneThenRows => Level::None,
            SectionRule::Whole(Level::Write) if preset == Preset::StrictlyReadOnly => Level::None,
            SectionRule::Whole(level) => level,
        };
        steps.push(Step::SetSection {
            section: name,
            level,
        });
        if rule == SectionRule::NoneThenRows {
            steps.extend(
                wanted(preset)
                    .filter(|row| row.section == section)
                    .map(|row| set_row(name, row, preset)),
            );
        }
        if section == Section::Connect {
            steps.push(Step::LeaveConnectColumnAtNone);
        }
    }
    steps
}

fn set_row(section: &'static str, row: &Row, preset: Preset) -> Step {
    Step::SetRow {
        section,
        row: row.name,
        renamed: row.renamed,
        level: row.level_in(preset),
    }
}

/// What a teammate with access to Stripe needs in order to make the key, ready to be worded and copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeammateNote {
    /// The prefilled link.
    pub link: String,
    /// The same by hand.
    pub steps: Vec<Step>,
    /// What to mind, in this order.
    pub cautions: &'static [Caution],
}

/// What a teammate should mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Caution {
    /// Stripe shows a live key only once.
    ShownOnce,
    /// Hand the key over through a password store, not by mail or chat.
    HandOverSafely,
    /// The key can be rolled or deleted in the dashboard at any time.
    Revocable,
}

/// The note for a teammate.
#[must_use]
pub fn teammate_note(preset: Preset, mode: Mode) -> TeammateNote {
    TeammateNote {
        link: prefilled_link(preset, mode),
        steps: steps(preset, mode),
        cautions: &[
            Caution::ShownOnce,
            Caution::HandOverSafely,
            Caution::Revocable,
        ],
    }
}

/// Whether ClearSync may open `url` in the browser as a page of Stripe's dashboard.
#[must_use]
pub fn is_dashboard(url: &Url) -> bool {
    url.scheme() == "https"
        && url.host_str() == Some("dashboard.stripe.com")
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn pairs(link: &str) -> Vec<(String, String)> {
        Url::parse(link)
            .unwrap()
            .query_pairs()
            .into_owned()
            .collect()
    }

    #[test]
    fn link_steps_and_catalogue_say_the_same() {
        for preset in [Preset::Standard, Preset::StrictlyReadOnly] {
            let in_link: BTreeSet<String> = pairs(&prefilled_link(preset, Mode::Live))
                .into_iter()
                .filter(|(name, _)| name.starts_with("permissions"))
                .map(|(_, token)| token)
                .collect();
            let in_catalogue: BTreeSet<String> = wanted(preset)
                .map(|row| row.link_token.unwrap().to_owned())
                .chain([CONNECT_LINK_TOKEN.to_owned()])
                .collect();
            assert_eq!(in_link, in_catalogue);

            let steps = steps(preset, Mode::Live);
            for row in wanted(preset) {
                let section = row.section.name().unwrap();
                let level = row.level_in(preset);
                let whole = Step::SetSection { section, level };
                assert!(
                    steps.contains(&set_row(section, row, preset)) || steps.contains(&whole),
                    "{} is in no step",
                    row.name
                );
            }
            let set: Vec<_> = steps
                .iter()
                .filter_map(|step| match step {
                    Step::SetRow { row, .. } => Some(*row),
                    _ => None,
                })
                .collect();
            assert!(
                set.iter()
                    .all(|name| wanted(preset).any(|row| row.name == *name))
            );
        }
    }

    #[test]
    fn the_link_is_encoded_and_complete() {
        let link = prefilled_link(Preset::Standard, Mode::Test);
        assert!(link.starts_with(
            "https://dashboard.stripe.com/test/apikeys/create?name=ClearSync%20Integration\
             &permissions%5B0%5D=rak_charge_read&permissions%5B1%5D=rak_customer_read"
        ));
        assert!(link.ends_with(
            "&thirdparty_integration_name=ClearSync\
             &thirdparty_integration_url=https%3A%2F%2Fwww.clearsync.ai"
        ));
        assert!(is_dashboard(&Url::parse(&link).unwrap()));
    }

    #[test]
    fn both_bracket_forms_carry_the_same_tokens() {
        let tokens = |brackets| -> Vec<String> {
            pairs(&link_with(brackets, Preset::Standard, Mode::Live))
                .into_iter()
                .map(|(_, value)| value)
                .collect()
        };
        assert_eq!(tokens(Brackets::Indexed), tokens(Brackets::Empty));
        let link = link_with(Brackets::Empty, Preset::Standard, Mode::Live);
        assert!(link.contains("permissions%5B%5D=rak_plan_read"));
    }

    #[test]
    fn the_strict_preset_asks_for_no_write() {
        assert!(!prefilled_link(Preset::StrictlyReadOnly, Mode::Live).contains("write"));
        assert!(
            steps(Preset::StrictlyReadOnly, Mode::Live).contains(&Step::SetSection {
                section: "All webhook",
                level: Level::None
            })
        );
    }

    #[test]
    fn the_steps_read_as_the_checklist() {
        insta::assert_json_snapshot!(permission_steps(Preset::Standard));
    }
}
