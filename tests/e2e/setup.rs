use std::path::Path;

use crate::{desktop::Desktop, web_driver::Window};

#[tokio::test(flavor = "multi_thread")]
async fn look() {
    let desktop = Desktop::start().await;
    let window = Window::open(&desktop, &[], &["--sample"]).await;
    let pictures = Path::new("/tmp/pics");
    window.sees("Start setup").await;
    window.picture(&pictures.join("01.png")).await;
    window.press("Start setup").await;
    window.sees("Connect Stripe").await;
    window.picture(&pictures.join("02.png")).await;
    window.press("Use the sample key").await;
    window.sees("15 of 15 held").await;
    window.picture(&pictures.join("03.png")).await;
    window.press("Continue").await;
    window.press("Use the sample key").await;
    window.sees("8 of 8 held").await;
    window.picture(&pictures.join("04.png")).await;
    window.press("Continue").await;
    window.sees("Create contacts").await;
    window.picture(&pictures.join("05.png")).await;
    window.press("Continue").await;
    window.press("Start import").await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    window.picture(&pictures.join("06.png")).await;
    window.sees("Everything is read").await;
    window.picture(&pictures.join("07.png")).await;
    window.press("Continue").await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    window.picture(&pictures.join("08.png")).await;
    println!("{}", window.text().await);
}
