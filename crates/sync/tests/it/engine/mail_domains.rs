//! The user's own word on which mail domains are nobody's company.

use clearsync_sync::view::MailDomainChanges;

use super::*;

fn changes(added: &[&str], removed: &[&str]) -> MailDomainChanges {
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    MailDomainChanges {
        added: texts(added),
        removed: texts(removed),
    }
}

/// The domains of the companies the store knows of.
fn companies(world: &World) -> Vec<String> {
    let account = world.accounts()[0].id;
    let read =
        |view: &clearsync_store::Reader| view.rollups(account, clearsync_store::Grain::Company);
    let rollups = world.store().read::<_, StoreError>(read).unwrap();
    rollups.into_iter().map(|company| company.id).collect()
}

#[tokio::test(start_paused = true)]
async fn a_domain_on_the_list_is_nobodys_company_from_the_next_plan_on() {
    let world = World::new();
    let engine = world.imported().await;
    engine.make_plan().await.unwrap();
    let before = companies(&world);
    let domain = before[0].as_str();

    let kept = engine
        .save_mail_domains(changes(&[&format!("@{}", domain.to_uppercase())], &[]))
        .await
        .unwrap();
    assert_eq!(kept.changes.added, [domain]);
    assert_eq!(engine.mail_domains().await.unwrap(), kept);
    assert_eq!(companies(&world), before[1..]);
    assert_eq!(
        engine.plan_summary().await.unwrap(),
        None,
        "that plan is dropped"
    );

    engine.sync_now().await.unwrap();
    ended(&engine).await;
    assert_eq!(companies(&world), before[1..], "a sync keeps to it");
    engine
        .save_mail_domains(MailDomainChanges::default())
        .await
        .unwrap();
    assert_eq!(companies(&world), before);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_domain_is_named_and_changes_nothing() {
    let world = World::new();
    let engine = world.imported().await;
    let before = engine.mail_domains().await.unwrap();
    let refused = engine
        .save_mail_domains(changes(&["coworking.example", "https://acme.com"], &[]))
        .await
        .unwrap_err();
    assert_eq!(refused.code, ProblemCode::MailDomainUnreadable);
    assert_eq!(refused.params["value"], "https://acme.com");
    assert_eq!(engine.mail_domains().await.unwrap(), before);
}
