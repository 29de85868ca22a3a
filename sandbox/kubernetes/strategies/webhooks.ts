import { asArray, asString, at, isObject, type JsonObject, objectsIn } from '../objects/objects.ts'
import type { Cause } from '../requests/status.ts'
import { invalidValue, required, type Strategy, unsupported, type WriteContext } from './strategy.ts'

/** Rules of pkg/apis/admissionregistration/validation. */
export const mutatingWebhookStrategy: Strategy = {
  validate: (object, context) =>
    objectsIn(object.webhooks).flatMap((webhook, index) => webhookCauses(webhook, `webhooks[${index}]`, context)),
}

function webhookCauses(webhook: JsonObject, path: string, { version }: WriteContext): Cause[] {
  const name = asString(webhook.name)
  const named =
    name.split('.').length < 3
      ? [invalidValue(`${path}.name`, name, 'should be a domain with at least three segments separated by dots')]
      : []
  const timeout = Number(webhook.timeoutSeconds)
  const timed =
    timeout < 1 || timeout > 30
      ? [invalidValue(`${path}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds')]
      : []
  return [...named, ...timed, ...(version === 'v1' ? v1Causes(webhook, path) : []), ...clientCauses(webhook, path)]
}

function v1Causes(webhook: JsonObject, path: string): Cause[] {
  const effects = webhook.sideEffects
  const sideEffects =
    effects === undefined
      ? [required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun')]
      : effects === 'None' || effects === 'NoneOnDryRun'
        ? []
        : [unsupported(`${path}.sideEffects`, effects, ['None', 'NoneOnDryRun'])]
  const reviews = asArray(webhook.admissionReviewVersions)
  const field = `${path}.admissionReviewVersions`
  if (reviews.length === 0) return [...sideEffects, required(field, 'must specify one of v1, v1beta1')]
  const known = reviews.some((one) => one === 'v1' || one === 'v1beta1')
  return known
    ? sideEffects
    : [...sideEffects, invalidValue(field, reviews, 'must include at least one of v1, v1beta1')]
}

function clientCauses(webhook: JsonObject, path: string): Cause[] {
  const client = webhook.clientConfig
  const hasUrl = at(client, 'url') !== undefined
  const hasService = isObject(at(client, 'service'))
  return hasUrl === hasService ? [required(`${path}.clientConfig`, 'exactly one of url or service is required')] : []
}
