// docs/conformance.md: upstream's elements and what comparisons with it have shown, from docs/conformance.json.
import { readFile } from "node:fs/promises";

export async function files(repository) {
  const { conformancePage } = await import(`${repository}packages/conform/src/conformance-page.ts`);
  const record = JSON.parse(await readFile(`${repository}docs/conformance.json`, "utf8"));
  return { "docs/conformance.md": conformancePage(record) };
}
