import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import type { Workload } from '../../../../client/api.ts'
import { verify } from '../../../../client/starts.ts'
import { nameIn, nameOf } from '../../../../client/workload.ts'
import { type WorkloadOfCluster, workloadsQuery } from '../../api/queries.ts'
import { useStart } from '../../api/start.ts'
import { Allowed, disabledFor, useReason } from '../../parts/allowed.tsx'
import { ClusterLink } from '../../parts/follow.tsx'
import { Empty } from '../../parts/list.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { Rows } from '../../parts/rows.tsx'
import { workloadColumns } from '../../parts/workload-columns.tsx'
import { useTexts } from '../../settings/context.ts'

const GiveRole = lazy(() => import('./give-role/give-role.tsx'))
const Manifest = lazy(() => import('./manifest.tsx'))
const TeardownDialog = lazy(() => import('../../parts/teardown-dialog.tsx'))

export default function Workloads() {
  const texts = useTexts()
  return (
    <>
      <title>{texts.myWorkloads}</title>
      <Loaded query={useQuery(workloadsQuery)} title={texts.myWorkloads}>
        {(workloads) => <List workloads={workloads} />}
      </Loaded>
    </>
  )
}

function List({ workloads }: { readonly workloads: readonly Workload[] }) {
  const texts = useTexts()
  const [dialog, open] = useState<OpenedDialog>()
  const verification = useStart(verify)
  const columns = workloadColumns(texts, workloads)
  return (
    <SpaceBetween size="l">
      {verification.error && <ProblemAlert error={verification.error} />}
      <Rows
        title={texts.myWorkloads}
        level="h1"
        count={workloads.length}
        detail={texts.myWorkloadsDetail}
        actions={<GiveRoleButton />}
        search={{ label: texts.filterWorkloads, textsOf: (row) => [nameOf(row), row.cluster, row.roleArn] }}
        empty={<Empty title={texts.noWorkloads} detail={texts.noWorkloadsDetail} />}
        rows={workloads}
        trackBy={(row) => `${row.cluster}/${nameOf(row)}`}
        columns={[
          columns.name,
          {
            id: 'cluster',
            header: texts.cluster,
            minWidth: 110,
            cell: ({ cluster }) => <ClusterLink name={cluster} />,
          },
          columns.state,
          columns.verified,
          {
            id: 'actions',
            header: texts.actions,
            minWidth: 175,
            cell: (row) => (
              <Actions
                row={row}
                onVerify={() => verification.mutate({ cluster: row.cluster, workload: nameIn(row) })}
                onOpen={(opened) => open({ opened, workload: { cluster: row.cluster, ...nameIn(row) } })}
                isStarting={verification.isPending}
              />
            ),
          },
        ]}
      />
      {dialog && (
        <Suspense>
          <Dialog {...dialog} onClose={() => open(undefined)} />
        </Suspense>
      )}
    </SpaceBetween>
  )
}

interface OpenedDialog {
  readonly opened: Opened
  readonly workload: WorkloadOfCluster
}

function Dialog({ opened, workload, onClose }: OpenedDialog & { readonly onClose: () => void }) {
  if (opened === 'manifest') return <Manifest workload={workload} onClose={onClose} />
  return (
    <TeardownDialog cluster={workload.cluster} workload={nameIn(workload)} canDeleteCluster={false} onClose={onClose} />
  )
}

function GiveRoleButton() {
  const texts = useTexts()
  const [isOpen, setOpen] = useState(false)
  return (
    <Allowed action="add-workload" scope={{}} what={texts.giveRole.title}>
      <Button variant="primary" onClick={() => setOpen(true)}>
        {texts.giveRole.title}
      </Button>
      {isOpen && (
        <Suspense>
          <GiveRole onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Allowed>
  )
}

/** Row actions that open a dialog. */
type Opened = 'manifest' | 'tearDown'

interface ActionsProps {
  readonly row: Workload
  readonly onVerify: () => void
  readonly onOpen: (opened: Opened) => void
  readonly isStarting: boolean
}

function Actions({ row, onVerify, onOpen, isStarting }: ActionsProps) {
  const texts = useTexts()
  const { cluster, namespace } = row
  const scope = { cluster, namespace }
  const reason = useReason('tear-down-workload', scope)
  // Memoized, because a new array would remove the highlight of the current entry.
  const entries = useMemo(
    () => [
      { id: 'manifest', text: texts.manifest },
      { id: 'tearDown', text: texts.next.tearDown, ...disabledFor(reason) },
    ],
    [texts, reason],
  )
  return (
    <SpaceBetween size="xs" direction="horizontal" alignItems="center">
      <Allowed action="start-verification" scope={scope} what={texts.verifyNow}>
        <Button
          variant="inline-link"
          disabled={isStarting}
          ariaLabel={texts.verifyNowWhat(nameOf(row))}
          onClick={onVerify}
        >
          {texts.verifyNow}
        </Button>
      </Allowed>
      <ButtonDropdown
        variant="inline-icon"
        ariaLabel={texts.moreFor(nameOf(row))}
        items={entries}
        onItemClick={({ detail }) => onOpen(detail.id === 'tearDown' ? 'tearDown' : 'manifest')}
        expandToViewport
      />
    </SpaceBetween>
  )
}
