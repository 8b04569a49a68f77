/** A request to a server in the booted image. */
export interface HttpProbe {
  readonly guestPort: number;
  /** Path with a leading slash. */
  readonly path: string;
  /** Text the answer must contain. */
  readonly text?: string;
}

export type ProbeResult =
  | { readonly ok: true; readonly status: number; readonly body: string }
  | { readonly ok: false; readonly reason: string; readonly answered: boolean };

/** `80`, `80/index.html` or `80/path=text the answer contains`. Undefined when it is none of these. */
export function parseHttpProbe(text: string): HttpProbe | undefined {
  const match = /^(\d+)(\/[^=]*)?(?:=(.+))?$/s.exec(text);
  const guestPort = Number(match?.[1]);
  if (match === null || guestPort < 1 || guestPort > 65535) return undefined;
  return { guestPort, path: match[2] ?? "/", ...(match[3] === undefined ? {} : { text: match[3] }) };
}

/** `port 80, path "/"`. */
export function describeProbe({ guestPort, path, text }: HttpProbe): string {
  return `http port ${guestPort} path "${path}"${text === undefined ? "" : ` with "${text}"`}`;
}

/** Asks again each second until the answer is right or time is over; a redirect is followed only on the same port. */
export async function probeHttp(
  probe: HttpProbe,
  hostPort: number,
  untilMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  let last: Extract<ProbeResult, { ok: false }> = { ok: false, reason: "no answer", answered: false };
  for (;;) {
    const left = untilMs - performance.now();
    if (left <= 0 || signal.aborted) return last;
    const answer = await askOnce(probe, hostPort, Math.min(left, 10_000), signal);
    if (answer.ok) return answer;
    // A wrong answer says more than the silence of a request that time cut off.
    if (answer.answered || !last.answered) last = answer;
    await new Promise((resolve) => setTimeout(resolve, Math.min(1000, Math.max(0, untilMs - performance.now()))));
  }
}

async function askOnce(
  probe: HttpProbe,
  hostPort: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  try {
    const answer = await fetch(`http://127.0.0.1:${hostPort}${probe.path}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(timeoutMs))]),
      redirect: "manual",
      headers: { connection: "close" },
    });
    const body = await answer.text();
    if (answer.status >= 400) return { ok: false, reason: `status ${answer.status}`, answered: true };
    if (probe.text !== undefined && !body.includes(probe.text)) {
      const start = body.trim().split("\n")[0]?.slice(0, 120) ?? "";
      return { ok: false, reason: `the answer does not contain "${probe.text}" but begins "${start}"`, answered: true };
    }
    return { ok: true, status: answer.status, body };
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
    return { ok: false, reason: `no answer (${cause})`, answered: false };
  }
}
