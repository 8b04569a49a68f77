import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createRedactor, publicUrl, secret } from "../../src/openstack/secret.js";

describe("a secret shows itself to nobody", () => {
  const config = { user: "ann", password: secret('pa"ss word') };
  test.each([
    ["inspect", inspect(config, { depth: 9, showHidden: true })],
    ["template", `${config.password}`],
    ["JSON", JSON.stringify(config)],
    ["concatenation", `${Object.entries(config)}`],
  ])("%s", (_how, text) => {
    expect(text).not.toMatch(/ss word|pa"/);
    expect(text).toContain("***");
  });
  test("only reveal does", () => expect(config.password.reveal()).toBe('pa"ss word'));
});

describe("a redactor removes what others echo", () => {
  const redactor = createRedactor([secret('pa"ss word'), secret("pa")]);
  redactor.add(secret("gAAAA-token"));
  test.each([
    ['user "ann" with pa"ss word was refused', 'user "ann" with *** was refused'],
    ['{"password": "pa\\"ss word"}', '{"***ssword": "***"}'],
    ["?password=pa%22ss%20word", "?***ssword=***"],
    ["token gAAAA-token, token gAAAA-token", "token ***, token ***"],
  ])("%s", (text, expected) => expect(redactor.text(text)).toBe(expected));

  test("in every string of a value", () => {
    const value = { kind: "rejected", status: 500, reason: "gAAAA-token", tail: ["x", "gAAAA-token"] };
    expect(redactor.value(value)).toEqual({ kind: "rejected", status: 500, reason: "***", tail: ["x", "***"] });
  });
});

test.each([
  ["https://ann:pw@id.example/v3", "https://id.example/v3"],
  ["https://id.example/v3?x=a@b", "https://id.example/v3?x=a@b"],
])("an address is shown without its credentials: %s", (url, expected) => expect(publicUrl(url)).toBe(expected));
