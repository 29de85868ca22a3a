import Alert from '@cloudscape-design/components/alert'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { SigningKeysResult } from '../../../../../client/api.ts'
import { Time } from '../../../parts/time.tsx'
import { useTexts } from '../../../texts/context.ts'
import { Named } from './named.tsx'

/** The published and the revoked keys, and when AWS applies the change. */
export function SigningKeys({ keys: { published, added, kept, revoked, takesEffect } }: SigningKeysProps) {
  const texts = useTexts()
  const until = new Map(kept.map((one) => [one.kid, one.until]))
  const stateOf = (kid: string) => {
    const end = until.get(kid)
    if (end !== undefined) return <KeptUntil at={end} />
    return added.includes(kid) ? texts.newlyPublished : texts.publishedKey
  }
  return (
    <SpaceBetween size="l">
      <Alert type="info" header={texts.takesEffect}>
        {takesEffect}
      </Alert>
      <Named
        title={texts.signingKeys}
        columns={{ object: texts.keyId, detail: texts.state }}
        rows={[
          ...published.map((kid) => ({ object: kid, detail: stateOf(kid) })),
          ...revoked.map((kid) => ({ object: kid, detail: texts.revokedKey })),
        ]}
      />
    </SpaceBetween>
  )
}

interface SigningKeysProps {
  readonly keys: SigningKeysResult
}

function KeptUntil({ at }: { readonly at: string }) {
  const texts = useTexts()
  return (
    <>
      {texts.keptUntil} <Time at={at} />
    </>
  )
}
