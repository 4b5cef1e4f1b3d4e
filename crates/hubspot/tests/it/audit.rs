use clearsync_hubspot::{Mode, Reason, Source, Unverified, Verdict, scopes_for};
use clearsync_sandbox::hubspot::{Disturbance, PortalShape};

use crate::{
    scripted::TOKEN,
    simulated::{connect, portal, summary_scopes},
};

#[tokio::test(start_paused = true)]
async fn scopes_are_listed_with_what_is_missing_and_what_is_too_much() {
    let portal = portal(PortalShape::default());
    let granted = summary_scopes()
        .filter(|name| *name != "crm.schemas.contacts.write")
        .chain(["crm.import"]);
    portal.set_scopes(TOKEN, granted);
    let (client, _) = connect(&portal);
    let mut told = Vec::new();
    let audit = client
        .audit(Mode::Summary, |scope, verdict| {
            told.push((scope.name, verdict.clone()));
        })
        .await
        .unwrap();
    assert_eq!(audit.source, Source::Introspection);
    assert_eq!(audit.portal_id.unwrap().0, 20_211_234);
    assert_eq!(audit.excess, ["crm.import"]);
    assert!(!audit.complete());
    for scope in scopes_for(Mode::Summary) {
        let expected = match scope.name {
            "crm.schemas.contacts.write" => Verdict::Missing,
            _ => Verdict::Held,
        };
        assert!(told.contains(&(scope.name, expected)), "{}", scope.name);
    }
    portal.set_scopes(TOKEN, summary_scopes());
    let audit = client.audit(Mode::Summary, |_, _| {}).await.unwrap();
    assert!(audit.complete());
}

#[tokio::test(start_paused = true)]
async fn without_introspection_harmless_requests_tell() {
    for missing in summary_scopes() {
        let portal = portal(PortalShape::default());
        portal.set_scopes(TOKEN, summary_scopes().filter(|name| *name != missing));
        let before = portal.snapshot();
        portal.disturb(Disturbance::Status(400), "access-token-info", 1);
        let (client, _) = connect(&portal);
        let audit = client.audit(Mode::Summary, |_, _| {}).await.unwrap();
        assert_eq!(audit.source, Source::Probes);
        assert_eq!(portal.snapshot(), before, "an audit changes nothing");
        for (scope, verdict) in &audit.verdicts {
            // Whoever may read records may read properties, so that this gap does not show, nor matter.
            let shows = missing.starts_with("crm.objects.") || missing.contains(".write");
            let expected = if shows && missing == scope.name {
                Verdict::Missing
            } else {
                Verdict::Held
            };
            assert_eq!(*verdict, expected, "{} without {missing}", scope.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn trouble_is_never_called_missing() {
    let portal = portal(PortalShape::default());
    portal.disturb(Disturbance::Status(400), "access-token-info", 1);
    portal.disturb(Disturbance::Status(502), "/crm/", 1_000);
    let (client, _) = connect(&portal);
    let audit = client.audit(Mode::Summary, |_, _| {}).await.unwrap();
    for (scope, verdict) in audit.verdicts {
        let reason = Reason::Unavailable { status: 502 };
        let expected = Verdict::Unverified(Unverified::NoAnswer(reason));
        assert_eq!(verdict, expected, "{}", scope.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_ends_the_audit() {
    let portal = portal(PortalShape::default());
    portal.revoke_token(TOKEN);
    let (client, _) = connect(&portal);
    let error = client.audit(Mode::Summary, |_, _| {}).await.unwrap_err();
    let expired = false;
    assert_eq!(error.reason, Reason::TokenRefused { expired });
}
