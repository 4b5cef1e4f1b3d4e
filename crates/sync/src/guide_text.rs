//! The way to the Stripe key, as steps for the window and as text for a teammate. Made from the one catalogue.

use clearsync_stripe::{
    catalog::{Level, Preset},
    guide::{Caution, Step, steps as catalog_steps, teammate_note},
    key::Mode,
};

use crate::view::GuideStep;

/// The written steps. Setting the rows is one step, since the rows stand in a table of their own.
pub(crate) fn steps(preset: Preset, mode: Mode) -> Vec<GuideStep> {
    let mut steps: Vec<GuideStep> = catalog_steps(preset, mode).iter().map(step).collect();
    steps.dedup_by(|later, earlier| later.id == earlier.id);
    steps
}

fn step(step: &Step) -> GuideStep {
    let (id, copy) = match step {
        Step::OpenKeysPage { .. } => ("openKeysPage", None),
        Step::CreateRestrictedKey => ("createRestrictedKey", None),
        Step::ProvideToAnotherWebsite { url, .. } => ("provideToAnotherWebsite", Some(*url)),
        Step::NameKey { name } => ("nameKey", Some(*name)),
        Step::CustomizePermissions => ("customizePermissions", None),
        Step::SetSection { .. } | Step::SetRow { .. } => ("setRows", None),
        Step::LeaveConnectColumnAtNone => ("leaveConnectColumnAtNone", None),
        Step::LeaveTheRestAtNone => ("leaveTheRestAtNone", None),
        Step::CreateKey => ("createKey", None),
        Step::CopyKey => ("copyKey", None),
    };
    GuideStep {
        id: id.to_owned(),
        copy: copy.map(str::to_owned),
    }
}

/// What a person without ClearSync needs to make the key: link, rows, cautions. It holds no secret.
pub(crate) fn for_teammate(preset: Preset, mode: Mode) -> String {
    let note = teammate_note(preset, mode);
    let mut lines = vec![
        "ClearSync needs a Stripe restricted key. This link opens Stripe's form with every row set:".to_owned(),
        note.link,
        String::new(),
        "If the form comes up empty, do it by hand:".to_owned(),
    ];
    lines.extend(
        note.steps
            .iter()
            .map(sentence)
            .zip(1..)
            .map(|(sentence, number)| format!("{number}. {sentence}")),
    );
    lines.push(String::new());
    lines.extend(
        note.cautions
            .iter()
            .map(|caution| caution_sentence(*caution).to_owned()),
    );
    lines.join("\n")
}

fn sentence(step: &Step) -> String {
    match step {
        Step::OpenKeysPage { url } => format!("Open {url}."),
        Step::CreateRestrictedKey => "Choose Create restricted key.".to_owned(),
        Step::ProvideToAnotherWebsite { name, url } => {
            format!("Choose Providing this key to another website; name {name}, address {url}.")
        }
        Step::NameKey { name } => format!("Name the key {name}."),
        Step::CustomizePermissions => "Tick Customize permissions for this key.".to_owned(),
        Step::SetSection { section, level } => {
            format!("Set the section {section} to {}.", word(*level))
        }
        Step::SetRow {
            section,
            row,
            renamed,
            level,
        } => match renamed {
            Some(renamed) => format!(
                "Under {section}, set {row} (newer: {renamed}) to {}.",
                word(*level)
            ),
            None => format!("Under {section}, set {row} to {}.", word(*level)),
        },
        Step::LeaveConnectColumnAtNone => {
            "Leave a second column named Connect at None throughout.".to_owned()
        }
        Step::LeaveTheRestAtNone => "Leave everything else at None.".to_owned(),
        Step::CreateKey => "Create the key.".to_owned(),
        Step::CopyKey => "Copy the key. Stripe shows a live key once.".to_owned(),
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::None => "None",
        Level::Read => "Read",
        Level::Write => "Write",
    }
}

fn caution_sentence(caution: Caution) -> &'static str {
    match caution {
        Caution::ShownOnce => {
            "Stripe shows a live key once: keep it until it is pasted into ClearSync."
        }
        Caution::HandOverSafely => {
            "Hand the key over through a password manager, not by e-mail or chat."
        }
        Caution::Revocable => "The key can be rolled or deleted in Stripe at any time.",
    }
}

#[cfg(test)]
mod tests {
    use clearsync_stripe::guide::{KEY_NAME, THIRD_PARTY_URL};

    use super::*;

    #[test]
    fn a_teammate_gets_the_link_every_row_and_no_secret() {
        let text = for_teammate(Preset::Standard, Mode::Live);
        assert!(text.contains("https://dashboard.stripe.com/apikeys/create?"));
        assert!(text.contains(KEY_NAME) && text.contains(THIRD_PARTY_URL));
        for row in clearsync_stripe::catalog::wanted(Preset::Standard) {
            let named = text.contains(row.name)
                || row.section == clearsync_stripe::catalog::Section::Connect;
            assert!(named, "{}", row.name);
        }
        assert!(!text.contains("rk_live_"));
    }
}
