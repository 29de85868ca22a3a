/** An element of a document that AWS answers with: its attributes say nothing that is needed here. */
export interface Element {
  readonly name: string
  readonly children: Element[]
  text: string
}

/** The root of the document. @throws Error for what is no document */
export function parseXml(document: string): Element {
  const outside: Element = { name: '', children: [], text: '' }
  const open = [outside]
  const complete = document.replace(/<([\w:]+)[^>]*\/>/g, '<$1></$1>')
  for (const [, closing, name, text = ''] of complete.matchAll(/<(\/?)([\w:]+)[^>]*>|([^<]+)/g)) {
    const parent = open.at(-1) ?? outside
    if (name === undefined) parent.text += unescaped(text)
    else if (closing) open.pop()
    else open.push(addTo(parent, name))
  }
  const [root] = outside.children
  if (open.length !== 1 || root === undefined) throw new Error('an answer of AWS is no XML document')
  return root
}

/** The elements at this path below the element. */
export function elementsAt(element: Element, ...path: readonly string[]): Element[] {
  const [name, ...rest] = path
  if (name === undefined) return [element]
  return element.children.filter((child) => child.name === name).flatMap((child) => elementsAt(child, ...rest))
}

/** The text of the first element at this path; empty when there is none. */
export function textAt(element: Element, ...path: readonly string[]): string {
  return elementsAt(element, ...path)[0]?.text ?? ''
}

function addTo(parent: Element, name: string): Element {
  const element: Element = { name, children: [], text: '' }
  parent.children.push(element)
  return element
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

function unescaped(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] ?? '')
}
