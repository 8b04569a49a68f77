import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result, readJson, readNamedFile } from "@dibkit/model";
import type { PastBuild } from "@dibkit/runner";

/** A statement of OpenVEX about some packages: https://github.com/openvex/spec. */
export interface VexStatement {
  /** Names and aliases of the vulnerability. */
  readonly vulnerabilities: readonly string[];
  /** Package URLs, with or without a version. */
  readonly products: readonly string[];
  readonly status: "not_affected" | "affected" | "fixed" | "under_investigation";
  readonly justification?: string;
  /** Why it is so, in somebody's words. */
  readonly impact?: string;
  /** File of the document. */
  readonly file: string;
  /** The element that it lies beside. */
  readonly element?: string;
}

const STATUSES: ReadonlySet<unknown> = new Set(["not_affected", "affected", "fixed", "under_investigation"]);

/** Where an element's statements are: `vex.json` in its directory; of one in TypeScript `NAME.vex.json` beside it. */
export async function elementVexFiles({ job }: PastBuild): Promise<readonly { file: string; element: string }[]> {
  const files: { file: string; element: string }[] = [];
  for (const { name: element, directory } of job.elements) {
    if (!existsSync(directory)) continue;
    const isDirectory = (await stat(directory)).isDirectory();
    const file = isDirectory ? join(directory, "vex.json") : directory.replace(/\.[cm]?tsx?$/, ".vex.json");
    if (file !== directory && existsSync(file)) files.push({ file, element });
  }
  return files;
}

/** Reads a document; an error is a whole sentence. Throws as reading the file does. */
export async function readVex(file: string, element?: string): Promise<Result<readonly VexStatement[], string>> {
  const text = (await readNamedFile(file)).toString();
  const document = readJson(text);
  if (!document.ok) return err(`"${file}" is not JSON: ${document.error}`);
  const { statements, "@context": context } = (document.value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof context !== "string" || !context.includes("openvex") || !Array.isArray(statements))
    return err(`"${file}" is not an OpenVEX document: it needs "@context" and "statements"`);
  const read: VexStatement[] = [];
  for (const [at, statement] of statements.entries()) {
    const one = readStatement(statement);
    if (typeof one === "string") return err(`statement ${at + 1} of "${file}" ${one}`);
    read.push({ ...one, file, ...(element === undefined ? {} : { element }) });
  }
  return ok(read);
}

/** The statement, or what is wrong with it as the end of a sentence. */
function readStatement(value: unknown): Omit<VexStatement, "file" | "element"> | string {
  const statement = (value ?? {}) as Readonly<Record<string, unknown>>;
  const { status, justification, impact_statement: impact } = statement;
  const vulnerabilities = namesOf(statement.vulnerability, ["name", "@id"]);
  const { aliases } = (statement.vulnerability ?? {}) as { readonly aliases?: unknown };
  if (vulnerabilities.length === 0) return "names no vulnerability";
  if (!STATUSES.has(status)) return `has the status "${status}", but legal are ${[...STATUSES].join(", ")}`;
  const products = Array.isArray(statement.products) ? statement.products.flatMap(packageUrls) : [];
  if (products.length === 0) return 'names no package: write its package URL into "products"';
  const reason = typeof justification === "string" || typeof impact === "string";
  if (status === "not_affected" && !reason)
    return 'says "not_affected" without a "justification" or an "impact_statement"';
  return {
    vulnerabilities: [...vulnerabilities, ...(Array.isArray(aliases) ? aliases.map(String) : [])],
    products,
    status: status as VexStatement["status"],
    ...(typeof justification === "string" ? { justification } : {}),
    ...(typeof impact === "string" ? { impact } : {}),
  };
}

/** A product is a package, or an image of which sub-components are. */
function packageUrls(product: unknown): readonly string[] {
  const { subcomponents, identifiers } = (product ?? {}) as Readonly<Record<string, unknown>>;
  const inside = Array.isArray(subcomponents) ? subcomponents.flatMap(packageUrls) : [];
  if (inside.length > 0) return inside;
  const { purl } = (identifiers ?? {}) as { readonly purl?: unknown };
  return [...namesOf(product, ["@id"]), ...(typeof purl === "string" ? [purl] : [])].filter((one) =>
    one.startsWith("pkg:"),
  );
}

function namesOf(value: unknown, fields: readonly string[]): readonly string[] {
  if (typeof value === "string") return [value];
  const record = (value ?? {}) as Readonly<Record<string, unknown>>;
  return fields.flatMap((field) => (typeof record[field] === "string" ? [record[field]] : []));
}
