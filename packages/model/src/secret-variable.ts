const NAME = /(PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY|API_?KEY|CREDENTIAL|ACTIVATION_KEY)S?$/i;

/** Paths and switches about a secret are none. */
const NO_SECRET = /^([/~].*|\d|true|false|yes|no)?$/i;

/** Whether the name of a variable says that its value must not be seen; without a value the name alone decides. */
export function looksLikeSecret(name: string, value?: string): boolean {
  return NAME.test(name) && (value === undefined || !NO_SECRET.test(value));
}
