import { setOptionRule } from "../set-option-rule.js";

export default setOptionRule("nounset", {
  id: "script-nounset",
  why: "Without it a misspelt variable is an empty string, and `rm -rf $TARGET_ROOTT/usr` works on the host.",
  dibLint: ["setu"],
});
