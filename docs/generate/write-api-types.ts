/** Writes the types of the API's clients, from its OpenAPI description. */

import { openapi } from '../../lambdas/api/openapi.ts'
import { typesOf } from '../api-types/types.ts'
import { keep } from './page.ts'

const file = 'client/types.ts'

keep(
  file,
  `/** Made by \`npm run docs\` from the description of the API. */\n${await typesOf(openapi())}`,
  'npm run docs',
)
