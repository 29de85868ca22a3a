import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import type { TableProps } from '@cloudscape-design/components/table'
import Toggle from '@cloudscape-design/components/toggle'
import { useState } from 'react'
import type { Change, Operation } from '../../api/client.ts'
import { Empty } from '../../parts/list.tsx'
import { Rows } from '../../parts/rows.tsx'
import { useTexts } from '../../texts/context.ts'
import type { Texts } from '../../texts/en.ts'
import { type ChangeOfStep, changesByObject } from './changes-by-object.ts'
import { DifferenceLines } from './difference-lines.tsx'
import { valueInWords } from './value-in-words.ts'

/** The changes of each object, or the changes that a dry run would make. */
export function Changes({ operation }: { readonly operation: Operation }) {
  const texts = useTexts()
  const [withUnchanged, showUnchanged] = useState(false)
  const all = changesByObject(operation)
  const changed = all.filter(({ action }) => action !== 'unchanged')
  const isDry = operation.dryRun === true
  const title = isDry ? texts.wouldChange : texts.changes
  return (
    <Rows
      header={
        <Header
          variant="h2"
          counter={`(${changed.length})`}
          actions={
            all.length > changed.length && (
              <Toggle checked={withUnchanged} onChange={({ detail }) => showUnchanged(detail.checked)}>
                {texts.showUnchanged} ({all.length - changed.length})
              </Toggle>
            )
          }
        >
          {title}
        </Header>
      }
      empty={<Empty title={isDry ? texts.wouldChangeNothing : texts.noChanges} />}
      rows={withUnchanged ? all : changed}
      columns={columns(texts)}
      label={title}
    />
  )
}

function columns(texts: Texts): TableProps.ColumnDefinition<ChangeOfStep>[] {
  return [
    { id: 'object', header: texts.object, isRowHeader: true, minWidth: 180, cell: ({ object }) => object },
    { id: 'action', header: texts.action, minWidth: 120, cell: ({ action }) => texts.changeActions[action] },
    { id: 'detail', header: texts.detail, minWidth: 180, cell: (change) => <Detail change={change} /> },
    { id: 'step', header: texts.step, minWidth: 170, cell: ({ step }) => step },
  ]
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
