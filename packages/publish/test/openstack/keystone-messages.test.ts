import { describe, expect, test } from "vitest";
import type { CloudConfig } from "../../src/openstack/cloud-config.js";
import { authenticationBody, imageEndpoint, reasonOf } from "../../src/openstack/keystone-messages.js";
import { secret } from "../../src/openstack/secret.js";
import { renderPublishFailure } from "../../src/publish-failure.js";

const config: CloudConfig = {
  ...{ name: "one", authUrl: "http://k/v3", interfaces: ["public"], serviceType: "image", tls: { verify: true } },
  credentials: { kind: "password", user: { name: "ann", domain: { name: "Default" } }, password: secret("pw") },
  scope: { project: { id: "p1" } },
};

describe("the login that keystone gets", () => {
  test.each<[string, Partial<CloudConfig>, object]>([
    [
      "password",
      {},
      {
        identity: {
          methods: ["password"],
          password: { user: { name: "ann", domain: { name: "Default" }, password: "pw" } },
        },
        scope: { project: { id: "p1" } },
      },
    ],
    [
      "token",
      { credentials: { kind: "token", token: secret("ttt") } },
      { identity: { methods: ["token"], token: { id: "ttt" } }, scope: { project: { id: "p1" } } },
    ],
    [
      "application credential",
      { credentials: { kind: "application-credential", credential: { id: "a1" }, secret: secret("sss") } },
      { identity: { methods: ["application_credential"], application_credential: { id: "a1", secret: "sss" } } },
    ],
  ])("%s", (_kind, changes, auth) => expect(authenticationBody({ ...config, ...changes })).toEqual({ auth }));
});

describe("the image service in a catalog", () => {
  const endpoint = (region: string, name: string, url: string) => ({ interface: name, region, region_id: region, url });
  const catalog = [
    { type: "identity", name: "keystone", endpoints: [endpoint("R1", "public", "http://k")] },
    {
      ...{ type: "image", name: "glance" },
      endpoints: [
        endpoint("R1", "admin", "http://r1-admin:9292"),
        endpoint("R1", "public", "http://r1:9292/v2/"),
        endpoint("R2", "public", "http://r2/image"),
      ],
    },
  ];
  const offered = 'region "R1" interface "admin", region "R1" interface "public", region "R2" interface "public"';
  test.each<[Partial<CloudConfig>, string]>([
    [{}, "http://r1:9292"],
    [{ region: "R2" }, "http://r2/image"],
    [{ interfaces: ["internal", "admin"] }, "http://r1-admin:9292"],
    [{ region: "R9" }, `the catalog has no image service for region "R9", interface "public"; it offers ${offered}`],
    [{ serviceName: "other" }, 'the catalog has no image service for interface "public"; it offers none at all'],
  ])("%j", (changes, expected) => {
    const found = imageEndpoint(catalog, { ...config, ...changes });
    expect(found.ok ? found.value : renderPublishFailure(found.error).message).toBe(expected);
  });
});

test.each([
  [
    '{"error":{"code":401,"message":"The request you have made requires authentication.","title":"Unauthorized"}}',
    "The request you have made requires authentication",
  ],
  ['{"message": "You are not authorized.<br /><br />\\n\\n\\n", "code": "403 Forbidden"}', "You are not authorized"],
  [
    "<html><head><title>413 Too Large</title></head><body><h1>413 Too Large</h1>\nImage exceeds\n the quota<br /></body></html>",
    "Image exceeds the quota",
  ],
  ["413 Request Entity Too Large\n\nImage exceeds the quota.\n\n   ", "Image exceeds the quota"],
  ["", "status 502 without an explanation"],
  ['{"a": "b"}', '{"a": "b"}'],
])("the reason in an error page: %s", (text, expected) => expect(reasonOf(502, text)).toBe(expected));
