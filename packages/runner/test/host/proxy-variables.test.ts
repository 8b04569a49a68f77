import { expect, test } from "vitest";
import { PROXY_URL, proxiedEnvironment, unproxiedEnvironment } from "../../src/host/network/proxy-variables.js";

const LEADING = { http_proxy: PROXY_URL, https_proxy: PROXY_URL, HTTP_PROXY: PROXY_URL, HTTPS_PROXY: PROXY_URL };
const USERS = { http_proxy: "http://proxy.example.org:3128", no_proxy: "example.org" };

test("a step is led to the proxy, past whatever the user's variables say", () => {
  expect(proxiedEnvironment("install.d/50-x", { ...USERS, ALL_PROXY: "socks5://x", LANG: "C" })).toEqual({
    LANG: "C",
    ...LEADING,
  });
});

test("what upstream's scripts write into the image is not the proxy of the build", () => {
  const own = { ...USERS, LANG: "C" };
  expect(proxiedEnvironment("root.d/50-build-with-http-cache", own)).toEqual({ LANG: "C" });
  expect(proxiedEnvironment("pre-install.d/02-proxy-settings", own)).toEqual(own);
});

test.each([
  ["nothing of it stays", {}, LEADING, {}],
  ["the user's own come back", USERS, LEADING, USERS],
  [
    "what was made of them is as it would have been",
    USERS,
    { ...LEADING, X: `-x ${PROXY_URL}` },
    { ...USERS, X: `-x ${USERS.http_proxy}` },
  ],
  [
    "what was set instead counts",
    USERS,
    { ...LEADING, http_proxy: "http://b", no_proxy: "b" },
    { http_proxy: "http://b", no_proxy: "b" },
  ],
  ["what was unset is unset", USERS, {}, { no_proxy: "example.org" }],
])("of the variables that environment.d has left: %s", (_what, own, left, expected) => {
  expect(unproxiedEnvironment(left as Record<string, string>, own as Record<string, string>)).toEqual(expected);
});
