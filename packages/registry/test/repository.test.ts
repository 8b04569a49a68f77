import { describe, expect, test } from "vitest";
import { authKeys } from "../src/credentials.js";
import { isLoopback, parseRepository, renderRepository } from "../src/repository.js";

describe("the name of a repository", () => {
  test.each([
    ["registry.example.org/team/cache", "registry.example.org", "team/cache"],
    ["localhost/cache", "localhost", "cache"],
    ["127.0.0.1:5000/a/b-c/d_e.f", "127.0.0.1:5000", "a/b-c/d_e.f"],
    ["[::1]:5000/cache", "[::1]:5000", "cache"],
  ])("%s", (text, registry, name) => {
    const parsed = parseRepository(text);
    expect(parsed).toMatchObject({ ok: true, value: { repository: { registry, name, tlsVerify: true } } });
    if (parsed.ok) expect(renderRepository(parsed.value.repository)).toBe(text);
  });

  test.each([
    ["team/cache", "must begin with a registry, such as registry.example.org/team/cache"],
    ["cache", "must begin with a registry, such as registry.example.org/team/cache"],
    ["https://registry.example.org/cache", "must begin with a registry, such as registry.example.org/team/cache"],
    ["registry.example.org/Team", "must name a repository in lower case and without a tag, such as team/cache"],
    ["registry.example.org/team:tag", "must name a repository in lower case and without a tag, such as team/cache"],
    ["registry.example.org/../x", "must name a repository in lower case and without a tag, such as team/cache"],
    ["registry.example.org/team,mode=max", 'has "mode=max", but known are tls-verify'],
    ["registry.example.org/team,tls-verify=no", "has tls-verify=no, but legal are true, false"],
  ])("%s is none", (text, error) => {
    expect(parseRepository(text)).toEqual({ ok: false, error });
  });

  test("may have settings after it", () => {
    const parsed = parseRepository("r.example.org/team,mode=max,tls-verify=false", ["mode"]);
    expect(parsed).toMatchObject({ value: { repository: { tlsVerify: false } } });
    expect(parsed.ok && parsed.value.settings.get("mode")).toBe("max");
  });

  test("tells a registry of this machine from others", () => {
    expect(["localhost:5000", "127.0.0.1", "127.1.2.3:1", "[::1]:5000"].map(isLoopback)).not.toContain(false);
    expect(
      ["localhost.example.org", "registry:5000", "128.0.0.1", "127.0.0.1.example.org"].map(isLoopback),
    ).not.toContain(true);
  });
});

test("credentials are looked for under the most exact name first", () => {
  expect(authKeys("r.example.org", "a/b")).toEqual([
    ...["r.example.org/a/b", "r.example.org/a", "r.example.org", "https://r.example.org", "http://r.example.org"],
    "https://r.example.org/v1/",
  ]);
});
