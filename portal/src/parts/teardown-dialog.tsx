import Checkbox from '@cloudscape-design/components/checkbox'
import { useState } from 'react'
import { subjectOf, type Teardown, tearDown } from '../../../client/starts.ts'
import { scopeOf } from '../api/access.ts'
import { useStart } from '../api/start.ts'
import { useTexts } from '../settings/context.ts'
import { Allowed } from './allowed.tsx'
import { Dialog } from './dialog.tsx'

interface TeardownDialogProps extends Pick<Teardown, 'cluster' | 'workload'> {
  /** Whether a setup has created the cluster. Only such a cluster can be deleted. */
  readonly canDeleteCluster: boolean
  readonly onClose: () => void
}

/** Prompts for the options of a teardown, and starts a dry run that reports the removals. */
export default function TeardownDialog({ cluster, workload, canDeleteCluster, onClose }: TeardownDialogProps) {
  const texts = useTexts()
  const [deleteCluster, setDeleteCluster] = useState(false)
  const [force, setForce] = useState(false)
  const start = useStart(tearDown)
  const teardown = { cluster, workload, deleteCluster, force, dryRun: true }
  return (
    <Dialog
      header={texts.tearDownTitle(subjectOf({ cluster, workload }))}
      onClose={onClose}
      secondary={{ text: texts.keep, onClick: onClose }}
      primary={{ text: texts.reportRemoval, loading: start.isPending, onClick: () => start.mutate(teardown) }}
      error={start.error}
    >
      {workload && (
        <div>
          {texts.cluster}: <b>{cluster}</b>
        </div>
      )}
      <div>{workload ? texts.tearDownWorkloadDetail : texts.tearDownClusterDetail}</div>
      {canDeleteCluster && (
        <Allowed action="delete-cluster" scope={{ cluster }} what={texts.deleteCluster}>
          <Checkbox
            checked={deleteCluster}
            onChange={({ detail }) => setDeleteCluster(detail.checked)}
            description={texts.deleteClusterDetail}
          >
            {texts.deleteCluster}
          </Checkbox>
        </Allowed>
      )}
      <Allowed action="force" scope={scopeOf(cluster, workload && [workload.namespace])} what={texts.force}>
        <Checkbox checked={force} onChange={({ detail }) => setForce(detail.checked)} description={texts.forceDetail}>
          {texts.force}
        </Checkbox>
      </Allowed>
    </Dialog>
  )
}
