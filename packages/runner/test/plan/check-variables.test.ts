import { expect, test } from "vitest";
import { checkVariables } from "../../src/plan/check-variables.js";

test("variables of upstream's builder that mean nothing here are told, with what to do instead", () => {
  const environment = { RUN_PARTS_REGEX: ".*", TMP_DIR: "", DUMP_CONFIG_GRAPH: "1", DIB_RELEASE: "bookworm" };
  const found = checkVariables({ environment, upstreamVersion: "3.13.0" });
  expect(found.map(({ severity, message, help }) => `${severity} ${message}; ${help}`)).toEqual([
    'warning "RUN_PARTS_REGEX" has no effect here; name hook scripts as upstream does by default, by letters, digits, - and _',
    'warning "DUMP_CONFIG_GRAPH" has no effect here; see what "dibkit plan" says of the disk',
  ]);
});

test.each([
  [{ ROOT_LABEL: "x" }, "3.13.0", ['"ROOT_LABEL" has no effect: diskimage-builder 3.13.0 does not read it']],
  [{ ROOT_LABEL: "x" }, "3.23.1", []],
  [{ DIB_BLOCK_SIZE: "4096" }, "3.33.0", ['"DIB_BLOCK_SIZE" has no effect: diskimage-builder 3.33.0 does not read it']],
  [{ DIB_CONTAINERFILE_RUNTIME: "docker" }, "3.20.0", []],
  [{ DIB_CHECKSUM: "md5" }, "3.30.0", ['DIB_CHECKSUM is "md5", for which diskimage-builder 3.30.0 writes no checksum']],
  [{ DIB_CHECKSUM: "1" }, "3.30.0", []],
  [{ DIB_CHECKSUM: "md5,sha256" }, undefined, []],
])("%j with diskimage-builder %s", (environment, version, expected) => {
  const request = {
    environment: { ...environment } as Record<string, string>,
    ...(version && { upstreamVersion: version }),
  };
  expect(checkVariables(request).map(({ message }) => message)).toEqual(expected);
});
