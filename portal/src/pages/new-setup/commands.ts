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

/** @param api address of the API, without a slash at its end */
export function curlCommand(api: string, request: object): string {
  const body = JSON.stringify(request, undefined, 2)
  return `curl -i -X POST ${api}/v1/setups -H 'content-type: application/json' --data-binary @- <<'EOF'\n${body}\nEOF\n`
}
