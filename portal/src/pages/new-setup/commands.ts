/** Terminal commands that send the request of the form. */

/** The file name in the commands. */
export function fileOf(cluster: string): string {
  return `${cluster}.yaml`
}

/** @param yaml the request, with a trailing line break */
export function widCommand(cluster: string, yaml: string): string {
  const file = fileOf(cluster)
  return `cat > ${file} <<'EOF'\n${yaml}EOF\nwid apply -f ${file}\n`
}

interface Api {
  /** Without a trailing slash. */
  readonly url: string
  /** Whether it accepts tokens of signed-in users. */
  readonly takesTokens: boolean
}

/** The command refers to the token by a variable, as in docs/permissions.md, so copied text contains no token. */
export function curlCommand({ url, takesTokens }: Api, request: object): string {
  const body = JSON.stringify(request, undefined, 2)
  const token = takesTokens ? ' -H "authorization: Bearer $TOKEN"' : ''
  return `curl -i -X POST ${url}/v1/setups -H 'content-type: application/json'${token} --data-binary @- <<'EOF'\n${body}\nEOF\n`
}
