/**
 * The grants of the sandbox: one IAM user for each role of the API, named after the role, and two users with grants for
 * the clusters `team-*`.
 */

const everywhere = { clusters: ['*'] }
const ofTheTeam = { clusters: ['team-*'] }
const policyArns = ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', 'arn:aws:iam::*:policy/workload-identity/*']

export const localGrants = [
  { name: 'administrators', role: 'administrator', to: userNamed('administrator') },
  { name: 'operators', role: 'operator', to: userNamed('operator'), ...everywhere },
  {
    name: 'developers',
    role: 'developer',
    to: userNamed('developer'),
    ...everywhere,
    namespaces: ['default'],
    policyArns,
  },
  { name: 'viewers', role: 'viewer', to: userNamed('viewer'), ...everywhere },
  { name: 'team-operators', role: 'operator', to: userNamed('team-operator'), ...ofTheTeam },
  {
    name: 'team-developers',
    role: 'developer',
    to: userNamed('team-developer'),
    ...ofTheTeam,
    namespaces: ['team'],
    policyArns,
  },
] as const

export const localUserNames = localGrants.flatMap(({ to }) => to.map(({ iam }) => iam.user))

function userNamed(user: string) {
  return [{ iam: { user } }]
}
