/** Shorter secrets may occur by chance. A bootstrap token, the shortest token of Kubernetes, has 23 characters. */
const shortestSecret = 16

/** Whether a server's text contains the client's secret, even with JSON escapes. A debugging proxy may send it back. */
export function containsSecret(text: string, secret: string | undefined): boolean {
  if (secret === undefined || secret.length < shortestSecret) return false
  return text.includes(secret) || (text.includes('\\') && unescaped(text).includes(secret))
}

export function tokenContainsSecret(jwt: string, secret: string | undefined): boolean {
  const [header = '', claims = ''] = jwt.split('.')
  return [header, claims].some((part) => containsSecret(Buffer.from(part, 'base64url').toString(), secret))
}

/** Decodes each escaped character, except control characters, which no secret contains. */
function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, character: string) =>
    code === undefined ? character : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
