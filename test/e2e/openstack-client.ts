import { readdirSync, readFileSync } from "node:fs";
import type { Site } from "../../scripts/openstack/configuration.mjs";

/** What a test reads of an image record. */
export interface ImageSummary {
  readonly id: string;
  readonly status: string;
  readonly tags: readonly string[];
}

/** The user of a test site, without dibkit: to prepare and to check. */
export interface OpenStackClient {
  readonly authUrl: string;
  logIn(): Promise<{ readonly token: string; readonly userId: string; readonly projectId: string }>;
  createApplicationCredential(name: string): Promise<{ readonly id: string; readonly secret: string }>;
  imagesNamed(name: string): Promise<readonly ImageSummary[]>;
}

export function createOpenStackClient(site: Site): OpenStackClient {
  const authUrl = `http://127.0.0.1:${site.keystonePort}/v3`;
  const post = async <T>(path: string, token: string | undefined, content: object) => {
    const answer = await fetch(`${authUrl}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token ? { "x-auth-token": token } : {}) },
      body: JSON.stringify(content),
    });
    if (answer.status !== 201) throw new Error(`keystone answered ${answer.status}: ${await answer.text()}`);
    return { token: answer.headers.get("x-subject-token") ?? "", body: (await answer.json()) as T };
  };
  const client: OpenStackClient = {
    authUrl,
    async logIn() {
      const domain = { id: "default" };
      const user = { name: "builder", password: site.secrets.user, domain };
      const identity = { methods: ["password"], password: { user } };
      const auth = { identity, scope: { project: { name: "images", domain } } };
      type Login = { token: { user: { id: string }; project: { id: string } } };
      const { token, body } = await post<Login>("auth/tokens", undefined, { auth });
      return { token, userId: body.token.user.id, projectId: body.token.project.id };
    },
    async createApplicationCredential(name) {
      const { token, userId } = await client.logIn();
      type Made = { application_credential: { id: string; secret: string } };
      const path = `users/${userId}/application_credentials`;
      return (await post<Made>(path, token, { application_credential: { name } })).body.application_credential;
    },
    async imagesNamed(name) {
      const { token } = await client.logIn();
      const url = `http://127.0.0.1:${site.glancePort}/v2/images?name=${name}`;
      const answer = await fetch(url, { headers: { "x-auth-token": token } });
      return ((await answer.json()) as { images: ImageSummary[] }).images;
    },
  };
  return client;
}

/** The words of every process of this machine, as `ps` would show them. */
export function allCommandLines(): string {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    })
    .join("\n");
}
