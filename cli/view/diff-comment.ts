/** The results of `wid diff`, as a comment for a pull request. */
import { stripVTControlCharacters } from 'node:util'
import type { Operation } from '../../client/api.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import { codeBlock, codeInHtml, codeSpan } from './markdown.ts'
import { outcomeLines } from './outcome.ts'
import { styledLine } from './terminal-text.ts'

export interface Planned {
  readonly file: string
  readonly cluster: string
  readonly code: ExitCode
  /** The plan at its end. */
  readonly operation?: Operation | undefined
  /** Why the plan is missing. */
  readonly message?: string | undefined
  /** The generation that the plan is based on, or 0 for a new cluster. Undefined when it could not be read. */
  readonly generation?: number | undefined
}

/** Characters of each part. GitHub limits a comment to 65,536, including the marker that the sender adds. */
const limits = { clusters: 20_000, details: 36_000, generations: 4_000 }

/**
 * A title, a list of the clusters, and a collapsed section with each cluster's changes. An HTML comment has the
 * generations for `--if-generation`.
 */
export function diffComment(planned: readonly Planned[]): string {
  const differing = planned.filter(({ code }) => code === exitCodes.drift).length
  const of = planned.length === 1 ? '1 cluster' : `${planned.length} clusters`
  const detailed = planned.filter(({ code }) => code !== exitCodes.done)
  return [
    `### wid diff: ${differing} of ${of} would change`,
    fitting(planned.map(rowOf), limits.clusters).join('\n'),
    ...fitting(detailed.map(detailsOf), limits.details),
    ...generationsOf(planned),
  ].join('\n\n')
}

function rowOf(planned: Planned): string {
  const { generation } = planned
  const from = generation === undefined ? '' : `, from generation ${generation}`
  return `- ${codeSpan(planned.cluster)} ${wordsOf(planned)}${from} (${codeSpan(planned.file)})`
}

/**
 * The generations, for programs. Empty if the list is incomplete or too long, because an incomplete list approves
 * nothing.
 */
function generationsOf(planned: readonly Planned[]): string[] {
  const known = planned.flatMap(({ cluster, generation }) =>
    generation !== undefined && /^[a-z0-9-]+$/.test(cluster) ? [`${cluster}=${generation}`] : [],
  )
  const text = `<!-- generations ${known.join(' ')} -->`
  return known.length === planned.length && text.length <= limits.generations ? [text] : []
}

function wordsOf({ code, operation }: Planned): string {
  if (code === exitCodes.done) return 'would not change'
  if (code === exitCodes.refused) return 'would be refused'
  if (code !== exitCodes.drift) return 'could not be compared'
  const writes = operation?.result && 'writes' in operation.result ? operation.result.writes : []
  const { length } = writes.filter(({ temporary }) => !temporary)
  // The others are temporary, or are unknown before the cluster is ready.
  if (length === 0) return 'would change'
  return `would change: ${length} ${length === 1 ? 'object' : 'objects'}`
}

function detailsOf(planned: Planned): string {
  const lines = planned.operation ? outcomeLines(planned.operation).map(asDifference) : messageLines(planned)
  return [
    `<details>\n<summary>${codeInHtml(planned.cluster)} ${wordsOf(planned)}</summary>`,
    codeBlock(lines, 'diff'),
    '</details>',
  ].join('\n\n')
}

function messageLines({ message = 'There is no plan.' }: Planned): string[] {
  return message.split('\n')
}

/** Removes colours, and moves the sign of a value to the line's start, which colours a diff block. */
function asDifference({ text }: { readonly text: string }): string {
  return stripVTControlCharacters(styledLine(text)).replace(/^( +)([-+] )/, '$2$1')
}

/** The first texts that fit into this number of characters, and the number of omitted texts. */
function fitting(texts: readonly string[], characters: number): string[] {
  let left = characters
  const fits = texts.findIndex((text) => {
    left -= text.length
    return left < 0
  })
  if (fits === -1) return [...texts]
  return [
    ...texts.slice(0, fits),
    `_Omitted, because the length of a comment is limited: ${texts.length - fits} more._`,
  ]
}
