import { any, atomicObj, int, list, listBy, map, obj, oneOf, str } from '../kinds/schema.ts'
import { conditions, kindOf, labelSelector } from './meta.ts'

const rule = obj(
  {
    verbs: list(str()),
    apiGroups: list(str()),
    resources: list(str()),
    resourceNames: list(str()),
    nonResourceURLs: list(str()),
  },
  ['verbs'],
)
const subject = atomicObj({ kind: str(), apiGroup: str(), name: str(), namespace: str() }, ['kind', 'name'])
const roleRef = atomicObj({ apiGroup: str('rbac.authorization.k8s.io'), kind: str(), name: str() }, ['kind', 'name'])

export const role = kindOf({ rules: list(rule) })
export const clusterRole = kindOf({ rules: list(rule), aggregationRule: any })
export const binding = kindOf({ subjects: list(subject), roleRef }, ['roleRef'])

const webhookRule = obj({
  operations: list(str()),
  apiGroups: list(str()),
  apiVersions: list(str()),
  resources: list(str()),
  scope: str('*'),
})

/** The two versions differ in what is required and in the defaults: see defaults.ts and validation of each. */
export const mutatingWebhookConfiguration = kindOf({
  webhooks: listBy(
    ['name'],
    obj(
      {
        name: str(),
        clientConfig: obj({
          caBundle: str(),
          url: str(),
          service: obj({ namespace: str(), name: str(), path: str(), port: int(443) }, ['namespace', 'name']),
        }),
        rules: list(webhookRule),
        failurePolicy: oneOf(['Fail', 'Ignore']),
        matchPolicy: oneOf(['Exact', 'Equivalent']),
        namespaceSelector: labelSelector,
        objectSelector: labelSelector,
        sideEffects: oneOf(['None', 'NoneOnDryRun', 'Some', 'Unknown']),
        timeoutSeconds: int(),
        admissionReviewVersions: list(str()),
        reinvocationPolicy: oneOf(['Never', 'IfNeeded'], 'Never'),
        matchConditions: listBy(['name'], obj({ name: str(), expression: str() }, ['name', 'expression'])),
      },
      ['name', 'clientConfig'],
    ),
  ),
})

export const certificateSigningRequest = kindOf({
  spec: obj(
    {
      request: str(),
      signerName: str(),
      expirationSeconds: int(),
      usages: list(str()),
      username: str(),
      uid: str(),
      groups: list(str()),
      extra: map(list(str())),
    },
    ['request'],
  ),
  status: obj({ conditions, certificate: str() }),
})

export const tokenRequest = kindOf({
  spec: obj({
    audiences: list(str()),
    expirationSeconds: int(3600),
    boundObjectRef: obj({ apiVersion: str(), kind: str(), name: str(), uid: str() }),
  }),
  status: obj({ token: str(), expirationTimestamp: str() }),
})
