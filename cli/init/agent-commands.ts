/**
 * The commands that install the agent of a cluster: docs/agent.md.
 *
 * @param wid how the user runs this command
 * @param options for the connection to the cluster, such as ` --kubeconfig FILE`
 */
export function agentCommands(cluster: string, file: string, { wid = 'wid', options = '' } = {}): string[] {
  return [
    `  ${wid} rights ${cluster} --file ${file}${options} --apply`,
    `  ${wid} enroll ${cluster} | helm upgrade --install workload-identity-agent charts/agent${options} \\`,
    '    --namespace workload-identity-setup --reset-then-reuse-values --set image.repository=REGISTRY/agent --values -',
  ]
}
