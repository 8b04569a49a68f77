import { viewsOf } from "@dibkit/model";
import { defineGraphRule } from "../rule.js";
import { enumerated } from "../words.js";

export default defineGraphRule({
  id: "block-device-once",
  summary: "one element of a build says how the disk is laid out",
  why: "Of several block-device configurations one is used, and which one is left to chance.",
  upstream: "The first one in the order of a Python set wins, which differs from run to run.",
  fix: "Keep one of the elements, or set DIB_BLOCK_DEVICE_CONFIG.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/element-deps": "disk-a\ndisk-b\n",
      "disk-a/block-device-default.yaml": "- local_loop:\n    name: image0\n",
      "disk-b/block-device-default.yaml": "- local_loop:\n    name: image0\n",
    },
    good: {
      "web/element-deps": "disk-a\n",
      "disk-a/block-device-default.yaml": "- local_loop:\n    name: image0\n",
      "disk-b/block-device-default.yaml": "- local_loop:\n    name: image0\n",
    },
  },
  *check({ composition, focus, contextOf }) {
    const owners = composition.elements.filter(({ element }) =>
      viewsOf(element).blockDevices.value.some((config) => config.name === "default"),
    );
    const [first, second] = owners;
    if (first === undefined || second === undefined) return;
    // Told where the two come together, not where that element is used.
    const joined = focus === undefined || owners.every(({ path }) => path.length <= 2);
    if (!joined || composition.image?.environment?.["DIB_BLOCK_DEVICE_CONFIG"] !== undefined) return;
    yield {
      element: second.element.name,
      message: `${enumerated(owners.map(({ element }) => element.name))} each bring a block-device configuration: which one is used is left to chance`,
      help: "keep one of them, or set DIB_BLOCK_DEVICE_CONFIG",
      location: contextOf(second.element).locationOf("block-device-default.yaml"),
      related: [
        {
          message: `that of "${first.element.name}"`,
          location: contextOf(first.element).locationOf("block-device-default.yaml"),
        },
      ],
    };
  },
});
