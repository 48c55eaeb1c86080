// Every page and flow in a browser: nothing wrong in the console, nothing asked elsewhere, axe finds nothing serious or critical, nothing moves,
// nothing scrolls sideways; and the measures that the page promises.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browse, open, serve, sideways, violations, THIRTY } from "./support.js";

let server, browser;
before(async () => {
  server = await serve();
  browser = await browse();
});
after(async () => {
  await browser?.close();
  server?.stop();
});

const TAPER = "patient: man, 58 years, 84 kg\nalcohol: 0 drinks a day\ndiazepam 5 mg tablet, 1 three times a day, since 2022-02-14, for anxiety\nsertraline 100 mg tablet, 1 daily, since 2023-06-01, for anxiety";
const review = async (page, list) => {
  await page.goto(`${server.address}/`);
  await page.fill("#list", list);
  await Promise.all([page.waitForURL("**/review"), page.click(".actions button >> nth=0")]);
};
// Axe takes a second a page: it looks at the widest and the narrowest, once in each theme.
const looked = (look, colorScheme) => (look === "wide") === (colorScheme === "light");
async function sound(page, wrong, name, axe = true) {
  // Pictures and details are looked at open as well.
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  if (axe) assert.deepEqual(await violations(page), [], `axe: ${name}`);
  assert.deepEqual(wrong, [], `console: ${name}`);
  assert.ok((await sideways(page)) <= 0, `scrolls sideways: ${name}`);
}

for (const [look, width, height] of [["wide", 1280, 900], ["phone", 390, 844]]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`pages to look things up, ${look}, ${colorScheme}`, async () => {
      const { page, wrong, context } = await open(browser, { viewport: { width, height }, colorScheme });
      for (const path of ["/", "/?example=unknown-drug", "/?example=fhir", "/taper", "/drugs", "/drug/diazepam", "/rules", "/rule/opioid-with-benzodiazepine", "/classes", "/class/benzodiazepine", "/interactions", "/interaction/fluvoxamine-diazepam", "/sources", "/search?q=diazepan+fluvoxamine", "/search", "/feedback", "/drug/no-such-drug"]) {
        const answer = await page.goto(server.address + path);
        if (path.includes("interaction/") && answer.status() === 404) throw new Error(`${path} is gone`);
        await page.waitForTimeout(50);
        assert.equal(await page.evaluate(() => window.shifts), 0, `moves: ${path}`);
        if (path === "/drugs" || path === "/interactions" || path === "/sources") {
          assert.deepEqual(wrong, [], path);
          assert.ok((await sideways(page)) <= 0, `scrolls sideways: ${path}`);
          continue; // Long lists of links of one kind: axe looks at the others.
        }
        await sound(page, wrong, path, looked(look, colorScheme));
      }
      await context.close();
    });

    test(`review, what if, taper, ${look}, ${colorScheme}`, async () => {
      const { page, wrong, context } = await open(browser, { viewport: { width, height }, colorScheme });
      await page.goto(`${server.address}/?example=new-benzodiazepine`);
      await Promise.all([page.waitForURL("**/review"), page.click(".actions button >> nth=0")]);
      await page.waitForTimeout(50);
      assert.equal(await page.evaluate(() => window.shifts), 0, "the review moves");
      await sound(page, wrong, "review", looked(look, colorScheme));
      await review(page, TAPER);
      await page.click("button[value='stop:diazepam'][name='change']");
      await page.waitForSelector("#difference");
      await sound(page, wrong, "what if", looked(look, colorScheme));
      await Promise.all([page.waitForURL("**/taper"), page.click("text=Plan a taper of diazepam")]);
      await page.waitForTimeout(50);
      assert.equal(await page.evaluate(() => window.shifts), 0, "the taper moves");
      await sound(page, wrong, "taper", looked(look, colorScheme));
      await context.close();
    });
  }
}

