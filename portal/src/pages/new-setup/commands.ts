/** The same request sent otherwise. */

/** The file that the commands name. */
export function fileOf(cluster: string): string {
  return `${cluster}.yaml`
}

/** @param yaml the request; it ends with a line break */
export function widCommand(cluster: string, yaml: string): string {
  const file = fileOf(cluster)
  return `cat > ${file} <<'EOF'\n${yaml}EOF\nwid apply -f ${file}\n`
}

interface Api {
  /** Without a slash at its end. */
  readonly url: string
  /** Whether it takes requests with a token of whoever has signed in. */
  readonly takesTokens: boolean
}

/** A token is named by a variable, as in docs/permissions.md: it is in no text that somebody copies. */
export function curlCommand({ url, takesTokens }: Api, request: object): string {
  const body = JSON.stringify(request, undefined, 2)
  const token = takesTokens ? ' -H "authorization: Bearer $TOKEN"' : ''
  return `curl -i -X POST ${url}/v1/setups -H 'content-type: application/json'${token} --data-binary @- <<'EOF'\n${body}\nEOF\n`
}
