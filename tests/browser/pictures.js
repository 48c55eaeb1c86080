// Pictures of every page: wide and phone, light and dark, for people to look at. `node pictures.js FOLDER [NAME...]`
import { mkdirSync, readFileSync } from "node:fs";
import { browse, open, serve } from "./support.js";

const folder = process.argv[2] ?? "pictures";
const only = process.argv.slice(3);
mkdirSync(folder, { recursive: true });
const { address, stop } = await serve();
const browser = await browse();

const reviewOf = (example) => async (page) => {
  await page.goto(`${address}/?example=${example}`);
  await Promise.all([page.waitForURL("**/review"), page.click("form#enter .actions button >> text=Review")]);
};
export const VIEWS = {
  enter: (page) => page.goto(`${address}/`),
  "enter-example": (page) => page.goto(`${address}/?example=unknown-drug`),
  "enter-fhir": (page) => page.goto(`${address}/?example=fhir`),
  review: reviewOf("new-benzodiazepine"),
  "review-many": reviewOf("many-drugs"),
  "review-stop": reviewOf("interactor-stops"),
  "what-if": async (page) => {
    await reviewOf("many-drugs")(page);
    await page.click("button[value='stop:zopiclone']");
    await page.waitForSelector("#difference");
  },
  taper: async (page) => {
    await reviewOf("taper-candidate")(page);
    await page.click("text=Plan a taper of diazepam");
    await page.waitForSelector("#steps");
  },
  "taper-form": (page) => page.goto(`${address}/taper`),
  drug: (page) => page.goto(`${address}/drug/diazepam`),
  drugs: (page) => page.goto(`${address}/drugs`),
  rule: (page) => page.goto(`${address}/rule/opioid-with-benzodiazepine`),
  rules: (page) => page.goto(`${address}/rules`),
  class: (page) => page.goto(`${address}/class/benzodiazepine`),
  interaction: async (page) => {
    await page.goto(`${address}/interactions`);
    await page.click(".facts a >> nth=0");
  },
  source: async (page) => {
    await page.goto(`${address}/drug/diazepam`);
    await page.click("#uses + ul .ref >> nth=0");
  },
  search: (page) => page.goto(`${address}/search?q=diazepan+and+fluvoxamine`),
  feedback: (page) => page.goto(`${address}/feedback`),
  missing: (page) => page.goto(`${address}/drug/nothing-of-that-name`),
};
for (const [look, width, height] of [["wide", 1280, 900], ["phone", 390, 844]]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, go] of Object.entries(VIEWS)) {
      if (only.length && !only.includes(name)) continue;
      const { page, context } = await open(browser, { viewport: { width, height }, colorScheme });
      // While the style is worked at, the file is shown and not what the program was built with.
      if (process.env.POSOLOGY_PAGE_STYLE) {
        await page.route("**/assets/page.css*", (r) => r.fulfill({ contentType: "text/css", body: readFileSync(process.env.POSOLOGY_PAGE_STYLE, "utf8") }));
      }
      await go(page);
      await page.screenshot({ path: `${folder}/${name}-${look}-${colorScheme}.png`, fullPage: process.env.FULL === "1" });
      await context.close();
    }
  }
}
await browser.close();
stop();
