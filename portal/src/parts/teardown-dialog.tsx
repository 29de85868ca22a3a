import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import { useState } from 'react'
import { placeOf } from '../api/access.ts'
import { type Teardown, tearDown, useStart } from '../api/start.ts'
import { useTexts } from '../texts/context.ts'
import { Allowed } from './allowed.tsx'
import { Dialog } from './dialog.tsx'
import { ProblemAlert } from './problem.tsx'
import { subjectOf } from './teardown-subject.ts'

interface TeardownDialogProps extends Pick<Teardown, 'cluster' | 'workload'> {
  /** Whether a setup has created the cluster. Only such a cluster can be deleted. */
  readonly canDeleteCluster: boolean
  readonly onClose: () => void
}

/** Prompts for the options of a teardown, and starts a dry run that reports the removals. It removes nothing yet. */
export default function TeardownDialog({ cluster, workload, canDeleteCluster, onClose }: TeardownDialogProps) {
  const texts = useTexts()
  const [deleteCluster, setDeleteCluster] = useState(false)
  const [force, setForce] = useState(false)
  const start = useStart(tearDown)
  const teardown = { cluster, ...(workload && { workload }), deleteCluster, force, dryRun: true }
  return (
    <Dialog
      header={texts.tearDownTitle(subjectOf({ cluster, ...(workload && { workload }) }))}
      onClose={onClose}
      buttons={
        <>
          <Button variant="link" onClick={onClose}>
            {texts.keep}
          </Button>
          <Button variant="primary" loading={start.isPending} onClick={() => start.mutate(teardown)}>
            {texts.reportRemoval}
          </Button>
        </>
      }
    >
      {workload && (
        <div>
          {texts.cluster}: <b>{cluster}</b>
        </div>
      )}
      <div>{workload ? texts.tearDownWorkloadDetail : texts.tearDownClusterDetail}</div>
      {canDeleteCluster && (
        <Allowed action="delete-cluster" place={{ cluster }} what={texts.deleteCluster}>
          <Checkbox
            checked={deleteCluster}
            onChange={({ detail }) => setDeleteCluster(detail.checked)}
            description={texts.deleteClusterDetail}
          >
            {texts.deleteCluster}
          </Checkbox>
        </Allowed>
      )}
      <Allowed action="force" place={placeOf(cluster, workload && [workload.namespace])} what={texts.force}>
        <Checkbox checked={force} onChange={({ detail }) => setForce(detail.checked)} description={texts.forceDetail}>
          {texts.force}
        </Checkbox>
      </Allowed>
      {start.error && <ProblemAlert error={start.error} />}
    </Dialog>
  )
}
