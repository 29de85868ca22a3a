import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { recordQuery } from '../../api/queries.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { useTexts } from '../../texts/context.ts'
import { draftOf, proposedDraft } from './draft.ts'
import { useSetupTexts } from './texts/use.ts'
import { Wizard } from './wizard.tsx'

/** Starts with the record of the cluster in the URL, or with defaults. */
export default function NewSetup() {
  const { newSetup } = useTexts()
  const { changeOf } = useSetupTexts()
  const [search] = useSearchParams()
  const cluster = search.get('cluster')
  const title = cluster === null ? newSetup : changeOf(cluster)
  return (
    <>
      <title>{title}</title>
      {cluster === null ? <Proposed key="new" /> : <Recorded key={cluster} cluster={cluster} title={title} />}
    </>
  )
}

function Proposed() {
  const [start] = useState(proposedDraft)
  return <Wizard start={start} recorded={undefined} />
}

interface RecordedProps {
  readonly cluster: string
  readonly title: string
}

function Recorded({ cluster, title }: RecordedProps) {
  return (
    <Loaded query={useQuery(recordQuery(cluster))} title={title}>
      {({ spec }) => <WizardOf spec={spec} cluster={cluster} />}
    </Loaded>
  )
}

function WizardOf({ spec, cluster }: { readonly spec: Readonly<Record<string, unknown>>; readonly cluster: string }) {
  const [start] = useState(() => draftOf(spec))
  return <Wizard start={start} recorded={cluster} />
}
