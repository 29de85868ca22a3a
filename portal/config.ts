/** The configuration of the portal. Its host serves it as /config.json. */
export interface PortalConfig {
  /**
   * The base URL of the API, without a trailing slash. For an API on the portal's origin, the path before `/v1/…`,
   * which may be empty.
   */
  readonly api: string
  /** Omitted in a sandbox: its port signs the requests, so nobody signs in. */
  readonly signIn?: PortalSignIn | undefined
}

export interface PortalSignIn {
  /** The `iss` claim of its tokens. */
  readonly issuer: string
  /** The portal's OAuth client ID at the issuer. */
  readonly clientId: string
  readonly scope: string
  /** The resource indicator of the API, if the issuer requires one: https://www.rfc-editor.org/rfc/rfc8707 */
  readonly resource?: string | undefined
  /** Origins of the issuer's endpoints, such as the token endpoint, that differ from the issuer's origin. */
  readonly origins?: readonly string[] | undefined
}
