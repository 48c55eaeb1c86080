// What the open cds-hooks sandbox does in a browser, against the service: preflights, discovery, prefetch by POST _search at a FHIR server of
// another origin, the hooks with a token that nobody registered, feedback. And the page that a card links to.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import http from "node:http";
import { after, before, test } from "node:test";
import { browse, open, violations } from "./support.js";

const PROGRAM = process.env.POSOLOGY_PROGRAM;
const order = (id, code, display, text) => ({
  resourceType: "MedicationRequest", id, status: "active", intent: "order", authoredOn: "2026-09-01", subject: { reference: "Patient/p1" },
  medicationCodeableConcept: { coding: [{ system: "http://www.nlm.nih.gov/research/umls/rxnorm", code, display }], text: display },
  dosageInstruction: [{ text }],
});
const RECORD = {
  Patient: [{ resourceType: "Patient", id: "p1", gender: "female", birthDate: "1959-03-14", name: [{ family: "Example", given: ["A"] }] }],
  MedicationRequest: [
    order("oxy", "1049621", "oxycodone hydrochloride 10 MG Oral Tablet", "1 tablet every 6 hours"),
    order("flu", "903884", "fluvoxamine maleate 100 MG Oral Tablet", "1 tablet at night"),
  ],
};
const draft = { ...order("request-123", "197591", "Diazepam 5 MG Oral Tablet"), status: "draft",
  dosageInstruction: [{ timing: { repeat: { frequency: 3, period: 1, periodUnit: "d" } }, doseAndRate: [{ doseQuantity: { value: 1, system: "http://unitsofmeasure.org", code: "{pill}" } }] }] };

// A FHIR server and a page of the client, each at an origin of its own.
function standIn(asked) {
  return http.createServer((q, r) => {
    const url = new URL(q.url, "http://127.0.0.1");
    if (url.pathname === "/") return r.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>client</title>");
    const head = { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "content-type": "application/fhir+json" };
    asked.push(`${q.method} ${url.pathname}`);
    if (q.method === "OPTIONS") return r.writeHead(204, head).end();
    const [, , type, id] = url.pathname.split("/");
    const list = RECORD[type] ?? [];
    if (id && id !== "_search") return r.writeHead(200, head).end(JSON.stringify(list.find((x) => x.id === id) ?? {}));
    q.resume().on("end", () => r.writeHead(200, head).end(JSON.stringify({ resourceType: "Bundle", type: "searchset", total: list.length, entry: list.map((resource) => ({ resource })) })));
  });
}
const listen = (server) => new Promise((done) => server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${server.address().port}`)));

let browser, child, service, client, fhir;
const asked = [];
before(async () => {
  if (!PROGRAM || !existsSync(PROGRAM)) throw new Error("set POSOLOGY_PROGRAM (built by: cargo build -p posology)");
  child = spawn(PROGRAM, ["serve", "--listen", "127.0.0.1:0", "--as-of", "2026-11-24", "--log", "error"], { stdio: ["ignore", "inherit", "pipe"] });
  service = await new Promise((done, failed) => {
    let text = "";
    child.stderr.on("data", (d) => {
      text += d;
      const m = text.match(/listening on ([0-9.:]+);/);
      if (m) done(`http://${m[1]}`);
    });
    child.on("exit", (code) => failed(new Error(`the service ended with ${code}: ${text}`)));
  });
  client = standIn(asked);
  fhir = `${await listen(client)}/fhir`;
  browser = await browse();
});
after(async () => {
  await browser?.close();
  client?.close();
  client?.closeAllConnections();
  child?.kill();
});

// What a client does in its page: discovery, prefetch as the templates ask, the call, all across origins.
const callHook = (page, hook, context) => page.evaluate(async ({ service, fhir, hook, context }) => {
  const headers = { Authorization: "Bearer eyJhbGciOiJFUzM4NCJ9.e30.c2ln" };
  const { services } = await (await fetch(`${service}/cds-services`, { headers })).json();
  const own = services.find((s) => s.hook === hook);
  const prefetch = {};
  for (const [key, template] of Object.entries(own.prefetch)) {
    const [path, query] = template.replaceAll("{{context.patientId}}", context.patientId).split("?");
    prefetch[key] = await (await (query
      ? fetch(`${fhir}/${path}/_search`, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body: query })
      : fetch(`${fhir}/${path}`, { headers }))).json();
  }
  const answer = await fetch(`${service}/cds-services/${own.id}`, { method: "POST", headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ hook, hookInstance: crypto.randomUUID(), fhirServer: fhir, context, prefetch }) });
  return { id: own.id, status: answer.status, requestId: answer.headers.get("x-request-id"), ...(await answer.json()) };
}, { service, fhir, hook, context });

