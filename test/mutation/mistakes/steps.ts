import type { Mistake } from '../mistake.ts'

const createRole = ['lambdas/role/create-role.aws.test.ts']
const deleteRole = ['lambdas/role/delete-role.aws.test.ts', 'lambdas/role/delete-role.sandbox.test.ts']
const registerOidc = ['lambdas/provider/register-oidc.aws.test.ts', 'lambdas/provider/register-oidc.sandbox.test.ts']
const activate = [
  'lambdas/webhook/activate-webhook.kubernetes.test.ts',
  'lambdas/webhook/activate-webhook.sandbox.test.ts',
]
const narrowTrust = ['lambdas/role/narrow-trust.aws.test.ts']
const checkIssuer = ['lambdas/discovery/check-issuer.kubernetes.test.ts']
const unbind = ['lambdas/service-account/unbind-ksa.kubernetes.test.ts']
const bind = ['lambdas/service-account/bind-ksa.kubernetes.test.ts']
const rotation = [
  'lambdas/workflows/rotation/rotation-record.aws.test.ts',
  'lambdas/workflows/rotation/find-clusters.sandbox.test.ts',
  'lambdas/workflows/rotation/rotation.test.ts',
  'lambdas/workflows/rotation/acquire-lock.sandbox.test.ts',
  'lambdas/workflows/rotation/scheduled-rotation.sandbox.test.ts',
]
const teardown = ['lambdas/workflows/teardown/record-teardown.aws.test.ts']
const record = ['lambdas/workflows/record.aws.test.ts']
const recordComparison = ['lambdas/workflows/comparison/record-comparison.sandbox.test.ts']
const compareCluster = ['lambdas/api/starts/compare-cluster.sandbox.test.ts']

const discovery = ['lambdas/discovery/publish-discovery.kubernetes.test.ts']
const vouching = ['lambdas/discovery/vouched-keys.sandbox.test.ts']
const revocation = ['lambdas/discovery/revoke-key.sandbox.test.ts']

