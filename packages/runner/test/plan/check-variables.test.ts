import { expect, test } from "vitest";
import { checkVariables } from "../../src/plan/check-variables.js";

test("variables of upstream's builder that mean nothing here are told, with what to do instead", () => {
  const found = checkVariables({ RUN_PARTS_REGEX: ".*", TMP_DIR: "", DUMP_CONFIG_GRAPH: "1", DIB_RELEASE: "bookworm" });
  expect(found.map(({ severity, message, help }) => `${severity} ${message}; ${help}`)).toEqual([
    'warning "RUN_PARTS_REGEX" has no effect here; name hook scripts as upstream does by default, by letters, digits, - and _',
    'warning "DUMP_CONFIG_GRAPH" has no effect here; see what "dibkit plan" says of the disk',
  ]);
});
