// Makes ../look.css from the parts of nhsuk-frontend that the page uses: compiled, cut to the classes that occur in ../../src, and with
// every colour behind a custom property, so that the dark theme in ../page.css is a table of colours and nothing else.
// `npm ci && node build.mjs` after a class was added; the result is committed, so nobody needs this to build or run the page.
import { readFileSync, writeFileSync, readdirSync, copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";
import { PurgeCSS } from "purgecss";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"))).version;

const compiled = sass.compile(join(here, "look.scss"), { loadPaths: [modules], style: "expanded", logger: sass.Logger.silent });
const sources = readdirSync(join(here, "../../src"), { recursive: true }).filter((f) => f.endsWith(".rs"));
const [{ css: kept }] = await new PurgeCSS().purge({
  content: sources.map((f) => ({ raw: readFileSync(join(here, "../../src", f), "utf8"), extension: "rs" })),
  css: [{ raw: compiled.css }],
  extractors: [{ extensions: ["rs"], extractor: (text) => text.match(/[A-Za-z][A-Za-z0-9_-]*/g) ?? [] }],
  safelist: { standard: [/^:/] },
});

const kind = (property) =>
  property === "color" || property === "fill" ? "fg" : property.startsWith("background") ? "bg" : "line";
const themed = kept
  // Icons of the original are pictures on a server of theirs; none of them is used.
  .replace(/^[^\n{}]*\{[^{}]*url\([^)]*\)[^{}]*\}/gm, "")
  .replace(/\{([^{}]*)\}/g, (block, body) =>
    // What is drawn on the yellow of focus stays dark on yellow in both themes.
    /#ffeb3b/i.test(body)
      ? block
      : `{${body.replace(/([a-z-]+):([^;]*)/g, (d, property, value) =>
          `${property}:${value.replace(/#([0-9a-f]{6}|[0-9a-f]{3})\b/gi, (hex, digits) => `var(--${kind(property)}-${digits.toLowerCase()}, ${hex})`)}`)}}`,
  );
const head = `/* From nhsuk-frontend ${version("nhsuk-frontend")}, MIT licence (LICENSE-nhsuk-frontend.txt); made by source/build.mjs. */\n`;
const small = sass.compileString(themed, { syntax: "css", style: "compressed" }).css;
writeFileSync(join(here, "../look.css"), head + small + "\n");
copyFileSync(join(modules, "htmx.org/dist/htmx.min.js"), join(here, "../htmx.min.js"));
copyFileSync(join(modules, "htmx.org/LICENSE"), join(here, "../LICENSE-htmx.txt"));
const properties = [...new Set(small.match(/--(fg|bg|line)-[0-9a-f]+/g))].sort();
console.log(`look.css ${head.length + small.length} bytes; colours: ${properties.join(" ")}`);
