import { setOptionRule } from "../set-option-rule.js";

export default setOptionRule("pipefail", {
  id: "script-pipefail",
  why: "Without it `curl … | tar x` succeeds when the download fails.",
  dibLint: ["setpipefail"],
});
