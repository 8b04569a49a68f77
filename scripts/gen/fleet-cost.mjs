// Puts what a fleet costs its registry into docs/fleet.md, from the figures of the bench.
import { readFile } from "node:fs/promises";
import { ASSUMED, FIGURES, fleetTable } from "../fleet-cost.mjs";

const PAGE = "docs/fleet.md";
const BEGIN = "<!-- generated: fleet-cost -->";
const END = "<!-- end of fleet-cost -->";

export async function files(repository) {
  const page = await readFile(`${repository}${PAGE}`, "utf8");
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${PAGE} has no place for the table: ${BEGIN} … ${END}`);
  const text = fleetTable(ASSUMED, JSON.parse(await readFile(FIGURES, "utf8")));
  return { [PAGE]: `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}` };
}
