import { expect, it } from "vitest";
import { assembleListing } from "../src/trial-guest/assemble-listing.js";

it.each<[string, string]>([
  ["fa f4 ; cli; hlt", "faf4"],
  ["a:\nb8 [b]\nb:", "b805100000"],
  ["a: b8 ^a", "b800100080"],
  ["a:\n  eb >a", "ebfe"],
  ["e8 >>a\na: c3", "e800000000c3"],
  ["=d503201f", "1f2003d5"],
  ['"ok" 00', "6f6b00"],
  ["90\nalign 4\n90", "9000000090"],
  ["align 4 ; already there", ""],
])("%j", (listing, bytes) => {
  expect(assembleListing(listing, 0x1000).toString("hex")).toBe(bytes);
});

it.each([
  ["eb >nowhere", /no label "nowhere"/],
  [`eb >far ${"90 ".repeat(200)} far:`, /out of range/],
  ["mov", /item "mov"/],
])("%j is a mistake", (listing, message) => {
  expect(() => assembleListing(listing.replace(/ far:/, "\nfar:"), 0)).toThrow(message);
});
