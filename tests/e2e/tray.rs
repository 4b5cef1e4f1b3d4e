use std::process::Stdio;

use crate::{
    desktop::{Desktop, Owned, wait_for},
    tray_host::{MenuLine, TrayHost},
};

fn line<'a>(menu: &'a [MenuLine], label: &str) -> &'a MenuLine {
    menu.iter()
        .find(|line| line.label == label)
        .unwrap_or_else(|| panic!("no {label:?} in {menu:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn started_hidden_it_lives_in_the_tray_alone_and_quits_from_there() {
    let desktop = Desktop::start().await;
    let host = TrayHost::start(&desktop).await;
    let mut app = desktop
        .command(env!("CARGO_BIN_EXE_clearsync"))
        .args(["--sample", "--hidden"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(Owned)
        .unwrap();
    let menu = host
        .menu("the menu", |menu| {
            menu.iter().any(|line| line.label == "Quit")
        })
        .await;
    assert!(!line(&menu, "Not set up").enabled);
    assert!(
        !line(&menu, "Sync now").enabled,
        "there is nothing to sync before setup"
    );
    assert!(line(&menu, "Open ClearSync").enabled);
    assert!(
        host.icon().await.contains("clearsync"),
        "{}",
        host.icon().await
    );
    assert_eq!(
        web_processes(app.0.id()),
        0,
        "no web view is made before a window is asked for"
    );

    host.click(line(&menu, "Open ClearSync")).await;
    wait_for("a web view, now that it is asked for", async || {
        (web_processes(app.0.id()) > 0).then_some(())
    })
    .await;

    host.click(line(&menu, "Quit")).await;
    let status = wait_for("the end", async || app.0.try_wait().unwrap()).await;
    assert!(status.success(), "{status}");
}

/// How many of WebKit's processes belong to the process.
fn web_processes(parent: u32) -> usize {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let children: String = tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .collect();
    let name = |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    children
        .split_whitespace()
        .filter(|pid| name(pid).starts_with("WebKit"))
        .count()
}
