import type { Outcome } from './kubectl.ts'

/**
 * The fields of `kubectl explain --recursive` by their paths, with their types. Without the names of types, because the schemas
 * of the sandbox are not split into named types, and without what is required: the sandbox's API server checks more required
 * fields than its schemas list.
 *
 * @throws Error when kubectl failed
 */
export function explained({ code, stdout, stderr }: Outcome): Map<string, string> {
  if (code !== 0) throw new Error(stderr)
  const parents: { readonly depth: number; readonly name: string }[] = []
  const fields = new Map<string, string>()
  for (const line of (stdout.split('FIELDS:')[1] ?? '').split('\n')) {
    const [, indent = '', name = '', type = ''] = /^( *)(\S+)\t(<\S*>)/.exec(line) ?? []
    if (name === '') continue
    while ((parents.at(-1)?.depth ?? -1) >= indent.length) parents.pop()
    parents.push({ depth: indent.length, name })
    fields.set(parents.map((parent) => parent.name).join('.'), shapeOf(type))
  }
  return fields
}

/** `<[]Object>` for `<[]Container>`, `<string>` for `<Time>`. */
function shapeOf(type: string): string {
  return type.replace(/\b(Time|MicroTime|Quantity|IntOrString)\b/, 'string').replace(/\b[A-Z]\w*/, 'Object')
}

/** Whether the path contains the part: `spec.volumes.emptyDir.mode` contains `emptyDir.mode`. */
export function isTheSamePart(path: string, part: string): boolean {
  return `.${path}.`.includes(`.${part}.`)
}
