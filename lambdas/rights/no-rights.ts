/** The manifests cannot be generated for this request. The message contains the reason and what to do. */
export class NoRights extends Error {
  override readonly name = 'NoRights'
}
