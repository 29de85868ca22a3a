/** What the host of the portal tells it: the file /config.json. */
export interface PortalConfig {
  /** The URL of the API without a slash at its end, or its path below the portal's own origin: empty there for `/v1/…`. */
  readonly api: string
  /** How people sign in. Left out where nobody does: the port of a sandbox signs. */
  readonly signIn?: PortalSignIn | undefined
}

export interface PortalSignIn {
  /** As its tokens have it. */
  readonly issuer: string
  /** What the issuer calls the portal. */
  readonly clientId: string
  readonly scope: string
  /** The name of the API at the issuer, where the issuer requires one: https://www.rfc-editor.org/rfc/rfc8707 */
  readonly resource?: string | undefined
  /** Other origins than the issuer's own at which it gives out tokens. */
  readonly origins?: readonly string[] | undefined
}
