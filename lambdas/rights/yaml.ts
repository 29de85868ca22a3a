import { Document, isMap, isScalar, isSeq, type YAMLSeq } from 'yaml'
import { plainObject, type Rights, type RightsObject } from './manifests.ts'
import type { Reason, Rule } from './rules.ts'

const width = 118

/** The objects as YAML for `kubectl apply -f`, with `head` as first comment, and the reasons of each rule above it. */
export function yamlOf({ objects }: Rights, head: readonly string[]): string {
  return `${head.map(commented).join('\n')}\n${objects.map(documentOf).join('---\n')}`
}

/** Breaks a text at spaces into lines of at most `columns` characters. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}

function commented(line: string): string {
  return line === '' ? '#' : `# ${line}`
}

function documentOf(object: RightsObject): string {
  const document = new Document(plainObject(object))
  const rules = document.get('rules')
  if (isSeq(rules) && object.rules) explain(rules, object.rules)
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

/** Puts the reasons of each rule above it, and writes each of its lists on one line. */
function explain(nodes: YAMLSeq, rules: readonly Rule[]): void {
  for (const [index, node] of nodes.items.entries()) {
    const rule = rules[index]
    if (!rule || !isMap(node)) continue
    node.commentBefore = rule.reasons
      .flatMap((reason) => reported(reason, rule))
      .map((line) => ` ${line}`)
      .join('\n')
    for (const { value } of node.items) if (isSeq(value) && value.items.every(isScalar)) value.flow = true
  }
}

function reported({ steps, verbs, why, alsoOfWebhook }: Reason, rule: Rule): readonly string[] {
  const some = verbs.length < rule.verbs.length ? ` (${verbs.join(', ')})` : ''
  const handedOn = alsoOfWebhook ? ' The webhook gets it: Kubernetes lets a client grant only rights that it has.' : ''
  const names = steps.map(({ state }) => state).join(', ')
  return wrapped(`${names}${some}: ${why}${handedOn}`, width - 6)
}
