import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Toggle from '@cloudscape-design/components/toggle'
import { useState } from 'react'
import type { Change, Operation } from '../../../../client/api.ts'
import { valueInWords } from '../../../../client/difference-blocks.ts'
import { Rows } from '../../parts/rows.tsx'
import { useTexts } from '../../settings/context.ts'
import { DifferenceLines } from './difference-lines.tsx'
import { changesByObject } from './objects.ts'

/** The changes of each object. For a dry run: the changes that the operation would have made. */
export function Changes({ operation }: { readonly operation: Operation }) {
  const texts = useTexts()
  const [withUnchanged, showUnchanged] = useState(false)
  const all = changesByObject(operation)
  const changed = all.filter(({ action }) => action !== 'unchanged')
  const isDry = operation.dryRun === true
  return (
    <Rows
      title={isDry ? texts.wouldChange : texts.changes}
      count={changed.length}
      actions={
        all.length > changed.length && (
          <Toggle checked={withUnchanged} onChange={({ detail }) => showUnchanged(detail.checked)}>
            {texts.showUnchanged} ({all.length - changed.length})
          </Toggle>
        )
      }
      empty={isDry ? texts.wouldChangeNothing : texts.noChanges}
      rows={withUnchanged ? all : changed}
      columns={[
        { id: 'object', header: texts.object, isRowHeader: true, minWidth: 180, cell: ({ object }) => object },
        { id: 'action', header: texts.action, minWidth: 120, cell: ({ action }) => texts.changeActions[action] },
        { id: 'detail', header: texts.detail, minWidth: 180, cell: (change) => <Detail change={change} /> },
        { id: 'step', header: texts.step, minWidth: 170, cell: ({ step }) => step },
      ]}
    />
  )
}

function Detail({ change: { detail, differences = [], temporary, made } }: { readonly change: Change }) {
  const texts = useTexts()
  return (
    <>
      {detail}
      {temporary && <div>{texts.temporary}</div>}
      <DifferenceLines differences={differences} />
      {made && (
        <ExpandableSection headerText={texts.inFull}>
          <pre className="code">{valueInWords(made)}</pre>
        </ExpandableSection>
      )}
    </>
  )
}
