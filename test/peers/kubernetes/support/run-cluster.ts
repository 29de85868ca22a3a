/** Starts a real cluster, and waits until a test kills this process. Arguments: the folder of the programs, the cluster's directory. */
import { findBinaries } from '../../../../sandbox/kubernetes/real/binaries.ts'
import { RealCluster } from '../../../../sandbox/kubernetes/real/cluster.ts'

const [assets = '', directory = ''] = process.argv.slice(2)
const settings = { name: 'killed', host: 'killed.example', port: 443, issuer: 'https://killed.example' }
await RealCluster.create({
  binaries: await findBinaries(assets),
  directory,
  settings: { ...settings, isManagement: false },
})
process.stdout.write('started\n')
