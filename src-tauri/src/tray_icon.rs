use std::panic::{AssertUnwindSafe, catch_unwind};

use clearsync_sync::view::{Phase, Status};
use jiff::tz::TimeZone;
use tauri::{
    AppHandle, Wry,
    image::Image,
    menu::{Menu, MenuItem, PredefinedMenuItem},
    tray::{TrayIcon, TrayIconBuilder},
};

use crate::{
    shell,
    tray::{ItemAction, Tray, tray},
};

/// The tray icon on the desktop, redrawn from a [`Tray`].
pub(crate) struct TrayOnDesktop {
    icon: TrayIcon,
    sentence: MenuItem<Wry>,
    items: Vec<MenuItem<Wry>>,
    shown: Tray,
}

impl TrayOnDesktop {
    /// Puts the icon into the tray. `None` when this desktop lacks the library for it; ClearSync goes on without.
    pub(crate) fn put(app: &AppHandle, status: &Status) -> Option<Self> {
        // The library that speaks to the tray is loaded at run time, and panics where it is not installed.
        match catch_unwind(AssertUnwindSafe(|| {
            Self::build(app, tray(status, &TimeZone::system()))
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
        let sentence = MenuItem::with_id(app, "sentence", &shown.sentence, false, None::<&str>)?;
        let items = shown
            .items
            .iter()
            .map(|item| {
                MenuItem::with_id(app, item.does.id(), &item.label, item.enabled, None::<&str>)
            })
            .collect::<tauri::Result<Vec<_>>>()?;
        let menu = Menu::with_items(app, &[&sentence, &PredefinedMenuItem::separator(app)?])?;
        for item in &items {
            menu.append(item)?;
        }
        let icon = TrayIconBuilder::with_id("clearsync")
            .icon(image(shown.icon)?)
            .menu(&menu)
            .tooltip(&shown.sentence)
            .on_menu_event(|app, event| {
                if let Some(action) = ItemAction::ALL
                    .into_iter()
                    .find(|action| event.id() == action.id())
                {
                    shell::act(app, action);
                }
            })
            .build(app)?;
        Ok(Self {
            icon,
            sentence,
            items,
            shown,
        })
    }

    /// Shows `status`, touching the desktop only where something changed.
    pub(crate) fn redraw(&mut self, status: &Status) {
        let wanted = tray(status, &TimeZone::system());
        if let Err(error) = self.draw(&wanted) {
            tracing::warn!(%error, "the tray icon could not be redrawn");
        }
        self.shown = wanted;
    }

    fn draw(&self, wanted: &Tray) -> tauri::Result<()> {
        if self.shown.icon != wanted.icon {
            self.icon.set_icon(Some(image(wanted.icon)?))?;
        }
        if self.shown.sentence != wanted.sentence {
            self.sentence.set_text(&wanted.sentence)?;
            self.icon.set_tooltip(Some(&wanted.sentence))?;
        }
        for (position, item) in self.items.iter().enumerate() {
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