test("each line is resolved while it is typed, in a panel that does not move", async () => {
  const { page, wrong, context } = await open(browser);
  await page.goto(server.address);
  const top = () => page.evaluate(() => document.querySelector(".known").getBoundingClientRect().top);
  const at = await top();
  await page.locator("#list").pressSequentially("diazepan 5 mg tablet, 1 three times a day, since 2025-11-01\nxylofantine 20 mg");
  await page.waitForSelector("#resolved >> text=xylofantine");
  const text = await page.innerText("#resolved");
  assert.match(text, /15 mg/);
  assert.match(text, /check that this is the drug meant/);
  assert.match(text, /Not recognised/);
  assert.equal(await top(), at);
  assert.equal(await page.evaluate(() => window.shifts), 0);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("what if exchanges the answer, says so to a screen reader, and is undone", async () => {
  const { page, wrong, context } = await open(browser);
  await review(page, TAPER);
  await page.click("button[value='stop:diazepam'][name='change']");
  await page.waitForSelector("#difference");
  assert.equal(await page.evaluate(() => document.activeElement.id), "difference");
  assert.match(await page.innerText(".difference"), /New \([1-9]/);
  assert.match(await page.innerText("#curves"), /with the change/);
  await page.fill("#start", "oxycodone 10 mg tablet, 1 every 6 hours");
  await page.click(".start-line button");
  await page.waitForSelector(".tried >> text=start oxycodone");
  await page.click("button[value='stop:diazepam'][name='undo']");
  await page.waitForFunction(() => !document.querySelector(".tried")?.innerText.includes("stop diazepam"));
  await page.selectOption("#curve", "oxycodone").catch(() => {});
  assert.deepEqual(wrong, []);
  await context.close();
});

test("by keyboard alone", async () => {
  const { page, context } = await open(browser);
  await page.goto(server.address);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "nhsuk-skip-link");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => location.hash), "#main");
  await page.focus("#list");
  await page.keyboard.type("diazepam 5 mg tablet, 1 three times a day, since 2025-11-01");
  // On to the button, however many fields lie between; every stop must show where it is.
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.matches(".actions .nhsuk-button"))) break;
  }
  await Promise.all([page.waitForURL("**/review"), page.keyboard.press("Enter")]);
  assert.match(await page.innerText("h1"), /Review/);
  await context.close();
});

