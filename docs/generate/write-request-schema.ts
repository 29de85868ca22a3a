/** Writes the JSON Schema of a setup request, for editors and for `wid init`. */

import { setupRequestJsonSchema } from '../../lambdas/api/request/parse-setup.ts'
import { keep } from './page.ts'

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:workload-identity:setup-request',
  title: 'A setup request of workload-identity',
  $comment: 'Made by `npm run docs` from the schema that validates requests.',
  ...setupRequestJsonSchema(),
}

keep('client/setup.schema.json', `${JSON.stringify(schema, undefined, 2)}\n`, 'npm run docs')
