/** A shorter text may be in an answer by chance. A bootstrap token, the shortest that Kubernetes makes, has 23 characters. */
const shortestSecret = 16

/**
 * Whether a text from a server repeats the secret that the server was sent, also in the escapes of JSON. A debugging
 * proxy does that, in a message that somebody would show.
 */
export function repeats(text: string, secret: string | undefined): boolean {
  if (secret === undefined || secret.length < shortestSecret) return false
  return text.includes(secret) || (text.includes('\\') && unescaped(text).includes(secret))
}

/** Whether the header or the claims of a JWT repeat the secret. */
export function tokenRepeats(jwt: string, secret: string | undefined): boolean {
  const [header = '', claims = ''] = jwt.split('.')
  return [header, claims].some((part) => repeats(Buffer.from(part, 'base64url').toString(), secret))
}

/** The text with each escaped character as itself, but for control characters, which no secret has. */
function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, character: string) =>
    code === undefined ? character : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
