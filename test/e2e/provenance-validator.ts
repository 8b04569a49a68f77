import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { unpackPackages, unpackPackagesOf } from "../debian-packages.mjs";
import { runProgram } from "./dibkit.js";

/** The schemas of in-toto's own project, which Debian has since forky; they are text. */
const SCHEMAS = "golang-github-in-toto-attestation-dev";
const COMPILER = ["protobuf-compiler", "libprotoc32", "libprotobuf32", "libprotobuf-dev", "python3-protobuf"];

/** Parses a statement as in-toto's messages in JSON, which knows every field, and its predicate as SLSA's provenance. */
const VALIDATE = `
import json, sys
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
text = open(sys.argv[1]).read()
json_format.Parse(text, statement_pb2.Statement())
json_format.ParseDict(json.loads(text)["predicate"], provenance_pb2.Provenance())
`;

/**
 * Tells what in-toto's schemas find wrong with a file of a statement of SLSA's provenance, which is empty when nothing is;
 * what it needs is unpacked below `directory`.
 */
export function openProvenanceValidator(directory: string): (path: string) => Promise<string> {
  const compiled = join(directory, "compiled");
  mkdirSync(compiled, { recursive: true });
  const schemas = unpackPackagesOf("sid", join(directory, "in-toto"), [SCHEMAS]);
  const root = unpackPackages(join(directory, "protobuf"), COMPILER);
  const libraries = readdirSync(join(root, "usr/lib")).map((name) => join(root, "usr/lib", name));
  const env = {
    LD_LIBRARY_PATH: libraries.join(":"),
    PYTHONPATH: `${compiled}:${join(root, "usr/lib/python3/dist-packages")}`,
  };
  const protos = join(schemas, "usr/share/gocode/src/github.com/in-toto/attestation/protos");
  const files = ["v1/resource_descriptor", "v1/statement", "predicates/provenance/v1/provenance"];
  const paths = [protos, join(root, "usr/include")].map((path) => `--proto_path=${path}`);
  const messages = files.map((file) => `in_toto_attestation/${file}.proto`);
  execFileSync(join(root, "usr/bin/protoc"), [...paths, `--python_out=${compiled}`, ...messages], {
    ...{ env, stdio: "pipe" },
  });
  return async (path) => {
    const run = await runProgram(["python3", "-c", VALIDATE, path], { cwd: directory, env });
    return run.exitCode === 0 ? "" : run.stderr;
  };
}
