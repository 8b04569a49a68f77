import { expect, it } from "vitest";
import { formatSize, parseRelativeSize, parseSize } from "../../src/block-device/size.js";

// The rows of upstream's own test (block_device/tests/test_utils.py), and a few more.
it.each([
  ["TiB", 1024 ** 4],
  ["1KiB", 1024],
  ["1.23 KiB", 1259],
  ["2.4T", 2400000000000],
  [" 2.4T", undefined],
  ["3M", 3000000],
  ["1GB", 1000 ** 3],
  ["512", 512],
  ["1.2.3G", undefined],
  ["8Gib", undefined],
  ["1e3", undefined],
])("%s is %s bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

it.each([
  ["50%", 1000, 500],
  ["33.3%", 1000, 333],
  ["100%", 7, 7],
  ["10MiB", 1, 10485760],
  ["%", 1, undefined],
  ["x%", 1, undefined],
])("%s of %s is %s", (text, whole, bytes) => {
  expect(parseRelativeSize(text, whole)).toBe(bytes);
});

it.each([
  [1024 ** 3, "1GiB"],
  [550 * 1024 ** 2, "550MiB"],
  [64 * 1024, "64KiB"],
  [1000, "1000B"],
  [0, "0B"],
])("%s is written %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
