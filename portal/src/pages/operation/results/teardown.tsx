import Alert from '@cloudscape-design/components/alert'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Operation, TeardownResult } from '../../../../../client/api.ts'
import { useTexts } from '../../../texts/context.ts'
import { Named } from './named.tsx'
import { Pods } from './pods.tsx'
import { removedObjects } from './removed-objects.ts'

interface TeardownProps {
  readonly operation: Operation
  readonly result: TeardownResult
}

/** The number of removed objects, what remains and why, and pods that still use it. The changes list the objects. */
export function Teardown({ operation, result: { remaining, abandoned, pods = [], unseen = [] } }: TeardownProps) {
  const texts = useTexts()
  const count = removedObjects(operation.steps).length
  return (
    <SpaceBetween size="l">
      <Alert
        type={operation.dryRun ? 'info' : 'success'}
        header={operation.dryRun ? texts.wouldRemove(count) : texts.hasRemoved(count)}
      >
        {operation.dryRun && texts.removedNothing}
      </Alert>
      <Pods title={texts.podsLoseRole} pods={pods} unseen={unseen} />
      <Named
        title={operation.dryRun ? texts.wouldRemain : texts.remains}
        columns={{ object: texts.object, detail: texts.reasonAndWhatToDo }}
        rows={remaining.map(rowOf)}
      />
      <Named
        title={texts.abandoned}
        columns={{ object: texts.object, detail: texts.reasonAndWhatToDo }}
        rows={abandoned.map(rowOf)}
      />
    </SpaceBetween>
  )
}

function rowOf({ object, reason, action }: TeardownResult['remaining'][number]) {
  return {
    object,
    detail: (
      <>
        <div>{reason}</div>
        <div>{action}</div>
      </>
    ),
  }
}
