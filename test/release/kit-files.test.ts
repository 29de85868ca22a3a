import { beforeAll, expect, test } from 'vitest'
import { type KitFiles, kitFiles } from '../../tools/release/kit-files.ts'

let files: KitFiles

beforeAll(async () => {
  files = await kitFiles()
})

test('the kit has the apps, the commands of operators and the descriptions of all steps', () => {
  const some = ['infra/app.ts', 'infra/member/member-app.ts', 'infra/recovery/main.ts', 'test/acceptance/main.ts']
  expect(files.modules).toEqual(expect.arrayContaining([...some, 'lambdas/role/create-role.step.ts']))
})

test('the kit has no tests, and nothing that builds', () => {
  expect(files.modules.filter((file) => file.endsWith('.test.ts'))).toEqual([])
  expect(files.modules).not.toContain('infra/functions/bundle.ts')
  expect(files.modules).not.toContain('portal/build.ts')
  const builders = ['esbuild', 'vite', 'vitest', 'typescript', 'tar']
  expect(files.packages.filter((name) => builders.includes(name))).toEqual([])
  expect(files.packages).toEqual(expect.arrayContaining(['aws-cdk-lib', 'constructs', 'zod']))
})
