// Puts what a fleet costs its registry into docs/fleet.md, from the figures of the bench.
import { readFile } from "node:fs/promises";
import { ASSUMED, FIGURES, fleetTable } from "../fleet-cost.mjs";
import { putIntoPage } from "../put-into-page.mjs";

export async function files(repository) {
  const text = fleetTable(ASSUMED, JSON.parse(await readFile(FIGURES, "utf8")));
  return putIntoPage(repository, "docs/fleet.md", "fleet-cost", text);
}
