import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import type { Workload } from '../../api/client.ts'
import { type WorkloadName, workloadsQuery } from '../../api/queries.ts'
import { useStart, verifyWorkload } from '../../api/start.ts'
import { Allowed, disabledFor, useReason } from '../../parts/allowed.tsx'
import { ClusterLink } from '../../parts/follow.tsx'
import { Empty, Filter, hasText, NoMatch } from '../../parts/list.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { Rows } from '../../parts/rows.tsx'
import { nameOf, workloadColumns } from '../../parts/workload-columns.tsx'
import { useTexts } from '../../texts/context.ts'

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
  const [filter, setFilter] = useState('')
  const [dialog, open] = useState<OpenedDialog>()
  const verification = useStart(verifyWorkload)
  const columns = workloadColumns(texts, workloads)
  const shown = workloads.filter((row) => hasText(filter, [nameOf(row), row.cluster, row.roleArn]))
  return (
    <>
      <Rows
        header={<ListHeader count={workloads.length} />}
        filter={
          <SpaceBetween size="m">
            {verification.error && <ProblemAlert error={verification.error} />}
            <Filter text={filter} onChange={setFilter} label={texts.filterWorkloads} count={shown.length} />
          </SpaceBetween>
        }
        empty={filter === '' ? <NoWorkloads /> : <NoMatch onClear={() => setFilter('')} />}
        rows={shown}
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
                onVerify={() => verification.mutate(workloadNameOf(row))}
                onOpen={(opened) => open({ opened, workload: workloadNameOf(row) })}
                isStarting={verification.isPending}
              />
            ),
          },
        ]}
        label={texts.myWorkloads}
      />
      {dialog && (
        <Suspense>
          <Dialog {...dialog} onClose={() => open(undefined)} />
        </Suspense>
      )}
    </>
  )
}

function ListHeader({ count }: { readonly count: number }) {
  const texts = useTexts()
  return (
    <Header variant="h1" counter={`(${count})`} description={texts.myWorkloadsDetail} actions={<GiveRoleButton />}>
      {texts.myWorkloads}
    </Header>
  )
}

function NoWorkloads() {
  const texts = useTexts()
  return <Empty title={texts.noWorkloads} detail={texts.noWorkloadsDetail} />
}

interface OpenedDialog {
  readonly opened: Opened
  readonly workload: WorkloadName
}

function Dialog({ opened, workload, onClose }: OpenedDialog & { readonly onClose: () => void }) {
  if (opened === 'manifest') return <Manifest workload={workload} onClose={onClose} />
  const { cluster, ...own } = workload
  return <TeardownDialog cluster={cluster} workload={own} canDeleteCluster={false} onClose={onClose} />
}

function GiveRoleButton() {
  const texts = useTexts()
  const [isOpen, setOpen] = useState(false)
  return (
    <Allowed action="add-workload" place={{}} what={texts.giveRole.title}>
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
  const place = { cluster, namespace }
  const reason = useReason('tear-down-workload', place)
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
      <Allowed action="start-verification" place={place} what={texts.verifyNow}>
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

function workloadNameOf({ cluster, namespace, serviceAccount }: Workload): WorkloadName {
  return { cluster, namespace, serviceAccount }
}
