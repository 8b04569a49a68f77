/** What a text of JSON says; undefined when it is not JSON, for whoever then goes on without it. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
