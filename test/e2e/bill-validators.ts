import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import licenseIds from "spdx-license-ids/index.json" with { type: "json" };
import { unpackPackagesOf } from "../debian-packages.mjs";
import { runProgram } from "./dibkit.js";

/** SPDX's own tools in Python, which Debian has since forky, and what they import. */
const SPDX_TOOLS =
  "python3-spdx-tools python3-beartype python3-click python3-license-expression python3-boolean python3-ply python3-rdflib python3-semantic-version python3-uritools python3-xmltodict python3-yaml python3-pyparsing";

const VALIDATE = `
import json, sys
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
messages = validate_full_spdx_document(parse_file(sys.argv[1]))
print(json.dumps([message.validation_message[:400] for message in messages]))
`;

/** What SPDX's tools find wrong with a document; the packages are unpacked below `directory`. */
export async function spdxProblems(path: string, directory: string): Promise<readonly string[]> {
  const root = unpackPackagesOf("sid", directory, SPDX_TOOLS.split(" "));
  const env = { PYTHONPATH: join(root, "usr/lib/python3/dist-packages") };
  const run = await runProgram(["python3", "-c", VALIDATE, path], { cwd: directory, env });
  if (run.exitCode !== 0) return [run.stderr];
  // The list of licences in the tools is older than dibkit's.
  const newer = new RegExp(`^Unrecognized license reference: (?:${licenseIds.map(quoted).join("|")})\\.`);
  return (JSON.parse(run.stdout) as string[]).filter((message) => !newer.test(message));
}

/** What CycloneDX's schema, in the strict form that allows nothing unknown, finds wrong with a document. */
export async function cyclonedxProblems(path: string): Promise<unknown> {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  return validator.validate(readFileSync(path, "utf8"));
}

function quoted(text: string): string {
  return text.replace(/[.+]/g, "\\$&");
}
