import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { nameOf } from '../../../../client/workload.ts'
import { type ManifestKind, manifestQuery, type WorkloadOfCluster } from '../../api/queries.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { useTexts } from '../../settings/context.ts'

const kinds: readonly ManifestKind[] = ['patch', 'Deployment', 'Pod']

interface ManifestProps {
  readonly workload: WorkloadOfCluster
  readonly onClose: () => void
}

/** The manifest for the workload's pods, to copy. */
export default function Manifest({ workload, onClose }: ManifestProps) {
  const texts = useTexts()
  const [kind, setKind] = useState<ManifestKind>('patch')
  const query = useQuery(manifestQuery(workload, kind))
  return (
    <Dialog
      size="large"
      header={texts.manifestOf(nameOf(workload))}
      onClose={onClose}
      secondary={{ text: texts.close, onClick: onClose }}
      primary={{
        element: (
          <CopyToClipboard
            copyButtonText={texts.copy}
            textToCopy={query.data ?? ''}
            disabled={query.data === undefined}
            copySuccessText={texts.copied}
            copyErrorText={texts.notCopied}
          />
        ),
      }}
    >
      <SegmentedControl
        label={texts.manifestKind}
        selectedId={kind}
        options={kinds.map((id) => ({ id, text: texts.manifestKinds[id] }))}
        onChange={({ detail }) => setKind(kinds.find((one) => one === detail.selectedId) ?? kind)}
      />
      <Loaded query={query}>{(text) => <pre className="code">{text}</pre>}</Loaded>
    </Dialog>
  )
}
