import './difference-lines.css'
import type { Change } from '../../api/client.ts'
import { useTexts } from '../../texts/context.ts'
import { valueInWords } from './value-in-words.ts'

type Difference = NonNullable<Change['differences']>[number]

/** Each field that differs, with what is there and what is asked for below it. */
export function DifferenceLines({ differences }: { readonly differences: readonly Difference[] }) {
  const texts = useTexts()
  return differences.map(({ field, observed, desired }) => (
    <div key={field} className="difference">
      <code>{field}</code>
      {observed !== undefined && <del title={texts.observed}>{valueInWords(observed)}</del>}
      {desired !== undefined && <ins title={texts.desired}>{valueInWords(desired)}</ins>}
    </div>
  ))
}
