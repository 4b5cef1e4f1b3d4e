use clearsync_sandbox::stripe::sign;
use clearsync_stripe::{
    client::API_VERSION, error::StripeError, signature::verify, webhook_endpoint::EndpointId,
};
use clearsync_transport::Secret;
use jiff::Timestamp;
use proptest::prelude::*;
use url::Url;

use crate::world::{NOW_S, World};

#[tokio::test(start_paused = true)]
async fn makes_its_own_endpoint_once_and_takes_it_away() {
    let world = World::new();
    let client = world.client();
    let url = Url::parse("https://hooks.example/stripe?a=1&b=2").unwrap();
    let events = ["customer.updated", "invoice.paid"];
    let made = client
        .create_webhook_endpoint(&url, &events, "install-1", "intention-1")
        .await
        .unwrap();
    assert!(made.signing_secret.expose().starts_with("whsec_"));
    assert!(!format!("{made:?}").contains("whsec_"));
    {
        let data = world.data.read().unwrap();
        let stored = data.get("webhook_endpoint", made.id.as_str()).unwrap();
        assert_eq!(stored["url"], url.as_str());
        assert_eq!(stored["api_version"], API_VERSION);
        assert_eq!(stored["metadata"]["clearsync_install"], "install-1");
        assert_eq!(stored["enabled_events"][1], "invoice.paid");
    }
    client.delete_webhook_endpoint(&made.id).await.unwrap();
    client
        .delete_webhook_endpoint(&made.id)
        .await
        .expect("one that is gone counts as deleted");
    let data = world.data.read().unwrap();
    assert_eq!(data.all("webhook_endpoint").count(), 0);
}

#[tokio::test(start_paused = true)]
async fn without_the_permission_nothing_is_made() {
    let world = World::new();
    world.deny("webhook");
    let url = Url::parse("https://hooks.example/").unwrap();
    let made = world
        .client()
        .create_webhook_endpoint(&url, &["invoice.paid"], "install-1", "intention-1")
        .await;
    assert!(matches!(made, Err(StripeError::PermissionMissing { .. })));
}

#[test]
fn only_ids_of_endpoints_can_be_deleted() {
    for text in ["we_1AbC", "we_9"] {
        assert!(EndpointId::try_from(text.to_owned()).is_ok());
    }
    for text in ["", "we_", "cus_1", "we_1/../../customers/cus_1", "we_1?x"] {
        assert!(EndpointId::try_from(text.to_owned()).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_the_sandbox_signs_is_believed(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let at = Timestamp::from_second(NOW_S).unwrap();
        let header = sign(&body, "whsec_1", at);
        let secret = Secret::new("whsec_1".to_owned());
        prop_assert_eq!(verify(&header, &body, &secret, at), Ok(()));
    }
}
