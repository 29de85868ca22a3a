/** The setting `access.issuers` of the second deployment. */
export const tokenIssuers = {
  staff: { issuer: 'https://login.staff.example', audience: ['workload-identity'] },
  /** A real OpenID Provider. */
  people: { issuer: 'https://login.people.example', audience: ['workload-identity'] },
  partner: { issuer: 'https://login.partner.example', audience: ['workload-identity'] },
}
