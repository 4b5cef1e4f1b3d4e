//! Looks into the desktop's real keyring over D-Bus, as any other program of the same user could.

use std::collections::HashMap;

use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::desktop::Desktop;

const SERVICE: &str = "org.freedesktop.secrets";

/// How the keyring answers for an item that was deleted after it was found: nothing stands at its path any more.
const UNKNOWN_METHOD: &str = "org.freedesktop.DBus.Error.UnknownMethod";

type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// Every key of a service that ClearSync keeps there, in order.
pub async fn secrets(desktop: &Desktop) -> Vec<String> {
    let mut all = everything(desktop).await;
    all.retain(|secret| !is_data_key(secret));
    all
}

/// The keys of data that ClearSync keeps there.
pub async fn data_keys(desktop: &Desktop) -> Vec<String> {
    let mut all = everything(desktop).await;
    all.retain(|secret| is_data_key(secret));
    all
}

fn is_data_key(secret: &str) -> bool {
    secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit())
}

async fn everything(desktop: &Desktop) -> Vec<String> {
    let bus = desktop.bus().await;
    let service = zbus::Proxy::new(
        &bus,
        SERVICE,
        "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service",
    )
    .await
    .unwrap();
    let wanted = HashMap::from([("service", "ai.clearsync.desktop")]);
    let (items, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
        service.call("SearchItems", &(wanted,)).await.unwrap();
    assert!(locked.is_empty());
    let (_, session): (OwnedValue, OwnedObjectPath) = service
        .call("OpenSession", &("plain", Value::from("")))
        .await
        .unwrap();
    let mut secrets = Vec::new();
    for path in items {
        let item = zbus::Proxy::new(&bus, SERVICE, path, "org.freedesktop.Secret.Item")
            .await
            .unwrap();
        let reply = match item.call_method("GetSecret", &(&session,)).await {
            Err(zbus::Error::MethodError(name, ..)) if name == UNKNOWN_METHOD => continue,
            reply => reply.unwrap(),
        };
        let (secret,): (Secret,) = reply.body().deserialize().unwrap();
        secrets.push(String::from_utf8(secret.2).unwrap());
    }
    secrets.sort();
    secrets
}
