import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { recordQuery } from '../../api/queries.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { useTexts } from '../../settings/context.ts'
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
      {cluster === null ? (
        <Wizard key="new" initialDraft={proposedDraft} existingCluster={undefined} />
      ) : (
        <Recorded key={cluster} cluster={cluster} title={title} />
      )}
    </>
  )
}

function Recorded({ cluster, title }: { readonly cluster: string; readonly title: string }) {
  return (
    <Loaded query={useQuery(recordQuery(cluster))} title={title}>
      {({ spec }) => <Wizard initialDraft={() => draftOf(spec)} existingCluster={cluster} />}
    </Loaded>
  )
}
