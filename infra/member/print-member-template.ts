/** Prints the CloudFormation template of a member account. Arguments go to `cdk synth`: `-c settings=FILE`. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')
const app = ['--app', `"${process.execPath}" infra/member/member-app.ts`, '--output', 'cdk.out/member-account']
const plain = ['--no-version-reporting', '--no-path-metadata', '--no-notices']
const cdk = path.join(root, 'node_modules/.bin/cdk')
const { status } = spawnSync(cdk, ['synth', ...app, ...plain, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