/** In the steps and in what ends operations. */
export const steps: readonly Mistake[] = [
  {
    name: 'activates the webhook before it is recorded',
    file: 'lambdas/webhook/activate-webhook.ts',
    find: `    recordActivated(clusterName, installed, status),
  ])
  const activated = await applyFresh(cluster, configuration, { adopt, plan })
`,
    put: `  ])
  const activated = await applyFresh(cluster, configuration, { adopt, plan })
  await recordActivated(clusterName, installed, status)
`,
    tests: activate,
  },
  {
    name: 'leaves the canary of the webhook',
    file: 'lambdas/webhook/activate-webhook.ts',
    find: 'await allDone(canary.map(({ ref, created }) => removeCreated(cluster, ref, created)))',
    put: 'await allDone(canary.slice(2).map(({ ref, created }) => removeCreated(cluster, ref, created)))',
    tests: activate,
  },
  {
    name: 'lets failurePolicy Fail apply to kube-system',
    file: 'lambdas/webhook/activate-webhook.ts',
    find: '    requireExempt(cluster, failurePolicy),\n',
    put: "    requireExempt(cluster, 'Ignore'),\n",
    tests: activate,
  },
  {
    name: 'activates the webhook on EKS',
    file: 'lambdas/webhook/activate-webhook.ts',
    find: '  refuse(reasonAgainstEks(factsOf(context).issuerUrl))\n',
    put: '',
    tests: activate,
  },
  {
    name: 'lets a step do in another account what other steps do there',
    file: 'lambdas/steps/member-access.ts',
    find: '    actions: aws.flatMap(({ actions }) => actions),\n',
    put: "    actions: aws.length > 0 ? ['iam:*'] : [],\n",
    tests: ['lambdas/steps/member-access.test.ts'],
  },
  {
    name: "gives a role of another account the boundary of the deployment's account",
    file: 'lambdas/steps/member-access.ts',
    find: "  return `arn:${partition}:iam::${accountId}:policy/${setting('MEMBER_NAME')}`\n",
    put: "  return setting('PERMISSIONS_BOUNDARY_ARN') || `${partition}`\n",
    tests: ['lambdas/steps/member-access.test.ts'],
  },
  {
    name: 'makes the provider before it is recorded',
    file: 'lambdas/provider/register-oidc.ts',
    find: `    await hold([providerResource(ref.arn)], owner, record)
    const provider = { thumbprints, clientIds: [stsAudience], tags: tagsFor(owner, false) }
    await recordedUnlessRefused(createProvider(ref, issuerUrl, provider), () => forgetProviderChange(owner.cluster))
`,
    put: `    const provider = { thumbprints, clientIds: [stsAudience], tags: tagsFor(owner, false) }
    await recordedUnlessRefused(createProvider(ref, issuerUrl, provider), () => forgetProviderChange(owner.cluster))
    await hold([providerResource(ref.arn)], owner, record)
`,
    tests: registerOidc,
  },
  {
    name: 'lets the removal of a provider that IAM has refused to make wait for it',
    file: 'lambdas/provider/register-oidc.ts',
    find: '() => forgetProviderChange(owner.cluster)',
    put: '() => Promise.resolve()',
    tests: registerOidc,
  },
  {
    name: 'replaces the thumbprints of a provider before it has our tags',
    file: 'lambdas/provider/register-oidc.ts',
    find: `  if (changes.tags) await tagProvider(ref, changes.tags)
  if (changes.thumbprints) await allowed(replaceThumbprints(ref, changes.thumbprints))
`,
    put: `  if (changes.thumbprints) await allowed(replaceThumbprints(ref, changes.thumbprints))
  if (changes.tags) await tagProvider(ref, changes.tags)
`,
    tests: registerOidc,
  },
  {
    name: 'registers a provider in a dry run',
    file: 'lambdas/provider/register-oidc.ts',
    find: '  if (!dryRun) {\n    const record = providerWrite(',
    put: '  if (dryRun || !dryRun) {\n    const record = providerWrite(',
    tests: [...registerOidc, 'lambdas/workflows/comparison/dry-run.aws.test.ts'],
  },
  {
    name: 'makes the role before it is recorded',
    file: 'lambdas/role/create-role.ts',
    find: `  await hold([roleResource(ref.arn)], owner, roleWrite(owner, during, before))
  const creation = createRole(ref, desired.path, desired.settings)
`,
    put: `  const creation = createRole(ref, desired.path, desired.settings)
  await creation
  await hold([roleResource(ref.arn)], owner, roleWrite(owner, during, before))
`,
    tests: createRole,
  },
  {
    name: 'lets the removal of a role that IAM has refused to make wait for it',
    file: 'lambdas/role/create-role.ts',
    find: '() => writeRoleRecord(owner.cluster, owner.workload, withoutChange(during), during)',
    put: '() => Promise.resolve()',
    tests: createRole,
  },
  {
    name: 'forgets what may have been made, and not what IAM has refused to make',
    file: 'lambdas/clouds/aws/iam-consistency.ts',
    find: 'if (!mayBeDone(error)) await forget()',
    put: 'if (mayBeDone(error)) await forget()',
    tests: [...registerOidc, ...createRole],
  },
  {
    name: 'forgets before the policies are written which were asked for before',
    file: 'lambdas/role/create-role.ts',
    find: '  await writePolicies(changes, desired, writtenAt)\n',
    put: `  await writeRoleRecord(owner.cluster, owner.workload, after, during)
  await writePolicies(changes, desired, writtenAt)
`,
    tests: createRole,
  },
  {
    name: 'gives a role its trust policy before its boundary',
    file: 'lambdas/role/create-role.ts',
    find: `  if (changes.tags) await tagRole(ref, changes.tags)
`,
    put: `  if (changes.tags) await tagRole(ref, changes.tags)
  if (changes.trustPolicy) await replaceTrustPolicy(ref, changes.trustPolicy)
`,
    tests: createRole,
  },
  {
    name: 'changes a role before it has our tags',
    file: 'lambdas/role/create-role.ts',
    find: `  if (changes.tags) await tagRole(ref, changes.tags)
`,
    put: `  if (changes.permissionsBoundaryArn) await putPermissionsBoundary(ref, changes.permissionsBoundaryArn)
  if (changes.tags) await tagRole(ref, changes.tags)
`,
    tests: createRole,
  },
  {
    name: 'always attaches policies before it detaches others',
    file: 'lambdas/role/create-role.ts',
    find: 'changes.detachFirst ? [detach, attach] : [attach, detach]',
    put: 'changes.detachFirst ? [attach, detach] : [attach, detach]',
    tests: createRole,
  },
  {
    name: 'takes the tags of an adopted role before its policies',
    file: 'lambdas/role/delete-role.ts',
    find: `  for (const arn of removal.detach) await detachPolicy(role, arn)
  for (const name of removal.deleteInline) await deleteInlinePolicy(role, name)
  await (ownership === 'ours' ? deleteRole(role) : untagRole(role, allTags))
`,
    put: `  if (ownership === 'adopted') await untagRole(role, allTags)
  for (const arn of removal.detach) await detachPolicy(role, arn)
  for (const name of removal.deleteInline) await deleteInlinePolicy(role, name)
  if (ownership === 'ours') await deleteRole(role)
`,
    tests: deleteRole,
  },
  {
    name: 'forgets a role that IAM does not show yet',
    file: 'lambdas/role/delete-role.ts',
    find: '  if (!observed && !dryRun && isPropagating([record.changedAt])) throw notVisibleYet(role.arn)\n',
    put: '',
    tests: deleteRole,
  },
  {
    name: 'deletes the newest role only',
    file: 'lambdas/role/delete-role.ts',
    find: '(record ? rolesOf(record) : []).map(',
    put: '(record ? rolesOf(record).slice(0, 1) : []).map(',
    tests: deleteRole,
  },
  {
    name: 'unbinds without a look at the issuer of the cluster',
    file: 'lambdas/service-account/unbind-ksa.ts',
    find: 'connectForRemoval(request.target, expectedClusterToRemove(status), signal)',
    put: 'connectForRemoval(request.target, { issuers: [] }, signal)',
    tests: unbind,
  },
  {
    name: 'deletes an account that somebody else uses as well',
    file: 'lambdas/service-account/unbind-ksa.ts',
    find: "'ours' && others.length > 0",
    put: "'ours' && others.length > 1000",
    tests: unbind,
  },
  {
    name: 'starts a second verification when the step is tried again',
    file: 'lambdas/workflows/rotation/begin-verification.ts',
    find: ', idempotencyKey: cluster }',
    put: ' }',
    tests: rotation,
  },
  {
    name: 'takes a queued verification for failed',
    file: 'lambdas/workflows/rotation/check-verification.ts',
    find: 'verification && !hasEnded(verification.status)',
    put: "verification?.status === 'running' && !hasEnded(verification.status)",
    tests: rotation,
  },
  {
    name: 'starts a second rotation when the schedule calls twice',
    file: 'lambdas/operations/start/schedule.ts',
    find: ', idempotencyKey: `${scheduledTime} ${requestHash}` }',
    put: ', ...(scheduledTime === "" && { idempotencyKey: scheduledTime }) }',
    tests: rotation,
  },
  {
    name: 'compares a cluster that is being changed',
    file: 'lambdas/api/starts/compare-cluster.ts',
    find: "  if (observed?.lock) return { waiting: { reason: 'another operation is changing the cluster' } }\n",
    put: '',
    tests: compareCluster,
  },
  {
    name: 'tells of differences of an operation that has changed the cluster since',
    file: 'lambdas/workflows/comparison/record-comparison.ts',
    find: ' || now.lock || now.cluster.lastOperationId > operationId',
    put: '',
    tests: recordComparison,
  },
  {
    name: 'rotates the first page of the clusters alone',
    file: 'lambdas/workflows/rotation/find-clusters.ts',
    find: 'next && { next }',
    put: 'next === undefined && { next }',
    tests: rotation,
  },
  {
    name: 'counts a dry run of a rotation as the turn of a cluster',
    file: 'lambdas/workflows/rotation/acquire-lock.ts',
    find: 'if (!dryRun) await recordRotated',
    put: 'await recordRotated',
    tests: rotation,
  },
  {
    name: 'forgets workloads before the end of their teardown is sure',
    file: 'lambdas/workflows/teardown/record-teardown.ts',
    find: '  if (!recorded || hasEnded(recorded.operation.status)) throw endedMeanwhile(context.cluster)\n',
    put: '  if (!recorded) throw endedMeanwhile(context.cluster)\n',
    tests: teardown,
  },
  {
    name: 'forgets the records of a teardown that is only listed',
    file: 'lambdas/workflows/teardown/record-teardown.ts',
    find: "  if (dryRun) return endOperation({ operationId }, { status: 'succeeded' })\n",
    put: '',
    tests: [...teardown, 'lambdas/api/tear-down.sandbox.test.ts'],
  },
  {
    name: 'notes that all workloads are verified when one was',
    file: 'lambdas/workflows/verification/record-verification.ts',
    find: 'if (all) await recordVerified(cluster)',
    put: 'if (all || !all) await recordVerified(cluster)',
    tests: record,
  },
  {
    name: 'ends the setup though somebody else has ended it',
    file: 'lambdas/operations/lock/complete-if-held.ts',
    find: "  if (recorded?.status !== 'succeeded') throw endedMeanwhile(ref.cluster, recorded?.status)\n",
    put: "  if (recorded?.status === 'queued') throw endedMeanwhile(ref.cluster, recorded?.status)\n",
    tests: record,
  },
  {
    name: 'releases the lock while a step may still write',
    file: 'lambdas/operations/lock/lock.ts',
    find: '  if (until === undefined) await releaseLock(cluster, operationId)\n',
    put: '  await releaseLock(cluster, operationId)\n',
    tests: [
      ...record,
      'lambdas/operations/reconcile/reconciler.sandbox.test.ts',
      'lambdas/operations/reconcile/settle-open.sandbox.test.ts',
    ],
  },
  {
    name: 'releases the lock of another operation',
    file: 'lambdas/operations/lock/lock.ts',
    find: 'remove(keys.lock(cluster), where`operationId = ${operationId}`)',
    put: 'remove(keys.lock(cluster))',
    tests: [...record, 'lambdas/operations/reconcile/reconciler.sandbox.test.ts'],
  },
  {
    name: 'settles only the first page of the open operations',
    file: 'lambdas/operations/reconcile/settle-open.ts',
    find: '  } while (after && ',
    put: '  } while (after && !after && ',
    tests: ['lambdas/operations/reconcile/settle-open.sandbox.test.ts'],
  },
  {
    name: 'publishes the keys of another cluster in the place of those of one that was set up',
    file: 'lambdas/discovery/publish-discovery.ts',
    find: 'requireIssuer(target, issuerNamedIn(token), issuersUntilMoved(status, issuerUrl))',
    put: 'requireIssuer(target, issuerNamedIn(token), [])',
    tests: discovery,
  },
  {
    name: 'publishes for whichever cluster the input names',
    file: 'lambdas/discovery/publish-discovery.ts',
    find: '  requireOwnPath(issuerUrl, cluster)\n',
    put: '',
    tests: discovery,
  },
  {
    name: 'publishes documents that are there already',
    file: 'lambdas/discovery/published-documents.ts',
    find: "change.action === 'unchanged' || dryRun",
    put: 'dryRun',
    tests: discovery,
  },
  {
    name: 'goes on while AWS would still see the keys of before',
    file: 'lambdas/discovery/publish-discovery.ts',
    find: 'return reason === undefined ?',
    put: 'return reason !== null ?',
    tests: discovery,
  },
  {
    name: 'publishes revoked keys again',
    file: 'lambdas/discovery/publish-discovery.ts',
    find: 'publishedKeys, revoked, now: new Date() }',
    put: 'publishedKeys, revoked: [], now: new Date() }',
    tests: revocation,
  },
  {
    name: 'publishes recorded keys of a cluster that was never set up',
    file: 'lambdas/discovery/publish-discovery.ts',
    find: 'recorded: verifiedAt === undefined ? [] : publishedKeys',
    put: 'recorded: publishedKeys',
    tests: discovery,
  },
  {
    name: 'says nothing of a revoked key that the cluster still has',
    file: 'lambdas/discovery/publish-discovery.ts',
    find: '[...changes, ...revokedInCluster(cluster, live, revoked)]',
    put: 'changes',
    tests: revocation,
  },
  {
    name: 'takes a cluster without a key that is not revoked for published',
    file: 'lambdas/discovery/publish-discovery.ts',
    find: '  if (usable.length === 0) throw allRevoked(cluster)\n',
    put: '',
    tests: revocation,
  },
  {
    name: 'takes a cluster that was never set up, without a key that is not revoked, for published',
    file: 'lambdas/discovery/publish-discovery.ts',
    find: '  if (keys.length === 0) throw allRevoked(cluster)\n',
    put: '',
    tests: revocation,
  },
  {
    name: 'publishes what an API server shows, whoever has signed its token',
    file: 'lambdas/discovery/publish-discovery.ts',
    find: 'if (doubt) return publishNoNewKeys',
    put: 'if (doubt === null) return publishNoNewKeys',
    tests: vouching,
  },
  {
    name: 'records the published keys anew of a cluster that no published key vouches for',
    file: 'lambdas/discovery/publish-discovery.ts',
    find: 'if (!dryRun) await recordWaitingKeys(cluster, doubt.keys, status)',
    put: 'if (!dryRun) await recordPublishedKeys(cluster, [], status)',
    tests: vouching,
  },
  {
    name: 'goes on with a cluster whose tokens are not signed with a key of its issuer',
    file: 'lambdas/cluster/check-cluster.ts',
    find: 'await provenIssuer(fresh, { issuers, keys: keysOf(observation) })',
    put: "{ thumbprint: keyIdOf(fresh.token) ?? '' }",
    tests: ['lambdas/cluster/check-cluster.kubernetes.test.ts'],
  },
  {
    name: 'lets pass between the parts of a step what their schemas do not name',
    file: 'lambdas/objects/reach.ts',
    find: 'z.parse(part.finding, await part.find(client, z.parse(part.question, question), signal))',
    put: 'Object(await part.find(client, Object(question), signal))',
    tests: ['lambdas/objects/reach.sandbox.test.ts'],
  },
  {
    name: 'tries tokens of other accounts before STS has accepted the token of the workload',
    file: 'lambdas/proof/try-tokens.cluster.ts',
    find: "  if ('refusal' in answer) return { keyId, own: answer, others: [] }\n",
    put: "  if ('refusal' in answer) return { keyId, own: answer, others: await Promise.all(tokens.map((token) => refusalOf(roleArn, token, signal))) }\n",
    tests: ['lambdas/proof/try-tokens.kubernetes.test.ts'],
  },
  {
    name: 'gives the fingerprints of accounts in the order in which they were listed',
    file: 'lambdas/cluster/check-cluster.ts',
    find: "needs.workloads.map((workload) => seen.get(itemOf(workload)) ?? '')",
    put: '[...seen.values()]',
    tests: ['lambdas/cluster/check-cluster.kubernetes.test.ts'],
  },
  {
    name: 'takes every account that was seen for one that is as desired',
    file: 'lambdas/service-account/bind-ksa.ts',
    find: 'if (isAsApplied(seen, account, objectOwner(target.name))) return unchanged',
    put: 'if (seen || isAsApplied(seen, account, objectOwner(target.name))) return unchanged',
    tests: bind,
  },
  {
    name: 'takes the token that a pod has for a proof of the issuer',
    file: 'lambdas/clouds/kubernetes/fresh-token.ts',
    find: '`workload-identity:${randomUUID()}`',
    put: "'sts.amazonaws.com'",
    tests: ['lambdas/cluster/check-cluster.sandbox.test.ts'],
  },
  {
    name: 'renews the credentials of an API server that signs with keys of others',
    file: 'lambdas/objects/connect.ts',
    find: 'if (!proven || !isAmong(keys, proven)) throw',
    put: 'if (keys.length === 0) throw',
    tests: ['lambdas/credentials/renew-credentials.sandbox.test.ts'],
  },
  {
    name: 'revokes the key that the cluster signs with, without force',
    file: 'lambdas/discovery/revoke-key.ts',
    find: '    requireDispensable({',
    put: '    void ({',
    tests: revocation,
  },
  {
    name: 'asks the cluster which key it signs with, also with force',
    file: 'lambdas/discovery/revoke-key.ts',
    find: 'if (!force && ',
    put: 'if (',
    tests: revocation,
  },
  {
    name: 'refuses a revocation that is sent again',
    file: 'lambdas/discovery/revoke-key.ts',
    find: ' && !isAmong(status.revokedKeys ?? [], key)',
    put: '',
    tests: revocation,
  },
  {
    name: 'asks whichever cluster the credentials lead to',
    file: 'lambdas/discovery/revoke-key.ts',
    find: 'signingKeyOfCluster(target, issuersOf(status, issuerUrl), signal)',
    put: 'signingKeyOfCluster(target, [], signal)',
    tests: revocation,
  },
  {
    name: 'takes a key away and records it nowhere',
    file: 'lambdas/discovery/revoke-key.ts',
    find: '  await recordRevokedKeys(cluster, after, status)\n',
    put: '',
    tests: revocation,
  },
  {
    name: 'leaves the revoked key in the document',
    file: 'lambdas/discovery/revoke-key.ts',
    find: 'published.filter((one) => isAmong(remaining, one))',
    put: 'published',
    tests: revocation,
  },
  {
    name: 'revokes a key of whichever cluster the input names',
    file: 'lambdas/discovery/revoke-key.ts',
    find: '  requireOwnPath(issuerUrl, cluster)\n',
    put: '',
    tests: revocation,
  },
  {
    name: 'goes on while a cache still serves the revoked key',
    file: 'lambdas/discovery/revoke-key.ts',
    find: 'return reason === undefined\n',
    put: 'return reason !== null\n',
    tests: revocation,
  },
  {
    name: 'keeps the cluster when a refresh has ended',
    file: 'lambdas/workflows/signing-keys/record-keys.ts',
    find: '  await completeIfHeld({ operationId, cluster })\n',
    put: '',
    tests: ['lambdas/api/signing-keys.sandbox.test.ts'],
  },
  {
    name: 'deletes the documents in a dry run',
    file: 'lambdas/discovery/remove-discovery.ts',
    find: '  if (!dryRun) await deleteDocument',
    put: '  await deleteDocument',
    tests: discovery,
  },
  {
    name: 'lets roles trust the new issuer alone while a cluster moves',
    file: 'lambdas/role/create-role.ts',
    find: 'trustedIssuers(issuerUrl, context.status.formerIssuer, new Date())',
    put: 'trustedIssuers(issuerUrl, undefined, new Date())',
    tests: narrowTrust,
  },
  {
    name: 'takes the former issuer out of trust policies at once',
    file: 'lambdas/role/narrow-trust.ts',
    find: '  if (trustedIssuers(issuerUrl, formerIssuer, new Date()).includes(formerUrl)) return { output: {}, changes: [] }\n',
    put: '',
    tests: narrowTrust,
  },
  {
    name: 'forgets the former issuer although a changed trust policy still trusts it',
    file: 'lambdas/role/narrow-trust.ts',
    find: 'if (!narrowed || trustsProvider(narrowed, provider)) throw changedByOthers(ref, provider, issuerUrl)',
    put: 'if (!narrowed) return []',
    tests: narrowTrust,
  },
  {
    name: 'takes the former issuer out of the trust policy of a role that is not ours',
    file: 'lambdas/role/narrow-trust.ts',
    find: '  requireOurs({ object: arn, tags: observed.tags }, owner, false)\n',
    put: '',
    tests: narrowTrust,
  },
  {
    name: 'ends the move of a cluster that has not changed its issuer',
    file: 'lambdas/discovery/check-issuer.ts',
    find: 'if (observed !== facts.issuerUrl)',
    put: 'if (observed === undefined)',
    tests: checkIssuer,
  },
  {
    name: 'takes a cluster with its former issuer for ready after its move',
    file: 'lambdas/cluster/check-cluster.ts',
    find: '[issuerUrl] : issuersUntilMoved(status, issuerUrl)',
    put: "[issuerUrl] : [movedFrom(status, issuerUrl)?.issuerUrl ?? '']",
    tests: ['lambdas/cluster/check-cluster.kubernetes.test.ts'],
  },
]
