import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Operation } from '../../api/client.ts'
import { Drift } from './drift.tsx'
import { ProofOfWorkload } from './proof.tsx'

/** What the operation found: proofs, or differences. */
export function Result({ operation: { result } }: { readonly operation: Operation }) {
  if (result === undefined) return null
  if ('missing' in result) return <Drift drift={result} />
  if (!('proofs' in result) || result.proofs.length === 0) return null
  return (
    <SpaceBetween size="l">
      {result.proofs.map((proof) => (
        <ProofOfWorkload key={proof.subject} proof={proof} />
      ))}
    </SpaceBetween>
  )
}
