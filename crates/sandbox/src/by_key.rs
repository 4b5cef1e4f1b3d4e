use axum::{Router, extract::Request};
use http::header::AUTHORIZATION;
use tower::ServiceExt;

/// Lets several accounts answer at one address, as those of Stripe and HubSpot do: the key of a request says whose it is. A
/// key that none of them has goes to the first.
///
/// Each account comes with the keys it has, ever had or will have.
pub fn by_key(accounts: Vec<(Vec<&'static str>, Router)>) -> Router {
    Router::new().fallback(async move |request: Request| {
        let given = request.headers().get(AUTHORIZATION);
        let key = given
            .and_then(|value| value.to_str().ok()?.split_once(' '))
            .map_or("", |(_, key)| key);
        let owner = accounts.iter().position(|(keys, _)| keys.contains(&key));
        let account = accounts.get(owner.unwrap_or_default());
        let router = account.map_or_else(Router::new, |(_, router)| router.clone());
        router.oneshot(request).await
    })
}
