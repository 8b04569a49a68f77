import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type BlockDeviceDocument,
  type PackageInstallsDocument,
  type PkgMapDocument,
  renderSchemas,
  schemas,
} from "@dibkit/model";
import { Ajv } from "ajv";
import { describe, expect, expectTypeOf, it } from "vitest";
import { parse } from "yaml";
import { describeUpstream } from "../upstream.js";

// Upstream and whole catalogs take their time on a busy machine.

const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });

const EXAMPLES: Readonly<Record<string, unknown>> = {
  "block-device.schema.json": [{ local_loop: { name: "image0" } }],
  "lock.schema.json": {
    ...{ version: 1, image: { architecture: "amd64", elements: ["vm"] } },
    ...{ elements: {}, packages: [], sources: [], fetched: [] },
  },
  "image-file.schema.json": [{ imagename: "web", elements: ["vm"] }],
};

describe("schemas", () => {
  it.each(Object.entries(schemas))("%s is a draft 7 schema", (_, schema) => {
    expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
    expect(ajv.validateSchema(schema)).toBe(true);
  });

  it("are rendered as files that parse to the same schemas", () => {
    const rendered = renderSchemas();
    expect(rendered.map(({ name }) => name)).toEqual([
      "package-installs.schema.json",
      "pkg-map.schema.json",
      "svc-map.schema.json",
      "block-device.schema.json",
      "image-file.schema.json",
      "lock.schema.json",
    ]);
    for (const { name, content } of rendered) {
      const validate = ajv.compile(JSON.parse(content) as object);
      expect(validate(EXAMPLES[name] ?? {}), name).toBe(true);
      expect(validate("text"), name).toBe(false);
    }
  });

  it("give the types", () => {
    expectTypeOf<{ curl: null; gcc: { phase: "install.d"; when: string[] } }>().toExtend<PackageInstallsDocument>();
    expectTypeOf<{ gcc: { phase: "install" } }>().not.toExtend<PackageInstallsDocument>();
    expectTypeOf<{ family: { redhat: { a: "b" } } }>().toExtend<PkgMapDocument>();
    expectTypeOf<[{ mkfs: { type: "ext4"; mount: { mount_point: "/" } } }]>().toExtend<BlockDeviceDocument>();
    expectTypeOf<[{ mkfs: { mount: "/" } }]>().not.toExtend<BlockDeviceDocument>();
  });
});

describeUpstream("schemas accept what upstream's tests use", (installation) => {
  const directory = join(installation.package, "block_device/tests/config");
  // Wrong on purpose, made for test plug-ins, or misspelt ("fck-passno"), which upstream does not notice.
  const wrong = [
    "bad_plugin.yaml",
    "cmd_create.yaml",
    "lvm_tree_multiple_partitions.yaml",
    "multi_key_node.yaml",
    "rollback.yaml",
  ];
  const names = (() => {
    try {
      return readdirSync(directory).filter((name) => name.endsWith(".yaml"));
    } catch {
      return [];
    }
  })();

  it.runIf(names.length > 0)("for block devices", () => {
    const validate = ajv.compile(schemas["block-device"]);
    const refused = names.filter((name) => !validate(parse(readFileSync(join(directory, name), "utf8"))));
    expect(refused.sort()).toEqual(names.filter((name) => wrong.includes(name)).sort());
  });
});
