import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { Workload } from '../../api/client.ts'
import { type WorkloadName, workloadsQuery } from '../../api/queries.ts'
import { useStart, verifyWorkload } from '../../api/start.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { ClusterLink } from '../../parts/follow.tsx'
import { Empty, Filter, hasText, NoMatch } from '../../parts/list.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { nameOf, workloadColumns } from '../../parts/workload-columns.tsx'
import { useTexts } from '../../texts/context.ts'

const GiveRole = lazy(() => import('./give-role/give-role.tsx'))
const Manifest = lazy(() => import('./manifest.tsx'))

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
  const [withManifest, showManifest] = useState<WorkloadName>()
  const verification = useStart(verifyWorkload)
  const columns = workloadColumns<Workload>(texts)
  const shown = workloads.filter((row) => hasText(filter, [nameOf(row), row.cluster, row.roleArn]))
  return (
    <>
      <Table
        header={
          <Header
            variant="h1"
            counter={`(${workloads.length})`}
            description={texts.myWorkloadsDetail}
            actions={<GiveRoleButton />}
          >
            {texts.myWorkloads}
          </Header>
        }
        filter={
          <SpaceBetween size="m">
            {verification.error && <ProblemAlert error={verification.error} />}
            <Filter text={filter} onChange={setFilter} label={texts.filterWorkloads} count={shown.length} />
          </SpaceBetween>
        }
        empty={
          filter === '' ? (
            <Empty title={texts.noWorkloads} detail={texts.noWorkloadsDetail} />
          ) : (
            <NoMatch onClear={() => setFilter('')} />
          )
        }
        items={shown}
        trackBy={(row) => `${row.cluster}/${nameOf(row)}`}
        columnDefinitions={[
          columns.name,
          { id: 'cluster', header: texts.cluster, cell: ({ cluster }) => <ClusterLink name={cluster} /> },
          columns.state,
          columns.verified,
          {
            id: 'actions',
            header: texts.actions,
            minWidth: 220,
            cell: (row) => (
              <Actions
                row={row}
                onVerify={() => verification.mutate(workloadNameOf(row))}
                onManifest={() => showManifest(workloadNameOf(row))}
                isStarting={verification.isPending}
              />
            ),
          },
          columns.role,
        ]}
        ariaLabels={{ tableLabel: texts.myWorkloads }}
      />
      {withManifest && (
        <Suspense>
          <Manifest workload={withManifest} onClose={() => showManifest(undefined)} />
        </Suspense>
      )}
    </>
  )
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

interface ActionsProps {
  readonly row: Workload
  readonly onVerify: () => void
  readonly onManifest: () => void
  readonly isStarting: boolean
}

function Actions({ row, onVerify, onManifest, isStarting }: ActionsProps) {
  const texts = useTexts()
  return (
    <SpaceBetween size="m" direction="horizontal">
      <Allowed
        action="start-verification"
        place={{ cluster: row.cluster, namespace: row.namespace }}
        what={texts.verifyNow}
      >
        <Button
          variant="inline-link"
          disabled={isStarting}
          ariaLabel={texts.verifyNowWhat(nameOf(row))}
          onClick={onVerify}
        >
          {texts.verifyNow}
        </Button>
      </Allowed>
      <Button variant="inline-link" ariaLabel={texts.manifestOf(nameOf(row))} onClick={onManifest}>
        {texts.manifest}
      </Button>
    </SpaceBetween>
  )
}

function workloadNameOf({ cluster, namespace, serviceAccount }: Workload): WorkloadName {
  return { cluster, namespace, serviceAccount }
}
