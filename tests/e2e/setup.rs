use std::path::Path;

use crate::{desktop::Desktop, web_driver::Window};

#[tokio::test(flavor = "multi_thread")]
async fn look() {
    let desktop = Desktop::start().await;
    let window = Window::open(&desktop, &[], &["--sample"]).await;
    let pictures = Path::new("/tmp/pics");
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    println!("{}", window.run("return document.documentElement.outerHTML.slice(0, 1500)", &[]).await);
    println!("{}", window.run_async("const done = arguments[0]; const seen = []; addEventListener('error', (e) => seen.push('error ' + e.message + ' ' + (e.error && e.error.stack))); addEventListener('unhandledrejection', (e) => seen.push('rejection ' + e.reason + JSON.stringify(e.reason) + (e.reason && e.reason.stack))); const old = console.error; console.error = (...a) => { seen.push('console ' + a.map(String).join(' ')); }; const s = document.querySelector('script[src]'); import(s.src + '?again').then(() => setTimeout(() => done(seen.join('|') + document.body.innerHTML.slice(0,300)), 1500), (e) => done(String(e) + ' ' + e.stack))").await);
    window.sees("ClearSync").await;
    window.picture(&pictures.join("01.png")).await;
    println!("{}", window.text().await);
    window.press("Set up ClearSync").await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    window.picture(&pictures.join("02.png")).await;
    println!("{}", window.text().await);
    window.press("Use the sample key").await;
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    window.picture(&pictures.join("03.png")).await;
    println!("{}", window.text().await);
}
