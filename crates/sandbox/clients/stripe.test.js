// The simulated Stripe, driven by Stripe's own client in the version of the API that ClearSync reads.

import assert from "node:assert/strict";
import test from "node:test";

import Stripe from "stripe";

const { SANDBOX_URL, KEY, RESTRICTED_KEY, API_VERSION } = process.env;
const { hostname, port } = new URL(SANDBOX_URL);

function connect(key) {
  return new Stripe(key, { host: hostname, port, protocol: "http", maxNetworkRetries: 0 });
}

const stripe = connect(KEY);

async function all(list) {
  const found = [];
  for await (const object of list) {
    found.push(object);
  }
  return found;
}

async function refused(promise, type, more = {}) {
  const error = await promise.then(
    (read) => assert.fail(`answered with ${JSON.stringify(read)}`),
    (error) => error,
  );
  assert.ok(error instanceof Stripe.errors[type], `${error.type}: ${error.message}`);
  for (const [name, value] of Object.entries(more)) {
    assert.equal(error[name], value, name);
  }
  assert.match(error.requestId, /^req_/);
}

// The Rust side lets the first two requests fail.
test("failures", async () => {
  await refused(stripe.customers.list(), "StripeRateLimitError", { statusCode: 429 });
  await refused(stripe.customers.list(), "StripeAPIError", { statusCode: 500 });
});

test("lists, page by page and both ways", async () => {
  const customers = await all(stripe.customers.list({ limit: 3 }));
  assert.equal(customers.length, 10);
  assert.equal(new Set(customers.map(({ id }) => id)).size, 10);
  assert.ok(customers.every(({ object, created }) => object === "customer" && Number.isInteger(created)));
  const last = customers.at(-1).id;
  const before = await all(stripe.customers.list({ limit: 3, ending_before: last }));
  assert.deepEqual(
    before.map(({ id }) => id),
    customers
      .slice(0, -1)
      .map(({ id }) => id)
      .toReversed(),
  );
  const first = await stripe.customers.list({ limit: 1 });
  assert.equal(first.has_more, true);
  assert.equal(first.lastResponse.statusCode, 200);
  assert.match(first.lastResponse.requestId, /^req_/);
  const recent = await all(stripe.customers.list({ created: { gte: customers[4].created } }));
  assert.equal(recent.length, 5);
});

test("objects, and what is expanded in them", async () => {
  const [plain] = (await stripe.subscriptions.list({ status: "all", limit: 1 })).data;
  assert.equal(typeof plain.customer, "string");
  const expanded = await stripe.subscriptions.retrieve(plain.id, { expand: ["customer"] });
  assert.equal(expanded.customer.id, plain.customer);
  const customer = await stripe.customers.retrieve(plain.customer);
  assert.equal(customer.email, expanded.customer.email);
});

test("webhook endpoints, and the signature of what they get", async () => {
  const endpoint = await stripe.webhookEndpoints.create({
    url: "https://hook.example/stripe",
    enabled_events: ["customer.subscription.updated"],
    api_version: API_VERSION,
    metadata: { install: "1" },
  });
  assert.match(endpoint.secret, /^whsec_/);
  const [listed] = (await stripe.webhookEndpoints.list()).data;
  assert.equal(listed.id, endpoint.id);
  assert.equal(listed.secret, undefined);
  assert.deepEqual(await stripe.webhookEndpoints.del(endpoint.id), {
    id: endpoint.id,
    object: "webhook_endpoint",
    deleted: true,
  });

  const { PAYLOAD, SIGNATURE, SIGNING_SECRET, SIGNED_AT } = process.env;
  const read = (secret) =>
    stripe.webhooks.constructEvent(PAYLOAD, SIGNATURE, secret, 300, undefined, Number(SIGNED_AT));
  assert.equal(read(SIGNING_SECRET).id, "evt_1");
  assert.throws(() => read("whsec_another"), Stripe.errors.StripeSignatureVerificationError);
});

test("refusals", async () => {
  await refused(connect("sk_test_Sample51nobody").customers.list(), "StripeAuthenticationError", {
    statusCode: 401,
  });
  const restricted = connect(RESTRICTED_KEY);
  await refused(restricted.customers.list(), "StripePermissionError", { statusCode: 403 });
  await refused(stripe.customers.retrieve("cus_none"), "StripeInvalidRequestError", {
    statusCode: 404,
    code: "resource_missing",
    param: "id",
  });
  await refused(stripe.customers.list({ colour: "red" }), "StripeInvalidRequestError", {
    statusCode: 400,
    code: "parameter_unknown",
    param: "colour",
  });
});
