import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Operation, Proof } from '../../../../../client/api.ts'
import { Copyable } from '../../../parts/copyable.tsx'
import { Facts } from '../../../parts/facts.tsx'
import { Time } from '../../../parts/time.tsx'
import { useTexts } from '../../../settings/context.ts'
import type { Texts } from '../../../texts/en.ts'
import { Drift } from './drift.tsx'
import { Plan } from './plan.tsx'
import { Rotation, SigningKeys } from './rotation.tsx'
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

/** The tested tokens of the cluster, and STS's responses. */
function ProofOfWorkload({ proof }: { readonly proof: Proof }) {
  const texts = useTexts()
  const { subject, audience, roleArn, provider, assumedRoleArn, mutation, refused, refusedAt } = proof
  return (
    <Facts
      title={texts.proofOf(subject)}
      detail={<StatusIndicator type="success">{assumedRoleArn}</StatusIndicator>}
      columns={2}
      items={[
        { label: texts.role, value: <Copyable text={roleArn} what={texts.role} /> },
        { label: texts.oidcProvider, value: <Copyable text={provider} what={texts.oidcProvider} /> },
        { label: texts.audience, value: audience },
        { label: texts.policies, value: policiesOf(proof, texts) },
        { label: texts.pods, value: mutation === 'mutated' ? texts.podsMutated : texts.podsNotMutated },
        refusedAt === undefined
          ? { label: texts.refused, value: refusedTokens(refused, texts) }
          : { label: texts.lastRefused, value: <Time at={refusedAt} /> },
      ]}
    />
  )
}

function refusedTokens(refused: Proof['refused'], texts: Texts) {
  return refused.map(({ subject, audience, answer }) => (
    <div key={subject + audience}>{texts.refusedToken(subject, audience, answer)}</div>
  ))
}

function policiesOf({ policyArns, inlinePolicy }: Proof, texts: Texts): string {
  return [...policyArns, ...(inlinePolicy ? [texts.inlinePolicy] : [])].join(', ') || texts.none
}
