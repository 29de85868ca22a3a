/**
 * A JSON value as indented lines for a person: YAML without its escapes. A YAML library would make the bundle of
 * get-operation larger than the limit for bundles of the API.
 */
export function outline(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((element) => marked(outline(element)))
  if (!isObject(value)) return [String(value)]
  return Object.entries(value).flatMap(([name, part]) =>
    isFilled(part) ? [`${name}:`, ...outline(part).map((line) => `  ${line}`)] : [`${name}: ${shown(part)}`],
  )
}

function marked(lines: readonly string[]): string[] {
  return lines.map((line, index) => `${index === 0 ? '-' : ' '} ${line}`)
}

function shown(part: unknown): string {
  return isObject(part) ? 'none' : String(part)
}

function isFilled(part: unknown): boolean {
  return isObject(part) && Object.keys(part).length > 0
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
