/**
 * The product's stack under another name, which makes it another deployment. Its administrators are the sandbox's, and callers
 * with the group `platform admins` in a token of the issuer `staff` or `people`.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { App } from 'aws-cdk-lib'
import { productBundles } from '../../../infra/functions/kept-bundles.ts'
import { localStack } from '../../../sandbox/aws/local-stack.ts'
import { settingsFile } from './second-settings.ts'
import { tokenIssuers } from './token-issuers.ts'

const access = {
  issuers: tokenIssuers,
  grants: [
    { name: 'administrators', role: 'administrator', to: [{ iam: { user: 'administrator' } }] },
    {
      name: 'platform-admins',
      role: 'administrator',
      to: ['staff', 'people'].map((issuer) => ({ jwt: { issuer, claims: { groups: 'platform admins' } } })),
    },
  ],
}

const app = new App()
/** The additional settings that second-deployment.ts writes beside the output folder. */
const more: object = JSON.parse(readFileSync(path.join(path.dirname(app.outdir), settingsFile), 'utf8'))
localStack(app, {
  bundles: productBundles(),
  chosen: { name: 'WorkloadIdentitySecond', inlinePolicyActions: ['s3:*'], access, ...more },
})
