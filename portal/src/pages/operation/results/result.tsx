import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Operation } from '../../../../../client/api.ts'
import { Drift } from './drift.tsx'
import { Plan } from './plan.tsx'
import { ProofOfWorkload } from './proof.tsx'
import { Rotation } from './rotation.tsx'
import { SigningKeys } from './signing-keys.tsx'
import { Teardown } from './teardown.tsx'

export function Result({ operation }: { readonly operation: Operation }) {
  const { result } = operation
  if (result === undefined) return null
  if ('missing' in result) return <Drift drift={result} />
  if ('writes' in result) return <Plan operation={operation} plan={result} />
  if ('abandoned' in result) return <Teardown operation={operation} result={result} />
  if ('clusters' in result) return <Rotation clusters={result.clusters} />
  if ('published' in result) return <SigningKeys keys={result} />
  if (result.proofs.length === 0) return null
  return (
    <SpaceBetween size="l">
      {result.proofs.map((proof) => (
        <ProofOfWorkload key={proof.subject} proof={proof} />
      ))}
    </SpaceBetween>
  )
}
