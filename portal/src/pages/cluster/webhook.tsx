import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import type { Cluster } from '../../../../client/api.ts'
import { Facts } from '../../parts/facts.tsx'
import { Time } from '../../parts/time.tsx'
import { useTexts } from '../../settings/context.ts'
import type { Texts } from '../../texts/en.ts'
import { imageVersion, recordedSpec } from './recorded-spec.ts'

/** The pod identity webhook as last observed, with the failure policy of the spec. */
export function Webhook({ cluster: { spec, status } }: { readonly cluster: Cluster }) {
  const texts = useTexts()
  const { webhook } = status
  const image = wordOf(webhook?.image)
  if (webhook === undefined) {
    return (
      <Container header={<Header variant="h2">{texts.webhook}</Header>}>
        <Box color="text-body-secondary">{texts.noWebhook}</Box>
      </Container>
    )
  }
  return (
    <Facts
      title={texts.webhook}
      columns={3}
      items={[
        { label: texts.webhookFields.mode, value: webhook.mode },
        {
          label: texts.webhookFields.version,
          value: image === undefined ? texts.none : (imageVersion(image) ?? image),
        },
        { label: texts.webhookFields.image, value: image ?? texts.none },
        { label: texts.webhookFields.namespace, value: wordOf(webhook.namespace) ?? texts.none },
        { label: texts.webhookFields.replicas, value: wordOf(webhook.replicas) ?? texts.none },
        { label: texts.webhookFields.failurePolicy, value: recordedSpec(spec).webhook.failurePolicy ?? texts.none },
        ...certificateDates(texts, webhook.certificate),
      ]}
    />
  )
}

type Certificate = NonNullable<Cluster['status']['webhook']>['certificate']

function certificateDates({ webhookFields }: Texts, certificate: Certificate) {
  if (certificate === undefined) return []
  return [
    { label: webhookFields.certificateFrom, value: <Time at={certificate.notBefore} /> },
    { label: webhookFields.certificateUntil, value: <Time at={certificate.notAfter} /> },
  ]
}

function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
