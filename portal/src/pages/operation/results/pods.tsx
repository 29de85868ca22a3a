import Alert from '@cloudscape-design/components/alert'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TeardownResult } from '../../../../../client/api.ts'
import { nameOf } from '../../../../../client/workload.ts'
import { Rows } from '../../../parts/rows.tsx'
import { useTexts } from '../../../texts/context.ts'

interface PodsProps {
  readonly title: string
  readonly pods: NonNullable<TeardownResult['pods']>
  /** Namespaces whose pods could not be read. */
  readonly unseen: readonly string[]
}

/** Pods grouped by service account and controller. Empty without pods. */
export function Pods({ title, pods, unseen }: PodsProps) {
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
