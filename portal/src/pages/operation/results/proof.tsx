import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Proof } from '../../../../../client/api.ts'
import { Copyable } from '../../../parts/copyable.tsx'
import { Time } from '../../../parts/time.tsx'
import { useTexts } from '../../../texts/context.ts'
import type { Texts } from '../../../texts/en.ts'

/** The tested tokens of the cluster, and STS's responses. */
export function ProofOfWorkload({ proof }: { readonly proof: Proof }) {
  const texts = useTexts()
  const { subject, audience, roleArn, provider, assumedRoleArn, mutation, refused, refusedAt } = proof
  return (
    <Container
      header={
        <Header variant="h2" description={<StatusIndicator type="success">{assumedRoleArn}</StatusIndicator>}>
          {texts.proofOf(subject)}
        </Header>
      }
    >
      <KeyValuePairs
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
    </Container>
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
