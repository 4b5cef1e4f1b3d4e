use std::panic::{AssertUnwindSafe, catch_unwind};

use clearsync_sync::view::Phase;
use jiff::tz::TimeZone;
use tauri::{
    AppHandle, Wry,
    image::Image,
    menu::{Menu, MenuItem, PredefinedMenuItem},
    tray::{TrayIcon, TrayIconBuilder},
};

use crate::{
    shell,
    tray::{ItemAction, State, Tray, tray},
};

/// The tray icon on the desktop, redrawn from a [`Tray`].
pub(crate) struct TrayOnDesktop {
    icon: TrayIcon,
    lines: Lines,
    shown: Tray,
}

/// The menu's lines that change.
struct Lines {
    menu: Menu<Wry>,
    sentences: Vec<MenuItem<Wry>>,
    items: Vec<MenuItem<Wry>>,
}

impl Lines {
    fn of(app: &AppHandle, shown: &Tray) -> tauri::Result<Self> {
        let menu = Menu::new(app)?;
        let mut sentences = Vec::new();
        for (position, text) in shown.sentences.iter().enumerate() {
            let id = format!("sentence-{position}");
            let line = MenuItem::with_id(app, id, text, false, None::<&str>)?;
            menu.append(&line)?;
            sentences.push(line);
        }
        menu.append(&PredefinedMenuItem::separator(app)?)?;
        let mut items = Vec::new();
        for item in &shown.items {
            let id = item.does.id();
            let line = MenuItem::with_id(app, id, &item.label, item.enabled, None::<&str>)?;
            menu.append(&line)?;
            items.push(line);
        }
        Ok(Self {
            menu,
            sentences,
            items,
        })
    }
}

impl TrayOnDesktop {
    /// Puts the icon into the tray. `None` when this desktop lacks the library for it; ClearSync goes on without.
    pub(crate) fn put(app: &AppHandle, states: &[State]) -> Option<Self> {
        // The library that speaks to the tray is loaded at run time, and panics where it is not installed.
        match catch_unwind(AssertUnwindSafe(|| {
            Self::build(app, tray(states, &TimeZone::system()))
        })) {
            Ok(Ok(on_desktop)) => Some(on_desktop),
            Ok(Err(error)) => {
                tracing::warn!(%error, "no tray icon");
                None
            }
            Err(_) => {
                tracing::warn!("no tray icon: the library for it is not installed");
                None
            }
        }
    }

    fn build(app: &AppHandle, shown: Tray) -> tauri::Result<Self> {
        let lines = Lines::of(app, &shown)?;
        let icon = TrayIconBuilder::with_id("clearsync")
            .icon(image(shown.icon)?)
            .menu(&lines.menu)
            .tooltip(shown.sentences.join("\n"))
            .on_menu_event(|app, event| {
                if let Some(action) = ItemAction::ALL
                    .into_iter()
                    .find(|action| event.id() == action.id())
                {
                    shell::act(app, action);
                }
            })
            .build(app)?;
        Ok(Self { icon, lines, shown })
    }

    /// Shows the workspaces as they are, touching the desktop only where something changed.
    pub(crate) fn redraw(&mut self, states: &[State]) {
        let wanted = tray(states, &TimeZone::system());
        if let Err(error) = self.draw(&wanted) {
            tracing::warn!(%error, "the tray icon could not be redrawn");
        }
        self.shown = wanted;
    }

    fn draw(&mut self, wanted: &Tray) -> tauri::Result<()> {
        if self.shown.icon != wanted.icon {
            self.icon.set_icon(Some(image(wanted.icon)?))?;
        }
        if self.shown.sentences != wanted.sentences {
            self.icon.set_tooltip(Some(wanted.sentences.join("\n")))?;
        }
        if self.shown.sentences.len() != wanted.sentences.len() {
            self.lines = Lines::of(self.icon.app_handle(), wanted)?;
            return self.icon.set_menu(Some(self.lines.menu.clone()));
        }
        let lines = self.lines.sentences.iter().enumerate();
        for (position, line) in lines {
            let text = &wanted.sentences[position];
            if self.shown.sentences[position] != *text {
                line.set_text(text)?;
            }
        }
        for (position, item) in self.lines.items.iter().enumerate() {
            let (shown, wanted) = (&self.shown.items[position], &wanted.items[position]);
            if shown.label != wanted.label {
                item.set_text(&wanted.label)?;
            }
            if shown.enabled != wanted.enabled {
                item.set_enabled(wanted.enabled)?;
            }
        }
        Ok(())
    }
}

fn image(phase: Phase) -> tauri::Result<Image<'static>> {
    let png: &[u8] = match phase {
        Phase::NotSetUp => include_bytes!("../../icons/tray/not-set-up.png"),
        Phase::Idle => include_bytes!("../../icons/tray/idle.png"),
        Phase::Syncing => include_bytes!("../../icons/tray/syncing.png"),
        Phase::Paused => include_bytes!("../../icons/tray/paused.png"),
        Phase::Offline => include_bytes!("../../icons/tray/offline.png"),
        Phase::Attention => include_bytes!("../../icons/tray/attention.png"),
    };
    Image::from_bytes(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_an_icon_of_its_own() {
        let icons = [
            Phase::NotSetUp,
            Phase::Idle,
            Phase::Syncing,
            Phase::Paused,
            Phase::Offline,
            Phase::Attention,
        ]
        .map(|phase| image(phase).unwrap());
        for (number, icon) in icons.iter().enumerate() {
            assert_eq!(icon.width(), icon.height());
            let same = icons[..number]
                .iter()
                .any(|other| other.rgba() == icon.rgba());
            assert!(!same, "icon {number} is another's");
        }
    }
}
