use std::sync::LazyLock;

use clearsync_sync::view::{Mode, WorkspaceRow};
use serde_json::Value;

/// The UI's catalogue of words, which the tray, the notifications and the terminal read too.
static CATALOGUE: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../ui/src/i18n/en.json")).unwrap_or_default()
});

/// The words under a key, with each `{{name}}` replaced. A key without words gives itself, so that nothing
/// is ever silent.
pub(crate) fn words(key: &str, params: &[(&str, &str)]) -> String {
    let mut text = look_up(key).unwrap_or(key).to_owned();
    for (name, value) in params {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    text
}

fn look_up(key: &str) -> Option<&'static str> {
    CATALOGUE.get(key)?.as_str()
}

/// The last part of a key for a value that the views write in camel case, such as `notSetUp`.
pub(crate) fn code(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// What a workspace is called, such as "Acme (Live)".
pub(crate) fn workspace_name(row: &WorkspaceRow) -> String {
    let mode = match row.mode {
        Some(Mode::Live) => "mode.live",
        Some(Mode::Test) => "mode.test",
        None if !row.open => {
            return words("workspace.unopened", &[("id", row.id.as_str())]);
        }
        None => return words("workspace.new", &[]),
    };
    let account = row
        .account
        .clone()
        .unwrap_or_else(|| words("rail.account", &[]));
    let params = [("account", account.as_str()), ("mode", &words(mode, &[]))];
    words("workspace.name", &params)
}
