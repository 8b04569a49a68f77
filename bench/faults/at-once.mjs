// Two builds at once, over the same store, image cache and output directory.
import { hurt } from "./hurt.mjs";
import { FETCH, fetching } from "./mirror.mjs";
import { imagesIn } from "./place.mjs";

/** Gives a row for each pair of builds. */
export async function* atOnce(place, { system }) {
  place.edit(["install", "finalise"], `twice-${Date.now()}`);
  const images = imagesIn(place.path("out")).length;
  const same = await pair(place, "the same image twice", { system }, { system });
  if (imagesIn(place.path("out")).length < Math.min(images, 1)) same.wrong.push("an image is gone");
  yield same;
  place.edit(["install", "finalise"], `beside-${Date.now()}`);
  yield await pair(place, "two images of one tree", { system, image: "one" }, { system, image: "two" });
  if (system !== "debian") return;
  place.element("fetch", FETCH);
  const fetch = (image, wanted) => ({ elements: ["fetch"], image, env: fetching("", Date.now(), wanted) });
  yield await pair(place, "two that use apt", fetch("one", "tree"), fetch("two", "bc"));
}

function pair(place, name, first, second) {
  return hurt(place, {
    name,
    build: first,
    expected: [0],
    harm: async (run) => {
      const other = place.start(second);
      const [, { code }] = await Promise.all([run.ended, other.ended]);
      if (code !== 0) run.text += `\nthe other build ended with ${code}\n${other.text.slice(-2000)}`;
      return { row: { other: String(code) } };
    },
  }).then((row) => {
    if (row.other !== "0") row.wrong.push(`the other build ended with ${row.other}`);
    return row;
  });
}
