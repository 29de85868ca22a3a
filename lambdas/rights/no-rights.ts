/** There are no rights for this request. The message says why, and what to do. */
export class NoRights extends Error {
  override readonly name = 'NoRights'
}
