use crate::World;

#[tokio::test(flavor = "multi_thread")]
async fn real_time_needs_a_public_address_and_a_keychain() {
    let world = World::new().await;
    let off = world.run_with_keys(&["realtime"]).await;
    assert_eq!((off.code, off.errors.as_str()), (0, ""));
    assert_eq!(
        off.output,
        "Real time is off. Stripe is asked for events at their times.\n"
    );
    let local = ["realtime", "--on", "https://localhost/stripe"];
    let local = world.run_with_keys(&local).await;
    assert_eq!(local.code, 1);
    assert!(local.errors.contains("Stripe cannot reach this address"));
    // Without a keychain the endpoint that was made goes again.
    let on = ["realtime", "--on", "https://hooks.acme.com/stripe"];
    let on = world.run_with_keys(&on).await;
    assert_eq!(on.code, 1);
    assert!(on.errors.contains("no keychain"), "{}", on.errors);
    let made = world.sample.stripe.requests();
    let made = made
        .iter()
        .filter(|request| request.path.starts_with("/v1/webhook_endpoints"));
    let methods: Vec<&str> = made.map(|request| request.method.as_str()).collect();
    assert_eq!(methods, ["POST", "DELETE"]);
    let off = world.run_with_keys(&["realtime", "--json"]).await;
    assert_eq!(off.json()["realtime"]["state"], "off");
}
