import type { BuildJob } from "@dibkit/runner";
import { expect, test } from "vitest";
import { publicEnvironment, publicValue } from "../../src/provenance/public-values.js";

test.each([
  ["bookworm", true],
  ["", true],
  ["a b,c=d", true],
  ["http://deb.example.org/debian", true],
  ["https://deb.example.org:8080/debian/ main", true],
  ["1/2", true],
  ["linux/amd64", true],
  ["/srv/mirror", false],
  ["~/elements", false],
  ["~", false],
  ["a:/srv/mirror", false],
  ["--root=/srv/x", false],
  ["-L /srv/x", false],
  ["x '/srv/y z'", false],
  ["file:///srv/mirror", false],
  ["http://somebody:word@deb.example.org/", false],
  ["http://token@deb.example.org/", false],
  ["before \0DIB_TOKEN\0 behind", false],
  ["http://builder-7.example.org/", false],
])("of the value %j everybody may know it: %s", (value, shown) => {
  expect(publicValue(value, "builder-7")).toBe(shown ? value : null);
});

test("only what reached scripts is told, and never who sat where", () => {
  const environment = {
    ...{ DIB_RELEASE: "trixie", DIB_UNSEEN: "x", HOSTNAME: "builder-7", USER: "somebody", http_proxy: "proxy:3128" },
    SSH_ASKPASS: "ask",
  };
  const passed = ["DIB_RELEASE", "http_proxy", "USER", "SSH_ASKPASS", "DIB_GONE"];
  const job = { request: { environment }, passed } as unknown as BuildJob;
  expect(publicEnvironment(job)).toEqual({ DIB_RELEASE: "trixie", SSH_ASKPASS: null, USER: null, http_proxy: null });
});
