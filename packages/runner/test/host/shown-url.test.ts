import { expect, test } from "vitest";
import { shownUrl } from "../../src/host/network/shown-url.js";

test.each([
  ["http://deb.example.org/debian/dists/sid/InRelease", "http://deb.example.org/debian/dists/sid/InRelease"],
  ["http://me:hunter2@example.org/x", "http://[secret]@example.org/x"],
  ["http://me@example.org/x", "http://[secret]@example.org/x"],
  ["http://example.org:8080/x?ref=main&a=b", "http://example.org:8080/x?ref=main&a=b"],
  [
    "http://example.org/r.git/info/refs?service=git-upload-pack",
    "http://example.org/r.git/info/refs?service=git-upload-pack",
  ],
  ["http://example.org/x?access_token=abc&ref=main", "http://example.org/x?access_token=[secret]&ref=main"],
  [
    "http://example.org/x?X-Amz-Signature=00ff&X-Amz-Date=1",
    "http://example.org/x?X-Amz-Signature=[secret]&X-Amz-Date=1",
  ],
  ["http://example.org/x?w=0123456789012345678901234", "http://example.org/x?w=[secret]"],
  ["http://example.org/s3cr3t/x?y=s3cr3t", "http://example.org/[secret]/x?y=[secret]"],
  ["http://example.org/x#part", "http://example.org/x"],
  ["/not/a/url/s3cr3t", "/not/a/url/[secret]"],
])("%s is kept as %s", (url, shown) => {
  expect(shownUrl(url, ["s3cr3t"])).toBe(shown);
});
