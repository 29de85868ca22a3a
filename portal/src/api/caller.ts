/** A short caller name: the user or role of an ARN, or the subject of a token. */
export function shortNameOf(caller: string): string {
  const [, subject] = /^https:[^#]*#(.+)$/.exec(caller) ?? []
  return subject ?? caller.split('/').at(-1) ?? caller
}
