/**
 * Who may do what in the sandbox: an IAM user for each role of the API, of the role's name. The settings grant the roles as those
 * of any deployment do.
 */

const everywhere = { clusters: ['*'] }

export const localGrants = [
  { name: 'administrators', role: 'administrator', to: userNamed('administrator') },
  { name: 'operators', role: 'operator', to: userNamed('operator'), ...everywhere },
  {
    name: 'developers',
    role: 'developer',
    to: userNamed('developer'),
    ...everywhere,
    namespaces: ['default'],
    policyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', 'arn:aws:iam::*:policy/workload-identity/*'],
  },
  { name: 'viewers', role: 'viewer', to: userNamed('viewer'), ...everywhere },
] as const

function userNamed(user: string) {
  return [{ iam: { user } }]
}
