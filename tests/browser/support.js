// What the browser tests share: a server, a browser, and what a page must hold.
import { spawn } from "node:child_process";
import { readFileSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// The page under test: POSOLOGY_PAGE is the address of a running one, or POSOLOGY_PAGE_PROGRAM the program that serves it on port 0.
export async function serve() {
  if (process.env.POSOLOGY_PAGE) return { address: process.env.POSOLOGY_PAGE, stop() {} };
  const program = process.env.POSOLOGY_PAGE_PROGRAM;
  if (!program || !existsSync(program)) throw new Error("set POSOLOGY_PAGE (an address) or POSOLOGY_PAGE_PROGRAM (built by: cargo build -p posology-page --example page)");
  const child = spawn(program, ["0", "--feedback"], { stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise((done, failed) => {
    let text = "";
    child.stdout.on("data", (d) => {
      text += d;
      const m = text.match(/http:\/\/\S+/);
      if (m) done(m[0]);
    });
    child.on("exit", (code) => failed(new Error(`the page ended with ${code}`)));
  });
  return { address, stop: () => child.kill() };
}

export async function browse() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

// A page that tells of everything that went wrong in it, and counts the layout shifts.
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (m) => {
    if (m.type() === "error" && !/404|422|403/.test(m.text())) wrong.push(m.text());
  });
  page.on("pageerror", (e) => wrong.push(String(e)));
  page.on("request", (r) => {
    const host = new URL(r.url()).hostname;
    if (host !== "127.0.0.1" && !r.url().startsWith("data:")) wrong.push(`asked elsewhere: ${r.url()}`);
  });
  if (options.javaScriptEnabled !== false) {
    await page.addInitScript(() => {
      window.shifts = 0;
      new PerformanceObserver((list) => {
        for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifts += e.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
  }
  return { page, context, wrong };
}

// Serious and critical violations, as lines. Axe runs in an isolated world, which the page's own policy does not bind.
export async function violations(page) {
  const client = await page.context().newCDPSession(page);
  const { frameTree } = await client.send("Page.getFrameTree");
  const { executionContextId } = await client.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  const run = async (expression) => {
    const r = await client.send("Runtime.evaluate", { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
    if (r.exceptionDetails) throw new Error(JSON.stringify(r.exceptionDetails.exception ?? r.exceptionDetails.text));
    return r.result.value;
  };
  await run(AXE);
  const found = await run(`axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) => v.nodes.slice(0, 4).map((n) => v.id + ": " + n.target.join(" ") + " " + n.failureSummary.replace(/\\n/g, " ").slice(0, 200))))`);
  await client.detach();
  return found;
}

// The page does not scroll sideways.
export const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

export const THIRTY = [
  "patient: woman, 74 years, 61 kg", "egfr: 48", "conditions: heart failure, atrial fibrillation, chronic pain, depression, falls", "alcohol: 1 drinks a day",
  "diazepam 5 mg tablet, 1 three times a day, since 2023-11-01, for anxiety", "zolpidem 5 mg tablet, 1 at bedtime, since 2024-02-01, for insomnia",
  "oxycodone 10 mg tablet, 1 every 6 hours, since 2025-08-03, for chronic pain", "gabapentin 300 mg capsule, 1 three times a day, since 2025-01-10, for neuropathic pain",
  "sertraline 100 mg tablet, 1 daily, since 2023-06-01, for depression", "mirtazapine 15 mg tablet, 1 at bedtime, since 2024-06-01, for depression",
  "quetiapine 25 mg tablet, 1 at bedtime, since 2025-03-01", "fluvoxamine 50 mg tablet, 1 at bedtime, since 2025-05-11, for OCD",
  "carbamazepine 200 mg tablet, 1 twice a day, since 2025-06-01, for epilepsy", "omeprazole 20 mg capsule, 1 daily, since 2022-01-01, for reflux",
  "amlodipine 5 mg tablet, 1 daily, since 2020-01-01, for hypertension", "lisinopril 10 mg tablet, 1 daily, since 2020-01-01, for hypertension",
  "furosemide 40 mg tablet, 1 daily, since 2021-01-01, for heart failure", "metoprolol 50 mg tablet, 1 twice a day, since 2021-01-01, for heart failure",
  "simvastatin 20 mg tablet, 1 at bedtime, since 2019-01-01", "warfarin 5 mg tablet, 1 daily, since 2021-05-01, for atrial fibrillation",
  "digoxin 0.125 mg tablet, 1 daily, since 2021-05-01, for atrial fibrillation", "amiodarone 200 mg tablet, 1 daily, since 2024-05-01, for atrial fibrillation",
  "metformin 500 mg tablet, 1 twice a day, since 2018-01-01, for type 2 diabetes", "levothyroxine 50 mcg tablet, 1 daily, since 2015-01-01, for hypothyroidism",
  "prednisone 5 mg tablet, 1 daily, since 2025-09-01", "tramadol 50 mg tablet, 1 every 6 hours as needed, since 2025-10-01, for chronic pain",
  "cyclobenzaprine 5 mg tablet, 1 three times a day, since 2026-01-01", "hydroxyzine 25 mg tablet, 1 at bedtime, since 2026-02-01, for itching",
  "fluconazole 150 mg capsule, 1 daily, since 2026-11-10", "clarithromycin 500 mg tablet, 1 twice a day, since 2026-11-18",
  "baclofen 10 mg tablet, 1 three times a day, since 2026-03-01", "ibuprofen 400 mg tablet, 1 three times a day as needed, since 2026-06-01",
  "ondansetron 4 mg tablet, 1 as needed, since 2026-08-01", "alprazolam 0.5 mg tablet, 1 twice a day, since 2026-05-01, for panic disorder",
].join("\n");
