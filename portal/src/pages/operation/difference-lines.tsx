import './difference-lines.css'
import type { Change } from '../../../../client/api.ts'
import { type Block, differenceBlocks } from '../../../../client/difference-blocks.ts'
import { useTexts } from '../../settings/context.ts'
import type { Texts } from '../../texts/en.ts'

type Difference = NonNullable<Change['differences']>[number]

/** Each differing field, with the lines of its values below. */
export function DifferenceLines({ differences }: { readonly differences: readonly Difference[] }) {
  return differences.map(({ field, observed, desired }) => (
    <div key={field}>
      <code>{field}</code>
      <ValueDifference observed={observed} desired={desired} />
    </div>
  ))
}

type ValueDifferenceProps = Pick<Difference, 'observed' | 'desired'>

/** The observed and the desired value as one text. Lines have signs for users who cannot distinguish the colours. */
export function ValueDifference({ observed, desired }: ValueDifferenceProps) {
  const texts = useTexts()
  const blocks = differenceBlocks(observed, desired)
  if (blocks.length === 0) return '–'
  return (
    <div className="difference">
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a block is identified by its index, and has no state
        <Lines key={index} block={block} texts={texts} />
      ))}
    </div>
  )
}

const signsOfKinds = {
  observed: { Element: 'del', sign: '\u2212' },
  desired: { Element: 'ins', sign: '+' },
  both: { Element: 'span', sign: '\u00a0' },
} as const

/** Screen readers read the kind of the lines instead of the signs. */
function Lines({ block: { kind, lines }, texts }: { readonly block: Block; readonly texts: Texts }) {
  const { Element, sign } = signsOfKinds[kind]
  return (
    <Element>
      {kind !== 'both' && <span className="unseen">{texts[kind]}: </span>}
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <span key={index} className="line">
          <span aria-hidden="true">{sign} </span>
          {line}
        </span>
      ))}
    </Element>
  )
}