const drafts = { resourceType: "Bundle", entry: [{ resource: draft }] };
const CONTEXT = {
  "patient-view": { patientId: "p1", userId: "Practitioner/x" },
  "order-select": { patientId: "p1", userId: "Practitioner/x", selections: ["MedicationRequest/request-123"], draftOrders: drafts },
  "order-sign": { patientId: "p1", userId: "Practitioner/x", draftOrders: drafts },
};

test("the three hooks are called across origins, with prefetch by POST _search", async () => {
  const { page, context, wrong } = await open(browser);
  await page.goto(new URL("/", fhir).href);
  for (const hook of ["patient-view", "order-select", "order-sign"]) {
    const a = await callHook(page, hook, CONTEXT[hook]);
    assert.equal(a.status, 200, hook);
    assert.ok(a.requestId, "the id of the request can be read by the client");
    assert.ok(a.cards.length >= 1 && a.cards.length <= 5, hook);
    if (hook !== "patient-view") {
      assert.equal(a.cards[0].indicator, "critical", JSON.stringify(a.cards.map((c) => c.summary)));
      assert.match(a.cards[0].detail, /diazepam \(15 mg a day\)/);
    }
  }
  for (const type of ["MedicationRequest", "MedicationStatement", "Condition", "AllergyIntolerance", "Observation"]) {
    assert.ok(asked.includes(`POST /fhir/${type}/_search`), type);
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

test("an override is given and then shown; another origin may not call", async () => {
  const { page, context } = await open(browser);
  await page.goto(new URL("/", fhir).href);
  const first = await callHook(page, "order-sign", CONTEXT["order-sign"]);
  const status = await page.evaluate(async ({ service, id, card }) => {
    const body = { feedback: [{ card, outcome: "overridden", outcomeTimestamp: new Date().toISOString(),
      overrideReason: { reason: { code: "monitored", system: "https://github.com/posology/posology/override-reasons" } } }] };
    const headers = { "content-type": "application/json", Authorization: "Bearer eyJhbGciOiJFUzM4NCJ9.e30.c2ln" };
    return (await fetch(`${service}/cds-services/${id}/feedback`, { method: "POST", headers, body: JSON.stringify(body) })).status;
  }, { service, id: first.id, card: first.cards[0].uuid });
  assert.equal(status, 200);
  const again = await callHook(page, "order-sign", CONTEXT["order-sign"]);
  assert.ok(again.cards.every((c) => c.indicator !== "critical"));
  assert.ok(again.cards.some((c) => c.summary.startsWith("Overridden on ") && c.indicator === "warning"), JSON.stringify(again.cards.map((c) => c.summary)));
  // A page without an origin of its own (a sandboxed frame) is none of those that may call.
  const refused = await page.evaluate(async (service) => {
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts";
    frame.srcdoc = `<script>fetch(${JSON.stringify(service)} + "/cds-services").then(() => parent.postMessage("read", "*"), () => parent.postMessage("refused", "*"))<\/script>`;
    const said = new Promise((done) => addEventListener("message", (m) => done(m.data), { once: true }));
    document.body.append(frame);
    return said;
  }, service);
  assert.equal(refused, "refused");
  await context.close();
});

test("the links of a card lead to pages that are sound", async () => {
  const { page, context, wrong } = await open(browser);
  await page.goto(new URL("/", fhir).href);
  const { cards } = await callHook(page, "order-sign", CONTEXT["order-sign"]);
  const links = new Set(cards.flatMap((c) => [c.source.url, ...(c.links ?? []).map((l) => l.url)]));
  for (const link of [...links].slice(0, 4)) {
    const { pathname, search } = new URL(link);
    const answer = await page.goto(service + pathname + search);
    assert.equal(answer.status(), 200, link);
    assert.deepEqual(await violations(page), [], link);
  }
  assert.deepEqual(wrong, []);
  await context.close();
});
