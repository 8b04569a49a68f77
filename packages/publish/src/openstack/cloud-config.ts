import type { Secret } from "./secret.js";

/** A name or an id, with its domain when it is a name. */
export type Named =
  | { readonly id: string }
  | { readonly name: string; readonly domain: { readonly id: string } | { readonly name: string } };

export type Credentials =
  | { readonly kind: "password"; readonly user: Named; readonly password: Secret }
  | { readonly kind: "token"; readonly token: Secret }
  | {
      readonly kind: "application-credential";
      /** By id, or by name together with its user. */
      readonly credential: { readonly id: string } | { readonly name: string; readonly user: Named };
      readonly secret: Secret;
    }
  /** No Keystone: every request carries this token, or none, and goes to `imageEndpoint`. */
  | { readonly kind: "fixed"; readonly token?: Secret };

export type Scope =
  | { readonly project: Named }
  | { readonly domain: { readonly id: string } | { readonly name: string } }
  | { readonly system: { readonly all: true } }
  | { readonly "OS-TRUST:trust": { readonly id: string } };

export interface TlsSettings {
  readonly verify: boolean;
  /** Absolute path of a PEM bundle. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** One cloud, interpreted: everything needed to log in and to find the image service. */
export interface CloudConfig {
  /** As in clouds.yaml, or `envvars`. */
  readonly name: string;
  /** Ends in `/v3`; empty with fixed credentials. */
  readonly authUrl: string;
  readonly credentials: Credentials;
  /** Absent: the scope that the credentials bring with them. */
  readonly scope?: Scope;
  readonly region?: string;
  /** In order of preference. */
  readonly interfaces: readonly string[];
  readonly serviceType: string;
  readonly serviceName?: string;
  /** Used instead of the catalog. */
  readonly imageEndpoint?: string;
  readonly tls: TlsSettings;
}

/** The credentials in a configuration, for a redactor. */
export function secretsOf({ credentials }: CloudConfig): readonly Secret[] {
  switch (credentials.kind) {
    case "password":
      return [credentials.password];
    case "token":
      return [credentials.token];
    case "application-credential":
      return [credentials.secret];
    case "fixed":
      return credentials.token ? [credentials.token] : [];
  }
}
