import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Modal from '@cloudscape-design/components/modal'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type ManifestKind, manifestQuery, type WorkloadName } from '../../api/queries.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { nameOf } from '../../parts/workload-columns.tsx'
import { useTexts } from '../../texts/context.ts'

const kinds: readonly ManifestKind[] = ['patch', 'Deployment', 'Pod']

interface ManifestProps {
  readonly workload: WorkloadName
  readonly onClose: () => void
}

/** What pods of the workload need in their manifest, to copy. */
export default function Manifest({ workload, onClose }: ManifestProps) {
  const texts = useTexts()
  const [kind, setKind] = useState<ManifestKind>('patch')
  const query = useQuery(manifestQuery(workload, kind))
  return (
    <Modal
      visible
      size="large"
      header={texts.manifestOf(nameOf(workload))}
      closeAriaLabel={texts.close}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween size="xs" direction="horizontal">
            <Button variant="link" onClick={onClose}>
              {texts.close}
            </Button>
            <CopyToClipboard
              copyButtonText={texts.copy}
              textToCopy={query.data ?? ''}
              disabled={query.data === undefined}
              copySuccessText={texts.copied}
              copyErrorText={texts.notCopied}
            />
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <SegmentedControl
          label={texts.manifestKind}
          selectedId={kind}
          options={kinds.map((id) => ({ id, text: texts.manifestKinds[id] }))}
          onChange={({ detail }) => setKind(kinds.find((one) => one === detail.selectedId) ?? kind)}
        />
        <Loaded query={query}>{(text) => <pre className="code">{text}</pre>}</Loaded>
      </SpaceBetween>
    </Modal>
  )
}
