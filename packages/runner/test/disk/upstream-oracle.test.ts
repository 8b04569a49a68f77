import { upstreamInstallation } from "@dibkit/model";
import { describe, it } from "vitest";
import { askUpstream, configurations, expectSame, hasBlockDevice } from "./block-device-oracle.js";

const upstream = upstreamInstallation(process.env);
const reason = "needs python3-diskimage-builder";

describe.skipIf(upstream === undefined || !hasBlockDevice)(`against upstream's block_device (${reason})`, async () => {
  const installed = { package: upstream?.package ?? "", version: upstream?.version ?? "" };
  const configs = upstream === undefined ? {} : await configurations(installed);
  const answers = upstream === undefined ? {} : await askUpstream(installed, configs);

  it.each(Object.entries(configs))("%s", (name, text) => {
    const theirs = answers[name];
    if (theirs === undefined) throw new Error(`upstream has no answer for ${name}`);
    expectSame(name, text, theirs, installed.version);
  });
});