test("a FHIR file, a PDF, a calendar", async () => {
  const { page, context, wrong } = await open(browser);
  await page.goto(`${server.address}/?example=fhir`);
  assert.match(await page.innerText(".opened"), /2 medication entries/);
  const folder = mkdtempSync(join(tmpdir(), "posology-"));
  writeFileSync(join(folder, "list.txt"), "naloxone 4 mg nasal spray, as needed\n");
  await Promise.all([page.waitForURL("**/enter"), page.setInputFiles("#file", join(folder, "list.txt"))]);
  assert.match(await page.inputValue("#list"), /naloxone/);
  assert.match(await page.innerText(".opened"), /2 medication entries/, "the record stays");
  await Promise.all([page.waitForURL("**/review"), page.click(".actions button >> nth=0")]);
  // A browser without a PDF viewer downloads what its button opens in a new tab; here the same form is sent by hand.
  assert.equal(await page.getAttribute("button[formaction='/decision.pdf']", "formtarget"), "_blank");
  for (const [path, more] of [["/decision.pdf", {}], ["/leaflet.pdf", { drug: "diazepam" }]]) {
    const [status, kind, size] = await page.evaluate(async ([path, more]) => {
      const body = new URLSearchParams(new FormData(document.querySelector("#state")));
      for (const [k, v] of Object.entries(more)) body.append(k, v);
      const r = await fetch(path, { method: "POST", body });
      return [r.status, r.headers.get("content-type"), (await r.arrayBuffer()).byteLength];
    }, [path, more]);
    assert.deepEqual([status, kind], [200, "application/pdf"], path);
    assert.ok(size > 10_000, path);
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

test("an answer that fails does not look like one that stayed the same", async () => {
  const { page, context } = await open(browser);
  await review(page, TAPER);
  await page.route("**/review", (r) => r.abort());
  await page.click("button[value='stop:diazepam'][name='change']");
  assert.match(await page.innerText("#failed"), /did not answer/);
  await context.close();
});

test("without script: enter, check, review, what if, taper, adjust", async () => {
  const { page, context } = await open(browser, { javaScriptEnabled: false });
  await page.goto(server.address);
  await page.fill("#list", TAPER);
  await page.click("text=Check the list only");
  assert.match(await page.innerText("#resolved"), /diazepam 5 mg tablet/);
  await page.click(".actions button >> nth=0");
  assert.match(await page.innerText("#findings + p"), /critical|serious|caution/);
  await page.click("button[value='stop:diazepam'][name='change']");
  assert.match(await page.innerText(".difference"), /If you stop diazepam/i);
  await page.click("button[value='stop:diazepam'][name='undo']");
  await page.click("text=Plan a taper of diazepam");
  assert.match(await page.innerText("#steps + div"), /13\.5 mg/);
  await page.fill("#event", "hold 7 days");
  await page.fill("#on", "2026-12-10");
  await page.click("text=Make a new plan from that day");
  assert.match(await page.innerText("#adjust ~ ul"), /hold 7 days/);
  await page.fill("#q", "valium");
  await page.click(".bar-button");
  assert.match(await page.innerText("main"), /diazepam/);
  await context.close();
});

test("the first page is at most 100 kB on the wire", async () => {
  const { page, context } = await open(browser);
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  let sum = 0;
  client.on("Network.loadingFinished", (e) => (sum += e.encodedDataLength));
  await page.goto(server.address, { waitUntil: "networkidle" });
  console.log(`first page: ${sum} bytes on the wire`);
  assert.ok(sum > 10_000 && sum <= 100_000, `${sum}`);
  await context.close();
});

test("a review of thirty drugs, from click to answer", async () => {
  const { page, context } = await open(browser);
  const times = [];
  for (let i = 0; i < 15; i++) {
    await page.goto(server.address);
    await page.evaluate((list) => (document.querySelector("#list").value = list), THIRTY);
    await page.waitForTimeout(100);
    // From the click to the frame in which the answer is painted, by the browser's own clock, which runs on over the navigation.
    await page.evaluate(() => {
      document.querySelector(".actions button").addEventListener("click", () => sessionStorage.setItem("t", String(performance.timeOrigin + performance.now())), { once: true });
    });
    await Promise.all([page.waitForURL("**/review"), page.click(".actions button >> nth=0")]);
    const t = await page.evaluate(async () => {
      await new Promise((done) => {
        const look = () => {
          const p = performance.getEntriesByName("first-contentful-paint")[0];
          if (p) done();
          else setTimeout(look, 2);
        };
        look();
      });
      const paint = performance.getEntriesByName("first-contentful-paint")[0].startTime;
      const nav = performance.getEntriesByType("navigation")[0];
      return { painted: performance.timeOrigin + paint - Number(sessionStorage.getItem("t")), server: nav.responseStart - nav.requestStart, body: nav.encodedBodySize, findings: document.querySelectorAll(".finding").length };
    });
    times.push(t);
  }
  // Beside it, in the same run: the same way to a page with almost nothing on it.
  const small = [];
  for (let i = 0; i < 9; i++) {
    await page.goto(server.address);
    await page.waitForTimeout(50);
    await page.evaluate(() => document.querySelector(".bar-button").addEventListener("click", () => sessionStorage.setItem("t", String(performance.timeOrigin + performance.now())), { once: true }));
    await Promise.all([page.waitForURL("**/search*"), page.click(".bar-button")]);
    await page.waitForTimeout(50);
    small.push(await page.evaluate(() => performance.timeOrigin + (performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN) - Number(sessionStorage.getItem("t"))));
  }
  const least = small.filter(Number.isFinite).sort((a, b) => a - b)[Math.floor(small.length / 2)];
  const middle = (f) => times.map(f).sort((a, b) => a - b)[Math.floor(times.length / 2)];
  const click = middle((t) => t.painted);
  console.log(`review of 30 drugs: click to painted answer ${click.toFixed(0)} ms (median of ${times.length}; all ${times.map((t) => t.painted.toFixed(0)).join(" ")}), an almost empty page ${least?.toFixed(0)} ms, server ${middle((t) => t.server).toFixed(0)} ms, ${times[0].findings} findings, ${times[0].body} bytes`);
  assert.ok(times[0].findings > 20);
  // The promise is 100 ms with a release build on a machine at rest; a shared machine or a debug build gets more.
  const most = Number(process.env.POSOLOGY_PAGE_MS ?? 1500);
  assert.ok(click <= most, `${click} ms, at most ${most}`);
  await context.close();
});
