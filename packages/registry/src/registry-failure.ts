/** Why a registry did not give or take something. `message` is the end of a sentence that begins with its name. */
export interface RegistryFailure {
  /**
   * `unavailable`: it cannot be reached, or gives up on everybody. `refused`: it does not serve this user. `content`: what
   * it sent is not what was asked for; other requests may do better. `interrupted`: by the user.
   */
  readonly kind: "unavailable" | "refused" | "content" | "interrupted";
  readonly message: string;
  /** It may do better when asked again; after so many seconds, where it says so. */
  readonly again?: { readonly afterSeconds?: number };
}

export const INTERRUPTED: RegistryFailure = { kind: "interrupted", message: "was interrupted" };

/** Something that is not what was asked for. */
export function wrongContent(message: string): RegistryFailure {
  return { kind: "content", message };
}
