import Alert from '@cloudscape-design/components/alert'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import type { PodGroup } from '../../../api/client.ts'
import { Rows } from '../../../parts/rows.tsx'
import { useTexts } from '../../../texts/context.ts'
import type { Texts } from '../../../texts/en.ts'

interface PodsProps {
  readonly title: string
  readonly pods: readonly PodGroup[]
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
          header={
            <Header variant="h2" counter={`(${pods.reduce((sum, { count }) => sum + count, 0)})`}>
              {title}
            </Header>
          }
          rows={pods}
          columns={columns(texts)}
          label={title}
        />
      )}
    </SpaceBetween>
  )
}

function columns(texts: Texts): TableProps.ColumnDefinition<PodGroup>[] {
  return [
    {
      id: 'workload',
      header: texts.workload,
      isRowHeader: true,
      minWidth: 160,
      cell: ({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`,
    },
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
      cell: ({ pods, count }) => (count > pods.length ? texts.andMore(pods.join(', '), count) : pods.join(', ')),
    },
  ]
}
