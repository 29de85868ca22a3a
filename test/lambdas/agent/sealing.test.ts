import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { CompactEncrypt } from 'jose'
import { expect, test } from 'vitest'
import { createAgentKeys, sealRequest } from '../../../lambdas/agent/sealing.ts'

const longest = 1_000_000
const id = randomUUID()

test('the agent opens each request, and the function opens each answer', async () => {
  const agent = await createAgentKeys()
  await fc.assert(
    fc.asyncProperty(
      fc.uuid(),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }),
      async (id, request, answer) => {
        const sealed = await sealRequest(agent.publicKey, id, request)
        const opened = await agent.openRequest(id, sealed.sealed)
        expect(opened.text).toBe(request)
        expect(await sealed.openAnswer(await opened.sealAnswer(answer), longest)).toBe(answer)
      },
    ),
    { numRuns: 30 },
  )
})

test('another agent cannot open a request', async () => {
  const [agent, other] = await Promise.all([createAgentKeys(), createAgentKeys()])
  const { sealed } = await sealRequest(agent.publicKey, id, 'secret')
  await expect(other.openRequest(id, sealed)).rejects.toThrow()
})

test('a request opens only with its own ID', async () => {
  const agent = await createAgentKeys()
  const { sealed } = await sealRequest(agent.publicKey, id, 'secret')
  await expect(agent.openRequest(randomUUID(), sealed)).rejects.toThrow()
})

test('the answer of one request is not the answer of another one, even with the same ID', async () => {
  const agent = await createAgentKeys()
  const [first, second] = [await sealRequest(agent.publicKey, id, 'a'), await sealRequest(agent.publicKey, id, 'a')]
  const answer = await (await agent.openRequest(id, first.sealed)).sealAnswer('yes')
  await expect(second.openAnswer(answer, longest)).rejects.toThrow()
  expect(await first.openAnswer(answer, longest)).toBe('yes')
})

test('a changed character of an answer is noticed', async () => {
  const agent = await createAgentKeys()
  const sealed = await sealRequest(agent.publicKey, id, 'a')
  const parts = (await (await agent.openRequest(id, sealed.sealed)).sealAnswer('yes')).split('.')
  for (const at of [0, 2, 3, 4]) {
    const changed = parts.map((part, index) =>
      index === at ? part.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) : part,
    )
    await expect(sealed.openAnswer(changed.join('.'), longest)).rejects.toThrow()
  }
})

test('an answer that decompresses to more than the limit is refused', async () => {
  const agent = await createAgentKeys()
  const sealed = await sealRequest(agent.publicKey, id, 'a')
  const answer = await (await agent.openRequest(id, sealed.sealed)).sealAnswer('x'.repeat(longest + 1))
  expect(answer.length).toBeLessThan(10_000)
  await expect(sealed.openAnswer(answer, longest)).rejects.toThrow()
})

test('neither a sealed request nor a sealed answer contains its text', async () => {
  const agent = await createAgentKeys()
  const { sealed } = await sealRequest(agent.publicKey, id, 'a token of a workload')
  const answer = await (await agent.openRequest(id, sealed)).sealAnswer('a Secret')
  const decoded = [sealed, answer].flatMap((jwe) => jwe.split('.')).map((part) => Buffer.from(part, 'base64url'))
  expect(decoded.filter((part) => part.includes('token') || part.includes('Secret'))).toEqual([])
})

test('a sealed request has no other key agreement and no other encryption', async () => {
  const agent = await createAgentKeys()
  const key = randomBytes(32)
  const forged = await new CompactEncrypt(Buffer.from('{}'))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(key)
  await expect(agent.openRequest(id, forged)).rejects.toThrow('alg')
})
