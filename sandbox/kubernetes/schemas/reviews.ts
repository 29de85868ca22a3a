import { bool, list, obj, str } from '../kinds/schema.ts'
import { kindOf } from './meta.ts'

const selectorRequirement = obj({ key: str(), operator: str(), values: list(str()) }, ['key', 'operator'])
const selectorAttributes = obj({ rawSelector: str(), requirements: list(selectorRequirement) })

const accessStatus = obj({ allowed: bool(), denied: bool(), reason: str(), evaluationError: str() }, ['allowed'])

/** authorization.k8s.io: may I do this? */
export const selfSubjectAccessReview = kindOf(
  {
    spec: obj({
      resourceAttributes: obj({
        namespace: str(),
        verb: str(),
        group: str(),
        version: str(),
        resource: str(),
        subresource: str(),
        name: str(),
        fieldSelector: selectorAttributes,
        labelSelector: selectorAttributes,
      }),
      nonResourceAttributes: obj({ path: str(), verb: str() }),
    }),
    status: accessStatus,
  },
  ['spec'],
)

/** authorization.k8s.io: what may I do in this namespace? */
export const selfSubjectRulesReview = kindOf(
  {
    spec: obj({ namespace: str() }),
    status: obj({
      resourceRules: list(
        obj({ verbs: list(str()), apiGroups: list(str()), resources: list(str()), resourceNames: list(str()) }, [
          'verbs',
        ]),
      ),
      nonResourceRules: list(obj({ verbs: list(str()), nonResourceURLs: list(str()) }, ['verbs'])),
      incomplete: bool(),
      evaluationError: str(),
    }),
  },
  ['spec'],
)
