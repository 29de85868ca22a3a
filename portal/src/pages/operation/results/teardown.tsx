import Alert from '@cloudscape-design/components/alert'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Operation, TeardownResult } from '../../../../../client/api.ts'
import { nameOf } from '../../../../../client/workload.ts'
import { Rows } from '../../../parts/rows.tsx'
import { useTexts } from '../../../settings/context.ts'
import { removedObjects } from '../objects.ts'
import { Named } from './named.tsx'

interface TeardownProps {
  readonly operation: Operation
  readonly result: TeardownResult
}

/** The number of removed objects, the remaining objects with reasons, and the pods that lose their role. */
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

interface PodsProps {
  readonly title: string
  readonly pods: NonNullable<TeardownResult['pods']>
  /** Namespaces whose pods could not be read. */
  readonly unseen: readonly string[]
}

/** Pods grouped by service account and controller, and the namespaces that could not be read. */
function Pods({ title, pods, unseen }: PodsProps) {
  const texts = useTexts()
  if (pods.length + unseen.length === 0) return null
  return (
    <SpaceBetween size="l">
      {unseen.length > 0 && <Alert type="warning">{texts.podsUnseen(unseen.join(', '))}</Alert>}
      {pods.length > 0 && (
        <Rows
          title={title}
          count={pods.reduce((sum, { count }) => sum + count, 0)}
          rows={pods}
          columns={[
            { id: 'workload', header: texts.workload, isRowHeader: true, minWidth: 160, cell: (one) => nameOf(one) },
            {
              id: 'controller',
              header: texts.controller,
              minWidth: 160,
              cell: ({ controller }) => (controller ? `${controller.kind} ${controller.name}` : texts.noController),
            },
            {
              id: 'pods',
              header: texts.pods,
              minWidth: 200,
              cell: ({ pods, count }) =>
                count > pods.length ? texts.andMore(pods.join(', '), count) : pods.join(', '),
            },
          ]}
        />
      )}
    </SpaceBetween>
  )
}
